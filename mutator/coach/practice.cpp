// practice: see practice.h.
#include "mutator/coach/practice.h"

#include <algorithm>

#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

void count(Practice& practice, const session::Record& record) {
  ++practice.sessions;
  practice.solved += record.outcome == "solved";
  practice.revealed += record.outcome == "revealed";
  practice.stopped += record.outcome == "stopped";
  practice.over_time += over_time(record.session, record.ended) > 0;
  const std::int64_t seconds = learner_seconds(record.session, record.ended);
  practice.seconds += seconds;
  if (record.outcome == "solved") practice.solved_seconds += seconds;
  practice.hints += record.session.hints;
  practice.wrong_claims += record.session.wrong_claims;
}

void count(Reviews& reviews, const session::Record& record) {
  if (!record.session.review) return;
  ++reviews.sessions;
  if (record.outcome != "solved") return;
  ++reviews.solved;
  reviews.reasons += !record.session.review->terms.empty();
}

std::set<std::string> rules_of(const session::Session& session) {
  std::set<std::string> ids;
  for (const session::Injected& bug : session.injected) ids.insert(bug.rule);
  return ids;
}

}  // namespace

std::set<std::string> solved_in(const session::Record& record) {
  if (record.outcome == "solved") return rules_of(record.session);
  std::set<std::string> ids;
  if (record.outcome == "stopped" || record.outcome == "revealed")
    for (const session::Bug& bug : record.session.bugs)
      if (bug.earned) ids.insert(bug.rule);
  return ids;
}

std::string mean_to_solve(const Practice& practice) {
  return practice.solved == 0 ? "-" : clock(practice.solved_seconds / practice.solved);
}

Progress progress_of(const std::vector<session::Record>& ledger, const catalog::Catalog& catalog) {
  Progress progress;
  for (const session::Record& record : ledger) {
    count(progress.all, record);
    count(progress.reviews, record);
    std::set<std::string> categories;
    for (const std::string& id : rules_of(record.session)) {
      const catalog::Rule* rule = catalog.find(id);
      categories.insert(rule ? rule->category : "gone from the catalog");
    }
    for (const std::string& id : solved_in(record)) ++progress.solved_rules[id];
    for (const std::string& category : categories) count(progress.by_category[category], record);
  }
  for (const catalog::Rule& rule : catalog.rules) {
    if (rule.decoy) continue;  // there is nothing to solve
    ++progress.rules;
    progress.rules_solved += progress.solved_rules.contains(rule.id.value);
  }
  return progress;
}

std::vector<const catalog::Rule*> rules_of(const session::Session& session, const catalog::Catalog& catalog) {
  std::vector<const catalog::Rule*> rules;
  for (const session::Injected& bug : session.injected)
    if (const catalog::Rule* rule = catalog.find(bug.rule);
        rule && std::find(rules.begin(), rules.end(), rule) == rules.end())
      rules.push_back(rule);
  return rules;
}

std::set<std::string> solved_ids(const std::vector<session::Record>& ledger) {
  std::set<std::string> ids;
  for (const session::Record& record : ledger) ids.merge(solved_in(record));
  return ids;
}

}  // namespace nanobug::coach
