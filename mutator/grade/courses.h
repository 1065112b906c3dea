// courses: what the catalog's runs are made of, step by step, and how a run can begin where another one got
// to.
//
// Many runs begin with the same steps (a model is trained before anybody talks to it). What they leave on the
// clean tree is kept beside it; a mutant's run takes it over, as far as its own steps would do the same.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mutator/grade/mutants.h"
#include "mutator/workshop/programs.h"
#include "mutator/workshop/reach.h"

namespace nanobug::grade {

// Everything whose reach is worth knowing: each parity run, by its recording's name, and each step that comes
// before a run.
std::vector<workshop::Course> courses_of(const catalog::Tree& tree);

// What of the mutant's runs is the clean tree's anyway. Nothing is said to be that is not known.
class Sameness {
 public:
  Sameness(Mutants& mutants, const workshop::Overlay& overlay, const workshop::Mutant& built);

  bool runs_clean_programs(const catalog::Parity& parity) const;  // byte for byte
  bool runs_nothing_of_it(const catalog::Parity& parity) const;   // of what is changed, by measurement
  size_t steps_before(
      const catalog::Program& program) const;  // so many of `before` do the same, from the first on

 private:
  const catalog::Tree& tree_;
  std::optional<std::set<std::string>> changed_;  // the programs that were built anew, where nothing else was
  std::set<std::string> missed_;                  // courses
};

// A run that has got somewhere: its scratch directory, and what the steps took that led there.
struct Begun {
  workshop::RunDirectory directory;
  size_t steps = 0;
  double processor_s = 0;
};

// With what the first `steps` of its `before` leave on the clean tree; they are performed where that is not
// kept yet. One that fails there ends it: the run is begun without it.
Result<Begun> begin(const workshop::Workshop& workshop, const workshop::Clean& clean,
                    const catalog::Program& program, size_t steps);

}  // namespace nanobug::grade
