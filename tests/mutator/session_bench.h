// session_bench: what the tests of vault/ and session/ stand on: a place of their own, a small pair of trees,
// and git.
//
// Git itself is the oracle: whatever nanobug writes must be what the git command reads. It runs without the
// user's configuration, so that the tests say the same on every machine.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "tests/mutator/session_trees.h"
#include "tests/probes/catch.h"

namespace nanobug::test {

// A directory that goes when the test does.
class Scratch {
 public:
  Scratch() : path_(make_temporary_directory(fs::temp_directory_path(), "nanobug-test").value()) {}
  ~Scratch() { (void)remove_tree(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  fs::path operator/(const fs::path& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

inline Finished git(const fs::path& directory, std::vector<std::string> arguments) {
  Command command;
  command.argv = {"git"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.directory = directory;
  command.environment = {{"GIT_CONFIG_GLOBAL", "/dev/null"},
                         {"GIT_CONFIG_NOSYSTEM", "1"},
                         {"GIT_AUTHOR_NAME", "learner"},
                         {"GIT_AUTHOR_EMAIL", "learner@localhost"},
                         {"GIT_COMMITTER_NAME", "learner"},
                         {"GIT_COMMITTER_EMAIL", "learner@localhost"},
                         {"GIT_CEILING_DIRECTORIES", directory.parent_path().string()},
                         {"LC_ALL", "C"}};
  return run(command).value();
}

// The output of a git command that must succeed, without the newline at its end.
inline std::string git_out(const fs::path& directory, std::vector<std::string> arguments) {
  const Finished finished = git(directory, arguments);
  INFO("git " << arguments.front() << " in " << directory << ": " << finished.err);
  REQUIRE(finished.good());
  std::string out = finished.out;
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

inline void put(const fs::path& file, const std::string& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

inline std::string bytes_of(const fs::path& file) {
  return read_file(file).value();
}

// The verbs of a session in a scratch directory, each with a desk of its own, as each command has.
inline session::Desk desk_in(const Scratch& scratch) {
  auto desk = session::Desk::open(places_in(scratch.path()));
  INFO((desk ? "" : desk.error().text()));
  REQUIRE(desk);
  return std::move(*desk);
}

inline session::Session start_in(const Scratch& scratch) {
  auto started = desk_in(scratch).start(furnished_request(scratch / "work"));
  INFO((started ? "" : started.error().text()));
  REQUIRE(started);
  return *started;
}

inline session::Stopped stop_in(const Scratch& scratch, const std::string& outcome = "stopped") {
  auto stopped = desk_in(scratch).stop(outcome);
  INFO((stopped ? "" : stopped.error().text()));
  REQUIRE(stopped);
  return *stopped;
}

}  // namespace nanobug::test
