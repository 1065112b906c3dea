// Training in float16: autocast, which runs matrix products in half precision, and the loss scale
// that keeps their gradients above zero (Micikevicius et al. 2017, arXiv:1710.03740).
//
// Float16 ends at 65504 and has nothing below 6e-8, where many gradients lie. The loss is
// multiplied by a large number before the backward pass, so that all gradients move up by as much,
// and the gradients are divided by it before anybody looks at them. The number finds itself: it
// grows for as long as nothing overflows, and shrinks when something did. A step whose gradients
// overflowed is left out.
//
//   loss = model->loss(...)            under an Autocast
//   scaler.scale(loss).backward()
//   scaler.unscale_(params)            then clip
//   if (!scaler.found_inf()) step      of every optimizer
//   scaler.update()
//
// Where ranks share the work (distributed.h), gradients are averaged before they are unscaled: an
// infinity on one rank is then one on all of them, and all leave out the same step.

#pragma once

#include <c10/core/ScalarType.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace nanochat {

struct GradScalerOptions {
  double init_scale = 65536.0;
  double growth_factor = 2.0;      // above 1
  double backoff_factor = 0.5;     // between 0 and 1
  int64_t growth_interval = 2000;  // steps in a row without an infinity before the scale grows
};

// What changes over the course of a run, to be saved with it and restored.
struct GradScalerState {
  double scale;
  int64_t growth_tracker;  // steps in a row without an infinity, since the scale last changed
};

class GradScaler {
 public:
  // Throws c10::Error if a scale cannot grow or shrink with these options.
  explicit GradScaler(const GradScalerOptions& options = {});

  // `loss` (any shape) times the scale.
  torch::Tensor scale(const torch::Tensor& loss) const;

  // Divides the gradients of `params` by the scale, in place, and notes whether one of them has an
  // entry that is not finite. Once a step: throws c10::Error if update() has not been called since.
  void unscale_(const std::vector<torch::Tensor>& params);

  // Whether this step's gradients overflowed and the step must be left out.
  bool found_inf() const { return found_inf_; }

  // Ends a step: the scale backs off if there was an infinity, and grows, though not beyond a
  // float32, if there has been none for a whole interval. Throws c10::Error if unscale_() has not
  // been called in this step.
  void update();

  // state().scale is the scale of the next step, worth a log line.
  GradScalerState state() const { return state_; }
  void load_state(const GradScalerState& state);

 private:
  GradScalerOptions options_;
  GradScalerState state_;
  bool unscaled_ = false;  // in this step
  bool found_inf_ = false;
};

// While an Autocast lives, its thread's matrix products, on the CPU and on a GPU, take their inputs
// in `dtype`, whatever the weights' own dtype is. Guards nest; the end of the outermost forgets the
// copies of weights that were made. The backward pass needs none: it follows what the forward pass
// did.
class Autocast {
 public:
  explicit Autocast(torch::ScalarType dtype, bool enabled = true);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  bool was_enabled_;
  torch::ScalarType previous_dtype_;
};

}  // namespace nanochat
