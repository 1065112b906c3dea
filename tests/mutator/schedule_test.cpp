// schedule: SM-2 against its published numbers, and what comes next after made-up weeks.
#include "mutator/coach/schedule.h"

#include <cmath>

#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

namespace {

constexpr std::int64_t kDay = 86'400, kNow = 1'795'219'200;

catalog::Rule rule_of(const std::string& id, const std::string& category, int difficulty,
                      bool decoy = false) {
  catalog::Rule rule;
  rule.id.value = id;
  rule.category = category;
  rule.difficulty = difficulty;
  rule.decoy = decoy;
  return rule;
}

catalog::Catalog catalog_of() {
  catalog::Catalog catalog;
  catalog.tree.categories = {{"D", "data"}, {"T", "training"}, {"A", "architecture"}, {"X", "empty"}};
  catalog.rules = {rule_of("d1", "data", 1),       rule_of("d2", "data", 2),
                   rule_of("d3", "data", 3),       rule_of("t1", "training", 1),
                   rule_of("t3", "training", 3),   rule_of("a1", "architecture", 1),
                   rule_of("x1", "empty", 1, true)};
  return catalog;
}

session::Record record_of(const std::string& rule, const std::string& outcome, std::int64_t days_ago,
                          int hints = 0) {
  session::Record record;
  record.ended = kNow - days_ago * kDay;
  record.outcome = outcome;
  session::Session& s = record.session;
  s.started = record.ended - 60, s.minutes = 10, s.hints = hints;
  s.solved = outcome == "solved", s.solved_at = s.solved ? record.ended : 0;
  s.injected = {{.rule = rule, .site = 0, .file = "f", .function = "", .changed = {}}};
  return record;
}

std::vector<std::string> order(const std::vector<session::Record>& ledger) {
  std::vector<std::string> names;
  for (const ClassOfBugs& one : schedule_of(ledger, catalog_of(), kNow).classes) names.push_back(one.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("SM-2: intervals and easiness as they were published", "[coach][schedule]") {
  // EF' = EF + (0.1 - (5 - q)(0.08 + (5 - q) 0.02)), at least 1.3: +0.1, 0, -0.14 for 5, 4, 3.
  Item item;
  item = practised(item, 5, 1);
  CHECK(item.days == 1);
  CHECK(std::abs(item.easiness - 2.6) < 1e-12);
  item = practised(item, 4, 2);
  CHECK(item.days == 6);
  CHECK(std::abs(item.easiness - 2.6) < 1e-12);
  item = practised(item, 3, 3);
  CHECK(item.days == 16);  // ceil(6 * 2.6)
  CHECK(std::abs(item.easiness - 2.46) < 1e-12);
  item = practised(item, 2, 4);
  CHECK(item.repetitions == 0);
  CHECK(item.days == 1);
  CHECK(std::abs(item.easiness - 2.46) < 1e-12);
  CHECK(item.last == 4);
  for (int i = 0; i < 20; ++i) item = practised(item, 3, 5);
  CHECK(item.easiness == 1.3);
}

TEST_CASE("how well a session went", "[coach][schedule]") {
  CHECK(quality_of(record_of("d1", "solved", 0)) == 5);
  CHECK(quality_of(record_of("d1", "solved", 0, 1)) == 4);
  CHECK(quality_of(record_of("d1", "solved", 0, 2)) == 3);
  CHECK(quality_of(record_of("d1", "stopped", 0)) == 2);
  CHECK(quality_of(record_of("d1", "revealed", 0)) == 1);
  session::Record slow = record_of("d1", "solved", 0);
  slow.session.started -= 600;
  CHECK(quality_of(slow) == 3);
  slow.session.started += 600;
  slow.session.wrong_claims = 1;
  CHECK(quality_of(slow) == 4);
}

TEST_CASE("what failed comes back first, what is new in between", "[coach][schedule]") {
  CHECK(order({}) == Names{"data", "training", "architecture"});
  // A failure two days ago is due; nothing was repeated yet.
  CHECK(order({record_of("t1", "revealed", 2)}) == Names{"training", "data", "architecture"});
  // It was repeated today, so what is new comes, and it is due tomorrow.
  CHECK(order({record_of("t1", "revealed", 2), record_of("t1", "solved", 0)}) ==
        Names{"data", "architecture", "training"});
  // After the new one, what is due again.
  CHECK(order({record_of("t1", "revealed", 9), record_of("t1", "solved", 8), record_of("d1", "solved", 3)}) ==
        Names{"training", "data", "architecture"});
  // Where all have been seen, the one that has been due for longest.
  CHECK(order({record_of("a1", "solved", 5), record_of("t1", "solved", 4), record_of("d1", "solved", 3)}) ==
        Names{"architecture", "training", "data"});
  // And where none is due, the one that will be first.
  CHECK(order({record_of("a1", "solved", 7), record_of("a1", "solved", 1), record_of("d1", "solved", 0),
               record_of("t1", "solved", 0)}) == Names{"data", "training", "architecture"});
  CHECK(order({record_of("gone", "solved", 1)}) == Names{"data", "training", "architecture"});
}

TEST_CASE("the sessions of a day are one repetition, as good as the worst", "[coach][schedule]") {
  const auto item = [](const std::vector<session::Record>& ledger) {
    for (const ClassOfBugs& one : schedule_of(ledger, catalog_of(), kNow).classes)
      if (one.name == "data") return one.item;
    return Item{};
  };
  const session::Record good = record_of("d1", "solved", 0), helped = record_of("d2", "solved", 0, 1);
  CHECK(item({good, good, good, good}).days == 1);
  CHECK(item({good, good, good, good}).repetitions == 1);
  CHECK(item({good, helped, good}).easiness == practised({}, 4, 1).easiness);
  CHECK(item({good, record_of("d3", "revealed", 0), good}).repetitions == 0);
  CHECK(item({record_of("d1", "solved", 3), good, good}).days == 6);
}

TEST_CASE("difficulty rises with success, and says why", "[coach][schedule]") {
  const catalog::Catalog catalog = catalog_of();
  Schedule next = schedule_of({}, catalog, kNow);
  CHECK(next.category == "data");
  CHECK(next.difficulty == 1);
  CHECK(next.why == "not practised yet");
  CHECK(next.classes.front().bugs == 3);
  const auto due = [&](const std::vector<session::Record>& ledger) {
    catalog::Catalog one = catalog;
    one.tree.categories = {{"D", "data"}};
    return schedule_of(ledger, one, kNow);
  };
  CHECK(due({record_of("d1", "solved", 2)}).difficulty == 2);
  CHECK(due({record_of("d1", "solved", 2)}).why == "due again; the last one was 2 days ago");
  CHECK(due({record_of("d1", "solved", 9), record_of("d2", "solved", 8)}).difficulty == 3);
  CHECK(due({record_of("d1", "solved", 9), record_of("d2", "solved", 8)}).classes[0].solved == 2);
  CHECK(due({record_of("d1", "solved", 9), record_of("d2", "revealed", 1)}).difficulty == 2);  // 1 is solved
  CHECK(due({record_of("d1", "solved", 9), record_of("d2", "revealed", 1)}).why ==
        "the last one, yesterday, was not solved");
  CHECK(due({record_of("d1", "solved", 0)}).why == "nothing is due; this is the first to be");
  // All are solved: any may come again.
  CHECK(due({record_of("d1", "solved", 3), record_of("d2", "solved", 2), record_of("d3", "revealed", 2),
             record_of("d3", "solved", 1)})
            .difficulty == 2);
  catalog::Catalog none;
  CHECK(schedule_of({}, none, kNow).category.empty());
}
