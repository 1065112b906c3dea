// process: run another program, read what it prints, and end it with all that it started when its time is up.
//
// Each program has a supervisor between itself and nanobug (supervisor.h): whatever the program starts,
// however it hides from it, ends with the run; and all of it ends when nanobug does, kill -9 included.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug {

struct Limits {
  double processor_s = 0;  // of the program and all its descendants together; 0: none
  double wall_s = 0;       // for what waits: on a loaded machine it runs slower, by load / cores; 0: none
};

struct Command {
  std::vector<std::string> argv;                        // argv[0] is looked up on PATH
  std::filesystem::path directory = {};                 // empty: the caller's
  std::map<std::string, std::string> environment = {};  // added to the caller's
  // What it does not have of the caller's: names, or their beginnings with a * after them.
  std::vector<std::string> not_inherited = {};
  std::filesystem::path input = {};                                    // a file, its stdin; empty: nothing
  std::optional<std::chrono::milliseconds> time_limit = std::nullopt;  // for the whole run, by the clock
  Limits limits = {};                                                  // for the whole run
  Limits quiet_limits = {};  // since the start or the last whole line on the line channel
  int lines_from = 1;        // the line channel: stdout, or 3, a descriptor of the program's own for it
  std::function<void(std::string_view line)> on_line =
      {};  // each whole line of it, as it comes; cut at 1 MiB
  std::function<void(std::string_view bytes)> on_output =
      {};  // what comes on stdout, if that is not the line channel, and on stderr
};

struct Finished {
  int exit_code = 0;                  // of a program that returned
  int signal = 0;                     // of one that was killed by it
  bool timed_out = false;             // one of the limits was passed; everything it had started was killed
  bool over_processor_limit = false;  // that limit was one of processor time
  bool over_quiet_limit = false;      // that limit was one since the last line
  std::string out;                    // stdout, the first 64 MiB (empty when on_line took it)
  std::string err;                    // stderr, the last 64 KiB
  double seconds = 0;                 // wall time
  double processor_s = 0;             // user and system time, its descendants included

  bool good() const { return exit_code == 0 && signal == 0 && !timed_out; }
  std::string how() const;  // "exit code 1", "killed by SIGSEGV", "no answer within its time limit"
};

class Standby;

// When the program returns, what it left running is killed. An exception from on_line kills it too. With a
// standby of the program (standby.h) it need not be loaded again.
// Errors: Exit::io when the program cannot be started at all. A program that fails is not an error here.
Result<Finished> run(const Command& command, Standby* standby = nullptr);

// On SIGINT, SIGTERM and SIGHUP: waits until all that run() has started is dead, then dies of the signal as
// usual. A signal that is ignored (nohup) stays ignored.
void end_children_when_interrupted();

// Does the command have the caller's variable of this name?
bool inherits(const Command& command, std::string_view name);

// The program's path on PATH, or nothing.
std::optional<std::filesystem::path> find_program(const std::string& name);

}  // namespace nanobug
