// observers: see observers.h.
#include "mutator/grade/observers.h"

#include <algorithm>
#include <set>

#include "mutator/base/suggest.h"
#include "mutator/grade/courses.h"
#include "mutator/grade/parity.h"

namespace nanobug::grade {
namespace {

using workshop::ProbeAnswer;
using workshop::ProbeInfo;

bool names(const catalog::Rule& rule, const std::string& observer) {
  return std::any_of(rule.seen_by.begin(), rule.seen_by.end(),
                     [&](const catalog::Text& named) { return named.value == observer; });
}

// Those that the rule names before the others; `name` says what one is called.
template <class Observer, class Name>
std::vector<Observer> named_first(const std::vector<Observer>& all, const catalog::Rule& rule, Name name) {
  std::vector<Observer> named, others;
  for (const Observer& one : all) (names(rule, name(one)) ? named : others).push_back(one);
  named.insert(named.end(), others.begin(), others.end());
  return named;
}

// Can a probe see anything of it?
bool reaches_probes(const workshop::Workshop& workshop, const Inquiry& inquiry) {
  if (!workshop.spec().tests.empty()) return true;  // they may be of anything
  const std::string& library = workshop.spec().build.library;
  const auto& made = inquiry.built.files;
  return library.empty() || std::find(made.begin(), made.end(), library) != made.end() ||
         std::any_of(inquiry.overlay.begin(), inquiry.overlay.end(),
                     [&](const auto& file) { return workshop::is_public_header(workshop, file.first); });
}

// Probes and cases that need not be asked, for they run nothing of what is changed.
std::set<std::string> idle_probes(Mutants& mutants, const workshop::Askable& askable,
                                  const Inquiry& inquiry) {
  std::set<std::string> idle;
  const bool may_see = reaches_probes(mutants.workshop(), inquiry);
  const auto& reach = mutants.reach();
  std::optional<std::set<std::string>> reaching;
  std::set<int> idle_tests;
  if (may_see && reach) {
    reaching = reach->probes_of(mutants.clean(), inquiry.overlay);
    idle_tests = reach->idle_tests(mutants.clean(), inquiry.overlay);
  }
  const auto is_idle = [&](const ProbeInfo& info) {
    if (info.test != workshop::kProtocol) return idle_tests.contains(info.test);
    return !may_see || (reaching && !reaching->contains(info.probe));
  };
  for (const ProbeInfo& info : askable.probes)
    if (is_idle(info) && !(may_see && names(inquiry.rule, info.probe))) idle.insert(info.probe);
  return idle;
}

Status ask_probes(Mutants& mutants, const workshop::Askable& askable, const Inquiry& inquiry,
                  Sighting& sighting) {
  const workshop::Workshop& workshop = mutants.workshop();
  const std::set<std::string> idle = idle_probes(mutants, askable, inquiry);
  auto probes = named_first(askable.probes, inquiry.rule, [](const ProbeInfo& info) { return info.probe; });
  if (!inquiry.all) std::erase_if(probes, [&](const ProbeInfo& info) { return idle.contains(info.probe); });
  if (probes.empty()) return {};
  const auto program = workshop::probes_for(workshop, mutants.clean(), inquiry.tree);
  NANOBUG_TRY(program);
  const auto answers =
      run_probes(workshop, *program, inquiry.tree, probes, askable.limits(workshop.spec().probes), {},
                 inquiry.first ? workshop::Until::one_process_failed : workshop::Until::all_answered);
  NANOBUG_TRY(answers);
  for (const ProbeAnswer& answer : *answers) {
    const bool asked = answer.how != ProbeAnswer::How::unasked;
    sighting.probes += asked;
    if (!asked) {
      sighting.blind[answer.probe] = "was not asked, because a probe before it hung";
    } else if (!answer.passed()) {
      sighting.seen_by.push_back(answer.probe);
      if (idle.contains(answer.probe)) sighting.overlooked.push_back(answer.probe);
    }
  }
  return {};
}

Status ask_runs(Mutants& mutants, const Inquiry& inquiry, Sighting& sighting) {
  if (inquiry.first && !sighting.seen_by.empty()) return {};
  const catalog::Tree& spec = mutants.catalog().tree;
  Asking asking{.until = inquiry.first ? Until::first_difference : Until::all};
  for (const catalog::Text& named : inquiry.rule.seen_by)
    if (is_run(spec, named.value)) asking.first.push_back(named.value);
  const bool names_nobody = inquiry.rule.seen_by.empty() && sighting.seen_by.empty();
  asking.others = inquiry.all || inquiry.rule.decoy || names_nobody;
  if (asking.first.empty() && !asking.others) return {};
  std::set<std::string> idle;
  const Sameness same(mutants, inquiry.overlay, inquiry.built);
  for (const catalog::Parity& parity : spec.parity) {
    const bool named = names(inquiry.rule, parity.id.value);  // whatever it was measured to run
    if (same.runs_clean_programs(parity) || (!named && same.runs_nothing_of_it(parity)))
      idle.insert(parity.id.value);
  }
  if (!inquiry.all) asking.never = idle;
  const auto answers = run_parity(mutants.workshop(), mutants.clean(), inquiry.tree, {}, asking);
  NANOBUG_TRY(answers);
  for (const ParityAnswer& answer : *answers) {
    sighting.runs += answer.agrees() || answer.differs();
    if (answer.differs()) sighting.seen_by.push_back(answer.id);
    if (answer.differs() && idle.contains(answer.id)) sighting.overlooked.push_back(answer.id);
    if (answer.how == ParityAnswer::How::excluded)
      sighting.blind[answer.id] = "is not asked here: " + answer.message;
    if (answer.how == ParityAnswer::How::not_run)
      sighting.blind[answer.id] = "was not begun, because another one hung";
  }
  return {};
}

}  // namespace

bool is_run(const catalog::Tree& tree, const std::string& observer) {
  return std::any_of(tree.parity.begin(), tree.parity.end(),
                     [&](const catalog::Parity& parity) { return parity.id.value == observer; });
}

Result<std::set<std::string>> known_observers(Mutants& mutants) {
  const auto all = list_probes(mutants.workshop(), mutants.clean());
  NANOBUG_TRY(all);
  std::set<std::string> known;
  for (const ProbeInfo& info : *all) known.insert(info.probe);
  for (const catalog::Parity& parity : mutants.catalog().tree.parity)
    if (!known.insert(parity.id.value).second)
      return fail(Exit::catalog,
                  "'" + parity.id.value + "' is a probe and a parity run; give the run another id",
                  parity.id.place);
  return known;
}

Status knows_observers(const std::set<std::string>& known, const catalog::Rule& rule) {
  for (const catalog::Text& named : rule.seen_by)
    if (!known.contains(named.value))
      return fail(Exit::catalog,
                  "there is no probe, test or parity run '" + named.value + "'" +
                      did_you_mean(named.value, std::vector<std::string>(known.begin(), known.end())),
                  named.place);
  return {};
}

Status knows_observers(Mutants& mutants, const catalog::Rule& rule) {
  const auto known = known_observers(mutants);
  NANOBUG_TRY(known);
  return knows_observers(*known, rule);
}

std::vector<std::string> observables_of(const catalog::Tree& tree, const std::vector<ProbeInfo>& probes,
                                        const std::vector<std::string>& failing) {
  const std::set<std::string> names(failing.begin(), failing.end());
  std::set<std::string> tags;
  std::vector<std::string> all;
  for (const ProbeInfo& one : probes)
    if (names.contains(one.probe)) tags.insert(one.observable);
  for (const catalog::Observable& one : tree.observables())
    if (tags.erase(one.tag) > 0) all.push_back(one.words);
  // What a report calls by itself.
  for (const ProbeInfo& one : probes)
    if (one.test != workshop::kProtocol && tags.erase(one.observable) > 0) all.push_back(one.observable);
  for (const catalog::Parity& parity : tree.parity)
    if (names.contains(parity.id.value)) all.push_back(parity.observable);
  return all;
}

Result<Sighting> look(Mutants& mutants, const workshop::Askable& askable, const Inquiry& inquiry) {
  Sighting sighting;
  NANOBUG_TRY(ask_probes(mutants, askable, inquiry, sighting));
  NANOBUG_TRY(ask_runs(mutants, inquiry, sighting));
  sighting.seen_by =
      named_first(sighting.seen_by, inquiry.rule, [](const std::string& name) { return name; });
  for (const ProbeAnswer& excluded : askable.excluded) sighting.blind[excluded.probe] = excluded.message;
  const std::set<std::string> sees(sighting.seen_by.begin(), sighting.seen_by.end());
  std::erase_if(sighting.blind, [&](const auto& one) { return !names(inquiry.rule, one.first); });
  for (const catalog::Text& named : inquiry.rule.seen_by)
    if (!sees.contains(named.value))
      sighting.blind.try_emplace(named.value, is_run(mutants.catalog().tree, named.value)
                                                  ? "does on the mutant what it does on the clean tree"
                                                  : "passes on the mutant");
  return sighting;
}

}  // namespace nanobug::grade
