// alias: plain names for places whose own names build tools do not take.
//
// CMake takes no quote, semicolon, bar or backslash in a path, LD_LIBRARY_PATH and a linker's run path no
// colon, and every tool escapes in its own way what it does take. What nanobug builds is therefore addressed
// through names of plain letters: where a place has another name, through a symbolic link in a directory of
// the user's own.
#pragma once

#include <filesystem>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::workshop {

// Is the path made of letters, digits and /._+- alone?
bool is_plain(const std::filesystem::path& path);

// The absolute path itself when it is plain, else a plain link to it: the same at every call, made again when
// it is gone. A directory that is missing is made. Errors: Exit::io for a newline, and where no directory can
// be trusted to hold the link.
Result<std::filesystem::path> plain_alias(const std::filesystem::path& path);

// Where that directory is looked for; what is already there and not the user's own alone is passed over.
Result<std::filesystem::path> alias_directory(const std::vector<std::filesystem::path>& parents);

}  // namespace nanobug::workshop
