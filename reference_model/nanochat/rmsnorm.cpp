// Root-mean-square normalisation, written out. Contracts are in the header.

#include "nanochat/rmsnorm.h"

namespace nanochat {

torch::Tensor rms_norm(const torch::Tensor& x, double eps) {
  const torch::Tensor mean_square = x.square().mean(-1, /*keepdim=*/true);  // (..., 1)
  return x * torch::rsqrt(mean_square + eps);
}

}  // namespace nanochat
