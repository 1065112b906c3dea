// The mean over an epoch. Contracts are in the header.

#include "nanochat/epoch_meter.h"

#include <limits>

namespace nanochat {

void EpochMeter::update(double mean, int64_t count) {
  if (count == 0) return;
  state_.sum += mean * static_cast<double>(count);
  state_.count += count;
}

double EpochMeter::mean() const {
  if (state_.count == 0) return std::numeric_limits<double>::quiet_NaN();
  return state_.sum / static_cast<double>(state_.count);
}

void EpochMeter::reset() {
  state_ = {};
}

}  // namespace nanochat
