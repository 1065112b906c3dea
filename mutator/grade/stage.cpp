// stage: see stage.h.
#include "mutator/grade/stage.h"

#include <nlohmann/json.hpp>

namespace nanobug::grade {
namespace {

constexpr int kThreads = 1;  // sums of several threads differ in their last digits

// False, with the reason, when it failed.
bool succeeded(const workshop::RunReport& report, Performance& performance) {
  if (report.finished.good()) return true;
  performance.failed = report.program + " ended with " + report.finished.how();
  performance.hung = report.finished.timed_out;
  return false;
}

}  // namespace

Result<Stage> Stage::open(const workshop::Workshop& workshop, fs::path place) {
  auto scratch = workshop::RunDirectory::make(workshop.spec());
  NANOBUG_TRY(scratch);
  return Stage(workshop, std::move(place), std::move(*scratch));
}

Stage::Stage(const workshop::Workshop& workshop, fs::path place, workshop::RunDirectory scratch)
    : workshop_(workshop), place_(std::move(place)), run_directory_(std::move(scratch)) {}

// Whoever comes first runs it, the others wait for it.
Result<workshop::RunReport> Stage::prepare(const catalog::Step& step, const Limits& limits) {
  const std::string name = nlohmann::json({step.program, step.args, step.ranks, step.input}).dump();
  std::promise<Result<workshop::RunReport>> promise;
  std::unique_lock lock(prepared_->adding);
  const auto [entry, first] = prepared_->steps.try_emplace(name);
  if (first) entry->second = promise.get_future().share();
  const Shared shared = entry->second;
  lock.unlock();
  if (first)
    promise.set_value(
        workshop::run_step(workshop_, step, place_, run_directory_,
                           {.threads = kThreads, .limits = limits, .standbys = standbys_.get()}));
  return shared.get();
}

Result<Performance> Stage::perform(const catalog::Parity& parity, const Recording* known) {
  Performance performance;
  const auto limits = [&](double processor_s) {
    return known ? limits_from(processor_s, parity.time_limit_s) : workshop::limits_of(parity.time_limit_s);
  };
  for (size_t i = 0; i < parity.before.size(); ++i) {
    const auto report = prepare(parity.before[i], limits(known ? known->before_s[i] : 0));
    NANOBUG_TRY(report);
    if (!succeeded(*report, performance)) return performance;
    performance.recording.before_s.push_back(report->finished.processor_s);
  }
  for (size_t i = 0; i < parity.steps.size(); ++i) {
    const catalog::Compared& step = parity.steps[i];
    auto report = workshop::run_step(workshop_, step, place_, run_directory_,
                                     {.threads = kThreads,
                                      .limits = limits(known ? known->takes[i].processor_s : 0),
                                      .watch = step.leaves,
                                      .standbys = standbys_.get()});
    NANOBUG_TRY(report);
    performance.recording.takes.push_back({.records = std::move(report->records),
                                           .text = step.text ? std::move(report->finished.out) : "",
                                           .writes = std::move(report->writes),
                                           .processor_s = report->finished.processor_s});
    if (!succeeded(*report, performance)) return performance;
  }
  return performance;
}

}  // namespace nanobug::grade
