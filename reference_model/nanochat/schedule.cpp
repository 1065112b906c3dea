// The learning rate's trapezoid and the ramp of Muon's momentum. Contracts are in the header.

#include "nanochat/schedule.h"

#include <algorithm>
#include <cmath>

namespace nanochat {

double lr_multiplier(int64_t step, const LrSchedule& schedule) {
  const double total = static_cast<double>(schedule.num_iterations);
  const double warmup_iters = std::nearbyint(schedule.warmup_ratio * total);
  const double warmdown_iters = std::nearbyint(schedule.warmdown_ratio * total);
  const double it = static_cast<double>(step);

  if (it < warmup_iters) return (it + 1.0) / warmup_iters;  // never zero: no step is wasted
  if (it <= total - warmdown_iters) return 1.0;
  const double remaining = (total - it) / warmdown_iters;
  return remaining + (1.0 - remaining) * schedule.final_lr_frac;
}

double muon_momentum(int64_t step) {
  const double progress = std::min(static_cast<double>(step) / 300.0, 1.0);
  return (1.0 - progress) * 0.85 + progress * 0.95;
}

}  // namespace nanochat
