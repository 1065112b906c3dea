// The global gradient norm, and clipping by it (Pascanu et al. 2013, arXiv:1211.5063).
//
// The norm is worth a log line even when nothing is clipped: it is the first number that goes wrong
// before a run diverges.

#pragma once

#include <torch/types.h>

#include <vector>

namespace nanochat {

// The 2-norm of all gradients, as if they were one long vector. Parameters without a gradient count
// as zero.
double global_grad_norm(const std::vector<torch::Tensor>& params);

// Scales all gradients in place, by one factor, so that their global norm is at most `max_norm`;
// gradients that are shorter stay as they are. Returns the norm before clipping.
double clip_grad_norm_(const std::vector<torch::Tensor>& params, double max_norm);

}  // namespace nanochat
