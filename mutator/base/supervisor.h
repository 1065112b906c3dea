// supervisor: the process between nanobug and a program that it runs. Private to base/.
//
// The kernel hands it every descendant that loses its parent (a subreaper), so a daemon, a new session or a
// closed pipe hides nothing. It holds the reading end of a pipe of nanobug's, which ends when nanobug closes
// it or dies, of kill -9 too: then, or when the program has returned, it kills what is left, waits for it,
// and reports.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace nanobug {

struct Orders {
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr;     // may be null
  int in = -1;                         // what becomes 0; -1 is /dev/null
  int out = -1, err = -1, lines = -1;  // writing ends of what becomes 1, 2 and 3; lines may be -1
  int life = -1;                       // reading end: its end is the order to kill
  int report = -1;                     // writing end: gets one Report

  // Of a program that stands ready in this very process (standby.h): called instead of loading argv[0], and
  // never returns. It keeps these descriptors beside its 0 to 3.
  void (*enter)(const Orders&) = nullptr;
  const int* kept = nullptr;
  int kept_count = 0;
};

// What is written on `report` before the supervisor ends.
struct Report {
  int not_started = 0;                // the errno, when the program could not be started
  int status = 0;                     // the program's, as of waitpid
  std::int64_t processor_micros = 0;  // of all that was waited for
};

// -> the supervisor's pid, or -1 with errno.
pid_t start_supervisor(const Orders& orders);

// User and system time of all that runs below the process, and of all that has been waited for there, in
// seconds; nothing when /proc cannot be read.
std::optional<double> processor_time_below(pid_t supervisor);

}  // namespace nanobug
