// list: the catalog without spoilers.
#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/coach.h"

namespace nanobug::cli {

void add_list(Verbs& verbs) {
  struct Options {
    std::string pack, category;
    int difficulty = 0;
  };
  auto options = std::make_shared<Options>();
  CLI::App* verb = verbs.add(verbs.app, "list", "The bugs of the catalog, without spoilers");
  verb->add_option("--pack", options->pack, "Only this pack")->type_name("PACK");
  verb->add_option("--category", options->category, "Only this category")->type_name("CATEGORY");
  verb->add_option("--difficulty", options->difficulty, "Only this difficulty, 1 to 3")
      ->check(CLI::Range(1, 3));
  verbs.on(verb, [options, &c = verbs.context]() -> Result<Exit> {
    const auto loaded = c.catalog();
    NANOBUG_TRY(loaded);
    const auto ledger = session::Desk::ledger(Context::places());
    NANOBUG_TRY(ledger);
    const auto solved = coach::progress_of(*ledger, **loaded).solved_rules;
    nlohmann::json json = nlohmann::json::array();
    std::vector<std::vector<std::string>> rows = {
        {"ID", "TITLE", "CATEGORY", "PACK", "PRIORITY", "DIFFICULTY", "MINUTES", "SOLVED"}};
    for (const catalog::Rule& rule : (*loaded)->rules) {
      const bool in_pack = options->pack.empty() ||
                           std::find(rule.pack.begin(), rule.pack.end(), options->pack) != rule.pack.end();
      if (!in_pack || (!options->category.empty() && rule.category != options->category)) continue;
      if (options->difficulty != 0 && rule.difficulty != options->difficulty) continue;
      const auto times = solved.find(rule.id.value);
      json.push_back({{"id", rule.id.value},
                      {"title", rule.title.value},
                      {"category", rule.category},
                      {"pack", rule.pack},
                      {"priority", rule.priority},
                      {"difficulty", rule.difficulty},
                      {"minutes", rule.minutes},
                      {"solved", times != solved.end()}});
      std::string packs;
      for (const std::string& pack : rule.pack) packs += (packs.empty() ? "" : ",") + pack;
      rows.push_back({rule.id.value, rule.title.value, rule.category, packs, std::to_string(rule.priority),
                      std::string(static_cast<size_t>(rule.difficulty), '*'), std::to_string(rule.minutes),
                      times != solved.end() ? "yes" : "-"});
    }
    c.ui.data(c.ui.json ? json.dump(2, ' ', false, kAnyBytes) : table(rows));
    return Exit::ok;
  });
}

}  // namespace nanobug::cli
