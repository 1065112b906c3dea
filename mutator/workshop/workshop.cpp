// workshop: see workshop.h.
#include "mutator/workshop/workshop.h"

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/workshop/alias.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/identity.h"
#include "mutator/workshop/relocate.h"
#include "mutator/workshop/shelf.h"
#include "mutator/workshop/store.h"
#include "mutator/workshop/trial.h"

namespace nanobug::workshop {
namespace {

using nlohmann::json;

constexpr const char* kVersion = "3";      // of the layout in the cache
constexpr const char* kMaker = "maker";    // beside a clean tree: what made it, whatever its content
constexpr const char* kBefore = "before";  // beside one that began as a copy of another: that one's key

// Exists once a build wrote through a link; beside the clean tree, since that one is made anew.
fs::path no_links(const Clean& clean) {
  return clean.tree.parent_path().string() + ".no-links";
}

fs::path complete(const Clean& clean) {
  return clean.tree.parent_path() / "complete";
}

// A clock that was set back leaves the clean tree in the future, where every edit is older than what was
// built.
bool dated_before_now(Clean& clean) {
  const FileLock lock(clean.tree.parent_path() / "time.lock");
  clean.time = std::time(nullptr) - 2;
  return set_times(clean.tree, clean.time) && write_file(complete(clean), std::to_string(clean.time));
}

// The lines of a build's output that warn; the others name every file that there is.
std::string warnings_in(const std::string& output) {
  std::string warnings;
  for (const std::string_view line : lines_of(output))
    if (line.find("warning: ") != std::string_view::npos) warnings += line;
  return warnings;
}

Built as_built(const Finished& finished) {
  return {finished.good(), finished.good() ? "" : reason_of(finished), finished.out, finished.seconds};
}

}  // namespace

std::map<std::string, fs::path> Mutant::by_name() const {
  std::map<std::string, fs::path> all;
  for (const std::string& file : files) all[file] = outputs / file;
  return all;
}

Result<Finished> run_build(const std::vector<std::string>& argv, const fs::path& directory,
                           const std::string& what, const Progress& progress) {
  std::string out;
  Command command{.argv = argv, .directory = directory};
  command.on_line = [&](std::string_view line) {
    int done = 0, total = 0;
    if (std::sscanf(std::string(line.substr(0, 40)).c_str(), "[%d/%d]", &done, &total) == 2 && progress)
      progress(what, done, total);
    out += line;
    out += '\n';
  };
  if (progress) progress(what, 0, 0);
  auto finished = run(command);
  if (finished) finished->out = std::move(out);
  return finished;
}

std::string reason_of(const Finished& finished) {
  const std::string all = finished.out + finished.err;
  size_t begin = all.find("error:");
  if (begin == std::string::npos) begin = all.find("Error");
  if (begin == std::string::npos) begin = all.size() > 800 ? all.size() - 800 : 0;
  begin = all.rfind('\n', begin);
  begin = begin == std::string::npos ? 0 : begin + 1;
  size_t end = begin;
  for (int lines = 0; lines < 12 && end != std::string::npos && end < all.size(); ++lines) {
    end = all.find('\n', end);
    if (end != std::string::npos) ++end;
  }
  return all.substr(begin, end == std::string::npos ? end : end - begin);
}

Workshop::Workshop(const catalog::Tree& spec, fs::path project, fs::path cache)
    : spec_(spec),
      project_(plain_alias(project).value_or(project)),
      cache_(plain_alias(cache).value_or(cache)) {}

std::vector<std::string> Workshop::substitute(const std::vector<std::string>& words,
                                              const std::map<std::string, std::string>& names) {
  std::vector<std::string> result = words;
  for (std::string& word : result)
    for (const auto& [name, value] : names)
      for (size_t at = 0; (at = word.find('{' + name + '}', at)) != std::string::npos; at += value.size())
        word.replace(at, name.size() + 2, value);
  return result;
}

std::string Workshop::toolchain() const {
  json what = build_environment();
  for (const auto* command : {&spec_.build.configure, &spec_.build.compile})
    what.push_back(named_by(*command, project_));
  return sha256(what.dump(-1, ' ', false, json::error_handler_t::replace)).substr(0, 24);
}

std::string Workshop::maker() const {
  const catalog::Build& build = spec_.build;
  const json what = {kVersion, build.configure, build.compile, build.directory, toolchain()};
  return sha256(what.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string Workshop::key_of(const std::string& tree_id) const {
  return sha256(tree_id + '\n' + maker()).substr(0, 24);
}

std::optional<Clean> Workshop::find_clean(const std::string& tree_id) const {
  const std::string key = key_of(tree_id);
  use_tree(cache_, key);  // before it is looked for: what is found then stays
  return find_key(key);
}

std::optional<Clean> Workshop::find_key(const std::string& key) const {
  Clean clean;
  clean.key = key;
  clean.tree = cache_ / "trees" / clean.key / "tree";
  clean.build = build_directory(clean.tree);
  const auto stamp = read_file(complete(clean));
  if (!stamp) return std::nullopt;
  // The compiler that a name on PATH or CMake's own search led to may be another one by now.
  if (const auto found = read_file(clean.tree.parent_path() / "found");
      found && *found != found_by_cmake(clean.build))
    return std::nullopt;
  clean.time = std::atoll(stamp->c_str());
  if (clean.time >= std::time(nullptr) && !dated_before_now(clean)) return std::nullopt;
  return clean;
}

Result<Clean> Workshop::clean(const fs::path& source, const std::string& tree_id, const Progress& progress) {
  for (const fs::path& place : {project_, cache_}) NANOBUG_TRY(plain_alias(place));
  if (auto found = find_clean(tree_id)) return *found;
  Clean clean;
  clean.key = key_of(tree_id);
  clean.tree = cache_ / "trees" / clean.key / "tree";
  clean.build = build_directory(clean.tree);
  const FileLock lock(cache_ / "trees" / (clean.key + ".lock"));
  if (auto found = find_clean(tree_id)) return *found;  // another process made it meanwhile
  NANOBUG_TRY(remove_tree(clean.tree.parent_path()));
  if (!made_from_another(clean, source, progress)) {
    NANOBUG_TRY(remove_tree(clean.tree.parent_path()));
    // One second ago: what the build now writes is not older than the sources.
    clean.time = std::time(nullptr) - 1;
    NANOBUG_TRY(make_clean(clean, source, progress));
  }
  NANOBUG_TRY(write_file(clean.tree.parent_path() / "found", found_by_cmake(clean.build)));
  NANOBUG_TRY(write_file(clean.tree.parent_path() / kMaker, maker()));
  NANOBUG_TRY(write_file(complete(clean), std::to_string(clean.time)));
  return clean;
}

// The clean tree of another version, made by the same commands and compiler: the one that was finished last.
std::optional<Clean> Workshop::another() const {
  std::optional<Clean> latest;
  fs::file_time_type when;
  const std::string wanted = maker();
  std::error_code error;
  for (fs::directory_iterator it(cache_ / "trees", error), end; !error && it != end; it.increment(error)) {
    const auto made_by = read_file(it->path() / kMaker);
    if (!made_by || *made_by != wanted) continue;
    std::error_code none;
    const auto finished = fs::last_write_time(it->path() / "complete", none);
    if (none || (latest && finished <= when)) continue;
    if (auto found = find_key(it->path().filename().string())) latest = std::move(found), when = finished;
  }
  return latest;
}

// Do both have the same files, and is what CMake reads the same? Else a build would leave objects of files
// that have gone.
bool Workshop::same_plan(const Clean& before, const fs::path& source) const {
  const auto sources = [&](const fs::path& tree) {
    auto files = list_files(tree);
    if (files)
      std::erase_if(*files, [&](const std::string& file) {
        return file.starts_with(spec_.build.directory + '/') || file.starts_with(".git/");
      });
    return files.value_or(std::vector<std::string>());
  };
  const auto read = build_files(before.build, before.tree);
  return read && sources(before.tree) == sources(source) &&
         std::all_of(read->begin(), read->end(), [&](const std::string& file) {
           const auto was = read_file(before.tree / file), is = read_file(source / file);
           return was && is && *was == *is;
         });
}

// Makes the clean tree from that of another version: what is the same in both is not compiled again. False
// when there is none, or when it does not come out; then it is made from nothing, which says why.
bool Workshop::made_from_another(Clean& clean, const fs::path& source, const Progress& progress) const {
  const auto latest = another();
  if (!latest) return false;
  const TreeHeld held = hold_tree(cache_, latest->key);
  const auto before = find_key(latest->key);  // unless somebody pruned it just now
  if (!before || !same_plan(*before, source)) return false;
  const auto trial = Trial::of_checkout(*this, *before, source, {spec_.build.directory}, progress);
  if (!trial || !trial->built().good) return false;
  const fs::path built = build_directory(trial->tree()), home = clean.tree.parent_path();
  // One modification time holds for both: what was not compiled again is as old as it was.
  clean.time = before->time;
  const auto make = [&]() -> Status {
    NANOBUG_TRY(remember_relocations(built, trial->tree()));
    NANOBUG_TRY(relocate(built, trial->tree(), clean.tree));
    NANOBUG_TRY(copy_directory(source, clean.tree, Links::large, [&](const std::string& path) {
      return path == spec_.build.directory || path == ".git";
    }));
    NANOBUG_TRY(copy_directory(built, clean.build, Links::large));
    NANOBUG_TRY(remember_relocations(clean.build, clean.tree));
    // A warning of a file that was not compiled again still stands; those of one that was may have gone, and
    // are then allowed for nothing.
    const auto warned = read_file(before->diagnostics());
    NANOBUG_TRY(write_file(clean.diagnostics(), warned.value_or("") + warnings_in(trial->built().output)));
    NANOBUG_TRY(write_file(home / kBefore, before->key));
    return set_times(clean.tree, clean.time);
  };
  return make().has_value();
}

std::optional<Clean> Workshop::before(const Clean& clean) const {
  const auto key = read_file(clean.tree.parent_path() / kBefore);
  return key ? find_key(*key) : std::nullopt;
}

Status Workshop::make_clean(const Clean& clean, const fs::path& source, const Progress& progress) const {
  const std::string own = spec_.build.directory;
  NANOBUG_TRY(copy_directory(source, clean.tree, Links::large,
                             [&](const std::string& path) { return path == own || path == ".git"; }));
  NANOBUG_TRY(set_times(clean.tree, clean.time));
  const std::map<std::string, std::string> names = {
      {"source", clean.tree.string()}, {"build", clean.build.string()}, {"project", project_.string()}};
  for (const auto* step : {&spec_.build.configure, &spec_.build.compile}) {
    if (step->empty()) continue;
    const bool configure = step == &spec_.build.configure;
    const auto built =
        run_build(substitute(*step, names), clean.tree,
                  configure ? "configuring the clean tree" : "building the clean tree", progress);
    NANOBUG_TRY(built);
    if (!built->good())
      return fail(Exit::io, "the clean tree does not build (" + built->how() +
                                "); nanobug doctor says what is missing\n" + reason_of(*built));
    if (configure) NANOBUG_TRY(configured(clean.build, clean.tree));
    if (!configure) NANOBUG_TRY(write_file(clean.diagnostics(), warnings_in(built->out)));
  }
  NANOBUG_TRY(remember_relocations(clean.build, clean.tree));
  return set_times(clean.tree, clean.time);
}

namespace {

fs::path place_on_shelf(const Clean& clean, const Overlay& overlay) {
  std::string what;  // each part with its length in front: no two overlays give one text
  for (const auto& [path, text] : overlay)
    for (const std::string& part : {path, text}) what += std::to_string(part.size()) + ':' + part;
  return clean.tree.parent_path() / "mutants" / sha256(what).substr(0, 24);
}

}  // namespace

Result<std::optional<Mutant>> Workshop::find_mutant(const Clean& clean, const Overlay& overlay) const {
  return take_down(place_on_shelf(clean, overlay), clean.tree.parent_path());
}

Result<Mutant> Workshop::mutant(const Clean& clean, const Overlay& overlay) const {
  const fs::path home = clean.tree.parent_path();
  Mutant mutant;
  auto known = find_mutant(clean, overlay);
  NANOBUG_TRY(known);
  if (*known) return std::move(**known);
  const auto trial = Trial::of_overlay(*this, clean, overlay);
  NANOBUG_TRY(trial);
  const Built& built = trial->built();
  if (!built.good) return fail(Exit::catalog, "the mutated tree does not build\n" + built.message);
  mutant.seconds = built.seconds;
  mutant.diagnostics = built.output;

  auto files = trial->made(*this, clean);
  NANOBUG_TRY(files);
  auto outputs = make_temporary_directory(home, "scratch");
  NANOBUG_TRY(outputs);
  remove_at_exit(*outputs);
  mutant.outputs = *outputs;
  const fs::path build = build_directory(trial->tree());
  for (const std::string& file : *files) {
    if (file == ".ninja_log" || file == ".ninja_deps") continue;
    std::error_code error;
    fs::create_directories((mutant.outputs / file).parent_path(), error);
    fs::rename(build / file, mutant.outputs / file, error);
    if (error) return fail(Exit::io, "cannot keep " + file + " in the cache: " + error.message());
    mutant.files.push_back(file);
  }
  NANOBUG_TRY(shelve(place_on_shelf(clean, overlay), mutant));
  return mutant;
}

Result<Finished> Workshop::build_in(const fs::path& tree, const Progress& progress) const {
  return run_build(substitute(spec_.build.compile, {{"source", tree.string()},
                                                    {"build", build_directory(tree).string()},
                                                    {"project", project_.string()}}),
                   tree, "building", progress);
}

Status Workshop::furnish(const Clean& clean, const Mutant* mutant, const fs::path& place,
                         const fs::path& home) const {
  const fs::path build = build_directory(place);
  // In one go: a file system remembers when each was made, and what came after the rest would name the bug.
  std::map<std::string, fs::path> others;
  if (mutant) others = mutant->by_name();
  NANOBUG_TRY(copy_directory(clean.build, build, links(clean), {}, std::nullopt, nullptr, &others));
  return relocate(build, clean.tree, home);
}

Links Workshop::links(const Clean& clean) const {
  return fs::exists(no_links(clean)) ? Links::none : Links::large;
}

Status Workshop::drop_links(const Clean& clean) const {
  NANOBUG_TRY(write_file(no_links(clean), ""));
  std::error_code error;
  fs::remove(complete(clean), error);
  return {};
}

Result<Built> Workshop::build(const fs::path& checkout, const Progress& progress) const {
  std::error_code error;
  if (!spec_.build.configure.empty() && !fs::exists(build_directory(checkout), error))
    return configure_and_build(checkout, progress);
  const auto built = build_in(checkout, progress);
  NANOBUG_TRY(built);
  return as_built(*built);
}

Result<Built> Workshop::configure_and_build(const fs::path& checkout, const Progress& progress) const {
  if (!spec_.build.configure.empty()) {
    const auto finished =
        run_build(substitute(spec_.build.configure, {{"source", checkout.string()},
                                                     {"build", build_directory(checkout).string()},
                                                     {"project", project_.string()}}),
                  checkout, "configuring", progress);
    NANOBUG_TRY(finished);
    if (!finished->good()) return as_built(*finished);
    if (is_plain(checkout)) NANOBUG_TRY(configured(build_directory(checkout), checkout));
  }
  const auto built = build_in(checkout, progress);
  NANOBUG_TRY(built);
  return as_built(*built);
}

Command Workshop::command(const catalog::Step& step, const fs::path& checkout,
                          std::map<std::string, std::string> places) const {
  Command command;
  places["source"] = checkout.string();
  places["build"] = build_directory(checkout).string();
  command.argv = substitute(step.args, places);
  command.argv.insert(command.argv.begin(), (build_directory(checkout) / step.program).string());
  command.directory = checkout;
  return command;
}

}  // namespace nanobug::workshop
