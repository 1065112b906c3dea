// Batch normalisation, written out (Ioffe and Szegedy 2015, arXiv:1502.03167).
//
// Unlike RMSNorm (rmsnorm.h), which looks along a vector, this looks down a column: every channel
// is normalised over the examples of a batch. So an example's output depends on its neighbours,
// which is fine for learning and useless for an answer. In training the module therefore keeps
// running statistics beside, and in evaluation it uses these instead of the batch's.

#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

namespace nanochat {

class BatchNormImpl : public torch::nn::Module {
 public:
  // `momentum` is how much a new batch counts in the running statistics.
  explicit BatchNormImpl(int64_t n_channels, double momentum = 0.1, double eps = 1e-5);

  // x (N, C) to the same shape: columns of mean 0 and variance 1, then times `weight` plus `bias`.
  // In training by the batch's own mean and (biased) variance, which go into the running
  // statistics, the variance as the unbiased one; in evaluation by the running statistics, which
  // stay. Throws c10::Error if the shape does not fit, or in training if there are fewer than two
  // rows.
  torch::Tensor forward(const torch::Tensor& x);

  double momentum, eps;
  torch::Tensor weight, bias;               // (C), parameters
  torch::Tensor running_mean, running_var;  // (C), buffers
};
TORCH_MODULE(BatchNorm);

}  // namespace nanochat
