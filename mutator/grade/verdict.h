// verdict: is this checkout right? Decided by what it computes, never by its text.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/grade/parity.h"
#include "mutator/workshop/probes.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::grade {

struct Verdict {
  bool solved = false;
  bool builds = true;
  std::string build_message;
  // Observables, without the place; in the catalog's words and order, each once.
  std::vector<std::string> wrong;
  std::vector<workshop::ProbeAnswer> probes;
  std::vector<ParityAnswer> parity;
  double seconds = 0;
};

// Builds the checkout, runs every probe and every parity run. Errors are nanobug's own trouble; a tree that
// is wrong in whatever way is a Verdict.
Result<Verdict> judge(const workshop::Workshop& workshop, const workshop::Clean& clean,
                      const fs::path& checkout, const workshop::Progress& progress = {});

}  // namespace nanobug::grade
