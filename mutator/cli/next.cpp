// next: what to practise now, by what went well and when.
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/schedule.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

std::string command_of(const coach::Schedule& schedule) {
  return fmt::format("nanobug start --category {} --difficulty {}", schedule.category, schedule.difficulty);
}

Result<Exit> next(Context& c) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  NANOBUG_TRY(catalog::has_rules(**loaded));
  const auto ledger = c.ledger();
  NANOBUG_TRY(ledger);
  const std::int64_t now = std::time(nullptr);
  const coach::Schedule schedule = coach::schedule_of(*ledger, **loaded, now);
  if (schedule.category.empty()) return fail(Exit::catalog, "the catalog has no bug in any category");
  if (c.ui.json) {
    nlohmann::json json = {{"category", schedule.category},
                           {"difficulty", schedule.difficulty},
                           {"why", schedule.why},
                           {"command", command_of(schedule)},
                           {"classes", nlohmann::json::array()}};
    for (const coach::ClassOfBugs& one : schedule.classes)
      json["classes"].push_back(
          {{"category", one.name},
           {"bugs", one.bugs},
           {"solved", one.solved},
           {"last", one.item.seen() ? nlohmann::json(one.item.last) : nlohmann::json()},
           {"due", one.item.seen() ? nlohmann::json(one.item.due()) : nlohmann::json()}});
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows = {{"CATEGORY", "SOLVED", "LAST", "DUE"}};
  for (const coach::ClassOfBugs& one : schedule.classes)
    rows.push_back({one.name, fmt::format("{} of {}", one.solved, one.bugs),
                    one.item.seen() ? coach::day(one.item.last) : "-",
                    one.item.seen() ? coach::day(one.item.due()) : "-"});
  c.ui.data(fmt::format("{}, difficulty {}: {}.\n  {}\n\n{}", c.ui.strong(schedule.category),
                        schedule.difficulty, schedule.why, command_of(schedule), table(rows)));
  return Exit::ok;
}

}  // namespace

void add_next(Verbs& verbs) {
  CLI::App* verb =
      verbs.add(verbs.app, "next", "What to practise now: what failed or was slow comes back sooner");
  verbs.on(verb, [&c = verbs.context] { return next(c); });
}

}  // namespace nanobug::cli
