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

constexpr std::size_t kMostErrors = 16u << 20;  // of what a build says on stderr

constexpr const char* kVersion = "3";    // of the layout in the cache
constexpr const char* kNames = "1";      // of what is done about builds that name their place
constexpr const char* kMaker = "maker";  // beside a clean tree: what made it, whatever its content

// Exists once a build wrote through a link; beside the clean tree, since that one is made anew.
fs::path no_links(const Clean& clean) {
  return clean.tree.parent_path().string() + ".no-links";
}

// Exists where the build cannot be copied anywhere, and says where it can.
fs::path in_place(const Clean& clean) {
  return clean.tree.parent_path() / "in-place";
}

constexpr const char* kBeside = "beside";

Movable movable_of(const Clean& clean) {
  const auto where = read_file(in_place(clean));
  if (!where) return Movable::anywhere;
  return *where == kBeside ? Movable::beside : Movable::nowhere;
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

Built as_built(const Finished& finished) {
  return {finished.good(), finished.good() ? "" : reason_of(finished), finished.out + finished.err,
          finished.seconds};
}

}  // namespace

std::map<std::string, fs::path> Mutant::by_name() const {
  std::map<std::string, fs::path> all;
  for (const std::string& file : files) all[file] = outputs / file;
  return all;
}

Result<Finished> run_build(const std::vector<std::string>& argv, const fs::path& directory,
                           const std::string& what, const Progress& progress) {
  std::string out, err;
  Command command{.argv = argv, .directory = directory};
  // All of it: ninja hands on what compilers say, make leaves it on stderr.
  command.on_output = [&](std::string_view bytes) {
    if (err.size() < kMostErrors) err += bytes;
  };
  command.on_line = [&](std::string_view line) {
    int done = 0, total = 0;
    if (std::sscanf(std::string(line.substr(0, 40)).c_str(), "[%d/%d]", &done, &total) == 2 && progress)
      progress(what, done, total);
    out += line;
    out += '\n';
  };
  if (progress) progress(what, 0, 0);
  auto finished = run(command);
  if (finished) finished->out = std::move(out), finished->err = std::move(err);
  return finished;
}

bool is_log(const std::string& file) {
  return file.starts_with(".ninja_");
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
      cache_(plain_alias(cache).value_or(cache)),
      clean_place_(std::make_shared<CleanPlace>()) {}

std::vector<std::string> Workshop::substitute(const std::vector<std::string>& words,
                                              const std::map<std::string, std::string>& names) {
  std::vector<std::string> result = words;
  for (std::string& word : result)
    for (const auto& [name, value] : names)
      for (size_t at = 0; (at = word.find('{' + name + '}', at)) != std::string::npos; at += value.size())
        word.replace(at, name.size() + 2, value);
  return result;
}

std::map<std::string, std::string> Workshop::names_of(const fs::path& tree) const {
  return {
      {"source", tree.string()}, {"build", build_directory(tree).string()}, {"project", project_.string()}};
}

std::string Workshop::toolchain() const {
  json what = build_environment();
  for (const auto* command : {&spec_.build.configure, &spec_.build.compile})
    what.push_back(named_by(*command, project_));
  return sha256(what.dump(-1, ' ', false, json::error_handler_t::replace)).substr(0, 24);
}

std::string Workshop::maker() const {
  const catalog::Build& build = spec_.build;
  json what = {kVersion, build.configure, build.compile, build.directory, toolchain()};
  if (build.library.empty()) what.push_back(kNames);
  if (!spec_.flags.empty() || !spec_.database.value.empty())
    what.push_back({spec_.flags, spec_.database.value});
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
      found && *found != found_by_build(clean.build))
    return std::nullopt;
  clean.movable = movable_of(clean);
  clean.database = database_of(clean);
  clean.time = std::atoll(stamp->c_str());
  if (clean.time >= std::time(nullptr) && !dated_before_now(clean)) return std::nullopt;
  return clean;
}

Result<Clean> Workshop::clean(const fs::path& source, const std::string& tree_id, const Progress& progress,
                              const std::optional<Clean>& there) {
  for (const fs::path& place : {project_, cache_}) NANOBUG_TRY(plain_alias(place));
  if (there) return *there;
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
  if (clean.movable != Movable::anywhere)
    NANOBUG_TRY(write_file(in_place(clean), clean.in_place() ? "" : kBeside));
  // Else a .clang-format that lies above the cache would be taken for this tree's, where it has none.
  NANOBUG_TRY(
      write_file(clean.tree.parent_path() / ".clang-format", "DisableFormat: true\nSortIncludes: Never\n"));
  clean.database = database_of(clean);
  if (!spec_.flags.empty()) NANOBUG_TRY(write_database(clean));
  NANOBUG_TRY(write_file(clean.tree.parent_path() / "found", found_by_build(clean.build)));
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
  auto trial = Trial::of_overlay(*this, clean, overlay);
  NANOBUG_TRY(trial);
  const Built& built = trial->built();
  if (!built.good) return fail(Exit::catalog, "the mutated tree does not build\n" + built.message);
  mutant.seconds = built.seconds;
  mutant.diagnostics = built.output;

  auto files = trial->made(*this, clean);
  NANOBUG_TRY(files);
  if (clean.in_place()) {
    mutant.files = std::move(*files);
    mutant.place = std::make_shared<Trial>(std::move(*trial));
    NANOBUG_TRY(shelve(place_on_shelf(clean, overlay), mutant));
    return mutant;
  }
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
    if (clean.movable == Movable::beside)
      NANOBUG_TRY(rename_in(mutant.outputs, {file}, trial->tree(), clean.tree));
    mutant.files.push_back(file);
  }
  NANOBUG_TRY(shelve(place_on_shelf(clean, overlay), mutant));
  return mutant;
}

Result<Finished> Workshop::build_in(const fs::path& tree, const Progress& progress) const {
  return run_build(substitute(spec_.build.compile, names_of(tree)), tree, "building", progress);
}

Status Workshop::furnish(const Clean& clean, const Mutant* mutant, const fs::path& place,
                         const fs::path& home) const {
  if (clean.movable != Movable::anywhere) return {};
  const fs::path build = build_directory(place);
  // In one go: a file system remembers when each was made, and what came after the rest would name the bug.
  std::map<std::string, fs::path> others;
  if (mutant) others = mutant->by_name();
  NANOBUG_TRY(copy_directory(clean.build, build, links(clean), {}, std::nullopt, nullptr, &others));
  return relocate(build, clean.tree, home);
}

Links Workshop::links(const Clean& clean) const {
  return clean.movable == Movable::beside || fs::exists(no_links(clean)) ? Links::none : Links::large;
}

Status Workshop::drop_links(const Clean& clean) const {
  NANOBUG_TRY(write_file(no_links(clean), ""));
  std::error_code error;
  fs::remove(complete(clean), error);
  return {};
}

Result<Built> Workshop::build(const Clean& clean, const fs::path& checkout, const Progress& progress) const {
  std::error_code error;
  if (!spec_.build.configure.empty() && !fs::exists(build_directory(checkout), error))
    return configure_and_build(clean, checkout, progress);
  const auto built = build_in(checkout, progress);
  NANOBUG_TRY(built);
  return as_built(*built);
}

Result<Built> Workshop::configure_and_build(const Clean& clean, const fs::path& checkout,
                                            const Progress& progress) const {
  if (!spec_.build.configure.empty()) {
    const auto finished =
        run_build(substitute(spec_.build.configure, names_of(checkout)), checkout, "configuring", progress);
    NANOBUG_TRY(finished);
    if (!finished->good()) return as_built(*finished);
    if (!clean.in_place() && is_plain(checkout)) NANOBUG_TRY(configured(build_directory(checkout), checkout));
  }
  const auto built = build_in(checkout, progress);
  NANOBUG_TRY(built);
  return as_built(*built);
}

Result<fs::path> Workshop::clean_place(const Clean& clean) const {
  return clean_place_->of(*this, clean);
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
