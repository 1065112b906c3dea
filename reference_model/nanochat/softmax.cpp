// Softmax, written out. Contracts are in the header.

#include "nanochat/softmax.h"

namespace nanochat {

torch::Tensor softmax(const torch::Tensor& x, int64_t dim) {
  const torch::Tensor shifted = x - x.amax(dim, /*keepdim=*/true).detach();
  const torch::Tensor numerator = shifted.exp();
  const torch::Tensor denominator = numerator.sum(dim, /*keepdim=*/true);
  return numerator / denominator;
}

}  // namespace nanochat
