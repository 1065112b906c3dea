// supervised: nanobug's hold on a running supervisor, for run() and for a standby. Private to base/.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "mutator/base/process.h"
#include "mutator/base/supervisor.h"

namespace nanobug {

// The words of a command as the kernel takes them.
class Words {
 public:
  explicit Words(const Command& command);
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  Orders orders() const { return {.argv = argv_.data(), .environment = environ_.data()}; }

 private:
  std::vector<std::string> arguments_, environment_;
  std::vector<char*> argv_, environ_;
};

struct Slot;  // where the handler of signals finds it

// However it is left, all that is below the supervisor is dead then; a signal that ends nanobug sees to that
// too. One that is not nanobug's child has `report`, the reading end of a pipe that it keeps open to its end.
class Supervised {
 public:
  Supervised(pid_t pid, int life, int report = -1);
  Supervised(const Supervised&) = delete;
  Supervised& operator=(const Supervised&) = delete;
  ~Supervised();

  void end();  // the order to kill

 private:
  pid_t pid_;
  int life_, report_;
  Slot* slot_ = nullptr;
};

}  // namespace nanobug
