// selection: where in the file a selector's range or a bound node is written, macros considered.
#pragma once

#include <optional>
#include <string>

#include "mutator/catalog/catalog.h"
#include "mutator/rewrite/clang.h"
#include "mutator/rewrite/template.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

using Match = clang::ast_matchers::MatchFinder::MatchResult;

// The bytes of the main file that a selector stands for. Errors: Exit::catalog at `text` (the selector in the
// catalog) when they are part of a macro or of another file.
Result<Span> selected(Unit& unit, const Match& match, const clang::transformer::RangeSelector& selector,
                      const catalog::Text& text);

// The bytes of the main file that a range stands for; errors as above.
Result<Span> editable(Unit& unit, const clang::CharSourceRange& range, const catalog::Text& text);

// The use of a macro that stands for all of the expression, parentheses or not.
std::optional<Span> whole_macro(Unit& unit, const clang::Expr& expression);

// The span of a node with what Clang leaves out of it, or without what it takes in: the `const` before a
// type, the `=` before the braces of an in-class initialiser.
Span with_own_words(Unit& unit, const clang::DynTypedNode& node, Span span);

// The source text of the node bound to `id`, all that a selector of the node stands for; empty when it is
// written nowhere.
Bound source_of(Unit& unit, const Match& match, const std::string& id, const clang::DynTypedNode& node);

}  // namespace nanobug::rewrite
