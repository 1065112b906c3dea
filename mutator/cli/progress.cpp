// progress: what was practised, how long, and which class of bug confuses this learner.
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/cli/pages.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/practice.h"
#include "mutator/coach/progress_page.h"
#include "mutator/coach/score.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

nlohmann::json to_json(const coach::Practice& p) {
  return {{"sessions", p.sessions},
          {"solved", p.solved},
          {"revealed", p.revealed},
          {"stopped", p.stopped},
          {"over_time", p.over_time},
          {"seconds", p.seconds},
          {"solved_seconds", p.solved_seconds},
          {"hints", p.hints},
          {"wrong_claims", p.wrong_claims}};
}

nlohmann::json to_json(const coach::Reviews& reviews) {
  return {{"sessions", reviews.sessions}, {"solved", reviews.solved}, {"reasons", reviews.reasons}};
}

std::vector<std::string> row(const std::string& name, const coach::Practice& p) {
  return {name,
          std::to_string(p.sessions),
          std::to_string(p.solved),
          std::to_string(p.revealed),
          std::to_string(p.stopped),
          std::to_string(p.over_time),
          std::to_string(p.hints),
          std::to_string(p.wrong_claims),
          coach::mean_to_solve(p)};
}

std::string all_in_all(const coach::Progress& progress) {
  if (progress.rules > 0 && progress.rules_solved == progress.rules)
    return fmt::format("You have solved all {}.", coach::count(progress.rules, "bug"));
  return fmt::format("{} of {} solved.", progress.rules_solved, coach::count(progress.rules, "bug"));
}

std::string in_words(const coach::Reviews& reviews) {
  if (reviews.sessions == 0) return "";
  return fmt::format("{}: {} answered right, {} of them with a key term in the reason.\n",
                     coach::count(reviews.sessions, "review"), reviews.solved, reviews.reasons);
}

// The words that the learner wrote, one behind the other.
std::string words_in(const std::vector<session::Event>& events, bool hypotheses) {
  std::string words;
  for (const session::Event& event : events) {
    const bool is_hypothesis = event.kind == coach::kHypothesis;
    if (event.kind != coach::kNote && !(hypotheses && is_hypothesis)) continue;
    words += words.empty() ? "" : "; ";
    const std::string about = event.about == coach::kNothing ? "nothing wrong" : event.about;
    words += is_hypothesis ? about + (event.words.empty() ? "" : ": ") : "";
    words += event.words;
  }
  return words.empty() ? "-" : words;
}

// The log of a learner, a heading a session. Of a bug that was not found only its title stands there.
std::string as_markdown(const std::vector<session::Record>& ledger, const catalog::Catalog& catalog) {
  std::string text = "# My debugging log\n";
  for (const session::Record& record : ledger) {
    std::string bugs;
    std::set<std::string> told;
    for (const session::Injected& bug : record.session.injected) {
      const catalog::Rule* rule = catalog.find(bug.rule);
      if (!told.insert(bug.rule).second) continue;
      bugs += (bugs.empty() ? "" : ", ") +
              (rule ? rule->code.value + ", " + rule->title.value : "a bug that is gone from the catalog");
    }
    text += fmt::format(
        "\n## {}\n\n- Date: {}\n- Outcome: {}, {}\n- Symptoms observed: {}\n- Key learning: {}\n", bugs,
        coach::day(record.session.started), record.outcome, coach::cost_of(record.session, record.ended),
        words_in(coach::before_the_answer(record.session), true),
        words_in(coach::after_the_answer(record.session), false));
  }
  return text;
}

}  // namespace

void add_progress(Verbs& verbs) {
  auto markdown = std::make_shared<bool>(false);
  CLI::App* verb = verbs.add(verbs.app, "progress", "What you have practised, and what it cost");
  verb->add_flag("--markdown", *markdown, "As a log, a heading a session, with your notes in it");
  const auto html =
      add_html(verb, "As a page for a browser, and print its path (default: in nanobug's state directory)");
  auto names = std::make_shared<bool>(false);
  verb->add_flag("--names", *names, "In the page the ids too, which say what the bugs are");
  verbs.on(verb, [markdown, html, names, &c = verbs.context]() -> Result<Exit> {
    if (html->given() && *markdown)
      return fail(Exit::usage, "--html and --markdown exclude each other; leave one out");
    if (*names && !html->given())
      return fail(Exit::usage, "--names is for the page; say --html too, or 'nanobug list --names'");
    const auto loaded = c.catalog();
    NANOBUG_TRY(loaded);
    const auto ledger = c.ledger();
    NANOBUG_TRY(ledger);
    if (*markdown && c.ui.json)
      return fail(Exit::usage, "--markdown and --json exclude each other; leave one out");
    if (*markdown) {
      c.ui.data(as_markdown(*ledger, **loaded));
      return Exit::ok;
    }
    if (html->given())
      return publish(c.ui, *html, "progress",
                     coach::page_of(coach::ProgressPage{.ledger = *ledger,
                                                        .catalog = **loaded,
                                                        .now = std::time(nullptr),
                                                        .names = *names,
                                                        .made = made_now()}));
    const coach::Progress progress = coach::progress_of(*ledger, **loaded);
    if (c.ui.json) {
      nlohmann::json solved = nlohmann::json::object();
      for (const auto& [id, times] : progress.solved_rules) {
        const catalog::Rule* rule = (*loaded)->find(id);
        solved[rule ? rule->code.value : id] = times;
      }
      nlohmann::json json = {{"all", to_json(progress.all)},
                             {"reviews", to_json(progress.reviews)},
                             {"by_category", nlohmann::json::object()},
                             {"solved_rules", solved},
                             {"rules_solved", progress.rules_solved},
                             {"rules", progress.rules}};
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
        {"", "SESSIONS", "SOLVED", "REVEALED", "STOPPED", "OVER", "HINTS", "WRONG", "TO SOLVE"}};
    for (const auto& [category, practice] : progress.by_category) rows.push_back(row(category, practice));
    rows.push_back(row("all", progress.all));
    int by_category = 0;
    for (const auto& [category, practice] : progress.by_category) by_category += practice.sessions;
    const std::string several = by_category > progress.all.sessions
                                    ? "A session with bugs of several classes counts in each of them.\n"
                                    : "";
    c.ui.data(table(rows) + '\n' + several + in_words(progress.reviews) + all_in_all(progress));
    return Exit::ok;
  });
}

}  // namespace nanobug::cli
