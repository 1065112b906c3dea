// identity: what a build is made with, besides its sources: a part of its key.
//
// A file outside the tree is known by where it really lies, its size and its time: an upgrade changes them,
// and nothing has to be run to see it. A script of the project is known by its bytes.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/files.h"

namespace nanobug::workshop {

// The real path, size and time; "NAME missing" for a program that is not on PATH.
std::string identity_of_program(const std::string& name);
std::string identity_of_file(const fs::path& file);

// What the words of a command name: programs on PATH and files, also behind a `=`
// (-DCMAKE_CXX_COMPILER=clang++-19). {project} stands for that directory; other places in braces are not yet
// there.
std::vector<std::string> named_by(const std::vector<std::string>& command, const fs::path& project);

// The variables that CMake and compilers read, with their values; those that are not set are left out.
std::vector<std::string> build_environment();

// Who compiles, besides what the commands name: what CMake found; of another build the compilers that it
// would take unasked, and those that CC and CXX name.
std::string found_by_build(const fs::path& build);

// Every file that CMake found when it configured the build directory (FILEPATH in its cache): compilers,
// linkers, libraries. "" without such a cache.
std::string found_by_cmake(const fs::path& build);

}  // namespace nanobug::workshop
