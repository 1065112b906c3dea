// whole: what a bound node is where it stands. An edit that takes something out takes the whole of it: a
// statement with its attributes and its semicolon, a template with its head, a declarator with its comma.
#pragma once

#include "mutator/rewrite/selection.h"

namespace nanobug::rewrite {

struct Whole {
  enum class Role {
    statement,   // one of several in a block; or a declaration of a class, a namespace, a file
    only_body,   // the one statement of an if, an else, a loop: the next would take its place
    head,        // what the head of a loop or an if declares
    declarator,  // one of several: int a = 1, b = 2;
    loop_variable,
    initializer,  // of a constructor; or a base of a class
    element,      // of a list with commas: an argument, a parameter, an enumerator, a capture
    handler,      // one of a try's
    part          // of an expression, a type, a statement
  };
  Role role = Role::part;
  clang::SourceRange range;
  bool semicolon = false;  // one follows, and belongs to it
  // A case is its label and all up to the next one, but of several labels of the same statements the label
  // alone. The one before may fall into it, and it into the next.
  bool is_case = false, is_fallen_into = false, falls_on = false;
  bool is_init = false;   // of a head: an if's, say, with a semicolon behind it that is its own
  bool is_value = false;  // the last of a `({ … })`, which has its value
  bool is_else = false;   // of an only body: an if's second, from its `else` on
  // Of a part: what it is one of, or what begins with it.
  const clang::Stmt* part_of = nullptr;
  const clang::ValueDecl* initializes = nullptr;
  const clang::CXXCtorInitializer* of_member = nullptr;  // or of a base, or of another constructor
};

Whole whole_of(Unit& unit, const clang::DynTypedNode& node);

// How many declarators share the type that is written there.
size_t declarators_of(Unit& unit, const clang::DynTypedNode& type);

// Is it the last statement of a `({ … })` that has a value?
bool is_a_value(Unit& unit, const clang::Stmt& statement);

// The bytes from one token to another.
std::optional<Span> range_span(Unit& unit, clang::SourceRange range);

// The same with the semicolon behind it. It may begin or end with a macro, but not be inside of one.
std::optional<Span> statement_span(Unit& unit, clang::SourceRange range);

// The bytes of a declaration with what is written in front of it: attributes, `extern "C"`, `friend`.
Span with_prefix(Unit& unit, const clang::Decl& declaration, Span span);

// The bytes of a statement or declaration with the macros in front of it that stand for nothing.
Span with_empty_macros(const Unit& unit, Span span);

// Its bytes: with its semicolon and the macros before that which stand for nothing, and with the signs in
// front of a declarator's name. Errors as selected().
Result<Span> span_of(Unit& unit, const Whole& whole, const catalog::Text& text);

}  // namespace nanobug::rewrite
