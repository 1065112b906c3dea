// recorded: what a session's tree showed when it was run, for its page: as `run` kept it, or, where nobody
// has run it, as it shows now.
#pragma once

#include "mutator/cli/context.h"
#include "mutator/coach/debrief_page.h"

namespace nanobug::cli {

// Keeps what a run has shown. That it cannot be kept is no reason to end a run, so it says nothing.
void remember_run(const session::Session& session, const catalog::Catalog& catalog, const catalog::Run& run,
                  const workshop::RunReport& own, const workshop::RunReport& clean);

// Of each run that shows one of the session's bugs. None, with a sentence why, where there is none to be had:
// in a review, and where the clean tree's build has gone from the cache.
struct Recorded {
  std::vector<coach::ShownRun> runs;
  std::string none;
};
Recorded recorded_runs(Context& c, const session::Session& session,
                       const std::vector<const catalog::Rule*>& rules);

}  // namespace nanobug::cli
