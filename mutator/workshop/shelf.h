// shelf: mutants' builds in the cache, each in one sealed file.
//
// Laid out as files they would show which object differs from the clean build's, and so where the bug is.
#pragma once

#include <optional>

#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

// Every mutant takes as much room as any other of its tree, as a rule: its size must not tell a program from
// a library.
inline constexpr std::size_t kMutantStep = 8u << 20;

// The mutant's outputs and diagnostics as one file.
Status shelve(const fs::path& file, const Mutant& mutant);

// The same back, its outputs in a directory of their own below `parent` until this process ends; those of a
// build in place, which may lie outside of any such directory, are not laid out. Nothing when
// the file is not there or not whole. Errors: Exit::io when the outputs cannot be written.
Result<std::optional<Mutant>> take_down(const fs::path& file, const fs::path& parent);

// Removes the directory, with what the bug is in laid out in it, when this process ends.
void remove_at_exit(const fs::path& directory);

}  // namespace nanobug::workshop
