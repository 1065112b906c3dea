// meter: how much of its limits a running program has used. Private to base/.
#pragma once

#include <sys/types.h>

#include <chrono>

#include "mutator/base/process.h"

namespace nanobug {

class Meter {
 public:
  Meter(const Command& command, pid_t supervisor);

  void heard_line();
  // Measures when it is time to.
  void look();
  // Milliseconds until the next look is due, -1 when there is nothing to look for.
  int until_next_look() const;
  // Which limit was passed, if one was, goes into `finished`.
  bool passed(Finished& finished) const;
  double processor_s() const { return now_.processor_s; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Used {
    double processor_s = 0;
    double wall_s = 0;      // by the clock
    double unloaded_s = 0;  // the same, each second divided by the load of that second
  };
  bool measures() const;
  void schedule(Clock::time_point time);

  const Command& command_;
  const pid_t supervisor_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_;
  Used now_, at_line_;
  bool heard_ = false;
};

}  // namespace nanobug
