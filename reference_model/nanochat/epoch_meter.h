// The mean of something over an epoch, while the epoch goes on.
//
// Batches do not all hold the same number of tokens, so the mean of their means is not the mean
// over tokens: each batch counts as much as it holds. An epoch's number means something only if
// nothing of the epoch before is left in it, so whoever begins an epoch resets the meter.

#pragma once

#include <cstdint>

namespace nanochat {

class EpochMeter {
 public:
  // Everything there is to save, and to restore in a run that is taken up again.
  struct State {
    double sum = 0.0;
    int64_t count = 0;
  };

  // Counts in a batch of `count` tokens (or examples) whose mean is `mean`. A batch that holds
  // nothing has no mean and changes nothing, whatever `mean` is.
  void update(double mean, int64_t count);

  // The mean over everything since the last reset, NaN if that is nothing.
  double mean() const;

  // How many tokens (or examples) it is the mean of.
  int64_t count() const { return state_.count; }

  // Forgets everything: a new epoch begins.
  void reset();

  const State& state() const { return state_; }
  void restore(const State& state) { state_ = state; }

 private:
  State state_;
};

}  // namespace nanochat
