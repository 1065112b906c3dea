// expression: the language of clang-query's matchers and of Transformer's range selectors, as a tree of
// calls.
//
// Clang parses both and keeps nothing of their text. Whoever wants to know which ids are bound on which
// branch, or to take a matcher apart, needs the tree.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

struct Expression {
  enum class Kind { call, word, string, number };
  Kind kind = Kind::word;
  std::string text;    // name of the call, the word, the string without quotes, the number
  Span span;           // in the source, `.bind("x")` included
  Span name;           // of a call: its name
  unsigned close = 0;  // of a call: the offset of its `)`
  std::vector<Expression> arguments;
  std::vector<Expression> chained;  // mapAnyOf(…).with(…): the arguments of with
  std::string bound;                // id of .bind, or ""
  Span bound_span;
};

// Errors: Exit::catalog without a place; *where is the offset of what is wrong.
Result<Expression> parse_expression(std::string_view source, unsigned* where);

// Comments (# to the end of the line) and line ends as blanks, every other byte where it was: Clang's parser
// stops without a word at a line end outside all parentheses.
std::string one_line(std::string_view source);

struct Binding {
  std::string id;
  std::string matcher;  // the name of the matcher it is bound to
  bool always = true;   // on every branch
  Span branch;          // where not always: the anyOf, eachOf or optionally that may leave it out
};

// Every id the matcher may bind, in order; once each.
std::vector<Binding> bindings(const Expression& matcher);

}  // namespace nanobug::rewrite
