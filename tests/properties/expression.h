// expression: a model of C++ expressions, independent of Clang and of nanobug, for the property test of the
// rewriter: a tree, its text in the file's own style, and its text with every parenthesis written.
//
// The names stand for what prelude() declares. A node that a rule speaks of has a mark; ids in matchers and
// templates are made of it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace nanobug::properties {

// int, int*, a class with overloaded operators: a value of each, and an object of each.
enum class Type { i, l, p, q, v, w };

// Does what has type `is` stand where `wanted` is wanted? An object stands for its value.
bool fits(Type is, Type wanted);

enum class Op {
  literal,
  name,
  hole,  // in a template: the expression that bears `mark`
  prefix,
  postfix,
  binary,  // assignments and the comma too
  conditional,
  cast,        // (int)x
  functional,  // int(x)
  braces,      // int{x}
  call,
  method,  // kids: object, arguments
  member,
  subscript,
  apply,  // kids: object, argument
  size,   // sizeof x
  lambda
};

// What stands between two tokens; `natural` is what a person would write there.
enum class Gap : unsigned char { natural, none, blank, line, comment, line_comment };

struct Expr {
  Op op = Op::literal;
  Type type = Type::i;  // of itself
  Type need = Type::i;  // what its place asks for
  std::string text;     // operator, name, number, type
  std::vector<Expr> kids = {};
  int mark = 0;                // from 1; 0: none
  int extra = 0;               // pairs of parentheses beyond those it needs
  int least = 0;               // pairs that it has in any case; one of them does where one is needed
  std::string macro = {};      // the name of one, which stands for all of it
  bool put = false;            // by an edit: in the parentheses that compilers ask for, too
  bool word = false;           // `and` for `&&`
  std::vector<Gap> gaps = {};  // of its own tokens and kids, in order; natural behind the last one
};

// How tightly a node holds together, by the grammar: 18 a primary expression, 17 postfix, 16 prefix, …, 1 the
// comma.
int level(const Expr& node);

// The least level that kid `i` needs to stand there without parentheses.
int level_needed(const Expr& node, size_t i);

// Would a compiler warn of kid `i` without parentheses (`a & b == c`), or a reader stumble (`- -a`)?
bool asked_for(const Expr& node, size_t i);

// The node whose own token begins the text; `node` itself where that is a parenthesis.
const Expr& first_of(const Expr& node);

// The text with the parentheses it needs and the superfluous ones it has, in its own spacing, to stand where
// `needed` is needed. `places`: where each marked node stands, with the parentheses around it.
struct Span {
  size_t begin = 0, end = 0;
};
using Places = std::map<int, Span>;
std::string text_of(const Expr& root, int needed, Places* places = nullptr);

// The same tree with every parenthesis written and plain spacing.
std::string full_text_of(const Expr& root);

// `visit` for every node, parents first.
void walk(const Expr& root, const std::function<void(const Expr&)>& visit);
void walk(Expr& root, const std::function<void(Expr&)>& visit);

const Expr* find(const Expr& root, int mark);

// What the prelude's macros stand for, in their names.
const std::vector<Expr>& macros();

// The tree with each hole filled by what bears its mark in `source`; the marks themselves are gone.
Expr filled(const Expr& form, const Expr& source);

// What every file of the test begins with.
const std::string& prelude();

}  // namespace nanobug::properties
