// spot: where a generic mutation operator would change a file, and how a rule names it.
#pragma once

#include <string>
#include <vector>

namespace nanobug::rewrite {

struct Spot {
  std::string op;            // "relation"
  int line = 0, column = 0;  // from 1: where what it changes begins
  int number = 1;            // of several of one operator that begin there

  bool operator==(const Spot&) const = default;
};

// What a rule has as its match: operator("relation", 88, 14), and a fourth argument where it is not the
// first.
std::string as_match(const Spot& spot);

// The names of all operators, those first that make the likelier bugs.
const std::vector<std::string>& operators();

}  // namespace nanobug::rewrite
