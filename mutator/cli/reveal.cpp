// reveal: the answer, the cause, the diff, and what an interviewer asks next. Of an open session it is giving
// up, and recorded; of one that has ended it is reading.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/cli/debrief.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/tally.h"

namespace nanobug::cli {
namespace {

struct Asked {
  session::Session session;
  bool open = false;
};

// The open session, or the last one that ended.
Result<Asked> asked_for() {
  auto open = session::Desk::peek(Context::places());
  NANOBUG_TRY(open);
  if (*open) return Asked{std::move(**open), true};
  auto ledger = session::Desk::ledger(Context::places());
  NANOBUG_TRY(ledger);
  if (ledger->empty())
    return fail(Exit::session, "no session is open and none has ended; 'nanobug start' begins one");
  return Asked{std::move(ledger->back().session)};
}

Result<Exit> reveal(Context& c) {
  const auto asked = asked_for();
  NANOBUG_TRY(asked);
  const session::Session& session = asked->session;
  const auto loaded = c.catalog_of(session);
  NANOBUG_TRY(loaded);
  const auto rule = catalog::find_rule(**loaded, session.injected.front().rule);
  const auto clean = Context::from_vault(session.pristine), mutated = Context::from_vault(session.mutated);
  NANOBUG_TRY(clean);
  NANOBUG_TRY(mutated);
  std::string diff;
  for (const session::Injected& bug : session.injected)
    diff += grade::unified_diff(bug.file, clean->at(bug.file).bytes, mutated->at(bug.file).bytes);
  const std::string id = session.injected.front().rule, code = rule ? (*rule)->code.value : "",
                    title = rule ? (*rule)->title.value : "(no longer in the catalog)";
  // An answer that cannot be given is not recorded; one that was recorded is given.
  if (asked->open) {
    auto open = c.at_desk();
    NANOBUG_TRY(open);
    NANOBUG_TRY(open->desk.update(coach::note_reveal));
  } else {
    c.ui.say("Of the last session, " + session.name + ":");
  }
  if (c.ui.json) {
    auto questions = nlohmann::json::array();
    if (rule)
      for (const catalog::Question& one : (*rule)->questions)
        questions.push_back({{"question", one.question.value}, {"answer", one.answer}});
    c.ui.data(nlohmann::json{{"id", id},
                             {"code", code},
                             {"title", title},
                             {"name", session.name},
                             {"cause", rule ? (*rule)->cause : ""},
                             {"diff", diff},
                             {"questions", questions}}
                  .dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  c.ui.data(c.ui.strong((code.empty() ? "" : code + ", ") + id) + ": " + title +
            "\n\nWhat was changed (- clean, + with the bug):\n" + diff + '\n' +
            (rule ? debrief(**rule, static_cast<size_t>(c.ui.width()), /*answers=*/true) : ""));
  return Exit::ok;
}

}  // namespace

void add_reveal(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "reveal",
                             "Give up: the answer, the cause, the diff; it is recorded. Works for the last "
                             "session too");
  verbs.on(verb, [&c = verbs.context] { return reveal(c); });
}

}  // namespace nanobug::cli
