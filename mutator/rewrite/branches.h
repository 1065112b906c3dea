// branches: what stands beside a place where other branches of the preprocessor are compiled. The tree knows
// one configuration; an edit has to mean the same in the others.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// What a statement that begins here is the body of, or goes on with, in another configuration ("if (ok(n))"):
// whatever came to stand there would be it instead.
std::optional<std::string> opens_elsewhere(const Unit& unit, unsigned begin);

// What goes on, in another configuration, with a statement that ends here: "else", "catch".
std::optional<std::string> goes_on_elsewhere(const Unit& unit, unsigned end);

// Has an expression an operator beside it in another configuration, which would take a part of `text` in its
// place?
bool is_split_elsewhere(const Unit& unit, Span expression, std::string_view text);

// Do these places stand in the same branches of the preprocessor? What goes from one to the other is else
// compiled with others.
bool are_in_one_branch(const Unit& unit, unsigned a, unsigned b);

// The first directive in the span that is in no braces there: it divides an expression ("#ifdef").
std::optional<std::string> divides(const Unit& unit, Span span);

// A macro that is all of the text and that another definition makes looser than this one does: `3 + 1`.
bool is_looser_elsewhere(const Unit& unit, std::string_view text);

// A macro that the text names and that is defined anew, or no more, between two places of the file.
std::optional<std::string> redefined_between(const Unit& unit, std::string_view text, unsigned from,
                                             unsigned to);

// Is the text one statement?
bool is_one_statement(std::string_view text);

}  // namespace nanobug::rewrite
