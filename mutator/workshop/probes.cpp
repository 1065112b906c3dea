// probes: see probes.h.
#include "mutator/workshop/probes.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/workshop/alias.h"
#include "mutator/workshop/copy.h"

namespace nanobug::workshop {
namespace {

using nlohmann::json;

// The text of all files below whose path matches one of the globs ("" for all), as one hash.
Result<std::string> content(const fs::path& directory, const std::vector<std::string>& globs) {
  auto files = list_files(directory);
  NANOBUG_TRY(files);
  std::string all;
  for (const std::string& file : *files) {
    const bool wanted =
        globs.empty() || std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
          return ::fnmatch(glob.c_str(), file.c_str(), FNM_PATHNAME) == 0;
        });
    if (!wanted) continue;
    const auto bytes = read_file(directory / file);
    NANOBUG_TRY(bytes);
    all += file + '\0' + sha256(*bytes) + '\n';
  }
  return sha256(all);
}

// Builds the probe program in `place` against `source`; quick when nothing changed.
Result<fs::path> build_probes(const Workshop& workshop, const fs::path& source, const fs::path& place,
                              Exit on_failure, const Progress& progress) {
  const catalog::Probes& spec = workshop.spec().probes;
  const std::map<std::string, std::string> names = {{"source", source.string()},
                                                    {"build", workshop.build_directory(source).string()},
                                                    {"project", workshop.project().string()},
                                                    {"probes_build", place.string()}};
  const fs::path program = place / spec.program;
  for (const auto* step : {&spec.configure, &spec.compile}) {
    if (step->empty() || (step == &spec.configure && fs::exists(place / "configured"))) continue;
    const auto built =
        run_build(Workshop::substitute(*step, names), workshop.project(), "building the probes", progress);
    NANOBUG_TRY(built);
    if (!built->good())
      return fail(on_failure, "the probes do not build against this tree: " + reason_of(*built));
    if (step == &spec.configure) NANOBUG_TRY(write_file(place / "configured", ""));
  }
  if (!fs::exists(program))
    return fail(Exit::catalog,
                "probes.program names " + spec.program + ", which the build of the probes does not make",
                workshop.spec().place);
  return program;
}

Command probe_command(const Workshop& workshop, const fs::path& program, const fs::path& checkout) {
  Command command{.argv = {program.string()}, .directory = program.parent_path()};
  const fs::path beside = (workshop.build_directory(checkout) / workshop.spec().build.library).parent_path();
  const std::string library = plain_alias(beside).value_or(beside).string();  // the list is parted by colons
  const char* path = std::getenv("LD_LIBRARY_PATH");
  command.environment = {{"LD_LIBRARY_PATH", library + (path ? std::string(":") + path : "")},
                         {"OMP_NUM_THREADS", "1"}};
  return command;
}

// Runs the program over the probes from `next` on, until it ends in whatever way; moves `next` past what was
// answered.
Status one_process(const Workshop& workshop, const fs::path& program, const fs::path& checkout,
                   const std::vector<ProbeInfo>& probes, size_t& next, std::vector<ProbeAnswer>& answers,
                   const Progress& progress) {
  const size_t first = next;
  std::optional<std::string> begun;
  Command command = probe_command(workshop, program, checkout);
  for (size_t i = next; i < probes.size(); ++i) command.argv.push_back(probes[i].probe);
  command.quiet_limit =
      std::chrono::milliseconds(static_cast<long long>(workshop.spec().probes.time_limit_s * 1000));
  command.on_line = [&](std::string_view line) {
    const auto event = json::parse(line, nullptr, false);
    if (!event.is_object() || next >= probes.size()) return;
    if (event.contains("begin")) begun = event["begin"].get<std::string>();
    if (!event.contains("end") || event["end"] != probes[next].probe) return;
    const bool passed = event.value("passed", false);
    answers.push_back({probes[next].probe, probes[next].observable,
                       passed ? ProbeAnswer::How::passed : ProbeAnswer::How::failed,
                       event.value("message", "")});
    begun.reset();
    ++next;
    if (progress) progress("probing", static_cast<int>(answers.size()), static_cast<int>(probes.size()));
  };
  const auto finished = run(command);
  NANOBUG_TRY(finished);
  if (next >= probes.size()) return {};
  if (!begun && next == first && finished->exit_code == 2)
    return fail(Exit::catalog, "the probe program refused its arguments: " + finished->err);
  // It ended inside a probe, or before the first (its library does not load): that probe has its answer.
  const auto how = finished->timed_out ? ProbeAnswer::How::hung : ProbeAnswer::How::crashed;
  answers.push_back({probes[next].probe, probes[next].observable, how, finished->how()});
  ++next;
  // A library that does not load fails every probe alike; one process says it for all of them.
  if (!begun && next == first + 1 && !finished->timed_out)
    for (; next < probes.size(); ++next)
      answers.push_back({probes[next].probe, probes[next].observable, how, finished->how()});
  return {};
}

}  // namespace

Result<fs::path> clean_probes(const Workshop& workshop, const Clean& clean, const Progress& progress) {
  const auto sources = content(workshop.project() / workshop.spec().probes.source, {});
  NANOBUG_TRY(sources);
  const fs::path place = clean.tree.parent_path() / "probes" / sources->substr(0, 24);
  const fs::path program = place / workshop.spec().probes.program;
  const auto there = [&] { return fs::exists(place / "complete") && fs::exists(program); };
  if (there()) return program;
  const FileLock lock(place.string() + ".lock");
  if (there()) return program;  // another process built it meanwhile
  auto built = build_probes(workshop, clean.tree, place, Exit::io, progress);
  NANOBUG_TRY(built);
  NANOBUG_TRY(write_file(place / "complete", ""));
  return *built;
}

Result<fs::path> probes_for(const Workshop& workshop, const Clean& clean, const fs::path& checkout,
                            const Progress& progress) {
  const auto& headers = workshop.spec().probes.headers;
  const auto own = content(checkout, headers), pristine = content(clean.tree, headers);
  NANOBUG_TRY(own);
  NANOBUG_TRY(pristine);
  if (*own == *pristine) return clean_probes(workshop, clean, progress);
  const fs::path place =
      clean.tree.parent_path() / "probes" /
      ("for-" + sha256(workshop.project().string() + "\n" + checkout.string()).substr(0, 24));
  return build_probes(workshop, checkout, place, Exit::check_failed, progress);
}

Result<std::vector<ProbeInfo>> list_probes(const Workshop& workshop, const Clean& clean) {
  const auto program = clean_probes(workshop, clean);
  NANOBUG_TRY(program);
  const fs::path kept = program->parent_path() / "list.jsonl";
  std::vector<ProbeInfo> probes;
  std::string lines;
  const auto take = [&](std::string_view line) {
    const auto entry = json::parse(line, nullptr, false);
    if (!entry.is_object() || !entry.contains("probe")) return;
    probes.push_back({entry["probe"], entry.value("observable", "")});
    lines += std::string(line) + '\n';
  };
  if (const auto text = read_file(kept)) {
    std::istringstream in(*text);
    for (std::string line; std::getline(in, line);) take(line);
    return probes;
  }
  Command command = probe_command(workshop, *program, clean.tree);
  command.argv.push_back("--list");
  command.time_limit = std::chrono::seconds(60);
  command.on_line = take;
  const auto finished = run(command);
  NANOBUG_TRY(finished);
  if (!finished->good())
    return fail(Exit::io,
                "the probe program cannot list its probes: " + finished->how() + "; " + finished->err);
  NANOBUG_TRY(write_file(kept, lines));
  return probes;
}

Result<std::vector<ProbeAnswer>> run_probes(const Workshop& workshop, const fs::path& program,
                                            const fs::path& checkout, std::vector<ProbeInfo> probes,
                                            const Progress& progress, Until until) {
  std::vector<ProbeAnswer> answers;
  const auto failed = [](const ProbeAnswer& answer) { return !answer.passed(); };
  for (size_t next = 0; next < probes.size();) {
    NANOBUG_TRY(one_process(workshop, program, checkout, probes, next, answers, progress));
    if (until == Until::one_process_failed && std::any_of(answers.begin(), answers.end(), failed)) break;
  }
  return answers;
}

}  // namespace nanobug::workshop
