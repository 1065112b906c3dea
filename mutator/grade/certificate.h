// certificate: the proof that a rule is a bug worth a session. A rule without one cannot be drawn.
//
// Everything a learner is promised is checked here by machine: the mutant compiles without a new warning,
// leaves no comment and no scar, is seen by the probes and parity runs that the rule names and not by luck,
// and has the symptom of its own run on record. A decoy is certified by the opposite: it compiles and leaves
// no scar either, and not one probe or parity run sees it. One that changes nothing has no site, and its
// certificate says so.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/grade/mutants.h"
#include "mutator/grade/symptom.h"

namespace nanobug::grade {

struct Certificate {
  std::string rule;
  int site = 0;
  std::string file, function;  // empty of a decoy that changes nothing
  int line = 0;
  std::vector<std::string> refusals = {};  // empty: the certificate holds
  std::vector<std::string> failing = {};   // probes and parity runs that see the mutant; the named ones first
  int probes = 0, runs = 0;                // how many of them were asked
  std::vector<std::string> overlooked = {};  // with Proof::all: see it, and would not have been asked
  Symptom symptom = {};
  double seconds = 0;

  bool holds() const { return refusals.empty(); }
};

struct Proof {
  bool fresh = false;  // also where it was proved before
  bool all = false;    // every parity run is asked, not only those that have to be (observers.h)
  bool kept = false;   // nothing is proved: a rule whose certificate is not kept has none
  bool first = false;  // no further than to the first that see it: no symptom, and nobody else on record
};

// What is said of one who sees a mutant and would not have been asked.
std::string overlooks(const std::string& observer);

// What the compiler says of a mutant and not, or not as often, of the clean tree.
Result<std::vector<std::string>> new_warnings(const Mutants& mutants, const workshop::Mutant& built);

// One rule, all sites. A refusal is an answer; errors are nanobug's own trouble. What was proved before for
// the same rule, tree and probes is read from the cache.
Result<std::vector<Certificate>> certify(Mutants& mutants, const catalog::Rule& rule, const Proof& proof,
                                         const workshop::Progress& progress = {});

// Several rules on two cores; one answer a rule, in order. `done` is told as each is finished.
std::vector<Result<std::vector<Certificate>>> certify(
    Mutants& mutants, const std::vector<const catalog::Rule*>& rules, const Proof& proof,
    const std::function<void(const catalog::Rule&, int done)>& done = {});

// Takes the certificates of another cache of nanobug's, or of a directory of them, that this one has not:
// what they are of is in their names, so they hold here where tree, probes and tools are the same. -> how
// many came. Errors: Exit::usage where there are none.
Result<int> merge_certificates(const workshop::Workshop& workshop, const fs::path& cache);

}  // namespace nanobug::grade
