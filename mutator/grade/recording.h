// recording: what the clean tree did in a parity run on this machine, kept beside its build.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/workshop/programs.h"

namespace nanobug::grade {

// One compared step.
struct Take {
  std::vector<workshop::Record> records;
  std::string text;  // of stdout
  std::map<std::string, int> writes;
  double processor_s = 0;
};

struct Recording {
  std::vector<double> before_s;  // processor time of each step of `before`
  std::vector<Take> takes;       // one a compared step; none when it is excluded
  std::string excluded;          // why it is not asked of a checkout: the clean tree itself fails here, say

  double seconds() const;  // all of its processor time
};

// Its own name among recordings: another one as soon as anything in the catalog that could change it does.
std::string recording_name(const catalog::Tree& tree, const catalog::Parity& parity);

// The same of a run that is shown to a learner.
std::string baseline_name(const catalog::Tree& tree, const catalog::Run& run, int threads);

// Nothing when it is not there or not whole.
std::optional<Recording> read_recording(const fs::path& file);
Status write_recording(const fs::path& file, const Recording& recording);

// How long a step may take that took the clean tree so long: a limit of processor time that no load of the
// machine changes, far above what any right tree needs, and a longer one by the clock for what only waits.
Limits limits_from(double processor_s, double ceiling_s);

}  // namespace nanobug::grade
