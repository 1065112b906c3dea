// The GPT of gpt.h as the kernels compute it: the same weights, the same numbers up to the rounding
// of float32, and each step of it but the matrix products a kernel of this tree. In training, that
// is llm.c's train_gpt2.cu in this model's terms.

#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "nanochat/gpt.h"
#include "nanochat/kernels/operators.h"

namespace nanochat {

// The logits (B, T, V) for token ids idx (B, T) of int64, before they are soft-capped. The model is
// on operators::device(), in float32 or bfloat16, with rotary positions and neither dropout nor a
// window; else c10::Error.
torch::Tensor kernel_logits(GPT& model, const torch::Tensor& idx);

// The mean cross-entropy of `targets` (B, T), in nats a token; targets of -1 are ignored. As
// GPT::loss.
torch::Tensor kernel_loss(GPT& model, const torch::Tensor& idx, const torch::Tensor& targets);

// AdamW for all of a model's parameters in one launch, after their gradients are clipped to a
// global norm in two.
class KernelAdamW {
 public:
  struct Settings {
    double beta1 = 0.9, beta2 = 0.95, eps = 1e-8;
    double weight_decay = 0.1;  // of matrices between embedding and head
    double grad_clip = 1.0;     // the largest global norm
  };
  KernelAdamW(GPT& model, const Settings& settings);

  // Takes a step and forgets the gradients. Returns their norm before clipping.
  double step(double lr);

 private:
  Settings settings_;
  std::vector<torch::Tensor> parameters_;
  operators::AdamWTensors tensors_;
  int64_t steps_ = 0;
};

// Draws `count` tokens after `tokens`, each from all of the model's probabilities at this
// temperature; the random numbers come from torch's default generator.
std::vector<int64_t> kernel_sample(GPT& model, std::vector<int64_t> tokens, int64_t count,
                                   double temperature);

}  // namespace nanochat
