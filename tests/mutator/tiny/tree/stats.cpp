// stats: see stats.h.
#include "stats.h"

namespace tiny {

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  double sum = 0;
  for (double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

void step(double& x, double target, double rate) {
  const double gradient = 2 * (x - target);
  // A fraction of the way.
  x -= rate * gradient;
}

}  // namespace tiny
