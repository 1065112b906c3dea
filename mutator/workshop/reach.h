// reach: which functions of the tree each probe and each program step runs, measured once on the clean tree.
//
// Clang's source-based coverage counts: the tree is built once more, with counters, under a key of its own in
// the cache (so that the next version of the tree begins as a copy of it), and the clean tree's probe program
// is run against that library, a process a probe. A probe that runs nothing of what a mutant changes does on
// the mutant what it does on the clean tree, and need not be asked. Whatever that does not hold for is
// answered with "all of them": a header, since probes include it; what stands in no function (a constant, a
// default argument, a member's initialiser); what a compiler may evaluate (constexpr); a function that no
// probe was seen to run. A probe that left no counts is always asked.
//
// The same holds of programs: a run whose steps run nothing of what a mutant changes agrees with the clean
// tree's, and what such a step makes for the next one is what the clean tree makes. And of a tree's own
// tests, each as a whole; they and the programs that they start count into files that are mapped into memory,
// so that those count too that are killed. What none of them was seen to run, none of them is asked about.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/workshop/probes.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

// Steps one after the other in one scratch directory; a name for each, under which what it runs is kept.
// Several may have one name.
struct Course {
  std::vector<catalog::Step> steps;
  std::vector<std::string> names;
  double time_limit_s = 120;  // of a step
};

class Reach {
 public:
  // What was measured before, if it was.
  static std::optional<Reach> find(const Workshop& workshop, const Clean& clean);

  // Measures and keeps it beside the probe program: a build from nothing, a run of every probe and test and
  // of each of these courses. Errors: where the tree cannot be built so (another compiler), or LLVM's tools
  // are not there.
  static Result<Reach> measure(const Workshop& workshop, const Clean& clean,
                               const std::vector<Course>& courses = {}, const Progress& progress = {});

  // The probes that may see the overlay; nothing where that may be all of them.
  std::optional<std::set<std::string>> probes_of(const Clean& clean, const Overlay& overlay) const;

  // The numbers of those tests (of tree.tests) of which it is known that they run nothing of what the overlay
  // changes.
  std::set<int> idle_tests(const Clean& clean, const Overlay& overlay) const;

  // The names of those courses of which it is known that they run nothing of what the overlay changes.
  std::set<std::string> missed(const Clean& clean, const Overlay& overlay) const;

 private:
  struct Function {
    int first = 0, last = 0;  // lines of its body, from 1
    std::set<std::string> probes, courses;
    std::set<int> tests;
  };
  class Measuring;
  std::map<std::string, std::vector<Function>> functions_;  // by file
  std::set<std::string> unmeasured_;                        // probes
  std::set<std::string> courses_;                           // those that were measured
  std::set<int> tests_;                                     // likewise

  std::optional<std::vector<const Function*>> touched(const Clean& clean, const Overlay& overlay) const;
};

}  // namespace nanobug::workshop
