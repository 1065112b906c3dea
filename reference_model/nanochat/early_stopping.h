// Early stopping: training ends when the validation loss has not improved for a while, and the
// weights to keep are those of the best evaluation (Prechelt 1998, "Early Stopping - But When?").
//
// The training loss cannot be asked: it goes on falling long after a model has begun to learn its
// training data by heart.

#pragma once

#include <cstdint>
#include <limits>

namespace nanochat {

class EarlyStopping {
 public:
  // Everything there is to save, and to restore in a run that is taken up again.
  struct State {
    double best = std::numeric_limits<double>::infinity();  // the lowest validation loss
    int64_t best_step = -1;                                 // where it was, -1 if nowhere
    int64_t bad_evaluations = 0;                            // evaluations since then
  };

  // Gives up after `patience` evaluations in a row without improvement, never if that is 0. An
  // improvement is a loss that is lower than the best by more than `min_delta`. Throws
  // std::runtime_error if one of them is negative.
  explicit EarlyStopping(int64_t patience, double min_delta = 0.0);

  // Takes the validation loss at `step` into account and says whether it is the best so far. NaN
  // never is.
  bool update(double val_loss, int64_t step);

  // Whether it is time to give up.
  bool stop() const;

  double best() const { return state_.best; }
  int64_t best_step() const { return state_.best_step; }

  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }

 private:
  int64_t patience_;
  double min_delta_;
  State state_;
};

}  // namespace nanochat
