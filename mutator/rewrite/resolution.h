// resolution: what a text's expressions come down to, through the templates that they fill in.
//
// A declaration that nobody names may be found all the same: by a template of a header, as an overload where
// it is filled in, as a specialisation, as a deduction guide. Without it the text compiles, and does
// something else. Two texts, one of them with declarations and includes more than the other, mean the same
// where what both have resolves to the same.
#pragma once

#include <cstddef>
#include <vector>

#include "mutator/rewrite/tokens.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// A number for each type, and for each declaration that is read or called, in the order of the file and then
// of what is reached from there: templates that are filled in, and functions of headers that are no system's.
// Declarations whose names are in one of the spans are passed over.
std::vector<size_t> resolution(Unit& unit, const std::vector<Span>& left_out);

}  // namespace nanobug::rewrite
