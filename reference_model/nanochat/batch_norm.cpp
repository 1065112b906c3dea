// Batch normalisation. Contracts are in the header.

#include "nanochat/batch_norm.h"

namespace nanochat {

BatchNormImpl::BatchNormImpl(int64_t n_channels, double momentum, double eps)
    : momentum(momentum), eps(eps) {
  weight = register_parameter("weight", torch::ones({n_channels}));
  bias = register_parameter("bias", torch::zeros({n_channels}));
  running_mean = register_buffer("running_mean", torch::zeros({n_channels}));
  running_var = register_buffer("running_var", torch::ones({n_channels}));
}

torch::Tensor BatchNormImpl::forward(const torch::Tensor& x) {
  TORCH_CHECK(x.dim() == 2 && x.size(1) == weight.size(0), "x of shape ", x.sizes(),
              " does not fit a batch norm of ", weight.size(0), " channels");
  torch::Tensor mean = running_mean, variance = running_var;  // (C)
  if (is_training()) {
    const int64_t N = x.size(0);
    TORCH_CHECK(N > 1, "batch normalisation learns nothing from a batch of ", N);
    mean = x.mean(0);
    variance = (x - mean).square().mean(0);

    torch::NoGradGuard no_grad;
    const double unbiased = static_cast<double>(N) / static_cast<double>(N - 1);
    running_mean.mul_(1.0 - momentum).add_(mean, momentum);
    running_var.mul_(1.0 - momentum).add_(variance, momentum * unbiased);
  }
  const torch::Tensor normalised = (x - mean) / (variance + eps).sqrt();  // (N, C)
  return normalised * weight + bias;
}

}  // namespace nanochat
