// list: the catalog without spoilers.
#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/draw.h"
#include "mutator/coach/practice.h"

namespace nanobug::cli {

void add_list(Verbs& verbs) {
  auto wanted = std::make_shared<coach::Wanted>();
  auto names = std::make_shared<bool>(false);
  CLI::App* verb = verbs.add(verbs.app, "list", "The bugs of the catalog, without spoilers");
  verb->add_option("--pack", wanted->pack, "Only this pack")->type_name("PACK");
  verb->add_option("--category", wanted->category, "Only this category")->type_name("CATEGORY");
  verb->add_option("--difficulty", wanted->difficulty, "Only this difficulty")
      ->check(CLI::Range(1, 3).description(""))
      ->type_name("1..3");
  verb->add_flag("--names", *names, "The ids too, which say what the bugs are");
  verbs.on(verb, [wanted, names, &c = verbs.context]() -> Result<Exit> {
    const auto loaded = c.catalog();
    NANOBUG_TRY(loaded);
    const auto ledger = session::Desk::ledger(Context::places());
    NANOBUG_TRY(ledger);
    const auto rules = coach::matching(**loaded, *wanted);
    NANOBUG_TRY(rules);
    const std::set<std::string> solved = coach::solved_ids(*ledger);
    nlohmann::json json = nlohmann::json::array();
    constexpr size_t kPack = 3;  // its names are the longest, and --pack narrows the list to one
    std::vector<std::vector<std::string>> rows = {
        {"CODE", "TITLE", "CATEGORY", "PACK", "PRIO", "DIFF", "MIN", "SOLVED"}};
    if (*names) rows[0].push_back("ID");
    for (const catalog::Rule* rule : *rules) {
      const bool is_solved = solved.contains(rule->id.value);
      json.push_back({{"code", rule->code.value},
                      {"title", rule->title.value},
                      {"category", rule->category},
                      {"pack", rule->pack},
                      {"priority", rule->priority},
                      {"difficulty", rule->difficulty},
                      {"minutes", rule->minutes},
                      {"solved", is_solved}});
      if (*names) json.back()["id"] = rule->id.value;
      std::string packs;
      for (const std::string& pack : rule->pack) packs += (packs.empty() ? "" : ",") + pack;
      rows.push_back({rule->code.value, rule->title.value, rule->category, packs,
                      std::to_string(rule->priority), std::string(static_cast<size_t>(rule->difficulty), '*'),
                      std::to_string(rule->minutes), is_solved ? "yes" : "-"});
      if (*names) rows.back().push_back(rule->id.value);
    }
    c.ui.page(c.ui.json ? json.dump(2, ' ', false, kAnyBytes) : table(rows, {kPack}));
    return Exit::ok;
  });
}

}  // namespace nanobug::cli
