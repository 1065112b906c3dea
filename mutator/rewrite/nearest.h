// nearest: where a matcher's candidates go, and what comes nearest to it at a line.
#pragma once

#include <string>
#include <vector>

#include "mutator/rewrite/bench.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// How many nodes each part of the matcher leaves, to the first that leaves none. Errors: Exit::catalog at the
// place in the matcher.
Result<std::vector<Explained>> explain(Unit& unit, const catalog::Text& matcher);

// Errors: as above; Exit::usage for a line that is not there or holds no code.
Result<Nearest> nearest(Unit& unit, const catalog::Text& matcher, int line);

}  // namespace nanobug::rewrite
