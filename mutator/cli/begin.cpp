// begin: see begin.h.
#include "mutator/cli/begin.h"

#include <fmt/format.h>

#include <algorithm>

#include "mutator/coach/tally.h"
#include "mutator/coach/words.h"
#include "mutator/session/lines.h"

namespace nanobug::cli {

tl::unexpected<Error> already_open(const session::Session& session) {
  if (!session.has_checkout())
    return fail(Exit::session, std::string(session.review ? "a review" : "a session in production") +
                                   " is open, " + session.name + "; 'nanobug stop' ends it");
  return fail(Exit::session, "a session is open in " + tidy(session.directory) +
                                 "; 'nanobug stop' ends it and keeps your work");
}

Result<std::vector<const catalog::Rule*>> bugs_named(const catalog::Catalog& catalog,
                                                     const std::string& name) {
  auto rules = catalog::find_rules(catalog, name);
  NANOBUG_TRY(rules);
  std::erase_if(*rules, [](const catalog::Rule* rule) { return rule->decoy; });
  if (rules->empty()) return fail(Exit::usage, "there is no bug '" + name + "'; 'nanobug list' shows them");
  return rules;
}

std::string in_words(const std::vector<Told>& bugs, size_t width) {
  const bool several = bugs.size() > 1;
  const std::string indent(several ? 5 : 2, ' ');
  std::string text;
  for (size_t i = 0; i < bugs.size(); ++i) {
    const auto& [rule, recorded] = bugs[i];
    std::string one = coach::wrap(rule->brief, width, indent);
    const std::string run = several && !rule->run.value.empty() ? " (--run " + rule->run.value + ")" : "";
    if (!recorded.empty())
      one += '\n' + coach::wrap(fmt::format("Recorded run{}: {}.", run, recorded), width, indent);
    text += (text.empty() ? "" : "\n") + (several ? fmt::format("  {}. {}", i + 1, one.substr(5)) : one);
  }
  return text;
}

std::string symptom_of(const session::Session& session, const catalog::Catalog& catalog, size_t width) {
  std::vector<std::string> bugs;  // one in several files is one
  for (const session::Injected& one : session.injected)
    if (std::find(bugs.begin(), bugs.end(), one.rule) == bugs.end()) bugs.push_back(one.rule);
  std::vector<Told> each;
  for (size_t i = 0; i < bugs.size(); ++i)
    if (const auto rule = catalog::find_rule(catalog, bugs[i]))
      each.push_back({*rule, session.production || i >= session.recorded.size() ? "" : session.recorded[i]});
  return in_words(each, width);
}

std::string next_hint(const session::Session& session) {
  const int shown = coach::hints_shown(session);
  return shown == 0 ? "the next hint; the first names no file"
                    : fmt::format("the next hint; {} so far", shown);
}

std::string in_lines(Commands commands) {
  commands.emplace_back("nanobug reveal", "gives up: the answer and its cause");
  commands.emplace_back("nanobug stop", "ends it; 'nanobug --help' lists every verb");
  size_t width = 0;
  for (const auto& [command, what] : commands) width = std::max(width, command.size());
  std::string text;
  for (const auto& [command, what] : commands)
    text += fmt::format("{}  {:<{}}  {}", text.empty() ? "" : "\n", command, width, what);
  return text;
}

void add_words(Commands& commands, bool symptoms) {
  if (symptoms) commands.emplace_back("nanobug note WORDS", "what you see; it counts in the debrief");
  commands.emplace_back("nanobug hypothesis CLASS", "what kind of bug; before a hint it counts most");
}

std::string what_next_in_a_hunt(const session::Session& session, bool runs, bool may_be_decoy) {
  Commands lines;
  if (runs) lines.emplace_back("nanobug run", "a run that shows the bug, beside the clean tree's");
  add_words(lines);
  lines.emplace_back("nanobug locate FILE:LINE", "your claim of where it is");
  if (!session.no_hints) lines.emplace_back("nanobug hint", next_hint(session));
  // Before the check, which would tell it.
  if (may_be_decoy)
    lines.emplace_back("nanobug answer none \"why\"", "if nothing is wrong; say so before you check");
  lines.emplace_back("nanobug check", "is it right now? judged by what it computes");
  return in_lines(std::move(lines));
}

Result<std::vector<grade::Certificate>> certificates_of(Context& c, const catalog::Rule& rule) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  auto certificates = grade::certify(**mutants, rule, {}, c.ui.progress());
  NANOBUG_TRY(certificates);
  const auto refused =
      std::find_if(certificates->begin(), certificates->end(), [](const auto& one) { return !one.holds(); });
  if (refused == certificates->end()) return certificates;
  return tl::unexpected(
      Error{Exit::catalog, "bug '" + rule.code.value + "' has no certificate: " + refused->refusals.front(),
            rule.id.place});
}

std::vector<session::Injected> injected_by(const rewrite::Site& site, const vault::Tree& pristine,
                                           const workshop::Overlay& overlay) {
  std::vector<session::Injected> injected;
  for (const rewrite::Change* change : site.changes())
    injected.push_back({site.rule, site.index, change->file, change->function,
                        session::changed_lines(pristine.at(change->file).bytes, overlay.at(change->file),
                                               {change->line, change->last_line})});
  return injected;
}

Status build_in_place(Context& c, const workshop::Workshop& shop, const workshop::Clean& clean,
                      const session::Session& session) {
  if (clean.movable == workshop::Movable::anywhere || !session.has_checkout()) return {};
  const auto built = shop.configure_and_build(clean, session.directory, c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(built);
  if (!built->good) c.ui.say("The checkout does not build here:\n" + built->message);
  return {};
}

Status add_project(Context& c, session::StartRequest& request) {
  const auto mutants = c.mutants();
  NANOBUG_TRY(mutants);
  const auto pristine = c.pristine();
  NANOBUG_TRY(pristine);
  auto project = grade::project_of((*mutants)->catalog(), (*pristine)->tree);
  NANOBUG_TRY(project);
  request.project = std::move(*project);
  request.toolchain = (*mutants)->workshop().toolchain();
  return {};
}

}  // namespace nanobug::cli
