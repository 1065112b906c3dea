// stop and restore: end the session. One verb, two names: the work is kept, the clean tree is back.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"

namespace nanobug::cli {
namespace {

Result<Exit> stop(Context& c) {
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  const std::string outcome = session.solved ? "solved" : session.revealed ? "revealed" : "stopped";
  const auto stopped = open->desk.stop(outcome);
  NANOBUG_TRY(stopped);
  if (!stopped->note.empty()) c.ui.say(stopped->note);
  const std::string elsewhere = shell_elsewhere(session.directory);
  if (c.ui.json) {
    c.ui.data(nlohmann::json{{"name", session.name},
                             {"outcome", outcome},
                             {"dir", session.directory.string()},
                             {"tree", session.pristine},
                             {"attempt", stopped->attempt.string()},
                             {"branch", session.branch()},
                             {"snapshot", stopped->snapshot},
                             {"note", stopped->note}}
                  .dump(2, ' ', false, kAnyBytes));
    if (!elsewhere.empty()) c.ui.say(elsewhere);
    return Exit::ok;
  }
  c.ui.data(fmt::format("{} is over: {}.", session.name, outcome));
  if (!stopped->attempt.empty())
    c.ui.data(fmt::format("  your work       {}\n  the clean tree  {}\n  nanobug start   begins the next",
                          tidy(stopped->attempt), tidy(session.directory)));
  else
    c.ui.data(
        fmt::format("  {} was gone or not a checkout; nothing there was touched.", tidy(session.directory)));
  if (!elsewhere.empty()) c.ui.say(elsewhere);
  return Exit::ok;
}

}  // namespace

void add_stop(Verbs& verbs) {
  for (const char* name : {"stop", "restore"}) {
    CLI::App* verb =
        verbs.add(verbs.app, name,
                  std::string(name) == "stop" ? "End the session; your work is kept, the clean tree is back"
                                              : "The same as stop");
    verbs.on(verb, [&c = verbs.context] { return stop(c); });
  }
}

}  // namespace nanobug::cli
