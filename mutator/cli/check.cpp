// check: builds the checkout and asks everything it computes; names what is wrong, never where.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/cli/debrief.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/coach.h"
#include "mutator/grade/verdict.h"

namespace nanobug::cli {
namespace {

std::string in_words(const grade::Verdict& verdict) {
  if (!verdict.builds) return "Not yet: the checkout does not build.\n\n" + verdict.build_message;
  std::string words = "Not yet. Still unlike the clean tree:\n";
  for (const std::string& observable : verdict.wrong) words += "  - " + observable + '\n';
  return words;
}

Result<Exit> check(Context& c) {
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  NANOBUG_TRY(c.checkout_is_there(session));
  const auto mutants = c.mutants_of(session);
  NANOBUG_TRY(mutants);
  const auto snapshot = open->desk.snapshot("check");
  NANOBUG_TRY(snapshot);
  const auto verdict =
      grade::judge((*mutants)->workshop(), (*mutants)->clean(), session.directory,
                   (*mutants)->catalog().tree.not_sources(), c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(verdict);
  NANOBUG_TRY(open->desk.update([&](session::Session& s) {
    ++s.checks;
    s.solved = verdict->solved;
  }));
  const auto rule = catalog::find_rule((*mutants)->catalog(), session.injected.front().rule);
  if (c.ui.json) {
    c.ui.data(nlohmann::json{{"solved", verdict->solved},
                             {"builds", verdict->builds},
                             {"wrong", verdict->wrong},
                             {"probes", verdict->probes.size()},
                             {"message", verdict->build_message},
                             {"seconds", verdict->seconds}}
                  .dump(2, ' ', false, kAnyBytes));
  } else if (verdict->solved) {
    const std::int64_t elapsed = std::time(nullptr) - session.started;
    c.ui.data(c.ui.strong(fmt::format("Solved in {}, with {} hint{} and {} wrong claim{}.",
                                      coach::clock(elapsed), session.hints, session.hints == 1 ? "" : "s",
                                      session.wrong_claims, session.wrong_claims == 1 ? "" : "s")));
    c.ui.data(fmt::format("{} probes and {} parity runs agree with the clean tree.\n", verdict->probes.size(),
                          verdict->parity.size()));
    if (rule) c.ui.data(debrief(**rule, static_cast<size_t>(c.ui.width())));
    c.ui.data("  nanobug stop     ends the session; your work is kept");
  } else {
    c.ui.data(in_words(*verdict));
  }
  return verdict->solved ? Exit::ok : Exit::check_failed;
}

}  // namespace

std::string debrief(const catalog::Rule& rule, size_t width) {
  std::string text = coach::wrap(rule.cause, width, "  ");
  if (rule.questions.empty()) return text;
  text += "\nWhat the interviewer asks next:\n";
  for (const std::string& question : rule.questions)
    text += "  - " + coach::wrap(question, width, "    ").substr(4);
  return text;
}

void add_check(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "check", "Is it right now? Judged by what the programs compute");
  verbs.on(verb, [&c = verbs.context] { return check(c); });
}

}  // namespace nanobug::cli
