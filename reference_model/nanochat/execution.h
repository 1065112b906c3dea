// The calculator that a model may use: it writes an expression between <|python_start|> and
// <|python_end|>, and the engine puts the result behind it. A language model of this size cannot
// count, but it can learn when to ask.
//
// The expressions are Python's, because that is what conversations for tool use are written in, but
// nothing is handed to an interpreter: what a model writes is nobody's intention, and a grammar of
// four rules is easier to trust than a sandbox.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nanochat {

// The longest expression that is looked at, in bytes, and how many parentheses and signs may
// stand inside each other.
inline constexpr size_t kMaxExpressionBytes = 1000;
inline constexpr int kMaxExpressionDepth = 50;

// What Python would print for `expression`, or nothing. An expression consists of
//   numbers: whole ones are exact 64-bit integers, those with a point are doubles; commas between
//     groups of three digits do not count (1,234.5)
//   + - * / with Python's precedence, signs and parentheses; / always gives a double (6/2 is 3.0)
//   "text".count("part") in single or double quotes, without backslashes or line breaks: how often
//     part occurs in text without overlapping; if part is empty, one more than text has characters
// There is no result for anything else, ** and // included, nor if Python would raise an error
// (1/0, 007), if an integer leaves 64 bits, if a quotient's integers are too large to be doubles,
// if a double is not finite, or if the expression is longer or deeper than the limits.
std::optional<std::string> use_calculator(std::string_view expression);

}  // namespace nanochat
