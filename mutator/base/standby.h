// standby: a program that stands ready just before its main, loaded and with its libraries initialised. Each
// run of it is a fork: what LibTorch takes to load and to take itself apart again, a quarter of a second, is
// more than most programs of a small tree take for their work.
//
// The program is started with a library of nanobug's in front of its own (mutator/standby/), which holds it
// there and takes orders from a socket. Whatever cannot be held so is run as usual: run() asks, and does
// without. A run has its own supervisor, limits and descriptors as any other; its processor time begins at
// main.
//
// Where many programs share their libraries, and each is run once, these are loaded into a process without a
// program, and a program joins a fork of that as a library would; only what is its own is loaded then.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "mutator/base/process.h"

namespace nanobug {

struct Orders;

class Standby {
 public:
  // `command` has the program, by its path, and the environment that its libraries are loaded in; how long
  // that may take is its limits' to say. Whatever lies below `own` is the program's and is taken apart when
  // it ends; the other libraries go with the process. Nothing when the program cannot be held: it is not
  // dynamically linked with glibc, dies, hangs or starts a thread before main, or the library is not beside
  // nanobug.
  static std::unique_ptr<Standby> start(const Command& command, const std::filesystem::path& own);

  // A process that has these libraries, each a whole path, in the command's environment and with its limits.
  // Nothing when one of them cannot be loaded, or loads something below `not_these`.
  static std::unique_ptr<Standby> of_libraries(const Command& command,
                                               const std::vector<std::filesystem::path>& libraries,
                                               const std::filesystem::path& not_these);

  // The command's program, which can_join_a_process() (loader.h), held in a fork of such a process, with what
  // it wants besides. Not longer than that process is there. Nothing when it dies or hangs before main.
  static std::unique_ptr<Standby> join(Standby& libraries, const Command& command,
                                       const std::vector<std::filesystem::path>& besides);

  Standby(const Standby&) = delete;
  Standby& operator=(const Standby&) = delete;
  ~Standby();  // after the last of its runs

 private:
  struct Held;
  friend Result<Finished> run(const Command& command, Standby* standby);

  explicit Standby(std::unique_ptr<Held> held);
  // Starts it, or launches it from `from`, and waits until it stands.
  static std::unique_ptr<Standby> hold(Command command, Standby* from);
  // -> the supervisor's pid; nothing when the program has gone, or the words are too many.
  std::optional<pid_t> launch(const Orders& orders);

  std::unique_ptr<Held> held_;
  std::mutex asking_;
};

}  // namespace nanobug
