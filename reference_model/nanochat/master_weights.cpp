// Master weights. Contracts are in the header.

#include "nanochat/master_weights.h"

namespace nanochat {

MasterWeights::MasterWeights(std::vector<torch::Tensor> masters, std::vector<torch::Tensor> weights)
    : masters_(std::move(masters)), weights_(std::move(weights)) {
  TORCH_CHECK(masters_.size() == weights_.size(), masters_.size(), " masters do not belong to ",
              weights_.size(), " weights");
  for (size_t i = 0; i < masters_.size(); ++i) {
    TORCH_CHECK(masters_[i].sizes() == weights_[i].sizes(), "a master of shape ",
                masters_[i].sizes(), " does not belong to a weight of shape ", weights_[i].sizes());
  }
}

void MasterWeights::take_gradients() {
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < weights_.size(); ++i) {
    if (!weights_[i].grad().defined()) continue;
    const torch::Tensor grad = weights_[i].grad().to(masters_[i].dtype());
    torch::Tensor& sum = masters_[i].mutable_grad();
    sum = sum.defined() ? sum + grad : grad;
    weights_[i].mutable_grad().reset();
  }
}

void MasterWeights::write_back() {
  torch::NoGradGuard no_grad;
  for (size_t i = 0; i < weights_.size(); ++i) weights_[i].copy_(masters_[i]);
}

}  // namespace nanochat
