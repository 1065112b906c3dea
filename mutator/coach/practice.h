// practice: what a learner has done so far, from the ledger.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

struct Practice {
  int sessions = 0, solved = 0, revealed = 0, stopped = 0;
  int over_time = 0;                             // sessions that took longer than their minutes
  std::int64_t seconds = 0, solved_seconds = 0;  // of all, and of those solved
  std::int64_t hints = 0, wrong_claims = 0;
};

struct Reviews {
  int sessions = 0, solved = 0;
  int reasons = 0;  // of right answers that named a term of the rule
};

struct Progress {
  Practice all;
  Reviews reviews;  // among them
  std::map<std::string, Practice> by_category;
  std::map<std::string, int> solved_rules;  // id -> times
  int rules = 0, rules_solved = 0;          // of the catalog as it is now
};
// "M:SS" that a solved session took on average, or "-".
std::string mean_to_solve(const Practice& practice);

Progress progress_of(const std::vector<session::Record>& ledger, const catalog::Catalog& catalog);

// Those of a session, each once, without those that are gone from the catalog.
std::vector<const catalog::Rule*> rules_of(const session::Session& session, const catalog::Catalog& catalog);

// The ids that a session solved: all of a solved one; of several bugs that were stopped, those that were
// fixed.
std::set<std::string> solved_in(const session::Record& record);

// The ids that were solved.
std::set<std::string> solved_ids(const std::vector<session::Record>& ledger);

}  // namespace nanobug::coach
