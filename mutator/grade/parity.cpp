// parity: see parity.h.
#include "mutator/grade/parity.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/grade/compare.h"
#include "mutator/grade/stage.h"
#include "mutator/workshop/copy.h"

namespace nanobug::grade {
namespace {

using How = ParityAnswer::How;

constexpr int kAtOnce = 2;

// Why the two part; empty when they do not. A crash explains more than what it left unwritten.
Difference difference(const catalog::Parity& parity, const Performance& own, const Recording& clean) {
  if (!own.failed.empty()) return {own.failed};
  for (size_t i = 0; i < parity.steps.size(); ++i) {
    const catalog::Compared& step = parity.steps[i];
    const Take &ours = own.recording.takes[i], &theirs = clean.takes[i];
    if (auto why = compare_series(ours.records, theirs.records, step.series); !why.empty()) return {why};
    if (auto why = compare_writes(ours.writes, theirs.writes); !why.empty())
      return {step.program + " " + why};
    const bool whole = step.picks.empty();
    const auto text = whole ? compare_text(ours.text, theirs.text)
                            : compare_text(picked(ours.text, step.picks), picked(theirs.text, step.picks));
    if (!text.why.empty()) return {step.program + " " + text.why, whole && text.only_more_lines};
  }
  return {};
}

// Calls `perform(i)` for every index, two at a time, until one of them says that it is enough.
Status two_at_a_time(const std::vector<size_t>& order, const std::function<Result<bool>(size_t)>& perform) {
  std::atomic<size_t> next = 0;
  std::vector<std::future<Status>> workers;
  const auto work = [&]() -> Status {
    for (size_t k; (k = next++) < order.size();) {
      const auto go_on = perform(order[k]);
      if (!go_on || !*go_on) next = order.size();
      NANOBUG_TRY(go_on);
    }
    return {};
  };
  for (int i = 0; i < kAtOnce; ++i) workers.push_back(std::async(std::launch::async, work));
  Status all;
  for (auto& worker : workers)
    if (const Status one = worker.get(); !one) all = one;
  return all;
}

// One performance of each of these on the clean tree. `known` gives none of them limits: it is not known yet.
Result<std::vector<Performance>> perform_clean(const workshop::Workshop& workshop,
                                               const workshop::Clean& clean, const std::vector<size_t>& which,
                                               const std::function<void()>& done) {
  auto stage = Stage::open(workshop, clean.tree);
  NANOBUG_TRY(stage);
  std::vector<Performance> all(workshop.spec().parity.size());
  NANOBUG_TRY(two_at_a_time(which, [&](size_t i) -> Result<bool> {
    auto performance = stage->perform(workshop.spec().parity[i], nullptr);
    NANOBUG_TRY(performance);
    all[i] = std::move(*performance);
    done();
    return true;
  }));
  return all;
}

// What cannot be compared with anything.
std::string undefined(const catalog::Parity& parity, const Recording& recording) {
  for (size_t i = 0; i < recording.takes.size(); ++i)
    for (const auto& [name, tolerance] : parity.steps[i].series) {
      bool there = false;
      for (const workshop::Record& record : recording.takes[i].records)
        if (const auto value = record.find(name); value != record.end()) {
          there = true;
          if (std::isnan(value->second)) return name + " is NaN on the clean tree";
        }
      if (!there) return name + " is in no record of the clean tree";
    }
  return "";
}

// Of up to three performances of one run, the first that another one agrees with.
Recording settle(const catalog::Parity& parity, const std::vector<Performance*>& times) {
  std::string why;
  for (size_t a = 0; a < times.size(); ++a) {
    if (!times[a]->failed.empty()) {
      why = times[a]->failed;
      continue;
    }
    if (why = undefined(parity, times[a]->recording); !why.empty()) break;
    for (size_t b = 0; b < times.size(); ++b) {
      if (a == b) continue;
      const std::string parts = difference(parity, *times[b], times[a]->recording).why;
      if (parts.empty()) {
        return times[a]->recording;
      }
      if (why.empty()) why = "the clean tree does not repeat it: " + parts;
    }
  }
  return {.before_s = {}, .takes = {}, .excluded = why};
}

fs::path recordings(const workshop::Clean& clean) {
  return clean.tree.parent_path() / "parity";
}

// Performs these on the clean tree as often as it takes to trust them, and keeps what came of it.
Status record(const workshop::Workshop& workshop, const workshop::Clean& clean,
              const std::vector<size_t>& missing, std::vector<Recording>& all,
              const workshop::Progress& progress) {
  const auto& specs = workshop.spec().parity;
  std::mutex telling;
  int performed = 0;
  const auto tell = [&] {
    const std::lock_guard lock(telling);
    if (progress)
      progress("recording the clean tree's runs", ++performed, 2 * static_cast<int>(missing.size()));
  };
  auto first = perform_clean(workshop, clean, missing, tell);
  NANOBUG_TRY(first);
  auto second = perform_clean(workshop, clean, missing, tell);
  NANOBUG_TRY(second);
  std::vector<size_t> doubtful;
  for (const size_t i : missing)
    if (!(*first)[i].failed.empty() || !difference(specs[i], (*second)[i], (*first)[i].recording).why.empty())
      doubtful.push_back(i);
  auto third = perform_clean(workshop, clean, doubtful, [] {});
  NANOBUG_TRY(third);
  for (const size_t i : missing) {
    std::vector<Performance*> times = {&(*first)[i], &(*second)[i]};
    if (std::count(doubtful.begin(), doubtful.end(), i)) times.push_back(&(*third)[i]);
    all[i] = settle(specs[i], times);
    NANOBUG_TRY(write_recording(recordings(clean) / recording_name(workshop.spec(), specs[i]), all[i]));
  }
  return {};
}

// Of every parity run; made where it is not there.
Result<std::vector<Recording>> all_recordings(const workshop::Workshop& workshop,
                                              const workshop::Clean& clean,
                                              const workshop::Progress& progress) {
  const auto& specs = workshop.spec().parity;
  std::vector<Recording> all(specs.size());
  const auto read = [&] {
    std::vector<size_t> missing;
    for (size_t i = 0; i < specs.size(); ++i) {
      auto kept = read_recording(recordings(clean) / recording_name(workshop.spec(), specs[i]));
      if (kept)
        all[i] = std::move(*kept);
      else
        missing.push_back(i);
    }
    return missing;
  };
  if (read().empty()) return all;
  // Whoever else needs them now waits for this one, and finds them.
  const workshop::FileLock lock(clean.tree.parent_path() / "parity.lock");
  if (const auto missing = read(); !missing.empty())
    NANOBUG_TRY(record(workshop, clean, missing, all, progress));
  return all;
}

std::vector<ParityAnswer> in_words(const catalog::Tree& tree, const std::vector<Recording>& recorded) {
  std::vector<ParityAnswer> answers;
  for (size_t i = 0; i < recorded.size(); ++i)
    answers.push_back({.observable = tree.parity[i].observable,
                       .how = recorded[i].excluded.empty() ? How::agrees : How::excluded,
                       .message = recorded[i].excluded});
  return answers;
}

}  // namespace

Result<std::vector<ParityAnswer>> run_parity(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                             const fs::path& place, const workshop::Progress& progress,
                                             Until until) {
  const auto recorded = all_recordings(workshop, clean, progress);
  NANOBUG_TRY(recorded);
  const auto& specs = workshop.spec().parity;
  std::vector<ParityAnswer> answers = in_words(workshop.spec(), *recorded);
  std::vector<size_t> order;
  for (size_t i = 0; i < specs.size(); ++i)
    if (answers[i].agrees()) {
      order.push_back(i);
      answers[i].how = How::not_run;
    }
  // The longest first, so that neither core is left alone with it at the end.
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return (*recorded)[a].seconds() > (*recorded)[b].seconds(); });
  auto stage = Stage::open(workshop, place);
  NANOBUG_TRY(stage);
  std::mutex telling;
  int compared = 0;
  NANOBUG_TRY(two_at_a_time(order, [&](size_t i) -> Result<bool> {
    const auto own = stage->perform(specs[i], &(*recorded)[i]);
    NANOBUG_TRY(own);
    ParityAnswer& answer = answers[i];
    const Difference parts = difference(specs[i], *own, (*recorded)[i]);
    answer.message = parts.why;
    answer.only_more_lines = parts.only_more_lines;
    answer.how = answer.message.empty() ? How::agrees : How::differs;
    answer.hung = own->hung;
    const std::lock_guard lock(telling);
    if (progress) progress("running programs", ++compared, static_cast<int>(order.size()));
    return !own->hung && (until == Until::all || answer.agrees());
  }));
  return answers;
}

Result<std::vector<ParityAnswer>> record_parity(const workshop::Workshop& workshop,
                                                const workshop::Clean& clean,
                                                const workshop::Progress& progress) {
  const auto recorded = all_recordings(workshop, clean, progress);
  NANOBUG_TRY(recorded);
  return in_words(workshop.spec(), *recorded);
}

std::vector<ParityAnswer> excluded_parity(const workshop::Workshop& workshop, const workshop::Clean& clean) {
  std::vector<ParityAnswer> excluded;
  for (const catalog::Parity& spec : workshop.spec().parity)
    if (const auto kept = read_recording(recordings(clean) / recording_name(workshop.spec(), spec));
        kept && !kept->excluded.empty())
      excluded.push_back({.observable = spec.observable, .how = How::excluded, .message = kept->excluded});
  return excluded;
}

Status forget_parity(const workshop::Clean& clean) {
  return remove_tree(recordings(clean));
}

Result<workshop::RunReport> baseline(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                     const catalog::Program& program, int threads,
                                     const workshop::Progress& progress) {
  nlohmann::json what = {program.program, program.args, program.ranks,
                         program.input,   threads,      workshop.spec().inputs};
  for (const catalog::Step& step : program.before)
    what.push_back({step.program, step.args, step.ranks, step.input});
  const fs::path kept =
      clean.tree.parent_path() / "baseline" / (sha256(what.dump()).substr(0, 24) + ".jsonl");
  if (const auto text = read_file(kept)) {
    workshop::RunReport report;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);)
      if (auto record = workshop::parse_record(line)) report.records.push_back(std::move(*record));
    return report;
  }
  if (progress) progress("recording the clean baseline, once for this machine", 0, 0);
  auto report = workshop::run_program(workshop, program, clean.tree, threads);
  NANOBUG_TRY(report);
  if (!report->finished.good() || report->records.empty())
    return fail(Exit::catalog,
                report->program + " fails on the clean tree (" + report->finished.how() + "); " +
                    report->finished.err,
                program.place);
  std::string text;
  for (const workshop::Record& record : report->records) text += workshop::to_line(record) + '\n';
  NANOBUG_TRY(write_file(kept, text));
  return report;
}

}  // namespace nanobug::grade
