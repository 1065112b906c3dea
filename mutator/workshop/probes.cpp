// probes: see probes.h.
#include "mutator/workshop/probes.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/relocate.h"
#include "mutator/workshop/store.h"
#include "mutator/workshop/surroundings.h"
#include "mutator/workshop/tests.h"
#include "mutator/workshop/units.h"

namespace nanobug::workshop {
namespace {

using nlohmann::json;

// Memory that nobody has written yet must not be zero by luck: glibc fills what it hands out with this byte.
const std::string kDirtyMemory = "glibc.malloc.perturb=165";

bool matches(const std::string& file, const std::vector<std::string>& globs) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return ::fnmatch(glob.c_str(), file.c_str(), FNM_PATHNAME) == 0;
  });
}

// The text of all files below whose path matches one of the globs (without any: of all), as one hash.
Result<std::string> content(const fs::path& directory, const std::vector<std::string>& globs) {
  auto files = list_files(directory);
  NANOBUG_TRY(files);
  std::string all;
  for (const std::string& file : *files) {
    if (!globs.empty() && !matches(file, globs)) continue;
    const auto bytes = read_file(directory / file);
    NANOBUG_TRY(bytes);
    all += file + '\0' + sha256(*bytes) + '\n';
  }
  return sha256(all);
}

// Is one of the clean tree's public headers not as it was? A header that was only added is included by none
// of them.
Result<bool> public_headers_differ(const fs::path& clean, const fs::path& own,
                                   const std::vector<std::string>& globs) {
  if (globs.empty()) return false;
  auto files = list_files(clean);
  NANOBUG_TRY(files);
  for (const std::string& file : *files) {
    if (!matches(file, globs)) continue;
    const auto was = read_file(clean / file), is = read_file(own / file);
    NANOBUG_TRY(was);
    if (!is || *was != *is) return true;
  }
  return false;
}

bool has_program(const Workshop& workshop) {
  return !workshop.spec().probes.program.empty();
}

// What stands for the program of a tree that has none.
constexpr char kNoProgram[] = "tests";

// Where the clean tree's probes are built: by their sources, and by what its tests are.
Result<fs::path> clean_place(const Workshop& workshop, const Clean& clean) {
  std::string key = tests_key(workshop);
  if (has_program(workshop)) {
    const auto sources = content(workshop.project() / workshop.spec().probes.source, {});
    NANOBUG_TRY(sources);
    key = key.empty() ? *sources : sha256(*sources + key);
  }
  return clean.tree.parent_path() / "probes" / (key.empty() ? "none" : key.substr(0, 24));
}

// The tree that the probes of a build directory are compiled against, under a name inside it: paths of the
// build are then relative to it, and a copy of it can be given another tree.
fs::path tree_link(const fs::path& place) {
  return place / "tree";
}

Status link_tree(const fs::path& place, const fs::path& tree) {
  std::error_code error;
  fs::create_directories(place, error);
  fs::remove(tree_link(place), error);
  fs::create_directory_symlink(tree, tree_link(place), error);
  if (error) return fail(Exit::io, "cannot make a link in " + place.string() + ": " + error.message());
  return {};
}

// Says from which project a build of the probes was configured.
constexpr char kConfigured[] = "configured";

// Can the build be gone on with? One that another clone has configured, or this one before it was moved,
// would look for its sources there.
bool is_of(const Workshop& workshop, const fs::path& build) {
  const auto from = read_file(build / kConfigured);
  return from && *from == workshop.project().string();
}

// Builds the probe program in `place`, which has a tree already; configures it if it is not.
Result<fs::path> build_probes(const Workshop& workshop, const fs::path& place, Exit on_failure,
                              const Progress& progress) {
  const catalog::Probes& spec = workshop.spec().probes;
  const std::map<std::string, std::string> names = {
      {"source", tree_link(place).string()},
      {"build", workshop.build_directory(tree_link(place)).string()},
      {"project", workshop.project().string()},
      {"probes_build", place.string()}};
  const fs::path program = place / spec.program;
  for (const auto* step : {&spec.configure, &spec.compile}) {
    if (step->empty() || (step == &spec.configure && fs::exists(place / kConfigured))) continue;
    const auto built =
        run_build(Workshop::substitute(*step, names), workshop.project(), "building the probes", progress);
    NANOBUG_TRY(built);
    if (!built->good())
      return fail(on_failure, "the probes do not build against this tree: " + reason_of(*built));
    if (step != &spec.configure) continue;
    NANOBUG_TRY(configured(place, place));
  }
  NANOBUG_TRY(write_file(place / kConfigured, workshop.project().string()));
  if (!fs::exists(program))
    return fail(Exit::catalog,
                "probes.program names " + spec.program + ", which the build of the probes does not make",
                workshop.spec().place);
  return program;
}

// Of what the clean tree was made from the same probes may be there; if no public header differs, they are
// these.
Status take_over(const Workshop& workshop, const Clean& clean, const fs::path& place) {
  const auto before = workshop.before(clean);
  if (!before) return {};
  const TreeHeld held = hold_tree(workshop.cache(), before->key);
  const fs::path from = before->tree.parent_path() / "probes" / place.filename();
  if (!fs::exists(from / "complete") || !is_of(workshop, from)) return {};
  const auto& headers = workshop.spec().probes.headers;
  const auto was = content(before->tree, headers), is = content(clean.tree, headers);
  NANOBUG_TRY(was);
  NANOBUG_TRY(is);
  if (headers.empty() || *was != *is) return {};
  // What the tree before answered is nothing that this one answers.
  return copy_directory(
      from, place, workshop.links(clean),
      [](const std::string& path) {
        return path == "tree" || path == "complete" || fs::path(path).filename() == kAnswers;
      },
      kOwnTime);
}

}  // namespace

Result<std::string> probes_key(const Workshop& workshop, const Clean& clean) {
  const std::string tests = tests_key(workshop);
  const std::string whole = tests.empty() ? "" : tests + whole_tree(clean);
  if (!has_program(workshop)) return whole;
  const auto sources = content(workshop.project() / workshop.spec().probes.source, {});
  NANOBUG_TRY(sources);
  const auto headers = content(clean.tree, workshop.spec().probes.headers);
  NANOBUG_TRY(headers);
  return *sources + *headers + whole;
}

Command probe_command(const Workshop& workshop, const fs::path& program, const fs::path& tree) {
  Command command{.argv = {program.string()}, .directory = program.parent_path()};
  command.environment = {
      {"GLIBC_TUNABLES", kDirtyMemory}, {"NANOBUG_PROTOCOL_FD", "3"}, {"OMP_NUM_THREADS", "1"}};
  give_surroundings(command, workshop, tree);
  command.lines_from = 3;
  return command;
}

std::optional<fs::path> find_clean_probes(const Workshop& workshop, const Clean& clean) {
  const auto place = clean_place(workshop, clean);
  if (!place) return std::nullopt;
  if (!has_program(workshop)) return *place / kNoProgram;
  fs::path program = *place / workshop.spec().probes.program;
  if (!fs::exists(*place / "complete") || !fs::exists(program)) return std::nullopt;
  return program;
}

Result<fs::path> clean_probes(const Workshop& workshop, const Clean& clean, const Progress& progress) {
  if (auto there = find_clean_probes(workshop, clean)) return *there;
  const auto place = clean_place(workshop, clean);
  NANOBUG_TRY(place);
  const FileLock lock(place->string() + ".lock");
  if (auto there = find_clean_probes(workshop, clean)) return *there;  // another process built it meanwhile
  NANOBUG_TRY(remove_tree(*place));
  NANOBUG_TRY(take_over(workshop, clean, *place));
  NANOBUG_TRY(link_tree(*place, clean.tree));
  auto built = build_probes(workshop, *place, Exit::io, progress);
  NANOBUG_TRY(built);
  NANOBUG_TRY(write_file(*place / "complete", ""));
  return *built;
}

Result<fs::path> probes_for(const Workshop& workshop, const Clean& clean, const fs::path& tree,
                            const Progress& progress) {
  const auto& headers = workshop.spec().probes.headers;
  const auto differs = public_headers_differ(clean.tree, tree, headers);
  NANOBUG_TRY(differs);
  const auto pristine = clean_probes(workshop, clean, progress);
  if (!*differs || !pristine) return pristine;
  const auto own = content(tree, headers);
  NANOBUG_TRY(own);
  const auto from = clean_place(workshop, clean);
  NANOBUG_TRY(from);
  const fs::path place = from->string() + "-" + own->substr(0, 24);
  const fs::path program = place / workshop.spec().probes.program;
  const FileLock lock(place.string() + ".lock");
  if (fs::exists(place / "complete")) return program;
  NANOBUG_TRY(remove_tree(place));
  // What includes no header that differs need not be compiled again.
  if (is_of(workshop, *from)) {
    NANOBUG_TRY(copy_directory(
        *from, place, workshop.links(clean),
        [](const std::string& path) { return path == "tree" || path == "complete"; }, kOwnTime));
  }
  NANOBUG_TRY(link_tree(place, tree));
  auto built = build_probes(workshop, place, Exit::check_failed, progress);
  NANOBUG_TRY(built);
  NANOBUG_TRY(write_file(place / "complete", ""));
  return *built;
}

bool is_public_header(const Workshop& workshop, const std::string& file) {
  return matches(file, workshop.spec().probes.headers);
}

namespace {

// One that the program lists, or that was kept; nothing where it is neither.
std::optional<ProbeInfo> info_of(std::string_view line) {
  const auto entry = json::parse(line, nullptr, false);
  if (!entry.is_object() || !entry.contains("probe") || !entry["probe"].is_string()) return std::nullopt;
  const auto tag = entry.find("observable");
  ProbeInfo info{entry["probe"], tag != entry.end() && tag->is_string() ? tag->get<std::string>() : ""};
  const auto test = entry.find("test"), seconds = entry.find("seconds"), doubtful = entry.find("doubtful");
  if (test != entry.end() && test->is_number_integer()) info.test = test->get<int>();
  if (seconds != entry.end() && seconds->is_number()) info.seconds = seconds->get<double>();
  info.doubtful = doubtful != entry.end() && doubtful->is_boolean() && doubtful->get<bool>();
  return info;
}

std::string line_of(const ProbeInfo& info) {
  return json{{"probe", info.probe},
              {"observable", info.observable},
              {"test", info.test},
              {"seconds", info.seconds},
              {"doubtful", info.doubtful}}
             .dump(-1, ' ', false, json::error_handler_t::replace) +
         '\n';
}

}  // namespace

Result<std::vector<ProbeInfo>> list_probes(const Workshop& workshop, const Clean& clean,
                                           const Progress& progress) {
  const auto program = clean_probes(workshop, clean);
  NANOBUG_TRY(program);
  const fs::path kept = program->parent_path() / "list.jsonl";
  const FileLock lock(kept.string() + ".lock");
  std::vector<ProbeInfo> probes;
  std::string lines;
  const auto tests = static_cast<int>(workshop.spec().tests.size());
  const auto take = [&](std::string_view line) {
    auto info = info_of(line);
    if (!info || info->test >= tests) return false;
    probes.push_back(std::move(*info));
    lines += std::string(line) + '\n';
    return true;
  };
  if (const auto text = read_file(kept)) {
    std::istringstream in(*text);
    bool whole = true;
    for (std::string line; whole && std::getline(in, line);) whole = take(line);
    if (whole && !probes.empty()) return probes;
    probes.clear(), lines.clear();  // damaged: asked again
  }
  if (has_program(workshop)) {
    Command command = probe_command(workshop, *program, clean.tree);
    command.argv.push_back("--list");
    command.time_limit = std::chrono::seconds(60);
    command.on_line = [&](std::string_view line) { take(line); };
    const auto finished = run(command);
    NANOBUG_TRY(finished);
    if (!finished->good())
      return fail(Exit::io,
                  "the probe program cannot list its probes: " + finished->how() + "; " + finished->err);
  }
  const auto cases = list_cases(workshop, clean, progress);
  NANOBUG_TRY(cases);
  for (const ProbeInfo& one : *cases) {
    if (std::any_of(probes.begin(), probes.end(), [&](const ProbeInfo& p) { return p.probe == one.probe; }))
      return fail(Exit::catalog, "'" + one.probe + "' is a probe and a test case; give one another name",
                  workshop.spec().tests[static_cast<size_t>(one.test)].place);
    lines += line_of(one);
  }
  probes.insert(probes.end(), cases->begin(), cases->end());
  NANOBUG_TRY(write_file(kept, lines));
  return probes;
}

}  // namespace nanobug::workshop
