// plan: matches in one file to the change they make there: cut, fill in, tidy up, settle, format, and keep
// what truly changed.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/leftovers.h"
#include "mutator/rewrite/site.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// One match of a part, to be edited.
struct Take {
  const CompiledPart* part;
  const clang::ast_matchers::BoundNodes* match;
  unsigned at = 0;  // where its first edit begins
};

// The matches in the order of the file; those that say the same are one. Errors: as plan's.
Result<std::vector<Take>> distinct(const CompiledPart& part, Unit& unit,
                                   const std::vector<clang::ast_matchers::BoundNodes>& matches);

struct Planned {
  Change change;
  std::map<std::string, std::string> bound;  // id -> its text; of an id that two parts bind, the first's
};

// What each group of takes makes of the file, all of a group at once and each group for itself; `others` are
// files that it includes, as they have been changed. Errors: Exit::catalog, the place in the catalog and the
// place in the source in the sentence.
std::vector<Result<Planned>> plan(Unit& unit, const Survey& survey,
                                  const std::vector<std::vector<Take>>& groups, const Overlay& others = {});

}  // namespace nanobug::rewrite
