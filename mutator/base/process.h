// process: run another program, read what it prints, and end it and its children when its time is up.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug {

struct Command {
  std::vector<std::string> argv;                                        // argv[0] is looked up on PATH
  std::filesystem::path directory = {};                                 // empty: the caller's
  std::map<std::string, std::string> environment = {};                  // added to the caller's
  std::optional<std::chrono::milliseconds> time_limit = std::nullopt;   // for the whole run
  std::optional<std::chrono::milliseconds> quiet_limit = std::nullopt;  // without a byte on stdout
  std::function<void(std::string_view line)> on_line = {};  // each whole line of stdout, as it comes
};

struct Finished {
  int exit_code = 0;       // of a program that returned
  int signal = 0;          // of one that was killed by it
  bool timed_out = false;  // one of the limits was passed; the whole process group was killed
  std::string out;         // stdout (empty when on_line took it)
  std::string err;         // stderr, the last 64 KiB
  double seconds = 0;      // wall time

  bool good() const { return exit_code == 0 && signal == 0 && !timed_out; }
  std::string how() const;  // "exit code 1", "signal SIGSEGV", "no answer within 10 s"
};

// Errors: Exit::io when the program cannot be started at all. A program that fails is not an error here.
Result<Finished> run(const Command& command);

// On SIGINT, SIGTERM and SIGHUP: kills what run() has started and is waiting for, then dies of the signal as
// usual.
void end_children_when_interrupted();

// The program's path on PATH, or nothing.
std::optional<std::filesystem::path> find_program(const std::string& name);

}  // namespace nanobug
