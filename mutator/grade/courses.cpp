// courses: see courses.h.
#include "mutator/grade/courses.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/grade/recording.h"

namespace nanobug::grade {
namespace {

using nlohmann::json;

constexpr int kThreads = 1;

// Of the first `count` steps, whichever run they are of.
std::string name_of(const catalog::Tree& tree, const catalog::Program& program, size_t count) {
  json what = {"1", tree.inputs, kThreads};
  for (size_t i = 0; i < count; ++i) {
    const catalog::Step& step = program.before[i];
    what.push_back({step.program, step.args, step.ranks, step.input});
  }
  return sha256(what.dump(-1, ' ', false, json::error_handler_t::replace)).substr(0, 24);
}

std::set<std::string> programs_of(const catalog::Parity& parity) {
  std::set<std::string> programs;
  for (const catalog::Step& step : parity.before) programs.insert(step.program);
  for (const catalog::Compared& step : parity.steps) programs.insert(step.program);
  return programs;
}

// What a build makes for itself alone: no program reads it when it runs.
bool is_intermediate(const std::string& file) {
  static const std::set<fs::path> extensions = {".o", ".obj", ".a", ".d", ".pch", ".gch"};
  return extensions.contains(fs::path(file).extension());
}

// The programs that were built anew; nothing where something else was, a library, say: any of them may read
// it.
std::optional<std::set<std::string>> only_programs(const catalog::Tree& tree, const workshop::Mutant& built) {
  std::set<std::string> programs, changed;
  for (const catalog::Parity& parity : tree.parity) programs.merge(programs_of(parity));
  for (const std::string& file : built.files)
    if (programs.contains(file))
      changed.insert(file);
    else if (!is_intermediate(file))
      return std::nullopt;
  return changed;
}

fs::path place_of(const workshop::Clean& clean, const std::string& name) {
  return clean.tree.parent_path() / "begun" / name;
}

// What it took, if it is there: written last.
std::optional<double> seconds_of(const fs::path& place) {
  const auto text = read_file(place / "processor_s");
  if (!text) return std::nullopt;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  return error == std::errc() ? std::optional(seconds) : std::nullopt;
}

Status take(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
  if (error) return fail(Exit::io, "cannot copy " + from.string() + ": " + error.message());
  return {};
}

}  // namespace

std::vector<workshop::Course> courses_of(const catalog::Tree& tree) {
  std::vector<workshop::Course> all;
  for (const catalog::Parity& parity : tree.parity) {
    workshop::Course course;
    course.time_limit_s = parity.time_limit_s;
    course.steps.insert(course.steps.end(), parity.before.begin(), parity.before.end());
    course.steps.insert(course.steps.end(), parity.steps.begin(), parity.steps.end());
    course.names.assign(course.steps.size(), recording_name(tree, parity));
    all.push_back(std::move(course));
  }
  std::set<std::string> known;
  for (const catalog::Run& run : tree.runs) {
    const catalog::Program& program = run.program;
    workshop::Course course{program.before, {}, program.time_limit_s};
    for (size_t i = 1; i <= program.before.size(); ++i) course.names.push_back(name_of(tree, program, i));
    if (!program.before.empty() && known.insert(course.names.back()).second) all.push_back(std::move(course));
  }
  return all;
}

Sameness::Sameness(Mutants& mutants, const workshop::Overlay& overlay, const workshop::Mutant& built)
    : tree_(mutants.catalog().tree), changed_(only_programs(tree_, built)) {
  if (const auto& reach = mutants.reach()) missed_ = reach->missed(mutants.clean(), overlay);
}

bool Sameness::runs_clean_programs(const catalog::Parity& parity) const {
  if (!changed_) return false;
  const auto own = programs_of(parity);
  return std::none_of(own.begin(), own.end(),
                      [&](const std::string& program) { return changed_->contains(program); });
}

bool Sameness::runs_nothing_of_it(const catalog::Parity& parity) const {
  return missed_.contains(recording_name(tree_, parity));
}

size_t Sameness::steps_before(const catalog::Program& program) const {
  size_t count = 0;
  for (; count < program.before.size(); ++count)
    if (changed_ ? changed_->contains(program.before[count].program)
                 : !missed_.contains(name_of(tree_, program, count + 1)))
      break;
  return count;
}

Result<Begun> begin(const workshop::Workshop& workshop, const workshop::Clean& clean,
                    const catalog::Program& program, size_t steps) {
  auto directory = workshop::RunDirectory::make(workshop.spec());
  NANOBUG_TRY(directory);
  Begun begun{.directory = std::move(*directory)};
  if (steps == 0) return begun;
  const fs::path place = place_of(clean, name_of(workshop.spec(), program, steps));
  std::error_code error;
  fs::create_directories(place.parent_path(), error);
  const auto known = [&]() -> Result<bool> {
    const auto seconds = seconds_of(place);
    if (!seconds) return false;
    NANOBUG_TRY(take(place / "files", begun.directory.path()));
    begun.steps = steps, begun.processor_s = *seconds;
    return true;
  };
  // Whoever else needs it waits for this one, and finds it.
  const workshop::FileLock lock(place.string() + ".lock");
  const auto there = known();
  NANOBUG_TRY(there);
  if (*there) return begun;
  auto before = begin(workshop, clean, program, steps - 1);
  NANOBUG_TRY(before);
  if (before->steps < steps - 1) return before;
  workshop::Standbys standbys(workshop.hosts(), clean.tree);
  const auto report = run_step(
      workshop, program.before[steps - 1], clean.tree, before->directory,
      {.threads = kThreads, .limits = workshop::limits_of(program.time_limit_s), .standbys = &standbys});
  NANOBUG_TRY(report);
  if (!report->finished.good()) return begin(workshop, clean, program, steps - 1);
  NANOBUG_TRY(remove_tree(place));
  fs::create_directories(place / "files", error);
  NANOBUG_TRY(take(before->directory.path(), place / "files"));
  before->steps = steps, before->processor_s += report->finished.processor_s;
  NANOBUG_TRY(write_file(place / "processor_s", json(before->processor_s).dump()));
  return before;
}

}  // namespace nanobug::grade
