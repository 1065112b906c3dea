// verdict: is this checkout right? Decided by what it computes, never by its text.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/probes.h"
#include "mutator/workshop/programs.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::grade {

// How one parity run compares with the clean tree's.
struct ParityAnswer {
  std::string observable;
  bool agrees = false;
  std::string message = {};  // "loss differs from the clean tree at step 3 by 2.1e-2 (relative)"
  std::map<std::string, std::vector<double>> series = {};
};

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

// The clean tree's own series of a program: recorded once, kept beside it.
Result<workshop::RunReport> baseline(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                     const catalog::Program& program, int threads,
                                     const std::function<void(const workshop::Record&)>& on_record = {});

// The first place where two series part by more than `tolerance`, relative to the larger magnitude; NaN never
// agrees. Empty when they agree.
std::string compare_series(const std::string& name, const std::vector<double>& own,
                           const std::vector<double>& clean, double tolerance);

}  // namespace nanobug::grade
