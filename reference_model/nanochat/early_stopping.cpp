// Early stopping. Contracts are in the header.

#include "nanochat/early_stopping.h"

#include <stdexcept>

namespace nanochat {

EarlyStopping::EarlyStopping(int64_t patience, double min_delta)
    : patience_(patience), min_delta_(min_delta) {
  if (patience < 0 || !(min_delta >= 0.0)) {
    throw std::runtime_error("early stopping needs a patience and a min_delta of at least 0");
  }
}

bool EarlyStopping::update(double val_loss, int64_t step) {
  const bool improved = val_loss < state_.best - min_delta_;
  if (improved) {
    state_ = {.best = val_loss, .best_step = step, .bad_evaluations = 0};
  } else {
    state_.bad_evaluations += 1;
  }
  return improved;
}

bool EarlyStopping::stop() const {
  return patience_ > 0 && state_.bad_evaluations >= patience_;
}

}  // namespace nanochat
