// check: asks everything the checkout computes; names what is wrong, never where.
#include <fmt/format.h>

#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <set>

#include "mutator/cli/at_work.h"
#include "mutator/cli/debrief.h"
#include "mutator/cli/reading.h"
#include "mutator/cli/shell.h"
#include "mutator/cli/verbs.h"
#include "mutator/coach/report.h"
#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"
#include "mutator/grade/together.h"
#include "mutator/grade/verdict.h"

namespace nanobug::cli {
namespace {

nlohmann::json to_json(const grade::Verdict& verdict, const session::Session& before,
                       const session::Session& after) {
  const coach::Standing standing = coach::standing_of(verdict);
  nlohmann::json json = {
      {"solved", verdict.solved},
      {"outcome", coach::state_of(after, std::time(nullptr))},
      {"solved_in_s", after.solved ? nlohmann::json(coach::learner_seconds(after, 0)) : nlohmann::json()},
      {"builds", verdict.builds},
      {"wrong", verdict.wrong},
      {"probes_agree", standing.probes_agree},
      {"probes", standing.probes},
      {"probes_agreed_last",
       before.probes_total_last > 0 ? nlohmann::json(before.probes_agree_last) : nlohmann::json()},
      {"programs_agree", standing.programs_agree},
      {"programs", standing.programs},
      {"message", verdict.build_message},
      {"own_build", verdict.own_build},
      {"excluded", verdict.excluded},
      {"undecided", verdict.undecided},
      {"unread", verdict.unread},
      {"cut_short", verdict.cut_short},
      {"seconds", verdict.seconds}};
  if (!after.bugs.empty()) {
    json["bugs"] = after.bugs.size();
    json["left"] = verdict.builds ? nlohmann::json(coach::bugs_left(after)) : nlohmann::json();
  }
  return json;
}

// Of several bugs, in their order. What does not build tells nothing.
std::vector<bool> fixed(const session::Session& session, const grade::Verdict& verdict) {
  std::vector<bool> all;
  for (const session::Bug& bug : session.bugs)
    all.push_back(verdict.builds ? !grade::is_there(bug.own, verdict) : bug.fixed);
  return all;
}

// Of each bug of the session, the probes and parity runs that see it.
std::vector<std::vector<std::string>> observers(const catalog::Catalog& catalog,
                                                const session::Session& session) {
  std::vector<std::vector<std::string>> all;
  for (const session::Injected& bug : session.injected) {
    const auto rule = catalog::find_rule(catalog, bug.rule);
    if (!rule || (*rule)->decoy) continue;
    all.emplace_back();
    for (const catalog::Text& one : (*rule)->seen_by) all.back().push_back(one.value);
  }
  return all;
}

// The files that were changed when the session began, as they were then. Empty where the vault has lost them.
workshop::Overlay began_with(const session::Session& session) {
  workshop::Overlay overlay;
  const auto mutated = Context::from_vault(session.mutated);
  if (!mutated) return overlay;
  for (const session::Injected& bug : session.injected)
    if (const auto file = mutated->find(bug.file); file != mutated->end())
      overlay[bug.file] = file->second.bytes;
  return overlay;
}

std::string debriefs(Context& c, const catalog::Catalog& catalog, const session::Session& session) {
  const auto width = static_cast<size_t>(c.ui.width());
  std::string text;
  std::set<std::string> told;  // a bug in several files is one
  for (const session::Injected& bug : session.injected) {
    const auto rule = catalog::find_rule(catalog, bug.rule);
    if (!rule || !told.insert(bug.rule).second) continue;
    if (!session.bugs.empty()) text += '\n' + (*rule)->code.value + ", " + (*rule)->id.value + ':';
    text += '\n' + debrief(**rule, width, /*answers=*/false) + where_to_read_on(c, **rule, width);
  }
  return text;
}

}  // namespace

Result<Exit> check(Context& c, bool all) {
  const auto begun = std::chrono::steady_clock::now();
  auto open = c.at_desk();
  NANOBUG_TRY(open);
  const session::Session& before = open->session;
  NANOBUG_TRY(c.checkout_is_there(before));
  const auto mutants = c.mutants_of(before);
  NANOBUG_TRY(mutants);
  const auto snapshot = open->desk.snapshot("check");
  NANOBUG_TRY(snapshot);
  const auto verdict = grade::judge((*mutants)->workshop(), (*mutants)->clean(), before.directory,
                                    (*mutants)->catalog().tree.not_sources(), c.ui.progress(),
                                    observers((*mutants)->catalog(), before), began_with(before));
  c.ui.clear_progress();
  NANOBUG_TRY(verdict);
  const auto took =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);
  const coach::Standing standing = coach::standing_of(*verdict);
  NANOBUG_TRY(open->desk.update([&](session::Session& s) {
    coach::note_machine(s, took.count());
    coach::note_fixed(s, fixed(s, *verdict));
    const std::int64_t now = std::time(nullptr);
    coach::note_event(s, {now, coach::kCheck, coach::event_of(*verdict), ""});
    // What does not build has been asked nothing.
    if (verdict->builds) coach::note_check(s, verdict->solved, standing.probes_agree, standing.probes, now);
  }));
  const session::Session after = *open->desk.current();
  if (c.ui.json) {
    c.ui.data(to_json(*verdict, before, after).dump(2, ' ', false, kAnyBytes));
    return verdict->solved ? Exit::ok : Exit::check_failed;
  }
  const coach::Report report = coach::report_of(*verdict, before, after, all);
  c.ui.data(verdict->solved ? c.ui.good(report.headline) : c.ui.bad(report.headline));
  if (!report.body.empty()) c.ui.data(report.body);
  if (verdict->solved && !before.solved) {
    const std::string text = after.decoy ? "" : debriefs(c, (*mutants)->catalog(), before);
    if (!text.empty()) c.ui.data(text);
    if (!c.ui.quiet)
      c.ui.data(std::string("\n") +
                (after.decoy ? "  nanobug reveal   what was changed, and why it computes the same\n" : "") +
                "  nanobug debrief  the questions one by one, and your score\n"
                "  nanobug stop     ends the session; your work is kept");
  }
  if (const std::string lost = shell_elsewhere(before.directory); !lost.empty()) c.ui.say(lost);
  return verdict->solved ? Exit::ok : Exit::check_failed;
}

void add_check(Verbs& verbs) {
  auto all = std::make_shared<bool>(false);
  CLI::App* verb = verbs.add(verbs.app, "check", "Is it right now? Judged by what the programs compute");
  verb->add_flag("--all", *all, "List everything that differs, also what merely follows");
  verbs.on(verb, [all, &c = verbs.context] { return check(c, *all); });
}

}  // namespace nanobug::cli
