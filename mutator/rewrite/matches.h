// matches: where matchers match in a file that is parsed.
#pragma once

#include <vector>

#include "mutator/rewrite/clang.h"
#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// Every matcher's matches, in one walk over what the file declares.
std::vector<std::vector<clang::ast_matchers::BoundNodes>> match_all(
    Unit& unit, const std::vector<const Matcher*>& matchers);

}  // namespace nanobug::rewrite
