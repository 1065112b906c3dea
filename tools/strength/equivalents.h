// equivalents: mutants that compute the same, each with the reason, written down in equivalent.yaml.
//
// An entry is found by what its line says, not by its number, so that it outlives edits elsewhere; one that
// no mutant fits any more is an error.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/base/files.h"
#include "tools/strength/mutant.h"

namespace nanobug::strength {

struct Equivalent {
  std::string file, line, mutant;  // as Mutant::before and ::after have them
  std::string reason;
  Place place;
};

// Errors: Exit::catalog with the place of the first thing that is wrong. No file, no entries.
Result<std::vector<Equivalent>> read_equivalents(const fs::path& file);

// The entry that explains the mutant, or null.
const Equivalent* explained(const std::vector<Equivalent>& equivalents, const Mutant& mutant);

// Errors: Exit::catalog at the first entry that fits none of the mutants, of those whose file was looked at.
Status none_is_stale(const std::vector<Equivalent>& equivalents, const std::vector<std::string>& files,
                     const std::vector<Mutant>& mutants, const fs::path& tree);

}  // namespace nanobug::strength
