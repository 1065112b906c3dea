// verdict: see verdict.h.
#include "mutator/grade/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "mutator/base/files.h"

namespace nanobug::grade {
namespace {

using workshop::ProbeAnswer;
using workshop::ProbeInfo;

std::string to_text(const workshop::Record& record) {
  nlohmann::json line = nlohmann::json::object();
  for (const auto& [name, value] : record) {
    if (std::isfinite(value))
      line[name] = value;
    else
      line[name] = std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  return line.dump();
}

Result<ParityAnswer> parity(const workshop::Workshop& workshop, const workshop::Clean& clean,
                            const catalog::Parity& spec, const fs::path& checkout) {
  ParityAnswer answer{.observable = spec.observable};
  const auto expected = baseline(workshop, clean, spec.program, 1);
  NANOBUG_TRY(expected);
  const auto own = workshop::run_program(workshop, spec.program, checkout, 1);
  NANOBUG_TRY(own);
  for (const auto& [name, tolerance] : spec.compare) {
    answer.series[name] = own->series(name);
    if (answer.message.empty())
      answer.message = compare_series(name, answer.series[name], expected->series(name), tolerance);
  }
  // What a crash left unwritten explains less than the crash itself.
  if (!own->finished.good()) answer.message = own->program + " ended with " + own->finished.how();
  answer.agrees = answer.message.empty();
  return answer;
}

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
  auto parity_runs = std::async(std::launch::async, [&]() -> Status {
    for (const catalog::Parity& spec : workshop.spec().parity) {
      auto answer = parity(workshop, clean, spec, checkout);
      NANOBUG_TRY(answer);
      verdict.parity.push_back(std::move(*answer));
    }
    return {};
  });
  auto probes = probe_all(workshop, clean, *program, checkout, progress);
  const Status ran = parity_runs.get();
  NANOBUG_TRY(ran);
  NANOBUG_TRY(probes);
  verdict.probes = std::move(*probes);
  std::set<std::string> failing;
  for (const ProbeAnswer& answer : verdict.probes)
    if (!answer.passed()) failing.insert(answer.observable);
  for (const catalog::Observable& observable : workshop.spec().probes.observables)
    if (failing.erase(observable.tag)) note_wrong(verdict, observable.words);
  for (const std::string& unnamed : failing) note_wrong(verdict, unnamed);
  for (const ParityAnswer& answer : verdict.parity)
    if (!answer.agrees) note_wrong(verdict, answer.observable);
  return {};
}

}  // namespace

std::string compare_series(const std::string& name, const std::vector<double>& own,
                           const std::vector<double>& clean, double tolerance) {
  for (size_t i = 0; i < std::min(own.size(), clean.size()); ++i) {
    const double scale = std::max(std::abs(own[i]), std::abs(clean[i]));
    const double difference = std::abs(own[i] - clean[i]);
    if (own[i] == clean[i] || difference <= tolerance * scale) continue;
    if (!std::isfinite(own[i])) return fmt::format("{} is {} at record {}", name, own[i], i);
    return fmt::format("{} differs from the clean tree at record {} by {:.1e} (relative)", name, i,
                       difference / scale);
  }
  if (own.size() != clean.size())
    return fmt::format("{} has {} records, the clean tree {}", name, own.size(), clean.size());
  return "";
}

Result<workshop::RunReport> baseline(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                     const catalog::Program& program, int threads,
                                     const std::function<void(const workshop::Record&)>& on_record) {
  nlohmann::json what = {program.program, program.args, threads};
  for (const catalog::Step& step : program.before) what.push_back({step.program, step.args});
  const fs::path kept =
      clean.tree.parent_path() / "baseline" / (sha256(what.dump()).substr(0, 24) + ".jsonl");
  if (const auto text = read_file(kept)) {
    workshop::RunReport report;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);)
      if (auto record = workshop::parse_record(line)) {
        if (on_record) on_record(*record);
        report.records.push_back(std::move(*record));
      }
    return report;
  }
  auto report = workshop::run_program(workshop, program, clean.tree, threads, on_record);
  NANOBUG_TRY(report);
  if (!report->finished.good() || report->records.empty())
    return fail(Exit::catalog,
                report->program + " fails on the clean tree (" + report->finished.how() + "); " +
                    report->finished.err,
                program.place);
  std::string text;
  for (const workshop::Record& record : report->records) text += to_text(record) + '\n';
  NANOBUG_TRY(write_file(kept, text));
  return report;
}

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
