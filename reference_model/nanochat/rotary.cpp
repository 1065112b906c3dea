// Rotary position embedding: the table of angles, and the rotation. Contracts are in the header.

#include "nanochat/rotary.h"

namespace nanochat {

int64_t RotaryCache::length() const {
  return cos.size(1);
}

RotaryCache RotaryCache::rows(int64_t start, int64_t T) const {
  TORCH_CHECK(start >= 0 && T >= 0 && start + T <= length(), "a sequence of ", start + T,
              " tokens is longer than the rotary cache, which holds ", length(), " positions");
  return {cos.slice(1, start, start + T), sin.slice(1, start, start + T)};
}

RotaryCache RotaryCache::at(const torch::Tensor& positions) const {
  const int64_t B = positions.size(0), T = positions.size(1);
  const torch::Tensor row = positions.flatten();  // (B * T)
  const auto pick = [&](const torch::Tensor& table) {
    return table.index_select(1, row).view({B, T, 1, table.size(3)});
  };
  return {pick(cos), pick(sin)};
}

RotaryCache RotaryCache::to(const torch::TensorOptions& options) const {
  return {cos.to(options), sin.to(options)};
}

RotaryCache precompute_rotary(int64_t T, int64_t D, double base) {
  TORCH_CHECK(T > 0, "the rotary cache needs at least one position, not ", T);
  TORCH_CHECK(D > 0 && D % 2 == 0, "rotary embedding needs an even number of channels a head, not ",
              D);
  // The fastest pair turns by one radian a token, the slowest by nearly 1 / base.
  const auto options = torch::dtype(torch::kFloat64);
  const torch::Tensor channel = torch::arange(0, D, 2, options);  // (D/2)
  const torch::Tensor inv_freq = torch::pow(base, -channel / D);  // (D/2)
  const torch::Tensor position = torch::arange(T, options);       // (T)
  const torch::Tensor angle = torch::outer(position, inv_freq);   // (T, D/2)
  return {angle.cos().view({1, T, 1, D / 2}), angle.sin().view({1, T, 1, D / 2})};
}

RotaryCache no_rotation(int64_t T, int64_t D) {
  const auto options = torch::dtype(torch::kFloat64);
  return {torch::ones({1, T, 1, D / 2}, options), torch::zeros({1, T, 1, D / 2}, options)};
}

torch::Tensor apply_rotary(const torch::Tensor& x, const torch::Tensor& cos,
                           const torch::Tensor& sin) {
  TORCH_CHECK(x.dim() == 4, "apply_rotary needs x of shape (B, T, H, D), not ", x.sizes());
  const int64_t T = x.size(1), half = x.size(3) / 2;
  for (const torch::Tensor& table : {cos, sin}) {
    TORCH_CHECK(table.dim() == 4 && table.size(1) == T && table.size(3) == half,
                "rotary table of shape ", table.sizes(), " does not fit x of shape ", x.sizes());
  }
  const torch::Tensor x1 = x.slice(-1, 0, half);         // (B, T, H, D/2)
  const torch::Tensor x2 = x.slice(-1, half, 2 * half);  // (B, T, H, D/2)
  const torch::Tensor y1 = x1 * cos + x2 * sin;
  const torch::Tensor y2 = -x1 * sin + x2 * cos;
  return torch::cat({y1, y2}, -1).to(x.dtype());
}

}  // namespace nanochat
