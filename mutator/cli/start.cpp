// start: a mutated checkout, built and ready, and the symptom.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "mutator/base/paths.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/draw.h"
#include "mutator/coach/practice.h"
#include "mutator/coach/words.h"
#include "mutator/session/checkout.h"
#include "mutator/session/lines.h"

namespace nanobug::cli {
namespace {

struct Options {
  std::string rule;
  coach::Wanted wanted;
  bool random = false, strict = false;
  int minutes = 0;
  std::optional<std::uint64_t> seed;
  std::string directory;
};

// What the options allow, in the order of the draw.
struct Draw {
  std::vector<const catalog::Rule*> rules;
  std::uint64_t seed = 0;
  bool all_solved = false;
};

Result<Draw> draw(Context& c, const Options& options) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  std::random_device random;
  if (!options.rule.empty()) {
    const auto rule = catalog::find_rule(**loaded, options.rule);
    NANOBUG_TRY(rule);
    if ((*rule)->decoy)
      return fail(Exit::usage,
                  "'" + options.rule + "' has no bug to find; 'nanobug list' shows those that have");
    return Draw{
        {*rule}, options.seed ? *options.seed : coach::fresh_seed({*rule}, {}, std::ref(random)), false};
  }
  const auto rules = coach::matching(**loaded, options.wanted);
  NANOBUG_TRY(rules);
  const auto ledger = session::Desk::ledger(Context::places());
  NANOBUG_TRY(ledger);
  const std::set<std::string> solved = coach::solved_ids(*ledger);
  const std::uint64_t seed =
      options.seed ? *options.seed : coach::fresh_seed(*rules, solved, std::ref(random));
  return Draw{coach::draw_order(*rules, seed), seed,
              std::all_of(rules->begin(), rules->end(),
                          [&](const catalog::Rule* rule) { return solved.contains(rule->id.value); })};
}

// The first that has a certificate; a rule that was named must have one itself.
Result<std::pair<const catalog::Rule*, std::vector<grade::Certificate>>> first_certified(
    Context& c, const std::vector<const catalog::Rule*>& rules) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  std::optional<Error> refusal;
  for (const catalog::Rule* rule : rules) {
    auto certificates = certify(**mutants, *rule, {}, c.ui.progress());
    if (!certificates) {
      refusal = certificates.error();
      continue;
    }
    const auto refused = std::find_if(certificates->begin(), certificates->end(),
                                      [](const auto& one) { return !one.holds(); });
    if (refused == certificates->end()) return std::pair(rule, std::move(*certificates));
    refusal = Error{Exit::catalog,
                    "rule '" + rule->code.value + "' has no certificate: " + refused->refusals.front(),
                    rule->id.place};
  }
  return tl::unexpected(*refusal);
}

Result<session::StartRequest> request_for(Context& c, const Options& options, const catalog::Rule& rule,
                                          const rewrite::Site& site) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto overlay = (*mutants)->overlay(site);
  NANOBUG_TRY(overlay);
  session::StartRequest request;
  request.pristine = (*c.pristine())->tree;
  request.mutated = request.pristine;
  for (const rewrite::Change* change : site.changes()) {
    const std::string& text = overlay->at(change->file);
    request.mutated[change->file].bytes = text;
    request.injected.push_back({rule.id.value, site.index, change->file, change->function,
                                session::changed_lines(request.pristine[change->file].bytes, text,
                                                       {change->line, change->last_line})});
  }
  request.minutes = options.minutes > 0 ? options.minutes : rule.minutes;
  request.strict = options.strict;
  request.named = !options.rule.empty();
  request.options = coach::to_options(options.wanted);
  auto project = grade::project_of((*mutants)->catalog(), request.pristine);
  NANOBUG_TRY(project);
  request.project = std::move(*project);
  request.toolchain = (*mutants)->workshop().toolchain();
  request.exclude = (*mutants)->catalog().tree.not_sources();
  request.time = (*mutants)->clean().time;
  const auto place = options.directory.empty() ? session::free_place(home() / "nanobug" / "practice",
                                                                     request.pristine, request.exclude)
                                               : fs::absolute(options.directory).lexically_normal();
  NANOBUG_TRY(place);
  request.directory = *place;
  NANOBUG_TRY(path_can_be_built_in(request.directory, "the checkout", Exit::io));
  return request;
}

void brief(const Ui& ui, const session::Session& session, const catalog::Rule& rule,
           const std::string& symptom) {
  const auto width = static_cast<size_t>(ui.width());
  ui.data(
      fmt::format("{}\n\n{}\n{}\n"
                  "  cd {}\n"
                  "  nanobug run      train it, beside the clean baseline\n"
                  "  nanobug hint     the next hint; the first names no file\n"
                  "  nanobug check    is it right now? judged by what it computes",
                  ui.strong(fmt::format("Session {}: {}, seed {}", session.name,
                                        coach::count(session.minutes, "minute"), session.seed)),
                  coach::wrap(rule.brief, width, "  "),
                  coach::wrap("Recorded run: " + symptom + ".", width, "  "), tidy(session.directory)));
  if (const std::string lost = shell_elsewhere(session.directory); !lost.empty()) ui.say(lost);
}

Result<Exit> start(Context& c, const Options& options) {
  if (!options.directory.empty())
    NANOBUG_TRY(path_can_be_built_in(fs::absolute(options.directory), "the checkout", Exit::usage));
  const auto drawn = draw(c, options);
  NANOBUG_TRY(drawn);
  auto desk = c.desk();
  NANOBUG_TRY(desk);
  if (const auto open = desk->current())
    return fail(Exit::session, "a session is open in " + tidy(open->directory) +
                                   "; 'nanobug stop' ends it and keeps your work");
  const auto certified = first_certified(c, drawn->rules);
  NANOBUG_TRY(certified);
  const auto& [rule, certificates] = *certified;
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto sites = (*mutants)->sites(*rule);
  NANOBUG_TRY(sites);
  const size_t which = coach::draw_site(*rule, sites->size(), drawn->seed);
  const auto mutant = (*mutants)->build((*sites)[which]);
  NANOBUG_TRY(mutant);
  auto request = request_for(c, options, *rule, (*sites)[which]);
  NANOBUG_TRY(request);
  request->seed = drawn->seed;
  request->furnish = [&](const fs::path& staging, const fs::path& place) {
    return (*mutants)->workshop().furnish((*mutants)->clean(), &*mutant, staging, place);
  };
  const auto session = desk->start(*request);
  c.ui.clear_progress();
  NANOBUG_TRY(session);
  if (drawn->all_solved)
    c.ui.say("You have solved every bug that these options allow; this is one of them again.");
  const std::string symptom = certificates[which].symptom.words;
  if (c.ui.json)
    c.ui.data(nlohmann::json{
        {"name", session->name},
        {"dir", session->directory.string()},
        {"branch", session->branch()},
        {"minutes", session->minutes},
        {"seed", session->seed},
        {"all_solved", drawn->all_solved},
        {"brief", rule->brief},
        {"recorded",
         symptom}}.dump(2, ' ', false, kAnyBytes));
  else
    brief(c.ui, *session, *rule, symptom);
  return Exit::ok;
}

}  // namespace

void add_start(Verbs& verbs) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = verbs.add(verbs.app, "start",
                             "Begin a practice session: a checkout with a silent bug, built and ready");
  verb->add_option(
          "rule", options->rule,
          "The bug to practise: a code that 'nanobug list' shows, or a source's row (default: one is drawn)")
      ->type_name("RULE");
  verb->add_flag("--random", options->random, "Draw one (the default)");
  verb->add_option("--pack", options->wanted.pack, "Draw from this pack")->type_name("PACK");
  verb->add_option("--category", options->wanted.category, "Draw from this category")->type_name("CATEGORY");
  verb->add_option("--difficulty", options->wanted.difficulty, "Draw one of this difficulty")
      ->check(CLI::Range(1, 3).description(""))
      ->type_name("1..3");
  verb->add_option("--seed", options->seed, "Draw what this seed draws (default: a bug you have not solved)")
      ->type_name("N");
  verb->add_option("--minutes", options->minutes, "The clock (default: the rule's)")
      ->check(CLI::Range(1, 600).description(""))
      ->type_name("1..600");
  verb->add_option("--dir", options->directory, "Where the checkout goes (default: ~/nanobug/practice)")
      ->type_name("DIR");
  verb->add_flag("--strict", options->strict, "'git diff' shows nothing until the session ends");
  verbs.on(verb, [options, &c = verbs.context]() -> Result<Exit> {
    if (options->random && !options->rule.empty())
      return fail(Exit::usage, "RULE and --random exclude each other; leave one out");
    return start(c, *options);
  });
}

}  // namespace nanobug::cli
