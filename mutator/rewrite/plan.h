// plan: matches of rules to Sites: select, cut, fill in, tidy up, settle, format, and keep what truly
// changed.
#pragma once

#include <string>
#include <vector>

#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/leftovers.h"
#include "mutator/rewrite/site.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// The sites of each rule's matches, in the order of the file; matches that say the same are one site. Errors:
// Exit::catalog, the place in the catalog and the place in the source in the sentence.
std::vector<Result<std::vector<Site>>> plan_sites(
    Unit& unit, const Survey& survey, const std::vector<const CompiledRule*>& rules,
    const std::vector<std::vector<clang::ast_matchers::BoundNodes>>& matches);

}  // namespace nanobug::rewrite
