// Learned positions. Contracts are in the header.

#include "nanochat/learned_positions.h"

namespace nanochat {

LearnedPositionsImpl::LearnedPositionsImpl(int64_t length, int64_t n_embd) {
  TORCH_CHECK(length > 0 && n_embd > 0, "a table of positions needs rows and channels, not ",
              length, " by ", n_embd);
  // Small beside token embeddings of standard deviation one: what a token is comes first.
  weight = register_parameter("weight", 0.1 * torch::randn({length, n_embd}));
}

torch::Tensor LearnedPositionsImpl::forward(const torch::Tensor& x, int64_t start) {
  TORCH_CHECK(x.dim() == 3 && x.size(2) == weight.size(1), "x of shape ", x.sizes(),
              " does not fit positions of ", weight.size(1), " channels");
  const int64_t T = x.size(1);
  TORCH_CHECK(start >= 0 && start + T <= length(), "a sequence of ", start + T,
              " tokens is longer than the table of positions, which holds ", length());
  const torch::Tensor rows = weight.slice(0, start, start + T);  // (T, C)
  return x + rows.unsqueeze(0);                                  // (B, T, C)
}

}  // namespace nanochat
