// tutorial: one small bug, and the verbs of a session in their order. What has been done is read from the
// session's own events, so it goes on wherever the learner is.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "mutator/cli/begin.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/draw.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

struct Step {
  std::string command, what;
  std::function<bool(const session::Session&)> done;
};

std::function<bool(const session::Session&)> has(const char* kind) {
  return [kind](const session::Session& session) { return coach::has_event(session, kind); };
}

// In the order in which a session goes.
std::vector<Step> steps(const std::vector<std::string>& categories) {
  const auto over = [](const session::Session& session) { return session.solved || session.revealed; };
  return {
      {"nanobug run",
       "See what is wrong: a short run of your tree, beside the clean tree's. Look at where the two part.",
       has(coach::kRun)},
      {"nanobug note \"what you saw\"",
       "Write the symptom down before you read any code, as you would tell an interviewer.",
       has(coach::kNote)},
      {"nanobug hypothesis CLASS \"why\"",
       fmt::format("Say what kind of bug that is, before the first hint: {}; or none, if nothing is wrong.",
                   fmt::join(categories, ", ")),
       has(coach::kHypothesis)},
      {"nanobug hint",
       "Three hints, from the class of the bug to its function. Each costs a little of the score.",
       has(coach::kHint)},
      {"nanobug locate FILE:LINE \"why\"",
       "Claim the line, and say what is wrong with it. Wrong claims cost points. A right one does not end "
       "the session: the fix does.",
       has(coach::kClaim)},
      {"nanobug check",
       "Edit the file in your editor until this says solved. It compares what your tree computes with the "
       "clean tree, "
       "so any right fix will do; it names what differs, never where.",
       over},
      {"nanobug debrief",
       "The questions an interviewer asks next, your score, and what each point of it counted.",
       [](const session::Session& session) {
         return std::any_of(session.grades.begin(), session.grades.end(),
                            [](int grade) { return grade >= 0; });
       }},
      {"nanobug stop", "The end: your work is kept, the clean tree is back.",
       [](const session::Session&) { return false; }}};
}

std::string in_words(const std::vector<Step>& steps, const session::Session& session, size_t next,
                     size_t width) {
  std::string text = fmt::format("The tutorial: one small bug, step by step. The tree is in {}.\n\n",
                                 tidy(session.directory));
  for (size_t i = 0; i < steps.size(); ++i) {
    const char* mark = i == next ? "->" : steps[i].done(session) ? "ok" : "  ";
    text += fmt::format("  {} {}\n", mark, steps[i].command);
    if (i == next) text += coach::wrap(steps[i].what, width, "       ");
  }
  return text + "\n'nanobug tutorial' shows this again, with what comes next.";
}

Result<Exit> tutorial(Context& c) {
  const auto loaded = c.catalog();
  NANOBUG_TRY(loaded);
  const std::string code = (*loaded)->tree.tutorial.value;
  if (code.empty())
    return fail(Exit::catalog, "this catalog has no tutorial; 'nanobug start' begins a session");
  auto open = session::Desk::peek(Context::places());
  NANOBUG_TRY(open);
  const auto rule = catalog::find_rule(**loaded, code);
  NANOBUG_TRY(rule);
  if (*open &&
      ((*open)->review || (*open)->production || (*open)->injected.front().rule != (*rule)->id.value))
    return already_open(**open);
  if (!*open) {
    NANOBUG_TRY(start_hunt(c, code, !c.ui.json));
    open = session::Desk::peek(Context::places());
    NANOBUG_TRY(open);
  }
  const session::Session& session = **open;
  const std::vector<Step> all = steps(coach::categories_with_bugs(**loaded));
  const size_t next = static_cast<size_t>(
      std::find_if(all.begin(), all.end(), [&](const Step& step) { return !step.done(session); }) -
      all.begin());
  if (c.ui.json) {
    nlohmann::json json = {
        {"dir", session.directory.string()}, {"next", next}, {"steps", nlohmann::json::array()}};
    for (const Step& step : all)
      json["steps"].push_back({{"command", step.command}, {"what", step.what}, {"done", step.done(session)}});
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  c.ui.data(in_words(all, session, next, static_cast<size_t>(c.ui.width())));
  return Exit::ok;
}

}  // namespace

void add_tutorial(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "tutorial", "One small bug, step by step, from 'run' to 'stop'");
  verbs.on(verb, [&c = verbs.context] { return tutorial(c); });
}

}  // namespace nanobug::cli
