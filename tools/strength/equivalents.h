// equivalents: mutants that compute the same, each with the reason, written down in equivalent.yaml.
//
// An entry is found by what its line says, not by its number, so that it outlives edits elsewhere; one whose
// line the tree has no more is an error.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/base/files.h"
#include "tools/strength/change.h"

namespace nanobug::strength {

struct Equivalent {
  std::string file, line, mutant;  // as Change::before and ::after have them
  std::string reason;
  Place place;
};

// Errors: Exit::catalog with the place of the first thing that is wrong. No file, no entries.
Result<std::vector<Equivalent>> read_equivalents(const fs::path& file);

// The entry that explains the change, or null.
const Equivalent* explained(const std::vector<Equivalent>& equivalents, const Change& change);

// Errors: Exit::catalog at the first entry whose line is not in its file of the tree.
Status none_is_stale(const std::vector<Equivalent>& equivalents, const fs::path& tree);

}  // namespace nanobug::strength
