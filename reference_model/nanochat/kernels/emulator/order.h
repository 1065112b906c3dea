// What is known to have come first, between threads that no barrier orders: a fence, then an
// atomic, read by another thread's atomic, then a fence there. Kept only for the threads that do
// it.
//
// A thread's accesses are stamped with its block's phase (how many barriers it passed) and the
// thread's own clock, which advances with what lets others know of it.

#pragma once

#include <cstdint>
#include <map>
#include <utility>

namespace emulator {

struct Knowledge {
  std::map<uint32_t, uint32_t> phases;  // block: all of its phases below this one
  std::map<uint32_t, std::pair<uint32_t, uint32_t>> threads;  // thread: up to this phase and clock

  bool empty() const { return phases.empty() && threads.empty(); }
  void join(const Knowledge& other);
  void learn_phase(uint32_t block, uint32_t phase);
  void learn_thread(uint32_t thread, uint32_t phase, uint32_t clock);
  bool covers(uint32_t block, uint32_t thread, uint32_t phase, uint32_t clock) const;
};

// The atomics of a thread are known as another thread's: who learns from an atomic knows of that
// one, but of nothing else that its thread did after the fence.
constexpr uint32_t kItsAtomics = uint32_t{1} << 31;

}  // namespace emulator
