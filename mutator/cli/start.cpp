// start: a mutated checkout, built and ready, and the symptom.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "mutator/base/paths.h"
#include "mutator/cli/begin.h"
#include "mutator/cli/debug_build.h"
#include "mutator/cli/production.h"
#include "mutator/cli/review.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/collection.h"
#include "mutator/coach/draw.h"
#include "mutator/coach/evidence.h"
#include "mutator/coach/practice.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"
#include "mutator/grade/evidence.h"
#include "mutator/grade/surprise.h"
#include "mutator/grade/together.h"
#include "mutator/session/checkout.h"

namespace nanobug::cli {
namespace {

struct Options {
  std::string rule, mode = "hunt";
  coach::Wanted wanted;
  bool random = false, strict = false, no_hints = false, debug = false;
  int minutes = 0, level = 0;
  std::optional<std::uint64_t> seed;
  std::string directory;
};

// The pack of that level.
Result<std::string> pack_of(const catalog::Catalog& catalog, int level) {
  std::vector<std::string> known;
  for (const catalog::Pack& pack : catalog.tree.packs) {
    if (pack.level == level) return pack.name;
    if (pack.level > 0) known.push_back(std::to_string(pack.level));
  }
  return fail(Exit::usage, fmt::format("the catalog has no level {}{}", level,
                                       known.empty() ? "" : "; it may be " + coach::one_of(known)));
}

// What a bug that nobody has written leaves nothing of to choose.
Status fit_the_surprise(const Options& options) {
  const coach::Wanted& wanted = options.wanted;
  const std::vector<std::pair<const char*, bool>> others = {{"BUG", !options.rule.empty()},
                                                            {"--level", options.level > 0},
                                                            {"--pack", !wanted.pack.empty()},
                                                            {"--category", !wanted.category.empty()},
                                                            {"--bugs", wanted.bugs > 0},
                                                            {"--difficulty", wanted.difficulty > 0},
                                                            {"--decoys", wanted.decoys.has_value()},
                                                            {"--mode review", wanted.review}};
  for (const auto& [name, given] : others)
    if (given)
      return fail(Exit::usage, fmt::format("--surprise and {} exclude each other; leave one out", name));
  return {};
}

// What a mode has no use for.
Status fit_the_mode(const Options& options) {
  const coach::Wanted& wanted = options.wanted;
  const std::vector<std::pair<const char*, bool>> drawing = {{"--decoys", wanted.decoys.has_value()},
                                                             {"--category", !wanted.category.empty()},
                                                             {"--difficulty", wanted.difficulty > 0},
                                                             {"--pack", !wanted.pack.empty()}};
  for (const auto& [name, given] : drawing)
    if (given && !options.rule.empty())
      return fail(Exit::usage, fmt::format("BUG and {} exclude each other; leave one out", name));
  if (options.wanted.production && options.wanted.bugs > 1)
    return fail(Exit::usage, "the production mode has one bug; leave --bugs out");
  if (options.wanted.production && !options.directory.empty())
    return fail(Exit::usage,
                "in the production mode the checkout comes later; leave --dir out, 'nanobug open' takes it");
  if (options.wanted.production && options.debug)
    return fail(Exit::usage, "in the production mode the checkout comes later; leave --debug out");
  if (!options.wanted.review) return {};
  if (options.wanted.bugs > 0) return fail(Exit::usage, "a review has one bug or none; leave --bugs out");
  if (!options.directory.empty()) return fail(Exit::usage, "a review has no checkout; leave --dir out");
  if (options.strict) return fail(Exit::usage, "a review has no checkout; leave --strict out");
  if (options.debug) return fail(Exit::usage, "a review has no checkout; leave --debug out");
  return {};
}

// A level, or a pack's name in the rule's place, means to draw from that pack.
Result<Options> settled(Context& c, Options options) {
  if (options.rule.empty() && options.level == 0) return options;
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  std::string pack;
  if (options.level > 0) {
    const auto leveled = pack_of(**loaded, options.level);
    NANOBUG_TRY(leveled);
    pack = *leveled;
  } else if (catalog::find_rules(**loaded, options.rule)) {
    if (options.wanted.bugs > 1) return fail(Exit::usage, "BUG and --bugs exclude each other; leave one out");
    return options;
  } else if (const auto named = coach::collection(**loaded, options.rule)) {
    pack = named->pack.name;
    options.rule.clear();
  } else {
    return options;
  }
  if (!options.rule.empty()) return fail(Exit::usage, "BUG and --level exclude each other; leave one out");
  if (!options.wanted.pack.empty() && options.wanted.pack != pack)
    return fail(Exit::usage,
                "two packs are named, " + pack + " and " + options.wanted.pack + "; leave one out");
  options.wanted.pack = pack;
  return options;
}

// What the options allow, in the order of the draw: bugs, or decoys.
struct Draw {
  std::vector<const catalog::Rule*> rules;
  std::uint64_t seed = 0;
  bool all_solved = false;
  bool among_decoys = false;  // it could have been one
};

Result<Draw> draw(Context& c, const Options& options) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  std::random_device random;
  if (options.wanted.surprise) return Draw{{}, options.seed ? *options.seed : random() % coach::kSeeds};
  const auto ledger = session::Desk::ledger(Context::places());
  NANOBUG_TRY(ledger);
  const std::set<std::string> solved = coach::solved_ids(*ledger);
  if (!options.rule.empty()) {
    const auto named = bugs_named(**loaded, options.rule);
    NANOBUG_TRY(named);
    const std::uint64_t seed =
        options.seed ? *options.seed : coach::fresh_seed(*named, solved, std::ref(random));
    return Draw{coach::draw_order(*named, seed), seed};
  }
  const auto lot = coach::lot_of(**loaded, options.wanted);
  NANOBUG_TRY(lot);
  const std::uint64_t seed = options.seed ? *options.seed : coach::fresh_seed(*lot, solved, std::ref(random));
  return Draw{coach::draw_order(lot->drawn_from(seed), seed), seed,
              std::all_of(lot->bugs.begin(), lot->bugs.end(),
                          [&](const catalog::Rule* rule) { return solved.contains(rule->id.value); }),
              !lot->decoys.empty() && lot->share > 0};
}

// The first that has a certificate; a rule that was named must have one itself.
Result<std::pair<const catalog::Rule*, std::vector<grade::Certificate>>> first_certified(
    Context& c, const std::vector<const catalog::Rule*>& rules) {
  NANOBUG_TRY(c.mutants());
  std::optional<Error> refusal;
  for (const catalog::Rule* rule : rules) {
    auto certificates = certificates_of(c, *rule);
    if (certificates) return std::pair(rule, std::move(*certificates));
    refusal = certificates.error();
  }
  return tl::unexpected(*refusal);
}

// What a session gets: one bug, or several, in the order of the draw.
struct Drawn {
  std::vector<grade::Candidate> bugs;
  std::vector<std::vector<std::string>> own;  // of several, see grade/together.h
  workshop::Overlay overlay;
  workshop::Mutant mutant;
  std::shared_ptr<const grade::Surprise> surprise;  // whose rule is in no catalog yet
};

Result<Drawn> a_surprise(Context& c, const Draw& draw) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  auto found = grade::surprise(**mutants, draw.seed, c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(found);
  const auto drawn = std::make_shared<const grade::Surprise>(std::move(*found));
  auto overlay = (*mutants)->overlay(drawn->site);
  NANOBUG_TRY(overlay);
  auto mutant = (*mutants)->build(drawn->site);
  NANOBUG_TRY(mutant);
  return Drawn{
      {{&drawn->rule, drawn->site, drawn->certificate}}, {}, std::move(*overlay), std::move(*mutant), drawn};
}

// The session's own copy of the catalog has the rule.
Status add_to_project(Context& c, const catalog::Rule& rule, session::StartRequest& request) {
  std::string& text = request.project[grade::kCatalogName].bytes;
  auto with = grade::with_rule(**c.catalog(), text, rule);
  NANOBUG_TRY(with);
  text = std::move(*with);
  return {};
}

Result<Drawn> one_bug(Context& c, const Draw& draw) {
  auto certified = first_certified(c, draw.rules);
  NANOBUG_TRY(certified);
  auto& [rule, certificates] = *certified;
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto sites = (*mutants)->sites(*rule);
  NANOBUG_TRY(sites);
  const size_t which = coach::draw_site(*rule, sites->size(), draw.seed);
  auto overlay = (*mutants)->overlay((*sites)[which]);
  NANOBUG_TRY(overlay);
  auto mutant = (*mutants)->build((*sites)[which]);
  NANOBUG_TRY(mutant);
  return Drawn{{{rule, (*sites)[which], std::move(certificates[which])}},
               {},
               std::move(*overlay),
               std::move(*mutant),
               {}};
}

Result<Drawn> several_bugs(Context& c, const Draw& draw, size_t count) {
  if (draw.rules.size() < count)
    return fail(Exit::usage,
                fmt::format("these options allow {}, so there are no {} at once",
                            coach::count(static_cast<std::int64_t>(draw.rules.size()), "bug"), count));
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  auto found = grade::together(
      **mutants, draw.rules, count,
      [&](const catalog::Rule& rule, size_t sites) { return coach::draw_site(rule, sites, draw.seed); },
      c.ui.progress());
  NANOBUG_TRY(found);
  return Drawn{
      std::move(found->bugs), std::move(found->own), std::move(found->overlay), std::move(found->mutant), {}};
}

Result<session::StartRequest> request_for(Context& c, const Options& options, const Drawn& drawn) {
  session::StartRequest request;
  request.pristine = (*c.pristine())->tree;
  request.mutated = request.pristine;
  for (const auto& [file, text] : drawn.overlay) request.mutated[file].bytes = text;
  int minutes = 0;
  for (size_t i = 0; i < drawn.bugs.size(); ++i) {
    const auto& [rule, site, certificate] = drawn.bugs[i];
    request.recorded.push_back(certificate.symptom.words);
    minutes += options.wanted.production ? coach::production_minutes(*rule) : rule->minutes;
    if (!drawn.own.empty()) request.bugs.push_back({.rule = rule->id.value, .own = drawn.own[i]});
    const auto injected = injected_by(site, request.pristine, drawn.overlay);
    request.injected.insert(request.injected.end(), injected.begin(), injected.end());
  }
  request.minutes = options.minutes > 0 ? options.minutes : minutes;
  request.strict = options.strict;
  request.named = !options.rule.empty();
  request.decoy = drawn.bugs.size() == 1 && drawn.bugs.front().rule->decoy;
  request.no_hints = options.no_hints;
  request.options = coach::to_options(options.wanted);
  NANOBUG_TRY(add_project(c, request));
  if (drawn.surprise) NANOBUG_TRY(add_to_project(c, drawn.surprise->rule, request));
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  request.exclude = (*mutants)->catalog().tree.not_sources();
  request.time = (*mutants)->clean().time;
  if (options.wanted.production) return request;
  const auto place = options.directory.empty() ? session::free_place(home() / "nanobug" / "practice",
                                                                     request.pristine, request.exclude)
                                               : fs::absolute(options.directory).lexically_normal();
  NANOBUG_TRY(place);
  request.directory = *place;
  NANOBUG_TRY(path_can_be_built_in(request.directory, "the checkout", Exit::io));
  return request;
}

// Several are told one by one, each as it shows where it is alone: nobody has recorded them together.
std::string told(const std::vector<grade::Candidate>& bugs, size_t width) {
  std::vector<Told> each;
  for (const grade::Candidate& bug : bugs) each.push_back({bug.rule, bug.certificate.symptom.words});
  const std::string text = in_words(each, width);
  if (bugs.size() == 1) return text;
  const std::string first =
      fmt::format("{} bugs at once. Each is told as it shows where it is the only one.", bugs.size());
  return coach::wrap(first, width, "  ") + '\n' + text;
}

void brief(const Ui& ui, const catalog::Tree& tree, const session::Session& session,
           const std::vector<grade::Candidate>& bugs, bool among_decoys) {
  ui.data(
      fmt::format("{}\n\n{}\n"
                  "  cd {}\n"
                  "{}",
                  ui.strong(fmt::format("Session {}: {}, seed {}", session.name,
                                        coach::count(session.minutes, "minute"), session.seed)),
                  told(bugs, static_cast<size_t>(ui.width())), tidy(session.directory),
                  ui.advice(what_next_in_a_hunt(session, !tree.runs.empty(), among_decoys))));
  if (const std::string lost = shell_elsewhere(session.directory); !lost.empty()) ui.say(lost);
}

// The series that comes with the log besides: the one that `run` would draw. Of a decoy, whose loss is as
// good as any, now and then another one of the run, so that a further column says nothing.
std::string series_in_log(const catalog::Catalog& catalog, const grade::Candidate& bug, std::uint64_t seed) {
  constexpr std::uint64_t kSeldom = 5;
  if (!bug.rule->decoy) return bug.certificate.symptom.series;
  const catalog::Run* run = catalog.run_of(*bug.rule);
  if (!run) return "";
  const auto& series = run->series;
  return series.size() > 1 && seed % kSeldom == 0 ? series[1 + seed / kSeldom % (series.size() - 1)] : "";
}

nlohmann::json to_json(const session::Session& session, const std::vector<grade::Candidate>& bugs,
                       bool all_solved) {
  nlohmann::json json = {
      {"name", session.name},
      {"mode", coach::mode_of(session)},
      {"dir", session.has_checkout() ? nlohmann::json(session.directory.string()) : nlohmann::json()},
      {"branch", session.branch()},
      {"minutes", session.minutes},
      {"seed", session.seed},
      {"all_solved", all_solved}};
  const auto symptom = [](const grade::Candidate& bug) {
    return nlohmann::json{{"brief", bug.rule->brief}, {"recorded", bug.certificate.symptom.words}};
  };
  if (bugs.size() == 1)
    json.update(symptom(bugs.front()));
  else
    for (const grade::Candidate& bug : bugs) json["bugs"].push_back(symptom(bug));
  return json;
}

Result<Exit> start(Context& c, const Options& options, bool tell = true) {
  if (!options.directory.empty())
    NANOBUG_TRY(path_can_be_built_in(fs::absolute(options.directory), "the checkout", Exit::usage));
  if (options.debug) NANOBUG_TRY(has_debug_build(c));
  const auto drawn = draw(c, options);
  NANOBUG_TRY(drawn);
  auto desk = c.desk();
  NANOBUG_TRY(desk);
  if (const auto open = desk->current()) return already_open(*open);
  const bool production = options.wanted.production;
  if (production) NANOBUG_TRY(has_evidence(**c.catalog()));
  const size_t count = production ? 1 : coach::at_once(**c.catalog(), options.wanted);
  const auto found = options.wanted.surprise               ? a_surprise(c, *drawn)
                     : count == 1 || !options.rule.empty() ? one_bug(c, *drawn)
                                                           : several_bugs(c, *drawn, count);
  NANOBUG_TRY(found);
  auto request = request_for(c, options, *found);
  NANOBUG_TRY(request);
  request->seed = drawn->seed;
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  request->furnish = [&](const fs::path& staging, const fs::path& place) {
    return (*mutants)->workshop().furnish((*mutants)->clean(), &found->mutant, staging, place);
  };
  std::optional<grade::Evidence> evidence;
  std::vector<catalog::Evidence> prices;
  if (production) {
    const grade::Candidate& bug = found->bugs.front();
    auto recorded = grade::evidence_of(**mutants, *bug.rule, &bug.site, bug.certificate, c.ui.progress());
    c.ui.clear_progress();
    NANOBUG_TRY(recorded);
    evidence = std::move(*recorded);
    prices = coach::priced((*mutants)->catalog().tree.evidence,
                           series_in_log((*mutants)->catalog(), bug, drawn->seed));
    request->production = coach::cheapest(prices, *evidence);
  }
  std::optional<DebugBuild> debug;
  if (options.debug) {
    auto built = debug_build(c, found->overlay);
    NANOBUG_TRY(built);
    debug.emplace(std::move(*built));
    request->time = debug->clean.time;
    request->furnish = [&](const fs::path& staging, const fs::path& place) {
      return debug->shop->furnish(debug->clean, &debug->mutant, staging, place);
    };
  }
  const auto session = desk->start(*request);
  c.ui.clear_progress();
  NANOBUG_TRY(session);
  NANOBUG_TRY(build_in_place(c, debug ? *debug->shop : (*mutants)->workshop(),
                             debug ? debug->clean : (*mutants)->clean(), *session));
  if (evidence) (void)keep_evidence(*session, *evidence);  // made again where it is not there
  if (!tell) return Exit::ok;
  if (drawn->all_solved)
    c.ui.say("You have solved every bug that these options allow; this is one of them again.");
  if (c.ui.json) {
    nlohmann::json json = to_json(*session, found->bugs, drawn->all_solved);
    if (evidence) json["log"] = log_in_json(prices, *evidence);
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  } else if (evidence) {
    const auto width = static_cast<size_t>(c.ui.width());
    c.ui.data(fmt::format("{}\n\n{}\n{}\n{}",
                          c.ui.strong(fmt::format("Session {}, in production: {}, seed {}", session->name,
                                                  coach::count(session->minutes, "minute"), session->seed)),
                          coach::wrap(found->bugs.front().rule->brief, width, "  "),
                          coach::log_of(prices, *evidence, width),
                          c.ui.advice(what_next_in_production(*session, /*again=*/false))));
  } else
    brief(c.ui, (*mutants)->catalog().tree, *session, found->bugs, drawn->among_decoys);
  return Exit::ok;
}

}  // namespace

Result<Exit> start_hunt(Context& c, const std::string& rule, bool tell) {
  Options options;
  options.rule = rule;
  return start(c, options, tell);
}

void add_start(Verbs& verbs) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = verbs.add(verbs.app, "start",
                             "Begin a practice session: a checkout with a silent bug, built and ready");
  verb->add_option(
          "bug", options->rule,
          "The bug to practise: a code that 'nanobug list' shows, or a source's row; or a pack to draw from "
          "(default: one is drawn)")
      ->type_name("BUG");
  verb->add_option("--mode", options->mode,
                   "hunt, review or production: a checkout to put right, lines to read, or a symptom and "
                   "what you ask for (default: hunt)")
      ->check(CLI::IsMember({"hunt", "review", "production"}).description(""))
      ->type_name("MODE");
  verb->add_flag("--random", options->random, "Draw one (the default)");
  verb->add_option("--pack", options->wanted.pack, "Draw from this pack")->type_name("PACK");
  verb->add_option("--level", options->level, "Draw from the pack of this level of a hunt")
      ->check(CLI::Range(1, 9).description(""))
      ->type_name("1..9");
  verb->add_option("--bugs", options->wanted.bugs,
                   "So many bugs at once (default: as many as the pack says, or 1)")
      ->check(CLI::Range(1, 9).description(""))
      ->type_name("1..9");
  verb->add_option("--category", options->wanted.category, "Draw from this category")->type_name("CATEGORY");
  verb->add_option("--difficulty", options->wanted.difficulty, "Draw one of this difficulty")
      ->check(CLI::Range(1, 3).description(""))
      ->type_name("1..3");
  verb->add_option("--decoys", options->wanted.decoys,
                   "How often nothing is wrong, where one bug is drawn (default: 0.15)")
      ->check([](const std::string& given) {
        char* end = nullptr;
        const double share = std::strtod(given.c_str(), &end);  // no number is not in the range either
        return *end == '\0' && share >= 0 && share <= 1 ? "" : "not in range";
      })
      ->type_name("0..1");
  verb->add_flag("--surprise", options->wanted.surprise,
                 "A bug that nobody has written: a mutation operator's, proved on the spot");
  verb->add_option("--seed", options->seed, "Draw what this seed draws (default: a bug you have not solved)")
      ->type_name("N");
  verb->add_option("--minutes", options->minutes, "The clock (default: the bug's)")
      ->check(CLI::Range(1, 600).description(""))
      ->type_name("1..600");
  verb->add_option("--dir", options->directory, "Where the checkout goes (default: ~/nanobug/practice)")
      ->type_name("DIR");
  verb->add_flag("--no-hints", options->no_hints, "No hint is to be had, as in an interview");
  verb->add_flag("--debug", options->debug,
                 "Build the checkout for a debugger, without optimization (the first time takes minutes)");
  verb->add_flag("--strict", options->strict, "'git diff' shows nothing until the session ends");
  verbs.on(verb, [options, &c = verbs.context]() -> Result<Exit> {
    if (options->random && !options->rule.empty())
      return fail(Exit::usage, "BUG and --random exclude each other; leave one out");
    options->wanted.review = options->mode == "review";
    options->wanted.production = options->mode == "production";
    const auto settled_options = settled(c, *options);
    NANOBUG_TRY(settled_options);
    if (settled_options->wanted.surprise) NANOBUG_TRY(fit_the_surprise(*settled_options));
    NANOBUG_TRY(fit_the_mode(*settled_options));
    if (settled_options->wanted.review)
      return start_review(c, {settled_options->rule, settled_options->wanted, settled_options->seed,
                              settled_options->minutes, settled_options->no_hints});
    return start(c, *settled_options);
  });
}

}  // namespace nanobug::cli
