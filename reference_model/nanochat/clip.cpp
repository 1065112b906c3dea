// The global gradient norm, and clipping by it. Contracts are in the header.

#include "nanochat/clip.h"

#include <cmath>

namespace nanochat {

double global_grad_norm(const std::vector<torch::Tensor>& params) {
  double sum_of_squares = 0.0;
  for (const torch::Tensor& param : params) {
    if (!param.grad().defined()) continue;
    // In double, because the sum runs over millions of entries.
    sum_of_squares += param.grad().to(torch::kFloat64).square().sum().item<double>();
  }
  return std::sqrt(sum_of_squares);
}

double clip_grad_norm_(const std::vector<torch::Tensor>& params, double max_norm) {
  torch::NoGradGuard no_grad;
  const double grad_norm = global_grad_norm(params);
  const double scale = max_norm / (grad_norm + 1e-6);
  if (scale >= 1.0) return grad_norm;
  for (const torch::Tensor& param : params) {
    if (param.grad().defined()) param.grad().mul_(scale);
  }
  return grad_norm;
}

}  // namespace nanochat
