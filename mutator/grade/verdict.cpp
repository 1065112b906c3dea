// verdict: see verdict.h.
#include "mutator/grade/verdict.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <mutex>
#include <set>

namespace nanobug::grade {
namespace {

using workshop::ProbeAnswer;
using workshop::ProbeInfo;

// Probes are dealt out to as many processes as there are cores to run them.
Result<std::vector<ProbeAnswer>> probe_all(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                           const fs::path& program, const fs::path& checkout,
                                           const workshop::Progress& progress) {
  // The clean tree is asked which probes there are: the checkout's library may not even load.
  const auto all = workshop::list_probes(workshop, clean);
  if (!all) return tl::unexpected(all.error());
  constexpr size_t kProcesses = 2;
  std::vector<std::vector<ProbeInfo>> shares(kProcesses);
  for (size_t i = 0; i < all->size(); ++i) shares[i % kProcesses].push_back((*all)[i]);
  std::vector<std::future<Result<std::vector<ProbeAnswer>>>> running;
  std::mutex telling;
  int answered = 0;
  const auto tell = [&](const std::string&, int, int) {
    const std::lock_guard lock(telling);
    if (progress) progress("probing", ++answered, static_cast<int>(all->size()));
  };
  for (const auto& share : shares)
    running.push_back(std::async(
        std::launch::async, [&, share] { return run_probes(workshop, program, checkout, share, tell); }));
  std::map<std::string, ProbeAnswer> by_name;
  std::optional<Error> trouble;
  for (auto& answers : running) {
    auto share = answers.get();
    if (!share)
      trouble = share.error();
    else
      for (ProbeAnswer& answer : *share) by_name[answer.probe] = std::move(answer);
  }
  if (trouble) return tl::unexpected(*trouble);
  std::vector<ProbeAnswer> ordered;
  for (const ProbeInfo& info : *all) ordered.push_back(by_name[info.probe]);
  return ordered;
}

void note_wrong(Verdict& verdict, const std::string& words) {
  if (std::find(verdict.wrong.begin(), verdict.wrong.end(), words) == verdict.wrong.end())
    verdict.wrong.push_back(words);
}

Status run_all(const workshop::Workshop& workshop, const workshop::Clean& clean, const fs::path& checkout,
               const workshop::Progress& progress, Verdict& verdict) {
  const auto program = probes_for(workshop, clean, checkout, progress);
  if (!program && program.error().code != Exit::check_failed) return tl::unexpected(program.error());
  if (!program) {
    verdict.builds = false;
    verdict.build_message = program.error().message;
    return {};
  }
  auto parity_runs =
      std::async(std::launch::async, [&] { return run_parity(workshop, clean, checkout, {}); });
  auto probes = probe_all(workshop, clean, *program, checkout, progress);
  auto parity = parity_runs.get();
  NANOBUG_TRY(parity);
  verdict.parity = std::move(*parity);
  NANOBUG_TRY(probes);
  verdict.probes = std::move(*probes);
  std::set<std::string> failing;
  for (const ProbeAnswer& answer : verdict.probes)
    if (!answer.passed()) failing.insert(answer.observable);
  for (const catalog::Observable& observable : workshop.spec().probes.observables)
    if (failing.erase(observable.tag)) note_wrong(verdict, observable.words);
  for (const std::string& unnamed : failing) note_wrong(verdict, unnamed);
  for (const ParityAnswer& answer : verdict.parity)
    if (answer.differs()) note_wrong(verdict, answer.observable);
  return {};
}

}  // namespace

Result<Verdict> judge(const workshop::Workshop& workshop, const workshop::Clean& clean,
                      const fs::path& checkout, const workshop::Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  Verdict verdict;
  auto built = workshop.build(checkout, progress);
  NANOBUG_TRY(built);
  verdict.builds = built->good;
  verdict.build_message = built->message;
  if (verdict.builds) NANOBUG_TRY(run_all(workshop, clean, checkout, progress, verdict));
  verdict.solved = verdict.builds && verdict.wrong.empty();
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return verdict;
}

}  // namespace nanobug::grade
