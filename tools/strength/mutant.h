// mutant: one generic change of one file of the tree, as plain data. Nothing here includes Clang.
#pragma once

#include <string>
#include <vector>

#include "mutator/rewrite/site.h"

namespace nanobug::strength {

struct Mutant {
  std::string id;  // "nanochat/loss.cpp:12:3:arithmetic": stable as long as the file is
  std::string op;  // the operator's name
  std::string file;
  int line = 0, column = 0;   // of the first byte that changes, from 1
  rewrite::Replacement edit;  // in the pristine file
  std::string before, after;  // the lines it touches as one, blanks folded

  bool operator==(const Mutant&) const = default;
};

// The operators, in the order in which one of two that make the same text gets the credit.
const std::vector<std::string>& operators();

// The file with the mutant in it.
std::string mutated(const Mutant& mutant, const std::string& pristine);

}  // namespace nanobug::strength
