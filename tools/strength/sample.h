// sample: which files and which of their mutants a run is about; the same words choose the same ones
// anywhere.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/base/files.h"
#include "tools/strength/mutant.h"

namespace nanobug::strength {

struct Choice {
  std::vector<std::string> globs;      // of paths below the tree, or of file names; empty: every file
  std::vector<std::string> operators;  // empty: every one
  bool programs = false;               // programs/ too, which only parity runs see
  bool all = false;
  int per_file = 8;
  std::string seed = "1";
};

// The tree's sources and headers that were asked for, sorted: those that it compiles, as the
// compile_commands.json in `commands` says, and the headers beside them. Errors: Exit::usage for a glob
// without a file.
Result<std::vector<std::string>> choose_files(const fs::path& tree, const fs::path& commands,
                                              const Choice& choice);

// Of each file the mutants whose hash with the seed is smallest: a larger sample holds the smaller one, and a
// new mutant changes nothing about the others. In the order of the files.
std::vector<Mutant> choose(const std::vector<Mutant>& mutants, const Choice& choice);

}  // namespace nanobug::strength
