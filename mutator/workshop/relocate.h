// relocate: a CMake + Ninja build directory that works wherever it is copied to.
//
// CMake writes absolute paths. In build.ninja they become relative to the build directory, before anything is
// built, so that ninja's log (which hashes the commands) and its dependencies are the same everywhere; a
// small CMake script does it (regenerate.cmake), which stays in the build directory and does it again
// whenever a CMakeLists.txt is edited there. Definitions stay absolute, for a program is run anywhere: there
// build.ninja names the clean tree in every copy, and what is made by it is named anew. In the other text
// files (CMake's cache, the install scripts, the compile commands) the clean tree's path is replaced by the
// checkout's when it is copied.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::workshop {

// To be called after a tree was configured, before it is built. The paths must be plain (alias.h). No
// build.ninja: nothing to do.
Status configured(const std::filesystem::path& build, const std::filesystem::path& tree);

// The files of the tree that its configuration depends on (CMakeLists.txt, what it includes and configures),
// relative to the tree, sorted; none without a build.ninja. `build` is a directory that configured() has
// seen.
Result<std::vector<std::string>> build_files(const std::filesystem::path& build,
                                             const std::filesystem::path& tree);

// Writes down, beside the tree, which files of the build directory name it, text and others, and by which
// name; but for ninja's own.
Status remember_relocations(const std::filesystem::path& build, const std::filesystem::path& tree);

// In a copy of the tree's build directory: the files remembered now name `home` instead of `tree`, each in
// the way of its format, and keep their modification times.
Status relocate(const std::filesystem::path& build, const std::filesystem::path& tree,
                const std::filesystem::path& home);

// Do the commands of the build directory name the tree, in definitions?
bool define_the_place(const std::filesystem::path& build, const std::filesystem::path& tree);

// In a copy of the tree's build directory, at a path as long as the tree's: those remembered that are no
// text, and `others`, name `home` instead of `tree`, and keep their modification times. The texts are
// relocate()'s.
Status relocate_bytes(const std::filesystem::path& build, const std::filesystem::path& tree,
                      const std::filesystem::path& home, const std::vector<std::string>& others = {});

// The files of `directory` name `to` instead of `from`, a path as long, and keep their modification times.
Status rename_in(const std::filesystem::path& directory, const std::vector<std::string>& files,
                 const std::filesystem::path& from, const std::filesystem::path& to);

// Puts `to` wherever `from`, a path as long, is named; false where it is not.
bool rename_bytes(std::string& bytes, const std::filesystem::path& from, const std::filesystem::path& to);

// ---- the formats, one by one

// `text` of a file of that name with `from`, a plain path, renamed to `to`, any path.
std::string rename_paths(const std::string& file, const std::string& text, const std::string& from,
                         const std::string& to);

}  // namespace nanobug::workshop
