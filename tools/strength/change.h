// change: what `nanobug certify --operators N --json` says of a change that an operator makes.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::strength {

enum class Fate { no_mutant, probe, run, not_seen };  // seen by a probe, by a parity run

struct Change {
  std::string id, op, file;
  int line = 0;               // from 1
  std::string before, after;  // the lines it touches as one, blanks folded
  Fate fate = Fate::no_mutant;

  bool is_seen() const { return fate == Fate::probe || fate == Fate::run; }
};

// `runs`: the names of the parity runs; whoever else sees a mutant is a probe. Errors: Exit::usage for
// anything but certify's answer.
Result<std::vector<Change>> read_changes(const std::string& json, const std::vector<std::string>& runs);

}  // namespace nanobug::strength
