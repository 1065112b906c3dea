// reveal: gives up; the answer, the cause, the diff, and what an interviewer asks next. It is recorded.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mutator/cli/debrief.h"
#include "mutator/cli/verbs.h"

namespace nanobug::cli {
namespace {

Result<Exit> reveal(Context& c) {
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& session = open->session;
  const auto loaded = c.catalog_of(session);
  NANOBUG_TRY(loaded);
  const auto rule = catalog::find_rule(**loaded, session.injected.front().rule);
  auto vault = vault::Vault::open(Context::places().vault);
  NANOBUG_TRY(vault);
  const auto clean = vault->get(session.pristine), mutated = vault->get(session.mutated);
  NANOBUG_TRY(clean);
  NANOBUG_TRY(mutated);
  std::string diff;
  for (const session::Injected& bug : session.injected)
    diff += grade::unified_diff(bug.file, clean->at(bug.file).bytes, mutated->at(bug.file).bytes);
  if (!session.solved) NANOBUG_TRY(open->desk.update([](session::Session& s) { s.revealed = true; }));
  const std::string id = session.injected.front().rule,
                    title = rule ? (*rule)->title.value : "(no longer in the catalog)";
  if (c.ui.json) {
    c.ui.data(nlohmann::json{{"id", id},
                             {"title", title},
                             {"cause", rule ? (*rule)->cause : ""},
                             {"diff", diff},
                             {"questions", rule ? (*rule)->questions : std::vector<std::string>{}}}
                  .dump(2, ' ', false, kAnyBytes));
    return Exit::ok;
  }
  c.ui.data(c.ui.strong(id) + ": " + title + "\n\nWhat was changed (- clean, + yours):\n" + diff + '\n' +
            (rule ? debrief(**rule, static_cast<size_t>(c.ui.width())) : ""));
  return Exit::ok;
}

}  // namespace

void add_reveal(Verbs& verbs) {
  CLI::App* verb = verbs.add(verbs.app, "reveal", "Give up: the answer, the cause, the diff; it is recorded");
  verbs.on(verb, [&c = verbs.context] { return reveal(c); });
}

}  // namespace nanobug::cli
