// reach: which functions of the tree each probe runs, measured once on the clean tree.
//
// Clang's source-based coverage counts: the tree is built once more, with counters, under a key of its own in
// the cache (so that the next version of the tree begins as a copy of it), and the clean tree's probe program
// is run against that library, a process a probe. A probe that runs nothing of what a mutant changes does on
// the mutant what it does on the clean tree, and need not be asked. Whatever that does not hold for is
// answered with "all of them": a header, since probes include it; what stands in no function (a constant, a
// default argument, a member's initialiser); what a compiler may evaluate (constexpr); a function that no
// probe was seen to run. A probe that left no counts is always asked.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mutator/workshop/probes.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

class Reach {
 public:
  // What was measured before, if it was.
  static std::optional<Reach> find(const Workshop& workshop, const Clean& clean);

  // Measures and keeps it beside the probe program: a build from nothing and a run of every probe. Errors:
  // where the tree cannot be built so (another compiler), or LLVM's tools are not there.
  static Result<Reach> measure(const Workshop& workshop, const Clean& clean, const Progress& progress = {});

  // The probes that may see the overlay; nothing where that may be all of them.
  std::optional<std::set<std::string>> probes_of(const Clean& clean, const Overlay& overlay) const;

 private:
  struct Function {
    int first = 0, last = 0;  // lines of its body, from 1
    std::set<std::string> probes;
  };
  std::map<std::string, std::vector<Function>> functions_;  // by file
  std::set<std::string> unmeasured_;                        // probes

  bool add_probes(const std::string& pristine, const std::vector<Function>& functions, int line,
                  std::set<std::string>& probes) const;
};

}  // namespace nanobug::workshop
