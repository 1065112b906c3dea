// schedule: see schedule.h.
#include "mutator/coach/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "mutator/coach/practice.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

constexpr std::int64_t kDay = 86'400;

std::set<std::string> classes_of(const session::Session& session, const catalog::Catalog& catalog) {
  std::set<std::string> names;
  for (const catalog::Rule* rule : rules_of(session, catalog)) names.insert(rule->category);
  return names;
}

std::vector<ClassOfBugs> classes_in(const std::vector<session::Record>& ledger,
                                    const catalog::Catalog& catalog, const std::set<std::string>& solved) {
  // The interval is one of days: the sessions of a day are one repetition, as good as the worst of them.
  struct Day {
    std::string name;
    Item before;
    int worst = 0;
  };
  std::map<std::string, Item> items;
  std::map<std::string, Day> days;
  for (const session::Record& record : ledger)
    for (const std::string& name : classes_of(record.session, catalog)) {
      const std::string today = day(record.ended);
      const int quality = quality_of(record);
      Day& last = days[name];
      if (last.name != today)
        last = {today, items[name], quality};
      else
        last.worst = std::min(last.worst, quality);
      items[name] = practised(last.before, last.worst, record.ended);
    }
  std::vector<ClassOfBugs> classes;
  for (const catalog::Category& category : catalog.tree.categories) {
    ClassOfBugs one{category.name, items[category.name], 0, 0};
    for (const catalog::Rule& rule : catalog.rules)
      if (!rule.decoy && rule.category == category.name)
        ++one.bugs, one.solved += solved.contains(rule.id.value);
    if (one.bugs > 0) classes.push_back(std::move(one));
  }
  return classes;
}

// Was the last session of a class that had been practised before?
bool last_was_a_repetition(const std::vector<session::Record>& ledger, const catalog::Catalog& catalog) {
  if (ledger.empty()) return false;
  std::set<std::string> before;
  for (size_t i = 0; i + 1 < ledger.size(); ++i) before.merge(classes_of(ledger[i].session, catalog));
  const std::set<std::string> last = classes_of(ledger.back().session, catalog);
  return std::any_of(last.begin(), last.end(),
                     [&](const std::string& name) { return before.contains(name); });
}

// Of the bugs that are not solved, or of all when all are, the difficulty that is nearest to what suits: one
// more than what went well in a row, and the easier of two that are as near.
int difficulty_for(const ClassOfBugs& one, const catalog::Catalog& catalog,
                   const std::set<std::string>& solved) {
  const int suits = 1 + one.item.repetitions;
  int best = 0;
  for (const catalog::Rule& rule : catalog.rules) {
    if (rule.decoy || rule.category != one.name) continue;
    if (one.solved < one.bugs && solved.contains(rule.id.value)) continue;
    const auto distance = [&](int difficulty) { return std::pair(std::abs(difficulty - suits), difficulty); };
    if (best == 0 || distance(rule.difficulty) < distance(best)) best = rule.difficulty;
  }
  return best;
}

std::string ago(std::int64_t seconds) {
  const std::int64_t days = seconds / kDay;
  return days <= 0 ? "today" : days == 1 ? "yesterday" : fmt::format("{} days ago", days);
}

std::string why(const ClassOfBugs& one, std::int64_t now) {
  if (!one.item.seen()) return "not practised yet";
  const std::string last = ago(now - one.item.last);
  if (one.item.repetitions == 0) return "the last one, " + last + ", was not solved";
  return one.item.due() <= now ? "due again; the last one was " + last
                               : "nothing is due; this is the first to be";
}

}  // namespace

int quality_of(const session::Record& record) {
  if (record.outcome == "revealed") return 1;
  if (record.outcome != "solved") return 2;
  if (over_time(record.session, record.ended) > 0) return 3;
  const int help = record.session.hints + record.session.wrong_claims;
  return help == 0 ? 5 : help == 1 ? 4 : 3;
}

Item practised(Item item, int quality, std::int64_t at) {
  item.last = at;
  if (quality < 3) {
    item.repetitions = 0;
    item.days = 1;
    return item;
  }
  item.days = item.repetitions == 0 ? 1 : item.repetitions == 1 ? 6 : std::ceil(item.days * item.easiness);
  ++item.repetitions;
  const int less = 5 - quality;
  item.easiness = std::max(1.3, item.easiness + 0.1 - less * (0.08 + less * 0.02));
  return item;
}

Schedule schedule_of(const std::vector<session::Record>& ledger, const catalog::Catalog& catalog,
                     std::int64_t now) {
  const std::set<std::string> solved = solved_ids(ledger);
  Schedule schedule{classes_in(ledger, catalog, solved), "", 0, ""};
  const bool new_first = last_was_a_repetition(ledger, catalog);
  // What is due, the longest first; what is new; what will be due. New ones come before what is due where the
  // last session was a repetition.
  const auto rank = [&](const ClassOfBugs& one) {
    if (!one.item.seen()) return std::pair(new_first ? 0 : 2, std::int64_t{0});
    return std::pair(one.item.due() <= now ? 1 : 3, one.item.due());
  };
  std::stable_sort(schedule.classes.begin(), schedule.classes.end(),
                   [&](const ClassOfBugs& a, const ClassOfBugs& b) { return rank(a) < rank(b); });
  if (schedule.classes.empty()) return schedule;
  const ClassOfBugs& first = schedule.classes.front();
  schedule.category = first.name;
  schedule.difficulty = difficulty_for(first, catalog, solved);
  schedule.why = why(first, now);
  return schedule;
}

}  // namespace nanobug::coach
