// certificate: the proof that a rule is a bug worth a session. A rule without one cannot be drawn.
//
// Everything a learner is promised is checked here by machine: the mutant compiles without a new warning,
// leaves no comment and no scar, is seen by the probe that the rule names and not by luck, and has the
// symptom on record.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/grade/mutants.h"
#include "mutator/grade/symptom.h"

namespace nanobug::grade {

struct Certificate {
  std::string rule;
  int site = 0;
  std::string file, function;
  int line = 0;
  std::vector<std::string> refusals = {};  // empty: the certificate holds
  std::vector<std::string> failing = {};   // probes that fail on the mutant
  int probes = 0;                          // how many were run
  Symptom symptom = {};
  double seconds = 0;

  bool holds() const { return refusals.empty(); }
};

// Does the probe program have every probe that the rule names? The error has the place in the catalog.
Status knows_probes(Mutants& mutants, const catalog::Rule& rule);

// One rule, all sites. A refusal is an answer; errors are nanobug's own trouble. What was proved before for
// the same rule, tree and probes is read from the cache unless `fresh`.
Result<std::vector<Certificate>> certify(Mutants& mutants, const catalog::Rule& rule, bool fresh,
                                         const workshop::Progress& progress = {});

// Several rules on two cores; one answer a rule, in order. `done` is told as each is finished.
std::vector<Result<std::vector<Certificate>>> certify(
    Mutants& mutants, const std::vector<const catalog::Rule*>& rules, bool fresh,
    const std::function<void(const catalog::Rule&, int done)>& done = {});

}  // namespace nanobug::grade
