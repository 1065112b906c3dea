// hint: the next rung of the ladder.
#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>

#include "mutator/cli/at_work.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"

namespace nanobug::cli {
namespace {

// Whose hint is next.
struct Ladder {
  const catalog::Rule* rule = nullptr;
  size_t bug = 0;    // of several, from 0
  size_t shown = 0;  // hints of it
};

tl::unexpected<Error> gone() {
  return fail(Exit::session,
              "the bug of this session is no longer in the catalog; 'nanobug stop' ends the session");
}

// Of several bugs the one that was asked for, or the first that is not fixed and has hints left.
Result<Ladder> ladder(const catalog::Catalog& catalog, const session::Session& session, int asked) {
  if (session.bugs.empty()) {
    const auto rule = catalog::find_rule(catalog, session.injected.front().rule);
    if (!rule) return gone();
    return Ladder{*rule, 0, static_cast<size_t>(coach::hints_shown(session))};
  }
  if (asked > static_cast<int>(session.bugs.size()))
    return fail(Exit::usage, fmt::format("there is no bug {}; there are {}", asked, session.bugs.size()));
  std::optional<Ladder> last;
  for (size_t i = 0; i < session.bugs.size(); ++i) {
    const session::Bug& bug = session.bugs[i];
    if (asked > 0 ? static_cast<size_t>(asked) != i + 1 : bug.fixed) continue;
    const auto rule = catalog::find_rule(catalog, bug.rule);
    if (!rule) return gone();
    last = Ladder{*rule, i, static_cast<size_t>(bug.hints)};
    if (last->shown < (*rule)->hints.size()) return *last;
  }
  if (!last)
    return fail(Exit::check_failed, "by the last check every one of them is fixed; 'nanobug check' says so");
  return *last;
}

}  // namespace

Result<Exit> hint(Context& c, int asked) {
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  if (session.no_hints && !session.solved && !session.revealed)
    return fail(Exit::session, "this session was begun with --no-hints; 'nanobug reveal' gives the answer");
  const bool several = !session.bugs.empty();
  if (asked > 0 && !several) return fail(Exit::usage, "this session has one bug; leave --bug out");
  const auto loaded = c.catalog_of(session);
  NANOBUG_TRY(loaded);
  const auto next = ladder(**loaded, session, asked);
  NANOBUG_TRY(next);
  const auto& hints = next->rule->hints;
  const size_t shown = next->shown;
  if (shown >= hints.size()) {
    const std::string last = fmt::format(
        "there are {}{}, and you have seen them all; 'nanobug reveal' gives "
        "the answer",
        coach::count(static_cast<std::int64_t>(hints.size()), "hint"), several ? " for each" : "");
    c.ui.complain({Exit::check_failed, last});
    return Exit::check_failed;
  }
  NANOBUG_TRY(open->desk.update([&](session::Session& s) {
    if (several)
      coach::note_hint(s, next->bug);
    else
      coach::note_hint(s);
    const std::string whose = several ? fmt::format("bug {}, ", next->bug + 1) : "";
    coach::note_event(
        s, {std::time(nullptr), coach::kHint, fmt::format("{}{} of {}", whose, shown + 1, hints.size()), ""});
  }));
  if (c.ui.json) {
    nlohmann::json json = {{"hint", hints[shown].value},
                           {"number", shown + 1},
                           {"of", hints.size()},
                           {"counted", !session.solved}};
    if (several) json["bug"] = next->bug + 1;
    c.ui.data(json.dump(2, ' ', false, kAnyBytes));
  } else {
    c.ui.data(coach::wrap(fmt::format("{}{}/{}: {}", several ? fmt::format("Bug {}, ", next->bug + 1) : "",
                                      shown + 1, hints.size(), hints[shown].value),
                          static_cast<size_t>(c.ui.width()), ""));
  }
  return Exit::ok;
}

void add_hint(Verbs& verbs) {
  auto bug = std::make_shared<int>(0);
  CLI::App* verb = verbs.add(verbs.app, "hint", "The next hint; the first names no file");
  verb->add_option("--bug", *bug,
                   "Of several bugs, which: as 'start' numbered them (default: the first left)")
      ->check(CLI::Range(1, 9).description(""))
      ->type_name("1..9");
  verbs.on(verb, [bug, &c = verbs.context] { return hint(c, *bug); });
}

}  // namespace nanobug::cli
