// plan: an order to practise in, and how far the learner is in it.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/plan.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

nlohmann::json to_json(const coach::PlanProgress& plan) {
  return {{"name", plan.name},
          {"about", plan.about},
          {"bugs", plan.bugs()},
          {"solved", plan.solved()},
          {"next", plan.next() ? nlohmann::json(plan.next()->code.value) : nlohmann::json()}};
}

std::string in_words(const Ui& ui, const coach::PlanProgress& plan) {
  std::string text =
      ui.strong(plan.name) + fmt::format(", {} of {} solved: {}\n", plan.solved(), plan.bugs(), plan.about);
  for (const coach::Sitting& sitting : plan.sittings) {
    text += fmt::format("\n  {}, {}\n", sitting.name, coach::count(sitting.minutes(), "minute"));
    for (const coach::PlannedBug& bug : sitting.bugs)
      text += fmt::format("    {}  {:<5} {}{}\n", bug.solved_at > 0 ? "[x]" : "[ ]", bug.rule->code.value,
                          bug.rule->title.value,
                          bug.solved_at > 0 ? ", solved on " + coach::day(bug.solved_at) : "");
  }
  return text + (plan.next() ? "\n  nanobug start " + plan.next()->code.value + "    the next one"
                             : "\n  All of it is solved.");
}

Result<Exit> show_plan(Context& c, const std::string& name) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const auto ledger = c.ledger();
  NANOBUG_TRY(ledger);
  if (!name.empty()) {
    const auto plan = coach::plan(**loaded, *ledger, name);
    NANOBUG_TRY(plan);
    if (!c.ui.json) {
      c.ui.data(in_words(c.ui, *plan));
      return Exit::ok;
    }
    nlohmann::json json = to_json(*plan);
    json["sittings"] = nlohmann::json::array();
    for (const coach::Sitting& sitting : plan->sittings) {
      nlohmann::json bugs = nlohmann::json::array();
      for (const coach::PlannedBug& bug : sitting.bugs)
        bugs.push_back({{"code", bug.rule->code.value},
                        {"title", bug.rule->title.value},
                        {"minutes", bug.rule->minutes},
                        {"solved", bug.solved_at > 0}});
      json["sittings"].push_back({{"name", sitting.name}, {"minutes", sitting.minutes()}, {"bugs", bugs}});
    }
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  const auto plans = coach::plans_of(**loaded, *ledger);
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {{"PLAN", "SOLVED", "NEXT", ""}};
  for (const coach::PlanProgress& plan : plans) {
    json.push_back(to_json(plan));
    rows.push_back({plan.name, fmt::format("{} of {}", plan.solved(), plan.bugs()),
                    plan.next() ? plan.next()->code.value : "-", plan.about});
  }
  if (c.ui.json)
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  else
    c.ui.data((plans.empty() ? "This catalog has no plan of its own.\n" : table(rows)) +
              "\n  nanobug plan NAME    its days, and what is done; a pack's name works too");
  return Exit::ok;
}

}  // namespace

void add_plan(Verbs& verbs) {
  auto name = std::make_shared<std::string>();
  CLI::App* verb = verbs.add(verbs.app, "plan", "Orders to practise in, day by day, and how far you are");
  verb->add_option("plan", *name, "A plan, or a pack as one (default: the list)")->type_name("NAME");
  verbs.on(verb, [name, &c = verbs.context] { return show_plan(c, *name); });
}

}  // namespace nanobug::cli
