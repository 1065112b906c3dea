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

using Shape = std::vector<Node>;  // sorted, each once

// What is written in the file itself.
Shape shape_of(Unit& unit);

// A node of `after` (or, if it has them all, of `before`) that the other has not, apart from what lies in the
// cuts: the bytes where it begins and ends, in the text it is of. Nothing where the shapes agree. `cuts` are
// spans of before's text, `holes` what stands there in after's.
struct Difference {
  bool in_after = true;
  Span span;
};
std::optional<Difference> difference_around(Unit& before, const std::vector<Span>& cuts, Unit& after,
                                            const std::vector<Span>& holes);

// Do two texts that differ in added parentheses alone (their bytes: `added`, sorted) mean the same?
bool mean_the_same(Unit& a, const std::vector<unsigned>& added_to_a, Unit& b,
                   const std::vector<unsigned>& added_to_b);

}  // namespace nanobug::rewrite
