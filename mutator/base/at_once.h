// at_once: pieces of work that know nothing of each other, several at a time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace nanobug {

// Calls `perform` with each number below `count`, in order, from so many threads, this one among them; back
// when all have been. What is thrown in another thread than this one ends the program.
inline void at_once(std::size_t count, std::size_t workers, const std::function<void(std::size_t)>& perform) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) perform(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(count, workers); ++i) others.emplace_back(work);
  work();
}

}  // namespace nanobug
