// plan: an order to practise in, what of it is done, and a pack as one.
#include "mutator/coach/plan.h"

#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

namespace {

catalog::Rule rule_of(const std::string& code, int priority, int difficulty, int minutes,
                      bool decoy = false) {
  catalog::Rule rule;
  rule.code = {code, {}};
  rule.id = {"id-" + code, {}};
  rule.title = {"Title of " + code, {}};
  rule.pack = {"week"};
  rule.category = "training";
  rule.priority = priority, rule.difficulty = difficulty, rule.minutes = minutes, rule.decoy = decoy;
  return rule;
}

catalog::Catalog catalog_of() {
  catalog::Catalog catalog;
  catalog.rules = {rule_of("T03", 2, 1, 20), rule_of("T01", 1, 3, 20), rule_of("T02", 1, 1, 20),
                   rule_of("T04", 3, 1, 60), rule_of("T05", 1, 1, 5, true)};
  catalog.tree.packs = {{.name = "week", .about = "a pack"}};
  catalog.tree.plans = {
      {"days", "two days", {{"day 1", {{"T02", {}}, {"T01", {}}}}, {"day 2", {{"T03", {}}}}}}};
  return catalog;
}

session::Record solved(const std::string& id, std::int64_t ended, const std::string& outcome = "solved") {
  session::Record record;
  record.session.injected = {{.rule = id}};
  record.outcome = outcome, record.ended = ended;
  return record;
}

std::vector<std::vector<std::string>> codes_of(const PlanProgress& plan) {
  std::vector<std::vector<std::string>> all;
  for (const Sitting& sitting : plan.sittings) {
    all.emplace_back();
    for (const PlannedBug& bug : sitting.bugs) all.back().push_back(bug.rule->code.value);
  }
  return all;
}

using Codes = std::vector<std::vector<std::string>>;

}  // namespace

TEST_CASE("a plan knows what is done, since when, and what comes next", "[coach][plan]") {
  const catalog::Catalog catalog = catalog_of();
  auto days = plan(catalog, {}, "days");
  REQUIRE(days);
  CHECK(codes_of(*days) == Codes{{"T02", "T01"}, {"T03"}});
  CHECK(days->solved() == 0);
  CHECK(days->bugs() == 3);
  CHECK(days->next()->code.value == "T02");
  CHECK(days->sittings[0].minutes() == 40);

  // The first time counts; what was given up is not solved.
  days =
      plan(catalog, {solved("id-T02", 50), solved("id-T02", 90), solved("id-T01", 60, "revealed")}, "days");
  CHECK(days->solved() == 1);
  CHECK(days->sittings[0].bugs[0].solved_at == 50);
  CHECK(days->next()->code.value == "T01");
  days = plan(catalog, {solved("id-T02", 1), solved("id-T01", 2), solved("id-T03", 3)}, "days");
  CHECK(days->next() == nullptr);
  CHECK(plans_of(catalog, {}).size() == 1);
}

TEST_CASE("a pack is a plan by priority and difficulty, in sittings, without its decoys", "[coach][plan]") {
  const auto week = plan(catalog_of(), {}, "week");
  REQUIRE(week);
  CHECK(codes_of(*week) == Codes{{"T02", "T01"}, {"T03"}, {"T04"}});
  const auto none = plan(catalog_of(), {}, "weak");
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Exit::usage);
  CHECK(none.error().message == "there is no plan or pack 'weak'; did you mean 'week'?");
}
