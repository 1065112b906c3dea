// finder: rules and a tree, or a snippet, to sites: which files are read in which order, and which matches
// are edited together.
#pragma once

#include <vector>

#include "mutator/rewrite/leftovers.h"
#include "mutator/rewrite/rewriter.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// Rewriter::find.
std::vector<Result<std::vector<Site>>> find_sites(const std::vector<const catalog::Rule*>& rules,
                                                  const Source& source);

// The sites in a file that was parsed already (a snippet, an open file), however many there are. It is the
// file of each part: those that match in it are made there.
Result<std::vector<Site>> find_sites(const catalog::Rule& rule, Unit& unit, const Survey& known);

}  // namespace nanobug::rewrite
