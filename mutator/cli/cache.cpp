// cache: what nanobug keeps to be quick, how large it is, and making it smaller.
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/base/paths.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/words.h"
#include "mutator/workshop/store.h"

namespace nanobug::cli {
namespace {

std::string ago(std::int64_t time) {
  const std::int64_t seconds = std::max<std::int64_t>(0, std::time(nullptr) - time);
  if (seconds < 3600) return "within the hour";
  if (seconds < 48 * 3600) return coach::count(seconds / 3600, "hour") + " ago";
  return coach::count(seconds / (24 * 3600), "day") + " ago";
}

Result<Exit> show(Context& c) {
  const auto limit = workshop::cache_limit();
  NANOBUG_TRY(limit);
  const auto needed = c.needed_trees();
  NANOBUG_TRY(needed);
  const workshop::Stored stored = workshop::survey(cache_home(), *needed);
  if (c.ui.json) {
    nlohmann::json trees = nlohmann::json::array();
    for (const workshop::StoredTree& tree : stored.trees)
      trees.push_back({{"key", tree.key},
                       {"bytes", tree.bytes},
                       {"mutants", tree.mutants},
                       {"mutant_bytes", tree.mutant_bytes},
                       {"used", tree.used},
                       {"needed", tree.needed}});
    const nlohmann::json all = {{"place", cache_home().string()},
                                {"bytes", stored.bytes()},
                                {"limit", *limit},
                                {"trees", trees},
                                {"project_bytes", stored.project_bytes},
                                {"index_bytes", stored.index_bytes},
                                {"other_bytes", stored.other_bytes}};
    c.ui.data(all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    return Exit::ok;
  }
  std::vector<std::vector<std::string>> rows = {{"WHAT", "SIZE", "LAST USED", ""}};
  for (const workshop::StoredTree& tree : stored.trees) {
    const std::string note = tree.needed ? "needed" : "";
    rows.push_back(
        {"clean tree " + tree.key.substr(0, 8), workshop::size_text(tree.bytes), ago(tree.used), note});
    if (tree.mutants > 0)
      rows.push_back(
          {fmt::format("  {} with a bug", tree.mutants), workshop::size_text(tree.mutant_bytes), "", ""});
  }
  rows.push_back({"what sessions began with", workshop::size_text(stored.project_bytes), "", ""});
  rows.push_back({"sites and certificates", workshop::size_text(stored.index_bytes), "", ""});
  rows.push_back(
      {"LibTorch and others", workshop::size_text(stored.other_bytes), "", "not counted, never pruned"});
  c.ui.data(table(rows));
  c.ui.say(
      fmt::format("{} of {} in {}; NANOBUG_CACHE_SIZE sets the limit, 'nanobug cache prune' makes room now.",
                  workshop::size_text(stored.bytes()), workshop::size_text(*limit), tidy(cache_home())));
  return Exit::ok;
}

Result<Exit> prune(Context& c, bool all) {
  const auto limit = workshop::cache_limit();
  NANOBUG_TRY(limit);
  const auto needed = c.needed_trees();
  NANOBUG_TRY(needed);
  const auto pruned = workshop::prune(cache_home(), all ? 0 : *limit, *needed);
  NANOBUG_TRY(pruned);
  if (c.ui.json)
    c.ui.data(
        nlohmann::json{{"trees", pruned->trees}, {"mutants", pruned->mutants}, {"bytes", pruned->bytes}}.dump(
            2));
  else
    c.ui.say(pruned->bytes == 0 ? "Nothing to prune."
                                : fmt::format("{} freed.", workshop::size_text(pruned->bytes)));
  return Exit::ok;
}

}  // namespace

void add_cache(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "cache", "What is kept to be quick, how large it is, and pruning it");
  auto action = std::make_shared<std::string>();
  auto all = std::make_shared<bool>(false);
  verb->add_option("action", *action, "prune: down to the limit, old versions first, never what is in use")
      ->check(CLI::IsMember({"prune"}).description(""))
      ->type_name("ACTION");
  verb->add_flag("--all", *all, "With prune: everything but what the project and an open session need");
  verbs.on(verb, [action, all, &c = verbs.context]() -> Result<Exit> {
    if (*all && action->empty()) return fail(Exit::usage, "--all goes with 'nanobug cache prune'");
    return action->empty() ? show(c) : prune(c, *all);
  });
}

}  // namespace nanobug::cli
