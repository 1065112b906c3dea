// journey: a user of the nanobug command, with a home of their own.
#pragma once

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/base/process.h"

namespace nanobug::journey {

using nlohmann::json;

class User {
 public:
  // A fresh HOME; `catalog` empty: the project's own. With `shared_cache` builds are kept in the real user's
  // cache (the reference tree takes a minute), else in the fresh home.
  explicit User(fs::path catalog, bool shared_cache = false);
  // The same at home in a directory of that name, with a cache of that name.
  User(fs::path catalog, const std::string& home_name, const std::string& cache_name);
  ~User();

  std::chrono::minutes patience{45};  // with each command: a machine may be slow, and busy

  // nanobug WORDS…, run in the fresh home.
  Finished nanobug(std::vector<std::string> words) const;
  // The same, ended by SIGKILL after that time; was it still running?
  bool killed_after(std::vector<std::string> words, std::chrono::microseconds time) const;
  // The same with --json; fails the test when stdout is not JSON.
  json ask(std::vector<std::string> words, int expected_exit = 0) const;
  // Any other program.
  Finished command(std::vector<std::string> argv, const fs::path& directory = {}) const;

  fs::path home;
  fs::path program = NANOBUG_PROGRAM;  // the one that was built; or one that was installed

 private:
  void live_in(const fs::path& cache);

  fs::path catalog_;
  fs::path above_;  // what was made for this user, where it is not home
  std::map<std::string, std::string> environment_;
};

// A copy of the tiny tree with its catalog, to be broken at will; -> its catalog.yaml.
fs::path copy_of_tiny(const fs::path& to);

// A user of a copy of the tiny tree.
struct Tiny {
  fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-tiny");
  fs::path catalog = copy_of_tiny(place / "project");
  fs::path tree = place / "project/tree";
  User user{catalog};

  Tiny() = default;
  Tiny(const Tiny&) = delete;
  ~Tiny();

  // nanobug start MORE…; -> the checkout.
  fs::path start(std::vector<std::string> more) const;
  // The verb fails with that code, and one sentence; -> that.
  std::string refused(const std::vector<std::string>& words, int exit) const;
};

// A run more, 'words', which prints and has no series.
void add_run_of_words(const Tiny& tiny);

// The same with a decoy, N02, and with key terms for T01: sign, gradient.
struct TinyWithDecoy : Tiny {
  TinyWithDecoy();
};

// nanobug rule try stats.cpp, with these lines on stdin.
Finished tried(const Tiny& tiny, const std::string& lines, const std::string& options = "--no-input");

// nanobug WORDS at a terminal, with these keys typed.
Finished at_terminal(const Tiny& tiny, const std::string& words, const std::string& keys);

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The text with each `from` as `to`; an empty `from` is nowhere.
std::string replace_all(std::string text, const std::string& from, const std::string& to);

std::string text_of(const fs::path& file);
void replace_in(const fs::path& file, const std::string& from,
                const std::string& to);  // `from` must be there once

// What `check` says: is it solved? Whatever it says has to be of one piece.
bool solved(const User& user);

// That line of a debrief's score; null where it has none.
json score_line(const json& debrief, const std::string& name);

// The hash git itself gives a directory's files, the build directory left out.
std::string git_tree(const User& user, const fs::path& directory);

// The files of a checkout that are not as the clean reference tree has them -> their clean text.
std::map<std::string, std::string> mutated_files(const fs::path& checkout);

// NANOBUG_TEST_SEED, or 1.
unsigned long test_seed();

// Everything that could give the bug away: the lines of `pristine` that `mutated` has not must appear nowhere
// in the checkout's files, in no git object or verb, and all modification times must be one. Returns the
// leaks, in words.
std::vector<std::string> leaks(const User& user, const fs::path& checkout, const std::string& pristine,
                               const std::string& mutated);

}  // namespace nanobug::journey
