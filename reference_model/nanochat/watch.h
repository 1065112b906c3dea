// Somebody may look at what flows through the model, without being in its way.
//
// The model says what passes by: watch("mlp", h). Where nobody looks that costs one comparison; who
// looks (diagnostics.h) gets the tensor itself, and has to leave it as it is.

#pragma once

#include <torch/types.h>

#include <string_view>

namespace nanochat {

class Watcher {
 public:
  virtual ~Watcher() = default;

  // `what` is a kind of tensor, the same for every layer: those of a kind come layer by layer.
  virtual void see(std::string_view what, const torch::Tensor& x) = 0;
};

// Who looks at this thread's tensors, if anybody.
Watcher*& watcher();

inline void watch(std::string_view what, const torch::Tensor& x) {
  if (Watcher* const who = watcher()) who->see(what, x);
}

}  // namespace nanochat
