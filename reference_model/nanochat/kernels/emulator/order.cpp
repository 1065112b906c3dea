// Knowledge of other threads. Contracts are in the header.

#include "order.h"

#include <algorithm>

namespace emulator {

void Knowledge::learn_phase(uint32_t block, uint32_t phase) {
  uint32_t& known = phases[block];
  known = std::max(known, phase);
}

void Knowledge::learn_thread(uint32_t thread, uint32_t phase, uint32_t clock) {
  auto& known = threads[thread];
  known = std::max(known, {phase, clock});
}

void Knowledge::join(const Knowledge& other) {
  for (const auto& [block, phase] : other.phases) learn_phase(block, phase);
  for (const auto& [thread, time] : other.threads) learn_thread(thread, time.first, time.second);
}

bool Knowledge::covers(uint32_t block, uint32_t thread, uint32_t phase, uint32_t clock) const {
  if (const auto known = phases.find(block); known != phases.end() && phase < known->second)
    return true;
  const auto known = threads.find(thread);
  return known != threads.end() && std::pair{phase, clock} <= known->second;
}

}  // namespace emulator
