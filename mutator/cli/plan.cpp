// plan: an order of practice: what today has, what is done, and what to type next.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/plan.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

using coach::Plan;

std::string capitalized(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

// What to type for the first bug of the day that is not solved; "" once there is none.
std::string next_command(const Plan& plan) {
  const auto here = plan.here();
  if (!here) return "";
  if (plan.at_once > 1) return "nanobug start " + plan.name;
  const auto& items = plan.parts[here->part].days[here->day].items;
  const auto left =
      std::find_if(items.begin(), items.end(), [](const coach::PlanItem& item) { return !item.done(); });
  return "nanobug start " + left->rule->code.value;
}

// "solved", or what it came to without that.
std::string mark(const coach::PlanItem& item) {
  return item.outcome.empty() ? "-" : item.outcome;
}

std::vector<std::string> row(const coach::PlanItem& item) {
  return {item.rule->code.value, item.rule->title.value,
          std::string(static_cast<size_t>(item.rule->difficulty), '*'), std::to_string(item.rule->minutes),
          mark(item)};
}

// "Week 2, day 1: architecture". A part that has no days of its own has no number for one.
std::string name_of(const Plan& plan, coach::PlanPlace at) {
  const coach::PlanPart& part = plan.parts[at.part];
  return fmt::format("{} {}{}{}", capitalized(plan.part_name), at.part + 1,
                     part.days.size() > 1 ? fmt::format(", day {}", at.day + 1) : "",
                     part.about.empty() ? "" : ": " + part.about);
}

std::string standing(const Plan& plan) {
  return fmt::format("{}{}. {} of {} solved.", plan.name, plan.about.empty() ? "" : ": " + plan.about,
                     plan.solved(), coach::count(plan.bugs(), "bug"));
}

// The day, and what to type: its bugs, then where the rest is.
std::string today(const Ui& ui, const Plan& plan, const catalog::Catalog& catalog) {
  const auto width = static_cast<size_t>(ui.width());
  std::string text = coach::wrap(standing(plan), width, "");
  std::vector<std::vector<std::string>> ways;
  if (const auto here = plan.here()) {
    const coach::PlanDay& day = plan.parts[here->part].days[here->day];
    std::vector<std::vector<std::string>> rows = {{"CODE", "TITLE", "DIFF", "MIN", "OUTCOME"}};
    for (const coach::PlanItem& item : day.items) rows.push_back(row(item));
    text += fmt::format("\n{}, {}\n\n{}\n", ui.strong(name_of(plan, *here)),
                        coach::count(day.minutes(), "minute"), table(rows));
    ways.push_back({"  " + next_command(plan),
                    plan.at_once > 1 ? fmt::format("{} of them at once", plan.at_once) : "the next of them"});
    if (plan.parts[here->part].days.size() > 1)
      ways.push_back({fmt::format("  nanobug plan {} --{} {}", plan.name,
                                  plan.part_name == "week" ? "week" : "part", here->part + 1),
                      "the whole " + plan.part_name});
  } else {
    text += "\nAll of it is solved.\n\n";
    ways.push_back({"  nanobug next", "what to practise now"});
  }
  for (const catalog::Plan& other : catalog.tree.plans)
    if (other.name != plan.name) ways.push_back({"  nanobug plan " + other.name, other.about});
  return text + table(ways);
}

std::string whole_part(const Ui& ui, const Plan& plan, size_t at) {
  const coach::PlanPart& part = plan.parts[at];
  const bool days = part.days.size() > 1;
  std::vector<std::vector<std::string>> rows = {{"CODE", "TITLE", "DIFF", "MIN", "OUTCOME"}};
  if (days) rows[0].insert(rows[0].begin(), "DAY");
  int minutes = 0;
  for (size_t day = 0; day < part.days.size(); ++day) {
    minutes += part.days[day].minutes();
    for (const coach::PlanItem& item : part.days[day].items) {
      rows.push_back(row(item));
      if (days) rows.back().insert(rows.back().begin(), std::to_string(day + 1));
    }
  }
  return fmt::format("{} {} of {}{}, {}\n\n{}", ui.strong(capitalized(plan.part_name)), at + 1,
                     plan.parts.size(), part.about.empty() ? "" : ": " + part.about,
                     coach::count(minutes, "minute"), table(rows));
}

nlohmann::json to_json(const Plan& plan) {
  const auto here = plan.here();
  nlohmann::json json = {{"plan", plan.name},
                         {"about", plan.about},
                         {"part", plan.part_name},
                         {"bugs", plan.bugs()},
                         {"solved", plan.solved()},
                         {"at_once", plan.at_once},
                         {"here", nullptr},
                         {"command", here ? nlohmann::json(next_command(plan)) : nlohmann::json()},
                         {"parts", nlohmann::json::array()}};
  if (here) json["here"] = {{"part", here->part + 1}, {"day", here->day + 1}};
  for (const coach::PlanPart& part : plan.parts) {
    nlohmann::json days = nlohmann::json::array();
    for (const coach::PlanDay& day : part.days) {
      nlohmann::json items = nlohmann::json::array();
      for (const coach::PlanItem& item : day.items)
        items.push_back(
            {{"code", item.rule->code.value},
             {"title", item.rule->title.value},
             {"category", item.rule->category},
             {"difficulty", item.rule->difficulty},
             {"minutes", item.rule->minutes},
             {"outcome", item.outcome.empty() ? nlohmann::json() : nlohmann::json(item.outcome)}});
      days.push_back({{"minutes", day.minutes()}, {"done", day.done()}, {"bugs", std::move(items)}});
    }
    json["parts"].push_back({{"about", part.about}, {"done", part.done()}, {"days", std::move(days)}});
  }
  return json;
}

Result<Exit> show(Context& c, const std::string& name, int part) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const auto ledger = c.ledger();
  NANOBUG_TRY(ledger);
  const auto plan = coach::plan_of(**loaded, *ledger, name);
  NANOBUG_TRY(plan);
  const auto parts = static_cast<int>(plan->parts.size());
  if (part > parts)
    return fail(Exit::usage, fmt::format("{} has {}; there is no {} {}", plan->name,
                                         coach::count(parts, plan->part_name), plan->part_name, part));
  if (c.ui.json) {
    nlohmann::json json = to_json(*plan);
    if (part > 0) json["parts"] = nlohmann::json::array({json["parts"][static_cast<size_t>(part) - 1]});
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  } else {
    c.ui.page(part > 0 ? whole_part(c.ui, *plan, static_cast<size_t>(part) - 1)
                       : today(c.ui, *plan, **loaded));
  }
  return Exit::ok;
}

}  // namespace

void add_plan(Verbs& verbs) {
  struct Options {
    std::string name;
    int part = 0;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      verbs.add(verbs.app, "plan", "An order of practice: the day's bugs, what is done, what to type next");
  verb->add_option("plan", options->name,
                   "A plan of the catalog (default: its first), or a pack, taken from easy to hard")
      ->type_name("PLAN|PACK");
  verb->add_option("--week,--part", options->part, "The whole of this week, or of whatever its parts are")
      ->check(CLI::Range(1, 999).description(""))
      ->type_name("1..999");
  verbs.on(verb, [options, &c = verbs.context] { return show(c, options->name, options->part); });
}

}  // namespace nanobug::cli
