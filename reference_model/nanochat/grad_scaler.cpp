// The loss scale and the guard of autocast. Contracts are in the header.

#include "nanochat/grad_scaler.h"

#include <ATen/autocast_mode.h>

#include <cmath>
#include <limits>

namespace nanochat {

GradScaler::GradScaler(const GradScalerOptions& options)
    : options_(options), state_{.scale = options.init_scale, .growth_tracker = 0} {
  TORCH_CHECK(std::isfinite(options.init_scale) && options.init_scale > 0,
              "the loss scale must be positive, not ", options.init_scale);
  TORCH_CHECK(options.growth_factor > 1, "the loss scale cannot grow by a factor of ",
              options.growth_factor);
  TORCH_CHECK(options.backoff_factor > 0 && options.backoff_factor < 1,
              "the loss scale cannot shrink by a factor of ", options.backoff_factor);
  TORCH_CHECK(options.growth_interval > 0, "the loss scale cannot grow every ",
              options.growth_interval, " steps");
}

torch::Tensor GradScaler::scale(const torch::Tensor& loss) const {
  return loss * state_.scale;
}

void GradScaler::unscale_(const std::vector<torch::Tensor>& params) {
  TORCH_CHECK(!unscaled_, "these gradients are unscaled already: update() ends a step");
  torch::NoGradGuard no_grad;
  unscaled_ = true;
  for (const torch::Tensor& param : params) {
    if (!param.grad().defined()) continue;
    torch::Tensor grad = param.grad();
    if (!grad.isfinite().all().item<bool>()) found_inf_ = true;
    grad.div_(state_.scale);
  }
}

void GradScaler::update() {
  TORCH_CHECK(unscaled_, "nobody has looked for infinities: unscale_() comes before update()");
  if (found_inf_) {
    state_.scale *= options_.backoff_factor;
    state_.growth_tracker = 0;
  } else if (++state_.growth_tracker >= options_.growth_interval) {
    // A scale that is no float32 any more would make every loss infinite.
    const double grown = state_.scale * options_.growth_factor;
    if (grown <= std::numeric_limits<float>::max()) state_.scale = grown;
    state_.growth_tracker = 0;
  }
  unscaled_ = false;
  found_inf_ = false;
}

void GradScaler::load_state(const GradScalerState& state) {
  TORCH_CHECK(std::isfinite(state.scale) && state.scale > 0 && state.growth_tracker >= 0,
              "a loss scale of ", state.scale, " after ", state.growth_tracker,
              " steps is no state of a scaler");
  state_ = state;
}

Autocast::Autocast(torch::ScalarType dtype, bool enabled)
    : was_enabled_(at::autocast::is_autocast_enabled(at::kCPU)),
      previous_dtype_(at::autocast::get_autocast_dtype(at::kCPU)) {
  at::autocast::increment_nesting();
  for (const at::DeviceType device : {at::kCPU, at::kCUDA}) {
    at::autocast::set_autocast_dtype(device, dtype);
    at::autocast::set_autocast_enabled(device, enabled);
  }
}

Autocast::~Autocast() {
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  for (const at::DeviceType device : {at::kCPU, at::kCUDA}) {
    at::autocast::set_autocast_enabled(device, was_enabled_);
    at::autocast::set_autocast_dtype(device, previous_dtype_);
  }
}

}  // namespace nanochat
