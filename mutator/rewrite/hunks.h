// hunks: what changed between two texts, as the fewest bytes on the lines that truly differ.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "mutator/rewrite/site.h"

namespace nanobug::rewrite {

// Sorted, disjoint replacements that make `after` of `before`; none cuts a UTF-8 character in two, and one
// that only takes out or puts in whole lines begins at a line's start. Of two equal lines in a row the one
// that was edited is told by `edited`, a byte of `before`: a change behind it is not looked for further up
// than there.
std::vector<Replacement> difference(const std::string& before, const std::string& after,
                                    unsigned edited = std::numeric_limits<unsigned>::max());

// Line and column of a byte, from 1.
int line_at(const std::string& text, unsigned offset);
int column_at(const std::string& text, unsigned offset);

}  // namespace nanobug::rewrite
