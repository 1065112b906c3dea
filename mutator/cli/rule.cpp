// rule: for maintainers: is the catalog right, and where does a rule apply?
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/catalog/guide.h"
#include "mutator/cli/bench_verbs.h"
#include "mutator/cli/verbs.h"
#include "mutator/grade/observers.h"
#include "mutator/grade/snippets.h"

namespace nanobug::cli {
namespace {

// What ends with a full stop, a question mark or an exclamation mark before a blank, or at the end.
size_t sentences(const std::string& text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++i)
    if (std::string_view(".?!").find(text[i]) != std::string_view::npos &&
        (i + 1 == text.size() || std::isspace(static_cast<unsigned char>(text[i + 1]))))
      ++count;
  return count;
}

// What can be, and its author will regret.
std::vector<Error> regrets(const catalog::Rule& rule) {
  constexpr size_t kHints = 3, kSentences = 4;
  std::vector<Error> all;
  if (!rule.hints.empty() && rule.hints.size() != kHints)
    all.push_back(
        {Exit::ok,
         fmt::format("it has {} hints; there are three rungs: the class of bug, the observable to look "
                     "at, the function",
                     rule.hints.size()),
         rule.hints.front().place});
  if (const size_t said = sentences(rule.brief); said > kSentences)
    all.push_back({Exit::ok,
                   fmt::format("its brief has {} sentences; an interviewer says at most four", said),
                   rule.place});
  return all;
}

nlohmann::json described(const rewrite::Site& site) {
  const auto one = [](const rewrite::Change& change) {
    return nlohmann::json{{"file", change.file}, {"line", change.line}, {"function", change.function}};
  };
  nlohmann::json json = one(site);
  json["also"] = nlohmann::json::array();
  for (const rewrite::Change& change : site.also) json["also"].push_back(one(change));
  return json;
}

// What is wrong with the page of symptoms, if there is one.
std::vector<Error> wrong_in_guide(const catalog::Catalog& catalog) {
  if (catalog.tree.guide.value.empty()) return {};
  const auto guide = catalog::load_guide(catalog);
  return guide ? catalog::missing_code(*guide, catalog) : guide.error();
}

Result<Exit> check(Context& c, const std::vector<std::string>& ids) {
  const auto named = c.rules(ids);
  NANOBUG_TRY(named);
  const std::vector<const catalog::Rule*>& rules = *named;
  const auto worth = c.are_worth_building(rules);
  NANOBUG_TRY(worth);
  if (!*worth) return Exit::catalog;
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto sites = (*mutants)->sites(rules);
  const auto observers = grade::known_observers(**mutants);
  grade::Snippets snippets(**mutants);
  nlohmann::json json = nlohmann::json::array();
  bool all_right = true;
  if (ids.empty())
    for (const Error& error : wrong_in_guide((*mutants)->catalog())) c.ui.complain(error), all_right = false;
  for (size_t i = 0; i < rules.size(); ++i) {
    auto checked = snippets.check(*rules[i]);
    NANOBUG_TRY(checked);
    std::vector<Error> errors = std::move(*checked);
    if (errors.empty() && !sites[i]) errors.push_back(sites[i].error());
    if (!observers)
      errors.push_back(observers.error());
    else if (const Status known = grade::knows_observers(*observers, *rules[i]); !known)
      errors.push_back(known.error());
    errors.insert(errors.end(), rules[i]->unwritten.begin(), rules[i]->unwritten.end());
    nlohmann::json entry = {{"id", rules[i]->id.value},
                            {"ok", errors.empty()},
                            {"errors", nlohmann::json::array()},
                            {"warnings", nlohmann::json::array()},
                            {"sites", nlohmann::json::array()}};
    for (const Error& error : errors) {
      entry["errors"].push_back(error.text());
      c.ui.complain(error);
    }
    for (Error& regret : regrets(*rules[i])) {
      regret.message = "warning: rule '" + rules[i]->id.value + "': " + regret.message;
      entry["warnings"].push_back(regret.text());
      c.ui.say(regret.text());
    }
    if (sites[i])
      for (const rewrite::Site& site : *sites[i]) entry["sites"].push_back(described(site));
    if (errors.empty() && !c.ui.json)
      for (const rewrite::Site& site : *sites[i]) {
        std::string places;
        for (const rewrite::Change* change : site.changes())
          places += fmt::format("{}{}:{}{}", places.empty() ? "" : " and ", change->file, change->line,
                                change->function.empty() ? "" : " in " + change->function);
        c.ui.data(fmt::format("{}: {}", rules[i]->id.value, places));
      }
    all_right = all_right && errors.empty();
    json.push_back(std::move(entry));
  }
  if (c.ui.json) c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  return all_right ? Exit::ok : Exit::catalog;
}

}  // namespace

void add_rule(Verbs& verbs) {
  auto ids = std::make_shared<std::vector<std::string>>();
  CLI::App* rule = verbs.add(verbs.app, "rule", "For maintainers: try, write, check and explain rules");
  rule->require_subcommand(1);
  CLI::App* verb = verbs.add(*rule, "check",
                             "Do matchers parse, are ids bound, do sites and snippets come out as expected?");
  verb->add_option("rules", *ids, "Rules to check (default: all)")->type_name("RULE");
  verbs.on(verb, [ids, &c = verbs.context] { return check(c, *ids); });
  add_rule_explain(verbs, *rule);
  add_rule_try(verbs, *rule);
  add_rule_new(verbs, *rule);
  verb = verbs.add(*rule, "schema", "Print what a catalog may say, as a JSON Schema for editors");
  verbs.on(verb, [&c = verbs.context]() -> Result<Exit> {
    c.ui.data(catalog::schema());
    return Exit::ok;
  });
}

}  // namespace nanobug::cli
