// How long a probe waits for what has to come.
//
// Long beside what it takes, and longer the busier the machine is, so that waiting it out means that nothing
// comes.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

namespace probe {

inline std::chrono::milliseconds patience() {
  double load = 0.0;
  if (getloadavg(&load, 1) != 1) load = 0.0;
  const double cores = std::max(1u, std::thread::hardware_concurrency());
  return std::chrono::milliseconds(static_cast<int64_t>(10'000 * std::clamp(load / cores, 1.0, 30.0)));
}

}  // namespace probe
