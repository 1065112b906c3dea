// settle: from drafts to cuts that mean what their rules say, with the parser as the judge.
//
// A draft's text with all its parentheses is parsed: it says what the rule says by how it was put together,
// and its shape must be the file's own around the cuts. Of the parentheses those stay that its tree needs;
// the text that is left must have the shape of the first.
#pragma once

#include <vector>

#include "mutator/base/error.h"
#include "mutator/rewrite/draft.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// For each draft (its cuts, sorted and disjoint) the cuts without marks. Drafts that touch different places
// are parsed together, with `others` in place of the files of their names. Errors: Exit::catalog without a
// place in the catalog: the text does not compile (with the compiler's first message), or the edit changes
// how what stands around it is read.
std::vector<Result<std::vector<Cut>>> settle(Unit& unit, const std::vector<const std::vector<Cut>*>& drafts,
                                             const Overlay& others = {});

}  // namespace nanobug::rewrite
