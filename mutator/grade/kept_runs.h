// kept_runs: what a session's tree showed when it was run, kept so that its debrief can draw it again.
//
// Of each of the catalog's runs two are kept: the first with the tree as the session began, and the last with
// any other one. A file a session; nothing in it names a rule.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/grade/mutants.h"
#include "mutator/workshop/programs.h"

namespace nanobug::grade {

struct KeptRun {
  std::string run;                 // its name in the catalog
  std::string tree;                // the id of the tree that was run
  std::int64_t at = 0;             // seconds since the epoch
  workshop::RunReport own, clean;  // their records, what they printed (cut where it is long), how they ended
};

// None where there are none, or where the file is damaged.
std::vector<KeptRun> read_kept_runs(const fs::path& file);

// `mutated`: the id of the tree that the session began with.
Status keep_run(const fs::path& file, KeptRun run, const std::string& mutated);

// Builds the clean tree with these files in it and performs the run there, as a certificate does: what nobody
// has run in a session can be shown all the same. A run that fails or hangs is a report. Seconds.
Result<KeptRun> perform(Mutants& mutants, const catalog::Run& run, const workshop::Overlay& overlay,
                        const std::string& tree, std::int64_t now);

}  // namespace nanobug::grade
