// review: see review.h.
#include "mutator/cli/review.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "mutator/base/files.h"
#include "mutator/cli/begin.h"
#include "mutator/coach/practice.h"
#include "mutator/coach/review.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

// A rule's site in the tree, and the tree's files with it.
struct Placed {
  rewrite::Site site;
  workshop::Overlay overlay;
  std::vector<session::Injected> injected;

  const std::string& text() const { return overlay.at(site.file); }
};

Result<Placed> placed(Context& c, const catalog::Rule& rule, std::uint64_t seed) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto pristine = c.pristine();
  NANOBUG_TRY(pristine);
  auto sites = (*mutants)->sites(rule);
  NANOBUG_TRY(sites);
  Placed placed{std::move((*sites)[coach::draw_site(rule, sites->size(), seed)]), {}, {}};
  auto overlay = (*mutants)->overlay(placed.site);
  NANOBUG_TRY(overlay);
  placed.overlay = std::move(*overlay);
  placed.injected = injected_by(placed.site, (*pristine)->tree, placed.overlay);
  return placed;
}

Result<coach::Lot> lot(const catalog::Catalog& catalog, const ReviewOptions& options) {
  if (options.rule.empty()) return coach::lot_of(catalog, options.wanted);
  auto rules = bugs_named(catalog, options.rule);
  NANOBUG_TRY(rules);
  return coach::Lot{std::move(*rules), {}, 0};
}

Result<coach::Shown> drawn(Context& c, const coach::Lot& lot, const ReviewOptions& options,
                           const std::set<std::string>& solved) {
  const coach::Shelf shelf{[&](const catalog::Rule& rule, std::uint64_t seed) -> Result<coach::Exhibit> {
                             const auto there = placed(c, rule, seed);
                             NANOBUG_TRY(there);
                             return coach::exhibit_of(there->text(), there->injected.front().changed);
                           },
                           [&](const catalog::Rule& rule) -> Status {
                             NANOBUG_TRY(certificates_of(c, rule));
                             return {};
                           }};
  if (options.seed) return coach::draw_review(lot, *options.seed, shelf);
  std::random_device random;
  return coach::draw_review(lot, solved, std::ref(random), shelf);
}

Result<session::StartRequest> request_for(Context& c, const ReviewOptions& options,
                                          const coach::Shown& shown) {
  const auto there = placed(c, *shown.rule, shown.seed);
  NANOBUG_TRY(there);
  session::StartRequest request;
  for (const auto& [file, text] : there->overlay) {
    request.pristine[file] = request.mutated[file] = (*c.pristine())->tree.at(file);
    request.mutated[file].bytes = text;
  }
  request.injected = there->injected;
  request.review = session::Review{.file = there->site.file, .shown = shown.lines, .why = "", .terms = {}};
  request.decoy = shown.rule->decoy;
  request.no_hints = options.no_hints;
  request.minutes = options.minutes > 0 ? options.minutes : coach::review_minutes(*shown.rule);
  request.seed = shown.seed;
  request.named = !options.rule.empty();
  request.options = coach::to_options(options.wanted);
  // For the end: there are words only of a bug.
  if (!shown.rule->decoy) {
    const auto certificates = certificates_of(c, *shown.rule);
    NANOBUG_TRY(certificates);
    request.recorded = {certificates->at(static_cast<size_t>(there->site.index)).symptom.words};
  }
  NANOBUG_TRY(add_project(c, request));
  return request;
}

Result<std::vector<std::string>> lines_shown(const session::Session& session) {
  const auto mutated = Context::from_vault(session.mutated);
  NANOBUG_TRY(mutated);
  const auto all = lines_of(mutated->at(session.review->file).bytes);
  std::vector<std::string> lines;
  for (int number = session.review->shown.first; number <= session.review->shown.last; ++number) {
    const std::string_view line = all.at(static_cast<size_t>(number) - 1);
    lines.emplace_back(line.substr(0, line.find_last_not_of("\r\n") + 1));
  }
  return lines;
}

}  // namespace

Result<std::string> review_in_words(const Ui& ui, const session::Session& session) {
  const auto lines = lines_shown(session);
  NANOBUG_TRY(lines);
  const session::Lines& shown = session.review->shown;
  const size_t width = std::to_string(shown.last).size(), columns = ui.columns();
  std::string text = "  " + session.review->file + "\n\n";
  int number = shown.first;
  for (const std::string& line : *lines)
    text += fmt::format("  {:>{}}{}{}\n", number++, width, line.empty() ? "" : "  ",
                        columns > 0 ? coach::folded(line, columns, width + 4) : line);
  return text;
}

Result<nlohmann::json> review_in_json(const session::Session& session) {
  const auto lines = lines_shown(session);
  NANOBUG_TRY(lines);
  return nlohmann::json{{"file", session.review->file},
                        {"first", session.review->shown.first},
                        {"last", session.review->shown.last},
                        {"lines", *lines}};
}

std::string what_next_in_a_review(const session::Session& session, bool again) {
  Commands lines;
  if (again) lines.emplace_back("nanobug status", "the lines again");
  lines.emplace_back("nanobug answer LINE \"why\"", "where it is, and what is wrong there");
  if (coach::may_be_decoy(session)) lines.emplace_back("nanobug answer none \"why\"", "nothing is wrong");
  add_words(lines, /*symptoms=*/false);
  if (!session.no_hints) lines.emplace_back("nanobug hint", next_hint(session));
  return in_lines(std::move(lines));
}

Result<Exit> start_review(Context& c, const ReviewOptions& options) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const auto there_are = lot(**loaded, options);
  NANOBUG_TRY(there_are);
  auto desk = c.desk();
  NANOBUG_TRY(desk);
  if (const auto open = desk->current()) return already_open(*open);
  const auto ledger = session::Desk::ledger(Context::places());
  NANOBUG_TRY(ledger);
  const std::set<std::string> solved = coach::solved_ids(*ledger);
  const bool all_solved = options.rule.empty() && std::all_of(there_are->bugs.begin(), there_are->bugs.end(),
                                                              [&](const catalog::Rule* rule) {
                                                                return solved.contains(rule->id.value);
                                                              });
  const auto shown = drawn(c, *there_are, options, solved);
  NANOBUG_TRY(shown);
  const auto request = request_for(c, options, *shown);
  NANOBUG_TRY(request);
  const auto session = desk->start(*request);
  c.ui.clear_progress();
  NANOBUG_TRY(session);
  if (c.ui.json) {
    auto json = review_in_json(*session);
    NANOBUG_TRY(json);
    json->update({{"name", session->name},
                  {"mode", "review"},
                  {"minutes", session->minutes},
                  {"seed", session->seed},
                  {"all_solved", all_solved}});
    c.ui.data(json->dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  const auto lines = review_in_words(c.ui, *session);
  NANOBUG_TRY(lines);
  // The same words whatever was drawn: a decoy is not told.
  if (all_solved) c.ui.say("You have solved every bug that these options allow; they come again.");
  c.ui.data(
      fmt::format("{}\n\n{}\n"
                  "  There is one bug in these lines{}.\n"
                  "{}",
                  c.ui.strong(fmt::format("Session {}, a review: {}, seed {}", session->name,
                                          coach::count(session->minutes, "minute"), session->seed)),
                  *lines, coach::may_be_decoy(*session) ? ", or none" : "",
                  c.ui.advice(what_next_in_a_review(*session, /*again=*/false))));
  return Exit::ok;
}

}  // namespace nanobug::cli
