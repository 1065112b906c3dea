// workshop: builds a tree and keeps what was built, so that a session starts with a warm build directory.
//
// The clean tree is built once, in the cache, by the commands in the catalog's head; its build files are then
// made independent of where they stand. A mutant is that build with a file or two compiled again. A checkout
// gets a copy: every file in it, the build log included, is the clean build's, except the objects that hold
// the bug, and all of them bear one modification time.
//
// Not every build can be copied: only CMake's for Ninja, and of those one that is seen to be up to date where
// a copy of it stands. What names its own place (debug information does, and a test that looks for its data)
// is copied to where trees are judged, beside the clean tree, and named anew. Every other build is made in
// place: wherever the tree is judged or handed out it is configured and built from nothing, by the commands
// in the catalog's head.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "mutator/catalog/catalog.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/standbys.h"

namespace nanobug::workshop {

// path relative to the tree's root -> its new text
using Overlay = std::map<std::string, std::string>;

// Told what is being done; done and total are 0 when they are not known.
using Progress = std::function<void(const std::string& what, int done, int total)>;

// Where copies of a build work. `beside`: in directories of names as long as the clean tree's, next to it,
// once every file that names the clean tree names them instead.
enum class Movable { nowhere, beside, anywhere };

// The clean tree, built.
struct Clean {
  fs::path tree;          // sources and build directory
  fs::path build;         // tree / catalog's build.directory; compile_commands.json is here
  std::string key;        // of everything that it was made from
  std::int64_t time = 0;  // the modification time of all its files: what every checkout gets
  Movable movable = Movable::anywhere;
  fs::path database;  // the directory that has compile_commands.json

  bool in_place() const { return movable == Movable::nowhere; }

  // What its build said: the warnings that it has anyway.
  fs::path diagnostics() const { return tree.parent_path() / "diagnostics"; }
};

class Trial;
class CleanPlace;

// What a mutant's build has that the clean one has not.
struct Mutant {
  fs::path outputs;                // a directory laid out like the build directory; of a build in place, none
  std::vector<std::string> files;  // in it; of a build in place, the objects and programs that differ
  std::string diagnostics;         // what the compiler said: warnings
  double seconds = 0;              // 0 when it came from the cache
  std::shared_ptr<Trial> place = {};  // of a build in place, where it was made just now; for who comes first

  std::map<std::string, fs::path> by_name() const;  // the files, and where they are
};

struct Built {
  bool good = false;
  std::string message;  // the build's last words when it is not
  std::string output;   // all that it said: warnings
  double seconds = 0;
};

class Workshop {
 public:
  Workshop(const catalog::Tree& spec, fs::path project, fs::path cache);

  // The clean tree's build, made when it is not there (a minute or more; seconds where another version's is
  // there); progress is told. `tree_id` names the content of `source`. Errors: Exit::io with the build's
  // first error. `there`: what find_clean() answered just now.
  Result<Clean> clean(const fs::path& source, const std::string& tree_id, const Progress& progress,
                      const std::optional<Clean>& there = {});

  // The same only if it is there: no process is started.
  std::optional<Clean> find_clean(const std::string& tree_id) const;

  // The clean tree that this one was made from, if it was and that one is still there.
  std::optional<Clean> before(const Clean& clean) const;

  // Builds the tree with the overlay's files in it. Errors: Exit::catalog when it does not compile.
  Result<Mutant> mutant(const Clean& clean, const Overlay& overlay) const;

  // The same where it was built before: nothing is compiled.
  Result<std::optional<Mutant>> find_mutant(const Clean& clean, const Overlay& overlay) const;

  // Puts a build directory into the tree at `place`: the clean one, or with a mutant's files in it.
  // `home` is where the tree will stand (a session makes it beside and renames it). None where it cannot be
  // copied anywhere: configure_and_build() makes one when the tree stands there.
  Status furnish(const Clean& clean, const Mutant* mutant, const fs::path& place, const fs::path& home) const;

  // May files of the clean build be hard-linked where something is built? Not once a build wrote through one,
  // nor where they are named anew.
  Links links(const Clean& clean) const;
  // A build did: the clean build is no longer what it was. The next clean() makes it anew.
  Status drop_links(const Clean& clean) const;

  // Builds a checkout's own build directory, as a learner would. Never an error because code does not
  // compile.
  Result<Built> build(const Clean& clean, const fs::path& checkout, const Progress& progress = {}) const;
  Result<Built> configure_and_build(const Clean& clean, const fs::path& checkout,
                                    const Progress& progress = {}) const;

  // How to run a program of the tree in a checkout; `places` are what else its arguments can name.
  Command command(const catalog::Step& step, const fs::path& checkout,
                  std::map<std::string, std::string> places) const;

  // A place with the clean tree in it, built, in which its tests may write; made when it is first asked for
  // and gone with the workshop. From several threads.
  Result<fs::path> clean_place(const Clean& clean) const;

  fs::path build_directory(const fs::path& checkout) const { return checkout / spec_.build.directory; }
  const catalog::Tree& spec() const { return spec_; }
  const fs::path& project() const { return project_; }
  std::string toolchain() const;  // a key of the compiler and LibTorch
  std::string maker() const;      // a key of all that makes a clean tree but its content
  const fs::path& cache() const { return cache_; }
  Hosts& hosts() const { return *hosts_; }  // of all programs that are run here

  // What {source}, {build} and {project} stand for where the tree is at that place.
  std::map<std::string, std::string> names_of(const fs::path& tree) const;

  // {source}, {build}, … in the words of a command.
  static std::vector<std::string> substitute(const std::vector<std::string>& words,
                                             const std::map<std::string, std::string>& names);

 private:
  std::string key_of(const std::string& tree_id) const;
  std::optional<Clean> find_key(const std::string& key) const;
  std::optional<Clean> another() const;
  bool same_plan(const Clean& before, const fs::path& source) const;
  bool made_from_another(Clean& clean, const fs::path& source, const Progress& progress) const;
  Status make_clean(Clean& clean, const fs::path& source, const Progress& progress) const;
  Status configure_clean(const Clean& clean, const Progress& progress) const;
  Result<Finished> build_clean(const Clean& clean, const Progress& progress) const;
  Movable movable(const Clean& clean) const;
  bool is_copied_well(const Clean& clean) const;
  Status wrote_no_sources(const Clean& clean, const fs::path& source) const;
  fs::path built_database(const Clean& clean) const;
  fs::path database_of(const Clean& clean) const;
  Status write_database(const Clean& clean) const;
  Result<Finished> build_in(const fs::path& tree, const Progress& progress = {}) const;

  catalog::Tree spec_;
  fs::path project_, cache_;
  std::shared_ptr<Hosts> hosts_ = std::make_shared<Hosts>();
  std::shared_ptr<CleanPlace> clean_place_;
};

// Runs a build command, turning ninja's [3/17] into progress.
Result<Finished> run_build(const std::vector<std::string>& argv, const fs::path& directory,
                           const std::string& what, const Progress& progress);

// Is it a file that only says that a build tool ran?
bool is_log(const std::string& file);

// The part of a failed build that says why: from the first line with "error" on, at most 12 lines; without
// such a line the end of what it printed.
std::string reason_of(const Finished& finished);

}  // namespace nanobug::workshop
