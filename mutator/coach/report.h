// report: a verdict as the learner reads it: what to look at first, how far they have come, never where.
#pragma once

#include <string>
#include <vector>

#include "mutator/grade/verdict.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

// How much of what was asked agrees with the clean tree.
struct Standing {
  int probes_agree = 0, probes = 0;
  int programs_agree = 0, programs = 0;
};
Standing standing_of(const grade::Verdict& verdict);

// The first of `wrong`, causes before consequences, and in one line how many follow from them.
std::vector<std::string> upstream(const std::vector<std::string>& wrong, bool all);

// For the session's events: "436 of 485 probes, 2 of 15 program runs".
std::string event_of(const grade::Verdict& verdict);

struct Report {
  std::string headline;  // one sentence
  std::string body;      // lines; may be empty
};

// `before` is the session as it was before this check, `after` as it is now.
Report report_of(const grade::Verdict& verdict, const session::Session& before, const session::Session& after,
                 bool all);

}  // namespace nanobug::coach
