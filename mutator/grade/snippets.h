// snippets: what a rule says by itself, without the tree: do its matchers parse, are its ids bound, and does
// each of its snippets become what it says?
//
// A rule for which all of that holds is remembered in the site index, by whatever the answer depends on, and
// Clang is not asked again. One that fails is asked each time: its author wants to read why.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/grade/mutants.h"

namespace nanobug::grade {

class Snippets {
 public:
  explicit Snippets(Mutants& mutants) : mutants_(mutants) {}

  // What is wrong, with its places. Errors: Clang cannot be loaded.
  Result<std::vector<Error>> check(const catalog::Rule& rule);

 private:
  const std::string& style_for(const std::filesystem::path& directory);

  Mutants& mutants_;
  std::map<std::filesystem::path, std::string> styles_;  // of a directory
};

}  // namespace nanobug::grade
