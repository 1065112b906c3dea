// review: the mode in which a learner reads 20 to 30 lines and says what is wrong with them, if anything is.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "mutator/cli/context.h"
#include "mutator/coach/draw.h"

namespace nanobug::cli {

struct ReviewOptions {
  std::string rule;  // "": one is drawn
  coach::Wanted wanted;
  std::optional<std::uint64_t> seed;
  int minutes = 0;  // 0: as many as it should take
  bool no_hints = false;
};

// `start --mode review`: what is said of it, without a checkout.
Result<Exit> start_review(Context& c, const ReviewOptions& options);

// The lines of the open review, with their numbers; on a terminal broken where they are too long for it.
// Errors: the vault's.
Result<std::string> review_in_words(const Ui& ui, const session::Session& session);
Result<nlohmann::json> review_in_json(const session::Session& session);

// What to type next in an open review; `again`: the lines are not above it.
std::string what_next_in_a_review(const session::Session& session, bool again);

}  // namespace nanobug::cli
