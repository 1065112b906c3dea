// The model once more, as a function of its weights.
//
// gpt.h is made of modules that own their weights, with every formula written out. Here is no
// module: the weights come in by name, and LibTorch's own functions do the work. Two ways to one
// number that share no line. Where they part, at the start or after some step of training, one of
// them is wrong, and the first step at which they do says what to look at.

#pragma once

#include <torch/types.h>

#include <map>
#include <string>

#include "nanochat/gpt.h"

namespace nanochat {

// Tensors by the names that a model's named_parameters() have.
using Weights = std::map<std::string, torch::Tensor>;

// A copy of a model's weights, as leaves of their own that require gradients.
Weights copy_weights(GPT& model);

// What GPT's forward() computes without a cache, segments or dropout: soft-capped logits (B, T, V)
// for idx (B, T).
torch::Tensor functional_logits(const GPTConfig& config, const Weights& weights,
                                const torch::Tensor& idx);

// What GPT's loss() computes without label smoothing: a scalar.
torch::Tensor functional_loss(const GPTConfig& config, const Weights& weights,
                              const torch::Tensor& idx, const torch::Tensor& targets);

// The optimizers that `model` would have, over `weights` instead of its own.
Optimizers functional_optimizers(GPT& model, const Weights& weights,
                                 const OptimizerConfig& options);

// The largest difference between an entry of a model's weights and of these.
double weights_apart(GPT& model, const Weights& weights);

}  // namespace nanochat
