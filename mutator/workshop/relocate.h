// relocate: a CMake + Ninja build directory that works wherever it is copied to.
//
// CMake writes absolute paths. In build.ninja they become relative to the build directory, before anything is
// built, so that ninja's log (which hashes the commands) and its dependencies are the same everywhere. In the
// other text files (the cache, the install scripts) the clean tree's path is replaced by the checkout's when
// it is copied.
#pragma once

#include <filesystem>

#include "mutator/base/error.h"

namespace nanobug::workshop {

// Makes every path of build.ninja below `tree` relative and drops the rule that runs CMake again by itself:
// the copy's CMakeLists.txt is newer or older than the system's modules as chance has it. No build.ninja:
// nothing to do.
Status make_relative(const std::filesystem::path& build, const std::filesystem::path& tree);

// Writes down, beside the tree, which text files of the build directory name it.
Status remember_relocations(const std::filesystem::path& build, const std::filesystem::path& tree);

// In a copy of the build directory: the files remembered now name `home` instead of `tree`.
Status relocate(const std::filesystem::path& build, const std::filesystem::path& tree,
                const std::filesystem::path& home);

}  // namespace nanobug::workshop
