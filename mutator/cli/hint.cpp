// hint: the next rung of the ladder.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/cli/verbs.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

Result<Exit> hint(Context& c) {
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  const auto loaded = c.catalog_of(session);
  NANOBUG_TRY(loaded);
  const auto rule = catalog::find_rule(**loaded, session.injected.front().rule);
  if (!rule)
    return fail(Exit::session,
                "the rule of this session is no longer in the catalog; 'nanobug stop' ends the session");
  const auto& hints = (*rule)->hints;
  const auto shown = static_cast<size_t>(coach::hints_shown(session));
  if (shown >= hints.size()) {
    const std::string last = fmt::format(
        "there are {}, and you have seen them all; 'nanobug reveal' gives "
        "the answer",
        coach::count(static_cast<std::int64_t>(hints.size()), "hint"));
    c.ui.complain({Exit::check_failed, last});
    return Exit::check_failed;
  }
  NANOBUG_TRY(open->desk.update(coach::note_hint));
  if (c.ui.json)
    c.ui.data(nlohmann::json{{"hint", hints[shown].value},
                             {"number", shown + 1},
                             {"of", hints.size()},
                             {"counted", !session.solved}}
                  .dump(2, ' ', false, kAnyBytes));
  else
    c.ui.data(coach::wrap(fmt::format("{}/{}: {}", shown + 1, hints.size(), hints[shown].value),
                          static_cast<size_t>(c.ui.width()), ""));
  return Exit::ok;
}

}  // namespace

void add_hint(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "hint", "The next hint; the first names no file");
  verbs.on(verb, [&c = verbs.context] { return hint(c); });
}

}  // namespace nanobug::cli
