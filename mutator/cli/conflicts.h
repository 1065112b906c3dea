// conflicts: which bugs cannot be in the tree at once: of all pairs, what certification has kept says.
#pragma once

#include <vector>

#include "mutator/cli/context.h"

namespace nanobug::cli {

// The certificates are those of the rules, in their order, all of which hold. JSON has every pair.
Result<Exit> show_conflicts(Context& c, const std::vector<const catalog::Rule*>& rules,
                            const std::vector<grade::Certificate>& certificates);

}  // namespace nanobug::cli
