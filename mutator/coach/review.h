// review: what a session of the review mode shows, and what an answer is worth.
//
// Nothing of what is shown may tell where the bug is. So the place that it has among the lines shown is drawn
// first, and the rules are gone through in the order of the draw until one can be shown there: a bug that is
// near an end of its file waits for a place that suits it. With that, no place is likelier than another.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/coach/draw.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

inline constexpr int kFewestShown = 20, kMostShown = 30;  // lines, where the file has so many

// ---- the draw

// A rule's site in the one file that is shown.
struct Exhibit {
  int lines = 0;        // of the file
  session::Lines site;  // not empty; of a gap the lines on either side
};
Exhibit exhibit_of(const std::string& mutated, const std::vector<session::Lines>& changed);

// How a window is cut: so many lines, the site at this share of the places that it can have there.
struct Cut {
  int lines = kMostShown;
  double place = 0;  // [0, 1)
};
Cut draw_cut(std::uint64_t seed, int attempt);

// The lines to show; nothing where the file does not reach so far.
std::optional<session::Lines> window(const Exhibit& exhibit, const Cut& cut);

// How long it should take.
int review_minutes(const catalog::Rule& rule);

// What is asked about rules while one is drawn.
struct Shelf {
  std::function<Result<Exhibit>(const catalog::Rule&, std::uint64_t seed)> exhibit;
  std::function<Status(const catalog::Rule&)> may_be_given;  // one that may not is passed over
};

struct Shown {
  const catalog::Rule* rule = nullptr;
  session::Lines lines;
  std::uint64_t seed = 0;
};

// What this seed draws. Errors: those of the shelf; of `may_be_given` where no rule is left.
Result<Shown> draw_review(const Lot& lot, std::uint64_t seed, const Shelf& shelf);

// The same with a seed that draws what is not solved, if anything is not. How often a decoy comes does not
// hang on what is solved.
Result<Shown> draw_review(const Lot& lot, const std::set<std::string>& solved,
                          const std::function<std::uint32_t()>& random, const Shelf& shelf);

// ---- the answer

struct Reply {
  int line = 0;  // 0: nothing is wrong
  std::string why;
};

// Errors: Exit::usage for what is neither a number nor "none", for no reason and for a long one.
Result<Reply> parse_reply(const std::string& what, const std::string& why);

// A line is an answer of a review only. Errors: Exit::usage for one that is not shown. `mutated`: the file
// that is.
Result<bool> judge_reply(const Reply& reply, const session::Session& session, const std::string& mutated);

// Which of the terms a reason names, in any of their usual forms and with their words in any order: "masked"
// names "mask", "clips" names "gradient clipping", "bos" names "beginning of sequence".
std::vector<std::string> terms_named(const std::vector<catalog::Text>& terms, const std::string& why);

}  // namespace nanobug::coach
