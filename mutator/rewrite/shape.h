// shape: how a file is read, as a set of nodes: which tokens belong together, and as what.
//
// Two texts mean the same where Clang reads them into the same shape; and an edit changed nothing but what it
// cut where the shapes of both texts agree around the cuts. Types and conversions are no part of it: those
// may change with an edit, far from it. Parentheses are none either.
#pragma once

#include <string>
#include <vector>

#include "mutator/rewrite/draft.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// What Clang's tree has from one token to another, both included, tokens counted from 0 without comments.
struct Node {
  int kind = 0;
  int first = 0;
  int last = 0;

  auto operator<=>(const Node&) const = default;
};

// A name of a variable, a type or a namespace, and where that is declared: at a token of the file, or
// elsewhere (-1, and what tells it from others). Of a function or a member: in what kind of scope it was
// found. Or a break, a continue, a label of a switch (`jump`), a return: the loop, the switch, the function
// that it is of is what it names.
//
// Of a function besides: in which namespace (`space`), and where it is declared (`function`), which counts
// where that goes.
struct Reference {
  int at = 0;
  int declared = -1;
  size_t elsewhere = 0;
  bool jump = false;
  size_t space = 0;
  int function = -1;

  auto operator<=>(const Reference&) const = default;
};

// Of what is written in the file itself. Outlives no unit.
class Shape {
 public:
  explicit Shape(Unit& unit);

  // The same without the tokens in these spans, sorted, and what is all in one of them.
  Shape without(const std::vector<Span>& spans) const;

  const std::vector<Node>& nodes() const { return nodes_; }  // sorted, each once

  const std::vector<Reference>& references() const { return references_; }  // sorted, each once

  int tokens() const { return static_cast<int>(spans_.size()); }
  Span span(int token) const { return spans_[static_cast<size_t>(token)]; }

  // The token that the byte is in, or the next.
  int token_at(unsigned offset) const;

  // The last of [first, last] that is no semicolon: some statements have theirs in their range, some do not.
  int last_of(int first, int last) const;

  std::string_view text(Span span) const { return tokens_.text(span); }

 private:
  const Tokens& tokens_;
  std::vector<Span> spans_;
  std::vector<bool> semicolon_;
  std::vector<Node> nodes_;
  std::vector<Reference> references_;
};

// A node of `after` (or, if it has them all, of `before`) that the other has not, apart from what lies in the
// cuts: the bytes where it begins and ends, in the text it is of. Nothing where the shapes agree. `cuts` are
// spans of before's text, `holes` what stands there in after's.
//
// Or a name in `after`, outside of the cuts, of another variable than in `before`. One that comes with the
// edit may be meant; but what read a declaration that goes, or goes elsewhere, must not read another of that
// name. Nor may what a cut repeats (`carried`: spans of before's text, for each of the cuts), where it stands
// now; and a break that it repeats must not end a loop that comes with the edit, unless its own went.
struct Difference {
  bool in_after = true;
  Span span;
  bool is_name = false;
};
std::optional<Difference> difference_around(const Shape& before, const std::vector<Span>& cuts,
                                            const Shape& after, const std::vector<Span>& holes,
                                            const std::vector<std::vector<Span>>& carried);

// Do two texts that differ in added parentheses alone (their bytes: `added`, sorted) mean the same?
bool mean_the_same(const Shape& a, const std::vector<unsigned>& added_to_a, const Shape& b,
                   const std::vector<unsigned>& added_to_b);

}  // namespace nanobug::rewrite
