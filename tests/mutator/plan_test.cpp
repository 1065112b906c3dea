// plan: where a learner is in an order of practice, after made-up ledgers; the catalog's own plans against
// the source's table.
#include "mutator/coach/plan.h"

#include <algorithm>

#include "mutator/base/files.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

namespace {

const fs::path kProject = fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path();

catalog::Rule rule_of(const std::string& code, int difficulty, int minutes, int priority,
                      std::vector<std::string> packs, bool decoy = false) {
  catalog::Rule rule;
  rule.code.value = code, rule.id.value = "id-" + code;
  rule.difficulty = difficulty, rule.minutes = minutes, rule.priority = priority;
  rule.pack = std::move(packs), rule.decoy = decoy;
  return rule;
}

catalog::Text text(const std::string& value) {
  return {value, {}};
}

catalog::Catalog catalog_of() {
  catalog::Catalog catalog;
  catalog.tree.packs = {{"all", "every one", 1, 0}, {"hunt", "at once", 2, 1}};
  catalog.tree.plans = {
      {"first",
       "two weeks",
       "week",
       {{"one", {{text("T01"), text("T02")}, {text("T03")}}, {}}, {"two", {{text("T04")}}, {}}}},
      {"second", "a tier", "tier", {{"only", {{text("T02")}}, {}}}}};
  catalog.rules = {rule_of("T01", 2, 20, 1, {"all"}), rule_of("T02", 1, 30, 2, {"all", "hunt"}),
                   rule_of("T03", 1, 10, 1, {"all", "hunt"}), rule_of("T04", 3, 60, 1, {"all"}),
                   rule_of("T05", 1, 5, 1, {"all"}, true)};
  return catalog;
}

session::Record record_of(const std::vector<std::string>& codes, const std::string& outcome) {
  session::Record record;
  record.outcome = outcome;
  for (const std::string& code : codes)
    record.session.injected.push_back(
        {.rule = "id-" + code, .site = 0, .file = "f", .function = "", .changed = {}});
  return record;
}

// "T01 T02 | T03 / T04": days, and parts.
std::string codes_of(const Plan& plan) {
  std::string all;
  for (const PlanPart& part : plan.parts) {
    if (!all.empty()) all += " / ";
    for (size_t i = 0; i < part.days.size(); ++i) {
      if (i > 0) all += " | ";
      for (size_t k = 0; k < part.days[i].items.size(); ++k)
        all += (k > 0 ? " " : "") + part.days[i].items[k].rule->code.value;
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a plan goes on where the first bug is not solved", "[coach][plan]") {
  const catalog::Catalog catalog = catalog_of();
  std::vector<session::Record> ledger;
  const auto here = [&] { return plan_of(catalog, ledger, "")->here(); };
  CHECK(codes_of(*plan_of(catalog, ledger, "")) == "T01 T02 | T03 / T04");
  CHECK(here() == PlanPlace{0, 0});
  ledger = {record_of({"T01"}, "solved")};
  CHECK(here() == PlanPlace{0, 0});
  ledger.push_back(record_of({"T02"}, "revealed"));  // to be done again
  CHECK(here() == PlanPlace{0, 0});
  ledger.push_back(record_of({"T02", "T04"}, "solved"));  // two at once
  CHECK(here() == PlanPlace{0, 1});
  CHECK(plan_of(catalog, ledger, "")->solved() == 3);
  CHECK(plan_of(catalog, ledger, "")->bugs() == 4);
  ledger.push_back(record_of({"T03"}, "solved"));
  CHECK_FALSE(here().has_value());
  CHECK(plan_of(catalog, ledger, "")->parts[1].done());
}

TEST_CASE("a bug of a plan has the best that a session of it came to", "[coach][plan]") {
  const catalog::Catalog catalog = catalog_of();
  const auto outcome = [&](const std::vector<std::string>& outcomes) {
    std::vector<session::Record> ledger;
    for (const std::string& one : outcomes) ledger.push_back(record_of({"T01"}, one));
    return plan_of(catalog, ledger, "first")->parts[0].days[0].items[0].outcome;
  };
  CHECK(outcome({}) == "");
  CHECK(outcome({"stopped"}) == "stopped");
  CHECK(outcome({"revealed", "stopped"}) == "revealed");
  CHECK(outcome({"stopped", "revealed"}) == "revealed");
  CHECK(outcome({"solved", "revealed", "stopped"}) == "solved");
}

TEST_CASE("a pack is a plan from easy to hard, in days of three quarters of an hour", "[coach][plan]") {
  const catalog::Catalog catalog = catalog_of();
  // By difficulty, then by priority: T03 (10), T02 (30), T01 (20), T04 (60, more than a day).
  const auto all = plan_of(catalog, {}, "ALL");
  REQUIRE(all);
  CHECK(codes_of(*all) == "T03 T02 | T01 | T04");
  CHECK(all->is_pack);
  CHECK(plan_of(catalog, {}, "hunt")->at_once == 2);

  catalog::Catalog many;
  many.tree.packs = {{"all", "every one", 1, 0}};
  for (int i = 10; i < 22; ++i) many.rules.push_back(rule_of("T" + std::to_string(i), 1, 45, 1, {"all"}));
  CHECK(codes_of(*plan_of(many, {}, "all")) ==
        "T10 | T11 | T12 | T13 | T14 / T15 | T16 | T17 | T18 | T19 / T20 | T21");
}

TEST_CASE("a plan that there is not gets a suggestion", "[coach][plan]") {
  catalog::Catalog catalog = catalog_of();
  CHECK(plan_of(catalog, {}, "firts").error().message ==
        "there is no plan or pack 'firts'; did you mean 'first'?");
  CHECK(plan_of(catalog, {}, "firts").error().code == Exit::usage);
  catalog.tree.plans.clear();
  CHECK(plan_of(catalog, {}, "").error().message ==
        "the catalog has no plan of its own; name a pack, and 'nanobug pack list' shows them");
  CHECK(plan_of(catalog, {}, "hunt").has_value());
}

// The source's tables, by the numbers of its bugs. What a number is here stands in `refs`.
TEST_CASE("the catalog's plans are the source's", "[coach][plan]") {
  const auto catalog = catalog::load(kProject / "catalog.yaml");
  REQUIRE(catalog);
  using Numbers = std::vector<std::vector<std::vector<int>>>;
  const auto check = [&](const std::string& name, const Numbers& source) {
    const auto plan = plan_of(*catalog, {}, name);
    REQUIRE(plan);
    REQUIRE(plan->parts.size() == source.size());
    for (size_t part = 0; part < source.size(); ++part) {
      REQUIRE(plan->parts[part].days.size() == source[part].size());
      for (size_t day = 0; day < source[part].size(); ++day) {
        const auto& items = plan->parts[part].days[day].items;
        REQUIRE(items.size() == source[part][day].size());
        for (size_t i = 0; i < items.size(); ++i) {
          const std::vector<std::string>& refs = items[i].rule->refs;
          const std::string number = "B" + std::to_string(source[part][day][i]);
          INFO(name << ": " << items[i].rule->code.value << " for " << number);
          CHECK(std::find(refs.begin(), refs.end(), number) != refs.end());
          CHECK_FALSE(items[i].rule->decoy);
        }
      }
    }
  };
  check("three-weeks", {{{1, 3, 7}, {2, 8}, {13, 14}}, {{4}, {6}, {11}}, {{10}, {9}, {15, 16}}});
  check("tiers", {{{1, 2, 3, 4, 5, 6, 7, 8}}, {{9, 10, 11, 12, 13, 14, 15}}, {{16, 17, 18, 19, 20}}});
}
