// Activation checkpointing: memory for time (Chen et al. 2016, arXiv:1604.06174).
//
// What a block computes on its way forward is needed again on the way back, and most of the memory
// of training is what is kept for that. Here only the block's input is kept. In the backward pass
// the block runs a second time, and the gradients go through that run. So the second run has to be
// the first one again: with the random numbers that dropout drew, and in the same precision.

#pragma once

#include <torch/types.h>

#include <functional>

namespace nanochat {

// block(x), and the same gradients as if that had been called, of x and of every parameter that the
// block uses. `block` has to be the same function of its input both times; it may draw from torch's
// default generator, which goes on afterwards as if there had been one run. Where no gradients are
// recorded, or x needs none, it is block(x) and nothing else.
torch::Tensor recompute(const std::function<torch::Tensor(const torch::Tensor&)>& block,
                        const torch::Tensor& x);

}  // namespace nanochat
