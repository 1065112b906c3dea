// debrief_page: one session as a page: what was seen, how it went, the bug and its cause, the fix, the
// questions with their answers, the score with its reasons, and what to practise next.
//
// It has the whole answer in it, so it is made of no session that is still being hunted in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/coach/plot.h"
#include "mutator/coach/schedule.h"
#include "mutator/coach/score.h"
#include "mutator/coach/side_by_side.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

// One of the catalog's runs: curves, or what it prints where it has no series.
struct ShownRun {
  std::string name;
  std::string words;   // what the bug shows there, as a symptom says it
  std::string series;  // what the curves are of
  std::vector<Curve> curves =
      {};  // with the bug, the clean tree's, and the learner's last where there is one
  std::optional<TwoVersions> text = std::nullopt;
};

// What is known of a session at its end.
struct Debrief {
  const session::Session& session;
  std::string outcome;
  std::int64_t at = 0;                           // when it ended, or now
  std::vector<const catalog::Rule*> rules = {};  // without those that are gone from the catalog
  Score score = {};
  std::vector<std::string> classes = {};  // see classes_by_outcome
  std::vector<ShownRun> runs = {};
  std::string no_runs = {};           // why there is none, a sentence
  std::vector<TwoVersions> bug = {};  // the files that the bugs changed: clean, with the bug
  std::vector<TwoVersions> fix = {};  // the files that the learner changed: with the bug, theirs
  std::string no_fix = {};            // why there is none, a sentence
  std::string lines = {};             // of a review: the file that was shown, as it was shown
  Schedule schedule = {};
  std::vector<const catalog::Rule*> drills = {};  // not solved yet, of the same class
  std::string made = {};
};

std::string page_of(const Debrief& debrief);

}  // namespace nanobug::coach
