// reset: the checkout's sources as they were at the start; the session goes on.
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

Result<Exit> reset(Context& c) {
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  if (session.review) return fail(Exit::session, "a review has no checkout, so there is nothing to put back");
  NANOBUG_TRY(c.checkout_is_there(session));
  const auto done = open->desk.reset();
  NANOBUG_TRY(done);
  const auto files = static_cast<std::int64_t>(done->files.size());
  if (files > 0)
    NANOBUG_TRY(open->desk.update([&](session::Session& s) {
      coach::note_event(s, {std::time(nullptr), coach::kReset, coach::count(files, "file"), ""});
    }));
  if (c.ui.json)
    c.ui.data(nlohmann::json{{"dir", session.directory.string()},
                             {"files", done->files},
                             {"branch", session.branch()},
                             {"snapshot", done->snapshot}}
                  .dump(2, ' ', false, kAnyBytes));
  else if (files == 0)
    c.ui.data("Nothing to put back: the sources are as they were at the start.");
  else
    c.ui.data(fmt::format(
        "{} put back as at the start. What was there is kept:\n"
        "  git --git-dir {} show {}",
        coach::count(files, "file"), tidy(Context::places().vault), done->snapshot.substr(0, 12)));
  if (const std::string lost = shell_elsewhere(session.directory); !lost.empty()) c.ui.say(lost);
  return Exit::ok;
}

}  // namespace

void add_reset(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "reset",
                             "Put the sources back as they were at the start; your edits are kept aside");
  verbs.on(verb, [&c = verbs.context] { return reset(c); });
}

}  // namespace nanobug::cli
