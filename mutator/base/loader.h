// loader: what the system's loader makes of a program, asked before it is started.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "mutator/base/process.h"

namespace nanobug {

// The libraries that the command's program would be loaded with, in its environment, each a whole path, in
// the loader's order; nothing when one is missing, or glibc's loader is not the program's. Nothing of the
// program runs. (ld.so(8), LD_TRACE_LOADED_OBJECTS)
std::optional<std::vector<std::filesystem::path>> libraries_of(const Command& command);

// Can the program be loaded into a process that runs already, as a library is? It has to be independent of
// its position, and must have neither thread-local data of its own nor a copy of a library's data: the places
// of those are settled when a process begins.
bool can_join_a_process(const std::filesystem::path& program);

}  // namespace nanobug
