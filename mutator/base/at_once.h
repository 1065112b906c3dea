// at_once: pieces of work that know nothing of each other, several at a time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "mutator/base/error.h"

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

// The same until one of them fails, or says that it is enough (false): then what has begun goes on to its
// end, and nothing more begins. `perform` is told the number of its thread, below `workers`. Errors: one of
// theirs. What is thrown comes out of here.
inline Status at_once_while(std::size_t count, std::size_t workers,
                            const std::function<Result<bool>(std::size_t, std::size_t)>& perform) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&](std::size_t worker) -> Status {
    for (std::size_t i; (i = next++) < count;) {
      const auto go_on = perform(i, worker);
      if (!go_on || !*go_on) next = count;
      NANOBUG_TRY(go_on);
    }
    return {};
  };
  std::vector<std::future<Status>> working;
  for (std::size_t worker = 0; worker < workers; ++worker)
    working.push_back(std::async(std::launch::async, work, worker));
  Status all;
  for (auto& worker : working)
    if (const Status ended = worker.get(); !ended) all = ended;
  return all;
}

}  // namespace nanobug
