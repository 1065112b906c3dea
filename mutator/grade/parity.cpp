// parity: see parity.h.
#include "mutator/grade/parity.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <sstream>

#include "mutator/base/at_once.h"
#include "mutator/base/files.h"
#include "mutator/grade/compare.h"
#include "mutator/grade/courses.h"
#include "mutator/grade/stage.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/probe_run.h"

namespace nanobug::grade {
namespace {

using How = ParityAnswer::How;

constexpr size_t kAtOnce = 2;

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

int first_line_that_differs(const std::string& own, const std::string& clean) {
  const auto ours = lines_of(own), theirs = lines_of(clean);
  return static_cast<int>(std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end()).first -
                          ours.begin());
}

// Everything that parts, where `difference` tells of the first. A run that ended early parts wherever it has
// no more to show.
std::vector<Parting> partings(const catalog::Parity& parity, const Performance& own, const Recording& clean) {
  std::vector<Parting> all;
  const auto& takes = own.recording.takes;
  for (size_t i = 0; i < parity.steps.size(); ++i) {
    const catalog::Compared& step = parity.steps[i];
    const int number = static_cast<int>(i);
    const Take nothing;
    const Take &ours = i < takes.size() ? takes[i] : nothing, &theirs = clean.takes[i];
    for (const auto& [series, tolerance] : step.series)
      if (const int at = first_parting(ours.records, theirs.records, series, tolerance); at >= 0)
        all.push_back({number, series, at});
    const auto shown = [&](const Take& take) {
      return step.picks.empty() ? take.text : picked(take.text, step.picks);
    };
    if (const std::string mine = shown(ours), other = shown(theirs); mine != other)
      all.push_back({number, "stdout", first_line_that_differs(mine, other)});
    if (!compare_writes(ours.writes, theirs.writes).empty()) all.push_back({number, "leaves", 0});
  }
  if (!own.failed.empty()) all.push_back({static_cast<int>(takes.size()), "ended", 0});
  return all;
}

// One performance of each of these on the clean tree. `known` gives none of them limits: it is not known yet.
Result<std::vector<Performance>> perform_clean(const workshop::Workshop& workshop,
                                               const workshop::Clean& clean, const std::vector<size_t>& which,
                                               const std::function<void()>& done) {
  auto stage = Stage::open(workshop, clean.tree);
  NANOBUG_TRY(stage);
  std::vector<Performance> all(workshop.spec().parity.size());
  NANOBUG_TRY(at_once_while(which.size(), kAtOnce, [&](size_t k, size_t) -> Result<bool> {
    const size_t i = which[k];
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

// Of these parity runs; made where it is not there. The others are left empty.
Result<std::vector<Recording>> recordings_of(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                             const std::vector<size_t>& which,
                                             const workshop::Progress& progress) {
  const auto& specs = workshop.spec().parity;
  std::vector<Recording> all(specs.size());
  const auto read = [&] {
    std::vector<size_t> missing;
    for (const size_t i : which) {
      const fs::path file = recordings(clean) / recording_name(workshop.spec(), specs[i]);
      auto kept = read_recording(file);
      if (kept && (kept->excluded.empty() || !workshop::is_old(file)))
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

// The places of those that are asked, the named ones first.
std::vector<size_t> chosen(const std::vector<catalog::Parity>& specs, const Asking& asking) {
  std::vector<size_t> first, others;
  for (size_t i = 0; i < specs.size(); ++i)
    if (asking.never.contains(specs[i].id.value))
      continue;
    else if (std::count(asking.first.begin(), asking.first.end(), specs[i].id.value))
      first.push_back(i);
    else if (asking.others)
      others.push_back(i);
  first.insert(first.end(), others.begin(), others.end());
  return first;
}

ParityAnswer in_words(const catalog::Parity& spec, const Recording& recorded) {
  return {.id = spec.id.value,
          .observable = spec.observable,
          .how = recorded.excluded.empty() ? How::agrees : How::excluded,
          .message = recorded.excluded};
}

}  // namespace

Result<std::vector<ParityAnswer>> run_parity(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                             const fs::path& place, const workshop::Progress& progress,
                                             const Asking& asking) {
  const auto& specs = workshop.spec().parity;
  std::vector<size_t> which = chosen(specs, asking);
  const auto recorded = recordings_of(workshop, clean, which, progress);
  NANOBUG_TRY(recorded);
  std::map<size_t, ParityAnswer> answers;
  std::vector<size_t> order;
  for (const size_t i : which) {
    answers[i] = in_words(specs[i], (*recorded)[i]);
    if (!answers[i].agrees()) continue;
    order.push_back(i);
    answers[i].how = How::not_run;
  }
  // The longest first, so that neither core is left alone with it at the end, or, where one that differs is
  // enough, the shortest; but the named ones before them.
  const double sign = asking.until == Until::all ? -1 : 1;
  const auto is_first = [&](size_t i) {
    return std::count(asking.first.begin(), asking.first.end(), specs[i].id.value) > 0;
  };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(!is_first(a), sign * (*recorded)[a].seconds()) <
           std::pair(!is_first(b), sign * (*recorded)[b].seconds());
  });
  auto stage = Stage::open(workshop, place);
  NANOBUG_TRY(stage);
  std::mutex telling;
  int compared = 0;
  NANOBUG_TRY(at_once_while(order.size(), kAtOnce, [&](size_t k, size_t) -> Result<bool> {
    const size_t i = order[k];
    const auto own = stage->perform(specs[i], &(*recorded)[i]);
    NANOBUG_TRY(own);
    ParityAnswer& answer = answers.at(i);
    const Difference parts = difference(specs[i], *own, (*recorded)[i]);
    answer.message = parts.why;
    answer.only_more_lines = parts.only_more_lines;
    answer.how = answer.message.empty() ? How::agrees : How::differs;
    answer.hung = own->hung;
    if (answer.differs()) answer.partings = partings(specs[i], *own, (*recorded)[i]);
    const std::lock_guard lock(telling);
    if (progress) progress("running programs", ++compared, static_cast<int>(order.size()));
    return !own->hung && (asking.until == Until::all || answer.agrees());
  }));
  std::vector<ParityAnswer> in_order;
  for (auto& [i, answer] : answers) in_order.push_back(std::move(answer));
  return in_order;
}

Result<std::vector<ParityAnswer>> record_parity(const workshop::Workshop& workshop,
                                                const workshop::Clean& clean,
                                                const workshop::Progress& progress) {
  const auto& specs = workshop.spec().parity;
  const auto recorded = recordings_of(workshop, clean, chosen(specs, {}), progress);
  NANOBUG_TRY(recorded);
  std::vector<ParityAnswer> answers;
  for (size_t i = 0; i < specs.size(); ++i) answers.push_back(in_words(specs[i], (*recorded)[i]));
  return answers;
}

std::vector<ParityAnswer> excluded_parity(const workshop::Workshop& workshop, const workshop::Clean& clean) {
  std::vector<ParityAnswer> excluded;
  for (const catalog::Parity& spec : workshop.spec().parity)
    if (const auto kept = read_recording(recordings(clean) / recording_name(workshop.spec(), spec));
        kept && !kept->excluded.empty())
      excluded.push_back(in_words(spec, *kept));
  return excluded;
}

Status forget_parity(const workshop::Clean& clean) {
  return remove_tree(recordings(clean));
}

Result<workshop::RunReport> baseline(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                     const catalog::Run& run, int threads,
                                     const workshop::Progress& progress) {
  const catalog::Program& program = run.program;
  const fs::path kept = clean.tree.parent_path() / "baseline" / baseline_name(workshop.spec(), run, threads);
  if (auto known = read_recording(kept); known && known->takes.size() == 1) {
    workshop::RunReport report{
        .records = std::move(known->takes[0].records), .program = program.program, .finished = {}};
    report.finished.out = std::move(known->takes[0].text);
    report.processor_s = known->takes[0].processor_s;
    return report;
  }
  if (progress) progress("recording the clean baseline, once for this machine", 0, 0);
  const auto wrong = [&](const std::string& why) {
    return fail(Exit::catalog, "the run '" + run.name + "' " + why, program.place);
  };
  workshop::Standbys standbys(workshop.hosts(), clean.tree);
  workshop::RunOptions options{.threads = threads, .standbys = &standbys};
  std::optional<Begun> begun;
  if (threads == 1) {
    auto made = begin(workshop, clean, program, program.before.size());
    NANOBUG_TRY(made);
    begun.emplace(std::move(*made));
    options.scratch = &begun->directory, options.done = begun->steps, options.done_s = begun->processor_s;
  }
  auto report = workshop::run_program(workshop, program, clean.tree, options);
  NANOBUG_TRY(report);
  if (!report->finished.good())
    return wrong("fails on the clean tree: " + report->program + " ended with " + report->finished.how() +
                 "; " + report->finished.err);
  if (!run.series.empty() && report->series(run.series.front()).empty())
    return wrong("writes no record with '" + run.series.front() + "' on the clean tree");
  if (run.series.empty()) {
    const auto again =
        workshop::run_program(workshop, program, clean.tree, {.threads = threads, .standbys = &standbys});
    NANOBUG_TRY(again);
    if (const auto parts = compare_text(again->finished.out, report->finished.out); !parts.why.empty())
      return wrong("does not repeat itself on the clean tree: it " + parts.why + "; give it a seed");
    if (report->finished.out.empty()) return wrong("prints nothing on the clean tree, and has no series");
  }
  NANOBUG_TRY(write_recording(kept, {.before_s = {},
                                     .takes = {{.records = report->records,
                                                .text = run.series.empty() ? report->finished.out : "",
                                                .writes = {},
                                                .processor_s = report->processor_s}},
                                     .excluded = ""}));
  return report;
}

}  // namespace nanobug::grade
