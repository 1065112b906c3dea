// start: a mutated checkout, built and ready, and the symptom.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <random>

#include "mutator/base/paths.h"
#include "mutator/base/suggest.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/coach.h"

namespace nanobug::cli {
namespace {

struct Options {
  std::string rule, pack, category;
  bool random = false, strict = false;
  int difficulty = 0, minutes = 0;
  std::optional<std::uint64_t> seed;
  std::string directory;
};

// The rules a draw may take: what the options ask for, those not solved yet before the others, shuffled by
// the seed.
Result<std::vector<const catalog::Rule*>> candidates(Context& c, const Options& options, std::uint64_t seed) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  if (!options.rule.empty()) {
    const auto rule = catalog::find_rule(**loaded, options.rule);
    NANOBUG_TRY(rule);
    return std::vector<const catalog::Rule*>{*rule};
  }
  std::vector<const catalog::Rule*> rules;
  std::vector<std::string> packs, categories;
  for (const catalog::Rule& rule : (*loaded)->rules) {
    packs.insert(packs.end(), rule.pack.begin(), rule.pack.end());
    categories.push_back(rule.category);
    if (!options.pack.empty() &&
        std::find(rule.pack.begin(), rule.pack.end(), options.pack) == rule.pack.end())
      continue;
    if (!options.category.empty() && rule.category != options.category) continue;
    if (options.difficulty != 0 && rule.difficulty != options.difficulty) continue;
    rules.push_back(&rule);
  }
  if (rules.empty())
    return fail(Exit::usage, "no rule of the catalog is like that" + did_you_mean(options.pack, packs) +
                                 did_you_mean(options.category, categories) +
                                 "; 'nanobug list' shows what there is");
  const auto ledger = session::Desk::ledger(Context::places());
  NANOBUG_TRY(ledger);
  const auto solved = coach::progress_of(*ledger, **loaded).solved_rules;
  std::shuffle(rules.begin(), rules.end(), std::mt19937_64(seed));
  std::vector<const catalog::Rule*> unsolved_first;
  for (const bool wanted : {false, true})
    for (const catalog::Rule* rule : rules)
      if (solved.contains(rule->id.value) == wanted) unsolved_first.push_back(rule);
  return unsolved_first;
}

// The first candidate with a certificate; named rules must have one themselves.
Result<std::pair<const catalog::Rule*, std::vector<grade::Certificate>>> draw(
    Context& c, const std::vector<const catalog::Rule*>& rules, bool named) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  std::optional<Error> refusal;
  for (const catalog::Rule* rule : rules) {
    auto certificates = certify(**mutants, *rule, /*fresh=*/false, c.ui.progress());
    if (!certificates) {
      refusal = certificates.error();
    } else {
      const auto refused = std::find_if(certificates->begin(), certificates->end(),
                                        [](const auto& one) { return !one.holds(); });
      if (refused == certificates->end()) return std::pair(rule, std::move(*certificates));
      refusal = Error{Exit::catalog,
                      "rule '" + rule->id.value + "' has no certificate: " + refused->refusals.front(),
                      rule->id.place};
    }
    if (named) break;
  }
  return tl::unexpected(*refusal);
}

// Lines [first, last] of `after` that `before` has not, counted from 1; for a pure deletion the line it was
// above of.
std::pair<int, int> changed_lines(const std::string& before, const std::string& after) {
  size_t prefix = 0, suffix = 0;
  while (prefix < std::min(before.size(), after.size()) && before[prefix] == after[prefix]) ++prefix;
  while (suffix < std::min(before.size(), after.size()) - prefix &&
         before[before.size() - 1 - suffix] == after[after.size() - 1 - suffix])
    ++suffix;
  const auto line_at = [&](size_t offset) {
    return 1 + static_cast<int>(
                   std::count(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  };
  return {line_at(prefix), line_at(std::max(prefix, after.size() - suffix))};
}

// ~/nanobug/practice, or the next number: what is not there yet, or holds the clean tree that the last
// session left.
fs::path free_place(const vault::Tree& pristine) {
  for (int number = 1;; ++number) {
    const fs::path place =
        home() / "nanobug" / (number == 1 ? "practice" : fmt::format("practice-{}", number));
    std::error_code error;
    if (!fs::exists(place, error)) return place;
    const auto there = vault::read_tree(place, {});
    if (there && (there->empty() || *there == pristine)) return place;
  }
}

Result<Exit> start(Context& c, const Options& options) {
  if (!options.directory.empty())
    NANOBUG_TRY(path_can_be_built_in(fs::absolute(options.directory), "the checkout", Exit::usage));
  const std::uint64_t seed = options.seed ? *options.seed : std::random_device{}();
  const auto chosen = candidates(c, options, seed);
  NANOBUG_TRY(chosen);
  auto desk = c.desk();
  NANOBUG_TRY(desk);
  if (const auto open = desk->current())
    return fail(Exit::session, "a session is open in " + tidy(open->directory) +
                                   "; 'nanobug stop' ends it and keeps your work");
  const auto drawn = draw(c, *chosen, !options.rule.empty());
  NANOBUG_TRY(drawn);
  const auto& [rule, certificates] = *drawn;
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto sites = (*mutants)->sites(*rule);
  NANOBUG_TRY(sites);
  const size_t which = seed % sites->size();
  const rewrite::Site& site = (*sites)[which];
  const auto mutant = (*mutants)->build(site);
  NANOBUG_TRY(mutant);
  const auto overlay = (*mutants)->overlay(site);
  NANOBUG_TRY(overlay);

  session::StartRequest request;
  request.pristine = (*c.pristine())->tree;
  request.directory = options.directory.empty() ? free_place(request.pristine)
                                                : fs::absolute(options.directory).lexically_normal();
  NANOBUG_TRY(path_can_be_built_in(request.directory, "the checkout", Exit::io));
  auto project = grade::project_of((*mutants)->catalog(), request.pristine);
  NANOBUG_TRY(project);
  request.project = std::move(*project);
  request.toolchain = (*mutants)->workshop().toolchain();
  request.mutated = request.pristine;
  for (const auto& [path, text] : *overlay) {
    request.mutated[path].bytes = text;
    const auto [first, last] = changed_lines(request.pristine[path].bytes, text);
    request.injected.push_back({rule->id.value, site.index, path, site.function, first, last});
  }
  request.minutes = options.minutes > 0 ? options.minutes : rule->minutes;
  request.seed = seed;
  request.strict = options.strict;
  request.named = !options.rule.empty();
  request.exclude = (*mutants)->catalog().tree.not_sources();
  request.time = (*mutants)->clean().time;
  request.furnish = [&](const fs::path& staging, const fs::path& place) {
    return (*mutants)->workshop().furnish((*mutants)->clean(), &*mutant, staging, place);
  };
  const auto session = desk->start(request);
  c.ui.clear_progress();
  NANOBUG_TRY(session);

  const std::string elsewhere = shell_elsewhere(session->directory);
  const std::string symptom = certificates[which].symptom.words;
  if (c.ui.json) {
    c.ui.data(nlohmann::json{
        {"name", session->name},
        {"dir", session->directory.string()},
        {"branch", session->branch()},
        {"minutes", session->minutes},
        {"seed", seed},
        {"brief", rule->brief},
        {"recorded",
         symptom}}.dump(2, ' ', false, kAnyBytes));
    if (!elsewhere.empty()) c.ui.say(elsewhere);
    return Exit::ok;
  }
  const auto width = static_cast<size_t>(c.ui.width());
  c.ui.data(
      fmt::format("{}\n\n{}\n{}\n  cd {}\n  nanobug run      train it here, beside the clean baseline\n"
                  "  nanobug hint     a ladder; the first names no file\n  nanobug check    is it right now? "
                  "judged by what it computes",
                  c.ui.strong(fmt::format("Session {}: {} minutes", session->name, session->minutes)),
                  coach::wrap(rule->brief, width, "  "),
                  coach::wrap("On record, from this very tree: " + symptom + ".", width, "  "),
                  tidy(session->directory)));
  if (!elsewhere.empty()) c.ui.say(elsewhere);
  return Exit::ok;
}

}  // namespace

void add_start(Verbs& verbs) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = verbs.add(verbs.app, "start",
                             "Begin a practice session: a checkout with a silent bug, built and ready");
  verb->add_option("rule", options->rule, "This bug; without it one is drawn")->type_name("RULE");
  verb->add_flag("--random", options->random, "Draw one (what happens without RULE anyway)");
  verb->add_option("--pack", options->pack, "Draw from this pack")->type_name("PACK");
  verb->add_option("--category", options->category, "Draw from this category")->type_name("CATEGORY");
  verb->add_option("--difficulty", options->difficulty, "Draw one of this difficulty, 1 to 3")
      ->check(CLI::Range(1, 3));
  verb->add_option("--seed", options->seed, "Draw the same again")->type_name("N");
  verb->add_option("--minutes", options->minutes, "The clock; the rule's own otherwise")
      ->check(CLI::Range(1, 600));
  verb->add_option("--dir", options->directory, "Where the checkout goes; ~/nanobug/practice otherwise")
      ->type_name("DIR");
  verb->add_flag("--strict", options->strict, "'git diff' answers nothing until the session ends");
  verbs.on(verb, [options, &c = verbs.context]() -> Result<Exit> {
    if (options->random && !options->rule.empty())
      return fail(Exit::usage, "RULE and --random exclude each other; leave one out");
    return start(c, *options);
  });
}

}  // namespace nanobug::cli
