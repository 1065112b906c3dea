// courses: what the catalog's runs are made of, step by step, and how a run can begin where another one got
// to.
//
// Many runs begin with the same steps (a model is trained before anybody talks to it). What they leave on the
// clean tree is kept beside it; a mutant's run takes it over, as far as its own steps would do the same.
#pragma once

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

// Do the mutant's program runs of this kind what the clean tree's do? False where that is not known.
struct Sameness {
  Mutants& mutants;
  const workshop::Overlay& overlay;
  const workshop::Mutant& built;

  bool parity(const catalog::Parity& parity) const;
  size_t steps_before(const catalog::Program& program) const;  // so many of `before`, from the first on
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
