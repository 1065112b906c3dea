// exchange: how the bodies of ifs and loops are laid out in each other's place, where no style sees to it.
#pragma once

#include <string>

#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

// Is one of the two bodies a block over several lines, and the other a statement without braces? Neither with
// a comment before it.
bool differ_in_layout(const Tokens& tokens, Span one, Span other);

struct Body {
  Span span;  // what it takes the place of, with the blanks around it
  std::string text;
};

// One of such two in the place of the other. A block begins on the line of its head, and an `else` behind it
// stands on its last line; a statement is indented below its head.
Body body_in_place(const Tokens& tokens, Span from, Span into);

}  // namespace nanobug::rewrite
