// leftovers: what an edit leaves without a reader. A compiler would warn of it, and the warning would name
// the bug.
#pragma once

#include <string>
#include <vector>

#include "mutator/rewrite/survey.h"

namespace nanobug::rewrite {

// What may go when the text of `gone` does and `added` comes: everything whose last reader was in there, then
// what was read last by that, and so on.
std::vector<Droppable::Piece> unused_after(const Tokens& tokens, const Survey& survey, std::vector<Span> gone,
                                           const std::vector<std::string>& added);

}  // namespace nanobug::rewrite
