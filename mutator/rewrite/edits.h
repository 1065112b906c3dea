// edits: what the edits of a part cut out of a file and put into it where it matched, each for itself.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/draft.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

struct Drafted {
  std::vector<Cut> cuts;                     // with marks, in the order of the edits
  std::map<std::string, std::string> bound;  // id -> its text
};

// Errors: Exit::catalog, the place in the catalog and the place in the source in the sentence.
Result<Drafted> draft(const CompiledPart& part, Unit& unit, const clang::ast_matchers::BoundNodes& match);

}  // namespace nanobug::rewrite
