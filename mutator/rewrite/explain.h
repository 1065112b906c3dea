// explain: a matcher taken apart, and how many nodes each of its parts leaves.
#pragma once

#include <string>
#include <vector>

#include "mutator/rewrite/expression.h"

namespace nanobug::rewrite {

struct Peeled {
  std::string added;    // the sub-matcher this step adds
  std::string matcher;  // the whole matcher up to here
};

// From the bare outermost matcher to the whole text, one inner matcher more each time; the texts only, and
// not every one of them need parse. What stands in anyOf, eachOf, unless and optionally is added at once:
// part of a negation or of an alternative does not narrow.
std::vector<Peeled> peel(const std::string& matcher, const Expression& tree);

}  // namespace nanobug::rewrite
