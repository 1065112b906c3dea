// coach: the words of a session: what the learner is told, claims, and what they have practised.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

// 75 s -> "1:15"
std::string clock(std::int64_t seconds);

// Breaks a paragraph at `width` columns, every line with the indent.
std::string wrap(const std::string& text, size_t width, const std::string& indent);

// A claim "FILE:LINE" about the learner's present file. `mutated` and `present` are that file's texts at the
// start and now: lines below the learner's own edits have moved.
struct Claim {
  std::string file;  // relative to the checkout
  int line = 0;
};
Result<Claim> parse_claim(const std::string& words);
bool is_right(const Claim& claim, const std::vector<session::Injected>& injected, const std::string& mutated,
              const std::string& present);

// Solved rules and what each class cost, from the ledger.
struct Practice {
  int sessions = 0, solved = 0, revealed = 0, stopped = 0;
  std::int64_t seconds = 0;
  int hints = 0, wrong_claims = 0;
};
struct Progress {
  Practice all;
  std::map<std::string, Practice> by_category;
  std::map<std::string, int> solved_rules;  // id -> times
};
Progress progress_of(const std::vector<session::Record>& ledger, const catalog::Catalog& catalog);

}  // namespace nanobug::coach
