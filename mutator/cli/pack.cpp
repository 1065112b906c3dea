// pack: the catalog's collections: which there are, the page of one, and its answer key.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mutator/cli/debrief.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/collection.h"
#include "mutator/coach/practice.h"

namespace nanobug::cli {
namespace {

using coach::Collection;

nlohmann::json to_json(const Collection& one) {
  return {{"name", one.pack.name},    {"about", one.pack.about}, {"level", one.pack.level},
          {"at_once", one.pack.bugs}, {"bugs", one.bugs.size()}, {"minutes", one.minutes}};
}

Result<Exit> list(Context& c) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const auto ledger = session::Desk::ledger(Context::places());
  NANOBUG_TRY(ledger);
  const std::set<std::string> solved = coach::solved_ids(*ledger);
  nlohmann::json json = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows = {{"PACK", "BUGS", "SOLVED", "AT ONCE", "MINUTES", ""}};
  for (const Collection& one : coach::collections_of(**loaded)) {
    const auto done = std::count_if(one.bugs.begin(), one.bugs.end(), [&](const catalog::Rule* rule) {
      return solved.contains(rule->id.value);
    });
    json.push_back(to_json(one));
    json.back()["solved"] = done;
    rows.push_back({one.pack.name, std::to_string(one.bugs.size()), std::to_string(done),
                    std::to_string(one.pack.bugs), std::to_string(one.minutes), one.pack.about});
  }
  c.ui.data(c.ui.json ? json.dump(2, ' ', false, kAnyBytes) : table(rows));
  return Exit::ok;
}

Result<Exit> show(Context& c, const std::string& name) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const auto one = coach::collection(**loaded, name);
  NANOBUG_TRY(one);
  if (!c.ui.json) {
    c.ui.page(coach::page_of(*one, **loaded));
    return Exit::ok;
  }
  nlohmann::json json = to_json(*one);
  json["entries"] = nlohmann::json::array();
  for (const catalog::Rule* rule : one->bugs) {
    const catalog::Run* run = (*loaded)->run_of(*rule);
    json["entries"].push_back({{"code", rule->code.value},
                               {"title", rule->title.value},
                               {"category", rule->category},
                               {"difficulty", rule->difficulty},
                               {"minutes", rule->minutes},
                               {"priority", rule->priority},
                               {"run", run ? nlohmann::json(run->name) : nlohmann::json()}});
  }
  c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  return Exit::ok;
}

// "nanochat/gpt.cpp:42, in Block::forward", of each file that the site changes.
std::string where(const rewrite::Site& site) {
  std::string text;
  for (const rewrite::Change* change : site.changes())
    text += fmt::format("{}{}:{}{}", text.empty() ? "" : "; ", change->file, change->line,
                        change->function.empty() ? "" : ", in " + change->function);
  return text;
}

nlohmann::json to_json(const catalog::Rule& rule, const std::vector<coach::Place>& places) {
  nlohmann::json json = {{"code", rule.code.value},
                         {"id", rule.id.value},
                         {"decoy", rule.decoy},
                         {"cause", rule.cause},
                         {"places", nlohmann::json::array()},
                         {"questions", questions_of(rule)}};
  for (const coach::Place& place : places)
    json["places"].push_back({{"where", place.where}, {"diff", place.diff}});
  return json;
}

Result<Exit> answers(Context& c, const std::string& name) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const auto one = coach::collection(**loaded, name);  // a misspelt one builds nothing
  NANOBUG_TRY(one);
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  std::vector<const catalog::Rule*> rules = one->bugs;
  rules.insert(rules.end(), one->decoys.begin(), one->decoys.end());
  std::map<std::string, std::vector<coach::Place>> places;
  std::set<std::string> ids;
  for (const auto& sites : (*mutants)->sites(rules)) {
    NANOBUG_TRY(sites);
    for (const rewrite::Site& site : *sites) {
      auto patch = (*mutants)->patch(site);
      NANOBUG_TRY(patch);
      places[site.rule].push_back({where(site), std::move(*patch)});
    }
  }
  nlohmann::json json = to_json(*one);
  json["answers"] = nlohmann::json::array();
  for (const catalog::Rule* rule : rules) {
    ids.insert(rule->id.value);
    json["answers"].push_back(to_json(*rule, places[rule->id.value]));
  }
  NANOBUG_TRY(note_peek(c, ids));
  c.ui.page(c.ui.json ? json.dump(2, ' ', false, kAnyBytes) : coach::answer_key(*one, places));
  return Exit::ok;
}

}  // namespace

void add_pack(Verbs& verbs) {
  struct Options {
    std::string name;
    bool answers = false;
  };
  auto options = std::make_shared<Options>();
  CLI::App* pack = verbs.add(verbs.app, "pack", "The catalog's collections: list, show");
  pack->require_subcommand(1);
  Context& c = verbs.context;
  verbs.on(verbs.add(*pack, "list", "The packs there are, and how much of each you have solved"),
           [&c] { return list(c); });
  CLI::App* one = verbs.add(*pack, "show", "The page of one, without spoilers, as Markdown");
  one->add_option("pack", options->name, "A name that 'nanobug pack list' shows")
      ->required()
      ->type_name("PACK");
  one->add_flag("--answers", options->answers,
                "Its answer key: places, causes, diffs, model answers (it is recorded while one of its bugs "
                "is open)");
  verbs.on(one,
           [&c, options] { return options->answers ? answers(c, options->name) : show(c, options->name); });
}

}  // namespace nanobug::cli
