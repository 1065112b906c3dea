// Softmax, written out.
//
// Attention turns scores into weights with it, and sampling turns logits into probabilities. Both
// call this one function, so there is one place to read and one place to get wrong.

#pragma once

#include <torch/types.h>

namespace nanochat {

// The softmax of `x` along `dim`: same shape and dtype as `x`; entries are in [0, 1] and sum to one
// along `dim`. Negative infinity gets weight zero; a row of nothing but negative infinity has no
// softmax and comes out as NaN. Negative dimensions count from the end.
//
// Call it as nanochat::softmax: argument-dependent lookup finds LibTorch's own as well.
torch::Tensor softmax(const torch::Tensor& x, int64_t dim);

}  // namespace nanochat
