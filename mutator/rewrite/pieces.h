// pieces: what belongs to a piece that is no statement, told by its tokens and its node: an attribute's
// brackets, the `=` before an initialiser, what a comment says of a parameter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mutator/rewrite/surgery.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// One of the list between a lambda's brackets, which Clang has only a place in.
std::optional<Span> capture_span(Unit& unit, const clang::LambdaCapture& capture);

// An attribute with its arguments and what it is of.
std::optional<Span> attribute_span(Unit& unit, const clang::Attr& attribute);

// With the brackets around it, where it is the only one in them.
Taken whole_attribute(const Tokens& tokens, Span attribute);

// What a variable, a field or a parameter begins with, with its `=` or its parentheses.
std::optional<Span> whole_initializer(Unit& unit, const clang::ValueDecl& of, Span span);

// What stands between the parentheses or braces behind a variable's name, if its initialiser (`of`, which
// Clang has begin with the name) is that; an empty span of nothing where there are none.
std::optional<Span> given_to_constructor(Unit& unit, const clang::ValueDecl& of,
                                         const clang::Expr& initializer);

// What stands between the parentheses or braces behind the name of a member or a base.
std::optional<Span> given_to_member(Unit& unit, const clang::CXXCtorInitializer& of);

// What the comment above a function says of a parameter: `\param eps` and the lines that go on with it.
std::vector<Span> documentation_of(Unit& unit, const clang::ParmVarDecl& parameter);

// A directive on either side of one of a list, where there should be a comma.
std::optional<std::string> branch_beside(const Tokens& tokens, Span span);

// Are all lines for the preprocessor, which stand alone and in the first column?
bool is_all_directives(const Tokens& tokens);

// Where a comment begins that stands directly before, on the same line, and says what this one of a list is.
unsigned named_in_front(const Tokens& tokens, unsigned begin);

}  // namespace nanobug::rewrite
