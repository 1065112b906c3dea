// debrief_page: gathers what `debrief --html` shows of a session that has its answer.
#pragma once

#include <string>

#include "mutator/cli/context.h"
#include "mutator/coach/score.h"

namespace nanobug::cli {

// `at`: when it ended, or now; `open`: it is open still, and its checkout is what the learner has now. What
// the vault has lost is missing from the page, which says so.
Result<std::string> debrief_page(Context& c, const session::Session& session, const std::string& outcome,
                                 std::int64_t at, bool open, const std::vector<const catalog::Rule*>& rules,
                                 const coach::Score& score);

}  // namespace nanobug::cli
