// progress: what was practised, how long, and which class of bug confuses this learner.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/coach.h"

namespace nanobug::cli {
namespace {

nlohmann::json to_json(const coach::Practice& p) {
  return {{"sessions", p.sessions},        {"solved", p.solved},   {"revealed", p.revealed},
          {"stopped", p.stopped},          {"seconds", p.seconds}, {"hints", p.hints},
          {"wrong_claims", p.wrong_claims}};
}

std::vector<std::string> row(const std::string& name, const coach::Practice& p) {
  return {name,
          std::to_string(p.sessions),
          std::to_string(p.solved),
          std::to_string(p.revealed),
          std::to_string(p.hints),
          std::to_string(p.wrong_claims),
          p.sessions == 0 ? "-" : coach::clock(p.seconds / p.sessions)};
}

}  // namespace

void add_progress(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "progress", "What you have practised, and what it cost");
  verbs.on(verb, [&c = verbs.context]() -> Result<Exit> {
    const auto loaded = c.catalog();
    NANOBUG_TRY(loaded);
    const auto ledger = session::Desk::ledger(Context::places());
    NANOBUG_TRY(ledger);
    const coach::Progress progress = coach::progress_of(*ledger, **loaded);
    if (c.ui.json) {
      nlohmann::json json = {{"all", to_json(progress.all)},
                             {"by_category", nlohmann::json::object()},
                             {"solved_rules", progress.solved_rules},
                             {"rules", (*loaded)->rules.size()}};
      for (const auto& [category, practice] : progress.by_category)
        json["by_category"][category] = to_json(practice);
      c.ui.data(json.dump(2, ' ', false, kAnyBytes));
      return Exit::ok;
    }
    if (progress.all.sessions == 0) {
      c.ui.data("Nothing yet; 'nanobug start' begins the first session.");
      return Exit::ok;
    }
    std::vector<std::vector<std::string>> rows = {
        {"", "SESSIONS", "SOLVED", "REVEALED", "HINTS", "WRONG CLAIMS", "MEAN TIME"}};
    for (const auto& [category, practice] : progress.by_category) rows.push_back(row(category, practice));
    rows.push_back(row("all", progress.all));
    c.ui.data(table(rows) +
              fmt::format("\n{} of {} bugs solved.", progress.solved_rules.size(), (*loaded)->rules.size()));
    return Exit::ok;
  });
}

}  // namespace nanobug::cli
