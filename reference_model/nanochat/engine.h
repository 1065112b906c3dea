// Turning logits into text: sampling, and the loop that feeds each sample back.

#pragma once

#include <torch/types.h>

#include <vector>

#include "nanochat/gpt.h"

namespace nanochat {

struct SampleOptions {
  int64_t max_tokens = 64;
  double temperature = 1.0;  // 0 takes the most likely token
  int64_t top_k = 0;         // only the k most likely tokens can be drawn; 0 means all
  uint64_t seed = 42;
};

// Draws one token a row: ids (B, 1) of int64 from logits (B, V). Throws c10::Error if temperature
// or top_k is negative; a top_k above V means all.
torch::Tensor sample_next_token(const torch::Tensor& logits, torch::Generator& rng,
                                double temperature = 1.0, int64_t top_k = 0);

// Continues `tokens`, which may not be empty, and returns the new tokens only. Every step runs the
// whole sequence through the model. Throws c10::Error if the sequence outgrows the rotary table.
std::vector<int64_t> generate(GPT& model, const std::vector<int64_t>& tokens,
                              const SampleOptions& options = {});

}  // namespace nanochat
