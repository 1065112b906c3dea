// task: see task.h.
#include "mutator/grade/task.h"

#include <set>

#include "mutator/grade/observers.h"
#include "mutator/grade/parity.h"
#include "mutator/workshop/probe_run.h"

namespace nanobug::grade {
namespace {

// Of a change that nobody has written: what differs, in the words of the head, and what its run shows.
Result<std::string> statement_of(const Mutants& mutants, const Certificate& certificate) {
  const auto probes = workshop::list_probes(mutants.workshop(), mutants.clean());
  NANOBUG_TRY(probes);
  std::string text = "One place in these sources is wrong. What is not as it should be:\n";
  for (const std::string& observable : observables_of(mutants.catalog().tree, *probes, certificate.failing))
    text += "- " + observable + "\n";
  if (!certificate.symptom.words.empty()) text += "\nA recorded run: " + certificate.symptom.words + ".\n";
  return text;
}

}  // namespace

Result<std::vector<std::string>> passing(Mutants& mutants, bool runs, const workshop::Progress& progress) {
  const auto askable = workshop::askable(mutants.workshop(), mutants.clean(), false, progress);
  NANOBUG_TRY(askable);
  std::vector<std::string> names;
  for (const workshop::ProbeInfo& one : askable->probes) names.push_back(one.probe);
  if (!runs) return names;
  const auto recorded = record_parity(mutants.workshop(), mutants.clean(), progress);
  NANOBUG_TRY(recorded);
  for (const ParityAnswer& one : *recorded)
    if (one.agrees()) names.push_back(one.id);
  return names;
}

Result<Task> task_of(Mutants& mutants, const catalog::Rule& rule, const rewrite::Site& site,
                     const Certificate& certificate, const std::vector<std::string>& passing,
                     const std::filesystem::path& directory) {
  Task task;
  task.statement = rule.brief;
  if (task.statement.empty()) {
    auto made = statement_of(mutants, certificate);
    NANOBUG_TRY(made);
    task.statement = std::move(*made);
  }
  for (const catalog::Text& hint : rule.hints) task.hints.push_back(hint.value);
  auto breaks = mutants.patch(site, directory);
  NANOBUG_TRY(breaks);
  auto mends = mutants.patch(site, directory, /*back=*/true);
  NANOBUG_TRY(mends);
  task.breaks = std::move(*breaks);
  task.mends = std::move(*mends);
  task.fail_to_pass = certificate.failing;
  const std::set<std::string> fail(certificate.failing.begin(), certificate.failing.end());
  for (const std::string& name : passing)
    if (!fail.contains(name)) task.pass_to_pass.push_back(name);
  return task;
}

}  // namespace nanobug::grade
