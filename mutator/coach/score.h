// score: what a session is worth, out of 100, and what each point of it counted.
//
//   process 40         hypothesis 10: its class named before the first hint (after one 5, a wrong one 3); a
//                      surprise has none, and any but "none" is right
//                      hints 15, less 5 for each a bug
//                      claims 15, less 5 for each wrong one
//     in production    hints and claims 10 each, and evidence 10: of the minutes that were paid, but for the
//                      checkout and the right run, the share for what tells, 6, rounded down; the first that
//                      tells as cheap as any, 4. Of a decoy nothing tells: who found it out by asking has the
//                      share of the session's minutes that the questions left
//   knowledge 30       the follow-up questions, as the learner graded their own answers
//   communication 20   cause 14: two of the cause's key terms in what was written before the answer
//                      symptoms 6: three words or more written before the first claim, check or answer
//   speed 10           all within the session's minutes, none at twice as many
// Who has not found it has no points for the hints they did without, for claims, and for speed. What a
// session cannot have is left out of its total: questions and key terms that a bug has not, symptoms of a
// review.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

struct ScoreLine {
  std::string part, name;  // "process", "hints"
  int points = 0, of = 0;
  std::string why;  // what was counted
};

struct Score {
  std::vector<ScoreLine> lines;

  int points() const;
  int of() const;
  int points(const std::string& part) const;
  int of(const std::string& part) const;
};

// `rules`: the session's, without those that are gone from the catalog. `now`: when it ended, or now.
Score score_of(const session::Session& session, const std::vector<const catalog::Rule*>& rules,
               std::int64_t now);

// The class that a hypothesis names when the learner thinks that nothing is wrong.
inline constexpr char kNothing[] = "none";

// The events before the answer was known, by a solved check, a right answer or by giving up, and those
// afterwards.
std::vector<session::Event> before_the_answer(const session::Session& session);
std::vector<session::Event> after_the_answer(const session::Session& session);

// The map from what a bug does to what it is, counted over the catalog: a sentence for each outcome that
// these rules have, its classes with the commonest first.
std::vector<std::string> classes_by_outcome(const catalog::Catalog& catalog,
                                            const std::vector<const catalog::Rule*>& rules);

// How many follow-up questions these rules ask.
size_t questions_asked(const std::vector<const catalog::Rule*>& rules);

}  // namespace nanobug::coach
