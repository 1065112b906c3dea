// explain: a matcher taken apart, so that it can be asked how many nodes each of its parts leaves.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mutator/rewrite/expression.h"

namespace nanobug::rewrite {

using Wrap = std::function<std::string(const std::string&)>;

// A step on the way from the bare outermost matcher to the whole text: one inner matcher more.
struct Peeled {
  std::string added;       // the sub-matcher this step adds
  std::string matcher;     // the whole matcher up to here
  const Expression* call;  // the same sub-matcher in the tree
  int parent = -1;         // the step of the call it is an argument of; -1: it is the outermost
  Wrap around;             // the whole matcher up to here, with another text in its place
  Wrap beside;             // the parent's text up to here, likewise; without it where that text is empty
};

// The texts only, and not every one of them need parse. What stands in anyOf, eachOf, unless and optionally
// is added at once: part of a negation or of an alternative does not narrow. `tree` must outlive the steps.
std::vector<Peeled> peel(const std::string& matcher, const Expression& tree);

}  // namespace nanobug::rewrite
