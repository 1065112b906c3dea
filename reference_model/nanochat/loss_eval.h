// How well a model predicts held-out text: its loss, and bits per byte.
//
// The loss in nats a token says little to somebody with another tokenizer: longer tokens are harder
// to guess, and fewer. Bits per byte divides all the nats by the bytes of the text instead, and so
// compares models whatever their vocabulary is.

#pragma once

#include <torch/types.h>

#include "nanochat/dataloader.h"
#include "nanochat/gpt.h"
#include "nanochat/tokenizer.h"

namespace nanochat {

struct EvalResult {
  double loss;  // the mean over batches of their mean loss, nats a token
  double bpb;   // bits per byte of text, NaN if there was none
};

// The negative log-likelihood of every target (...), in nats, under logits (..., V): same shape as
// `targets` and zero where the target is -1.
torch::Tensor token_losses(const torch::Tensor& logits, const torch::Tensor& targets);

// How many bytes of text every id stands for, (V) of int64; special tokens stand for none.
torch::Tensor token_bytes(const Tokenizer& tokenizer);

// The mean loss, in nats a token, over the first `steps` batches of `loader`, which is rewound
// first, so that every evaluation of a run reads the same tokens. Leaves the model in training mode
// if it was, and records no gradients.
double evaluate_loss(GPT& model, DataLoader& loader, int64_t steps);

// The same loss, and the bits per byte of the same batches: all nats over all bytes, where targets
// that stand for no byte of `token_bytes` (V), and ignored ones, count on neither side.
EvalResult evaluate_bpb(GPT& model, DataLoader& loader, int64_t steps,
                        const torch::Tensor& token_bytes);

}  // namespace nanochat
