// plan: one match of a rule to one Site: select, cut, fill in, tidy up, format, and keep what truly changed.
#pragma once

#include <string>
#include <vector>

#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/leftovers.h"
#include "mutator/rewrite/site.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// The sites of a rule's matches, in the order of the file; matches that say the same are one site. Errors:
// Exit::catalog, the place in the catalog and the place in the source in the sentence.
Result<std::vector<Site>> plan_sites(const CompiledRule& rule, Unit& unit, const Survey& survey,
                                     const std::vector<clang::ast_matchers::BoundNodes>& matches);

}  // namespace nanobug::rewrite
