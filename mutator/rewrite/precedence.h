// precedence: when a piece of an expression, put into another, needs parentheses around it.
//
// Judged by the tokens alone, the same way for a {{placeholder}} in a template and for an expression in a
// file.
// `<` right behind a name opens template arguments; with a space in front of it, it compares.
#pragma once

#include <string>

#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

// How tightly an expression holds together: 17 for a name, a call, a literal; 16 behind a prefix operator; 14
// for a product; … 1 for a comma. The loosest operator outside all brackets decides.
int binding_of(std::string_view expression);

// How tight an expression must be to stand at `slot` without parentheses.
int binding_needed(const Tokens& tokens, Span slot);

// `expression`, in parentheses if it needs them at `slot`.
std::string fitted(std::string_view expression, const Tokens& tokens, Span slot);

// The slot of an expression that stands in parentheses it needs: those are taken along, so that its successor
// gets only the ones it needs itself. Any other slot comes back as it is.
Span with_parentheses(const Tokens& tokens, Span slot);

}  // namespace nanobug::rewrite
