// AdamW, written out. Contracts are in the header.

#include "nanochat/adamw.h"

#include <cmath>

namespace nanochat {

namespace {

// One step of one parameter.
void update(torch::Tensor param, AdamWState& state, const AdamWGroup& group) {
  const torch::Tensor grad = param.grad();
  state.step += 1;
  const double steps = static_cast<double>(state.step);

  param.mul_(1.0 - group.lr * group.weight_decay);

  state.exp_avg.mul_(group.beta1).add_(grad, 1.0 - group.beta1);
  state.exp_avg_sq.mul_(group.beta2).addcmul_(grad, grad, 1.0 - group.beta2);

  const double bias_correction1 = 1.0 - std::pow(group.beta1, steps);
  const double bias_correction2 = 1.0 - std::pow(group.beta2, steps);
  const torch::Tensor denominator = (state.exp_avg_sq / bias_correction2).sqrt().add_(group.eps);
  param.addcdiv_(state.exp_avg, denominator, -group.lr / bias_correction1);
}

}  // namespace

AdamW::AdamW(std::vector<AdamWGroup> groups_in) : groups(std::move(groups_in)) {
  for (const AdamWGroup& group : groups) {
    states.emplace_back();
    for (const torch::Tensor& param : group.params) {
      states.back().push_back({torch::zeros_like(param), torch::zeros_like(param)});
    }
  }
}

void AdamW::step() {
  torch::NoGradGuard no_grad;
  for (size_t g = 0; g < groups.size(); ++g) {
    for (size_t i = 0; i < groups[g].params.size(); ++i) {
      if (!groups[g].params[i].grad().defined()) continue;
      update(groups[g].params[i], states[g][i], groups[g]);
    }
  }
}

void AdamW::zero_grad() {
  for (AdamWGroup& group : groups) {
    for (torch::Tensor& param : group.params) param.mutable_grad().reset();
  }
}

}  // namespace nanochat
