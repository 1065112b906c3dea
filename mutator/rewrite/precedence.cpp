// precedence: see precedence.h.
#include "mutator/rewrite/precedence.h"

#include <algorithm>
#include <array>
#include <map>

namespace nanobug::rewrite {
namespace {

constexpr int kWhole = 17, kPrefix = 16, kAssign = 3;

int of_binary(std::string_view sign) {
  static const std::map<std::string_view, int> table = {
      {".*", 15}, {"->*", 15}, {"*", 14}, {"/", 14},  {"%", 14},  {"+", 13},  {"-", 13},
      {"<<", 12}, {"<=>", 11}, {"<", 10}, {">", 10},  {"<=", 10}, {">=", 10}, {"==", 9},
      {"!=", 9},  {"&", 8},    {"^", 7},  {"|", 6},   {"&&", 5},  {"||", 4},  {"?", 3},
      {":", 3},   {"=", 3},    {"+=", 3}, {"-=", 3},  {"*=", 3},  {"/=", 3},  {"%=", 3},
      {"&=", 3},  {"|=", 3},   {"^=", 3}, {"<<=", 3}, {",", 1}};
  const auto found = table.find(sign);
  return found == table.end() ? 0 : found->second;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Words that are followed by an operand, and are none themselves.
bool is_operator_word(std::string_view word) {
  return is_one_of(word, {"return", "co_return", "co_yield", "co_await", "throw", "case", "else", "do", "new",
                          "delete", "sizeof", "and", "or", "not"});
}

// Can an operand end with this token? Then a sign behind it is binary or postfix.
bool ends_operand(const Tokens& tokens, const Token* token) {
  if (!token) return false;
  if (token->kind == Token::Kind::sign) return is_one_of(tokens.text(*token), {")", "]", "}"});
  return token->kind != Token::Kind::word || !is_operator_word(tokens.text(*token));
}

bool is_postfix(std::string_view sign) {
  return is_one_of(sign, {".", "->", "::", "++", "--", "(", "[", "{"});
}

bool right_to_left(int binding) {
  return binding == kAssign;
}

// `a<b>(c)`: the sign stands right behind a name.
bool opens_template(const Tokens& tokens, const Token& less) {
  const Token* name = tokens.before(less.span.begin);
  return tokens.text(less) == "<" && name && name->kind == Token::Kind::word &&
         name->span.end == less.span.begin;
}

}  // namespace

int binding_of(std::string_view expression) {
  const Tokens tokens(expression);
  int loosest = kWhole, depth = 0, templates = 0;
  const Token* previous = nullptr;
  for (const Token& token : tokens.all()) {
    if (token.kind == Token::Kind::comment) continue;
    const std::string_view sign = tokens.text(token);
    const bool binary = ends_operand(tokens, previous);
    const bool outside = depth == 0 && templates == 0;
    if (token.kind != Token::Kind::sign) {
      if (outside && token.kind == Token::Kind::word && is_one_of(sign, {"throw", "co_yield"}))
        loosest = std::min(loosest, kAssign);
      else if (outside && (is_operator_word(sign) || (binary && tokens.is(previous, ")"))))
        loosest = std::min(loosest, kPrefix);  // sizeof x, (float)x
    } else if (is_one_of(sign, {"(", "[", "{"})) {
      ++depth;
    } else if (is_one_of(sign, {")", "]", "}"})) {
      --depth;
    } else if (depth == 0 && opens_template(tokens, token)) {
      ++templates;
    } else if (depth == 0 && sign == ">" && templates > 0) {
      --templates;
      continue;  // a name with its arguments is an operand still: `previous` stays the last of them
    } else if (outside && !binary) {
      if (sign != "::") loosest = std::min(loosest, kPrefix);
    } else if (outside && of_binary(sign)) {
      loosest = std::min(loosest, of_binary(sign));
    }
    previous = &token;
  }
  return loosest;
}

int binding_needed(const Tokens& tokens, Span slot) {
  const Token* left = tokens.before(slot.begin);
  const Token* right = tokens.after(slot.end);
  int needed = 0;
  if (left && left->kind == Token::Kind::sign) {
    const std::string_view sign = tokens.text(*left);
    const bool binary = ends_operand(tokens, tokens.before(left->span.begin));
    const int binding = of_binary(sign);
    if (!binary && is_one_of(sign, {"-", "+", "!", "~", "*", "&", "++", "--"}))
      needed = kPrefix;
    else if (sign == ")" && !tokens.is(right, ";"))
      needed = kPrefix;  // behind a cast
    else if (binding && !is_one_of(sign, {"?", ":"}))
      needed = right_to_left(binding) ? binding : binding + 1;
  } else if (left && is_one_of(tokens.text(*left), {"sizeof", "co_await", "delete", "not"})) {
    needed = kPrefix;
  }
  if (right && right->kind == Token::Kind::sign) {
    const std::string_view sign = tokens.text(*right);
    const int binding = of_binary(sign);
    if (is_postfix(sign) && sign != "::" && sign != "{")
      needed = std::max(needed, kWhole);
    else if (binding && sign != ":")
      needed = std::max(needed, right_to_left(binding) ? binding + 1 : binding);
  }
  return needed;
}

std::string fitted(std::string_view expression, const Tokens& tokens, Span slot) {
  std::string text(expression);
  return binding_of(expression) < binding_needed(tokens, slot) ? "(" + text + ")" : text;
}

Span with_parentheses(const Tokens& tokens, Span slot) {
  const Token* open = tokens.before(slot.begin);
  const Token* close = tokens.after(slot.end);
  if (!tokens.is(open, "(") || !tokens.is(close, ")")) return slot;
  // Behind an operand these are the parentheses of a call, an `if`, a cast's operand: not the expression's
  // own.
  if (ends_operand(tokens, tokens.before(open->span.begin)) ||
      tokens.is(tokens.before(open->span.begin), ">"))
    return slot;
  const Span outer{open->span.begin, close->span.end};
  return binding_of(tokens.text(slot)) < binding_needed(tokens, outer) ? outer : slot;
}

}  // namespace nanobug::rewrite
