// writes: a place that only writes a variable, and all that does nothing but that: what goes with a variable
// that nobody reads.
#pragma once

#include <functional>
#include <optional>

#include "mutator/rewrite/survey.h"

namespace nanobug::rewrite {

// `x = 1;`, `x += y;` or `++x;` where it has no other effect: a statement of a block with the ifs and loops
// around it that do nothing else, and their pragmas; an else; a step of a loop. Nothing where it cannot go.
std::optional<Droppable::Piece> write_of(Unit& unit, const clang::DeclRefExpr& use);

// The same of what writes several variables, of which each has a write in `uses`: what goes when all of them
// do.
std::vector<Droppable> writes_of_several(Unit& unit, const std::vector<const clang::DeclRefExpr*>& uses);

// The ifs, elses and loops that do nothing any more when nothing is left in this block, or the block itself
// among other statements. `goes` tells of an else whether it is left out as well. Nothing where what is left
// would still do something.
std::optional<Droppable::Piece> emptied_around(Unit& unit, const clang::CompoundStmt& block,
                                               const std::function<bool(const clang::Stmt&)>& goes);

}  // namespace nanobug::rewrite
