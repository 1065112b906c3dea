// enumerate: every mutant that the operators make of a tree, found in one parse a translation unit.
//
// A header is looked at in the first file that includes it. Texts that come out the same are one mutant.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "tools/strength/mutant.h"

namespace nanobug::strength {

struct Parsed {
  std::filesystem::path root;      // the tree on disk
  std::filesystem::path commands;  // directory with compile_commands.json (its PCH built)
};

// The mutants of the files (relative to the root; sources and headers) in the order of the names and of the
// text. Errors: Exit::catalog when a source does not parse.
Result<std::vector<Mutant>> enumerate(const Parsed& tree, const std::vector<std::string>& files,
                                      const std::function<void(const std::string& file)>& progress = {});

// The same of a snippet that stands for itself; its file is "snippet.cpp".
Result<std::vector<Mutant>> enumerate_code(const std::string& code);

}  // namespace nanobug::strength
