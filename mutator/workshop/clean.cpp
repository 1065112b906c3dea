// clean: how the clean tree comes to be: from another version's, or from nothing. See workshop.h.
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "mutator/base/files.h"
#include "mutator/base/source_kind.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/relocate.h"
#include "mutator/workshop/store.h"
#include "mutator/workshop/trial.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {
namespace {

using nlohmann::json;

constexpr const char* kDatabase = "compile_commands.json";
constexpr const char* kBefore = "before";  // beside one that began as a copy of another: that one's key

// The lines of a build's output that warn; the others name every file that there is.
std::string warnings_in(const std::string& output) {
  std::string warnings;
  for (const std::string_view line : lines_of(output))
    if (line.find("warning: ") != std::string_view::npos) warnings += line;
  return warnings;
}

tl::unexpected<Error> does_not_build(const Finished& finished) {
  return fail(Exit::io, "the clean tree does not build (" + finished.how() +
                            "); nanobug doctor says what is missing\n" + reason_of(finished));
}

bool is_cmake_for_ninja(const fs::path& build) {
  return fs::exists(build / "build.ninja") && fs::exists(build / "CMakeCache.txt");
}

// Does a RUNPATH that these commands link with lead to a directory of the tree? What does not begin with a
// slash or with $ORIGIN does; nothing between two colons is what CMake leaves room with.
bool looks_in_the_tree(std::string_view commands) {
  constexpr std::string_view kOption = "-rpath,";
  for (size_t at = 0; (at = commands.find(kOption, at)) != std::string_view::npos;) {
    at += kOption.size();
    const std::string_view paths = commands.substr(at, commands.find_first_of(" ,\n", at) - at);
    bool begins = true;
    for (const char c : paths) {
      if (begins && (c == '"' || c == '\'' || c == '\\' || c == ':')) continue;
      if (begins && c != '/' && c != '$') return true;
      begins = c == ':';
    }
  }
  return false;
}

}  // namespace

// Do both have the same files, and is what CMake reads the same? Else a build would leave objects of files
// that have gone.
bool Workshop::same_plan(const Clean& before, const fs::path& source) const {
  const auto sources = [&](const fs::path& tree) {
    auto files = list_files(tree);
    if (files) std::erase_if(*files, [&](const std::string& file) { return !spec_.has(file); });
    return files.value_or(std::vector<std::string>());
  };
  const auto is_same = [&](const std::string& file) {
    const auto was = read_file(before.tree / file), is = read_file(source / file);
    return was && is && *was == *is;
  };
  const auto read = build_files(before.build, before.tree);
  const auto all = sources(source);
  // What a test judges by would be the other version's (trial.h).
  return read && sources(before.tree) == all && std::all_of(read->begin(), read->end(), is_same) &&
         std::all_of(all.begin(), all.end(),
                     [&](const std::string& file) { return !spec_.judges(file) || is_same(file); });
}

// Makes the clean tree from that of another version: what is the same in both is not compiled again. False
// when there is none, or when it does not come out; then it is made from nothing, which says why.
bool Workshop::made_from_another(Clean& clean, const fs::path& source, const Progress& progress) const {
  const auto latest = another();
  if (!latest) return false;
  const TreeHeld held = hold_tree(cache_, latest->key);
  const auto before = find_key(latest->key);  // unless somebody pruned it just now
  if (!before || before->in_place() || !same_plan(*before, source)) return false;
  // Its log is of commands that name another tree.
  if (define_the_place(before->build, before->tree)) return false;
  const auto trial = Trial::of_checkout(*this, *before, source, spec_.not_tree(), progress);
  if (!trial || !trial->built().good) return false;
  const fs::path built = build_directory(trial->tree()), home = clean.tree.parent_path();
  // One modification time holds for both: what was not compiled again is as old as it was.
  clean.time = before->time;
  const auto make = [&]() -> Status {
    NANOBUG_TRY(remember_relocations(built, trial->tree()));
    NANOBUG_TRY(relocate(built, trial->tree(), clean.tree));
    NANOBUG_TRY(copy_directory(source, clean.tree, Links::large,
                               [&](const std::string& path) { return !spec_.has(path); }));
    NANOBUG_TRY(copy_directory(built, clean.build, links(*before)));
    if (before->movable == Movable::beside) {
      const auto files = list_files(clean.build);
      NANOBUG_TRY(files);
      NANOBUG_TRY(rename_in(clean.build, *files, trial->tree(), clean.tree));
    }
    NANOBUG_TRY(remember_relocations(clean.build, clean.tree));
    // A warning of a file that was not compiled again still stands; those of one that was may have gone, and
    // are then allowed for nothing.
    const auto warned = read_file(before->diagnostics());
    NANOBUG_TRY(write_file(clean.diagnostics(), warned.value_or("") + warnings_in(trial->built().output)));
    NANOBUG_TRY(write_file(home / kBefore, before->key));
    return set_times(clean.tree, clean.time);
  };
  if (!make()) return false;
  if (spec_.build.library.empty()) clean.movable = movable(clean);
  return !clean.in_place();
}

std::optional<Clean> Workshop::before(const Clean& clean) const {
  const auto key = read_file(clean.tree.parent_path() / kBefore);
  return key ? find_key(*key) : std::nullopt;
}

Status Workshop::configure_clean(const Clean& clean, const Progress& progress) const {
  if (spec_.build.configure.empty()) return {};
  const auto configured = run_build(substitute(spec_.build.configure, names_of(clean.tree)), clean.tree,
                                    "configuring the clean tree", progress);
  NANOBUG_TRY(configured);
  if (!configured->good()) return does_not_build(*configured);
  return {};
}

Result<Finished> Workshop::build_clean(const Clean& clean, const Progress& progress) const {
  return run_build(substitute(spec_.build.compile, names_of(clean.tree)), clean.tree,
                   "building the clean tree", progress);
}

// Would what is built know of the clean tree where a copy of it stands? A program may look there for its
// data, a debugger for sources. A loader looks for libraries where RUNPATH says, and of the tree's own
// directories build.ninja has relative names by now, of which nothing good comes.
Movable Workshop::movable(const Clean& clean) const {
  const auto files = list_files(clean.build);
  if (!files) return Movable::nowhere;
  Movable movable = define_the_place(clean.build, clean.tree) ? Movable::beside : Movable::anywhere;
  for (const std::string& file : *files) {
    const auto bytes = read_file(clean.build / file);
    if (!bytes || (file == "build.ninja" && looks_in_the_tree(*bytes))) return Movable::nowhere;
    if (bytes->find('\0') != std::string::npos && bytes->find(clean.tree.native()) != std::string::npos)
      movable = Movable::beside;
  }
  return movable;
}

// Does a copy of it build, and find all there is up to date?
bool Workshop::is_copied_well(const Clean& clean) const {
  const auto trial = Trial::of_overlay(*this, clean, {});
  if (!trial || !trial->built().good) return false;
  const auto made = trial->made(*this, clean);
  return made && std::all_of(made->begin(), made->end(), [&](const std::string& file) {
           // What some builds write each time may well be what it was.
           auto is = read_file(build_directory(trial->tree()) / file);
           const auto was = read_file(clean.build / file);
           if (is && clean.movable == Movable::beside) rename_bytes(*is, trial->tree(), clean.tree);
           return is_log(file) || (is && was && *is == *was);
         });
}

// A build that writes where the sources are would write into a checkout, and what it wrote would be judged.
Status Workshop::wrote_no_sources(const Clean& clean, const fs::path& source) const {
  auto files = list_files(clean.tree);
  NANOBUG_TRY(files);
  for (const std::string& file : *files) {
    if (!spec_.has(file)) continue;
    struct stat info{};
    const bool is_new = !fs::exists(fs::symlink_status(source / file));
    if (!is_new && (::lstat((clean.tree / file).c_str(), &info) != 0 || info.st_mtime == clean.time))
      continue;
    return fail(Exit::catalog,
                std::string("the tree's build ") + (is_new ? "makes " : "writes over ") + file +
                    " among the sources; have it write into {build}, or name what it makes at the top in "
                    "'outputs'",
                spec_.place);
  }
  return {};
}

Status Workshop::make_clean(Clean& clean, const fs::path& source, const Progress& progress) const {
  NANOBUG_TRY(copy_directory(source, clean.tree, Links::large,
                             [&](const std::string& path) { return !spec_.has(path); }));
  NANOBUG_TRY(set_times(clean.tree, clean.time));
  for (const bool is_moved : {true, false}) {
    NANOBUG_TRY(configure_clean(clean, progress));
    if (is_moved && is_cmake_for_ninja(clean.build)) NANOBUG_TRY(configured(clean.build, clean.tree));
    // A library for probes says that it can be put elsewhere.
    const bool is_ours = is_cmake_for_ninja(clean.build) || !spec_.build.library.empty();
    clean.movable = is_moved && is_ours ? Movable::anywhere : Movable::nowhere;
    const auto built = build_clean(clean, progress);
    NANOBUG_TRY(built);
    if (built->good()) {
      NANOBUG_TRY(wrote_no_sources(clean, source));
      NANOBUG_TRY(write_file(clean.diagnostics(), warnings_in(built->out + built->err)));
      if (!clean.in_place()) NANOBUG_TRY(remember_relocations(clean.build, clean.tree));
      NANOBUG_TRY(set_times(clean.tree, clean.time));
      if (clean.in_place() || !spec_.build.library.empty()) return {};
      clean.movable = movable(clean);
      if (!clean.in_place() && is_copied_well(clean)) return {};
    } else if (clean.in_place()) {
      return does_not_build(*built);
    }
    // Perhaps only because it was made movable.
    NANOBUG_TRY(remove_tree(clean.build));
  }
  return {};
}

fs::path Workshop::built_database(const Clean& clean) const {
  if (spec_.database.value.empty()) return clean.build;
  const fs::path named = substitute({spec_.database.value}, names_of(clean.tree)).front();
  const fs::path where = clean.tree / named;
  return named.extension() == ".json" ? where.parent_path() : where;
}

fs::path Workshop::database_of(const Clean& clean) const {
  return spec_.flags.empty() ? built_database(clean) : clean.tree.parent_path() / "database";
}

// What the build has, if it has any, and an entry as CMake would have written it for each other file that is
// compiled, by its name.
Status Workshop::write_database(const Clean& clean) const {
  const auto files = list_files(clean.tree);
  NANOBUG_TRY(files);
  const auto text = read_file(built_database(clean) / kDatabase);
  json entries = text ? json::parse(*text, nullptr, false) : json();
  if (!entries.is_array()) entries = json::array();
  std::set<fs::path> known;
  std::error_code error;
  for (const json& entry : entries)
    if (entry.is_object() && entry.contains("file") && entry["file"].is_string())
      known.insert(fs::weakly_canonical(
          fs::path(entry.value("directory", "")) / entry["file"].get<std::string>(), error));
  for (const std::string& file : *files) {
    if (!spec_.has(file) || !is_compiled(file)) continue;
    if (known.contains(fs::weakly_canonical(clean.tree / file, error))) continue;
    std::vector<std::string> command = substitute(spec_.flags, names_of(clean.tree));
    command.insert(command.end(), {"-c", file});
    entries.push_back({{"directory", clean.tree.string()}, {"file", file}, {"arguments", command}});
  }
  return write_file(database_of(clean) / kDatabase,
                    entries.dump(1, ' ', false, json::error_handler_t::replace));
}

}  // namespace nanobug::workshop
