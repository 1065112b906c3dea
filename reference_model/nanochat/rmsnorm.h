// Root-mean-square normalisation without a learned gain (Zhang and Sennrich 2019,
// arXiv:1910.07467).
//
// The model normalises in five places: after the embedding, before attention, before the MLP,
// before the head, and on queries and keys. None of them has parameters, so a function is enough
// and no module is needed.

#pragma once

#include <torch/types.h>

namespace nanochat {

// Scales every vector along the last dimension of `x` (..., C) to a root mean square of one. Same
// shape and dtype as `x`. A vector of zeros stays a vector of zeros, with a finite gradient: that
// is what `eps` is for.
torch::Tensor rms_norm(const torch::Tensor& x, double eps = 1e-6);

}  // namespace nanochat
