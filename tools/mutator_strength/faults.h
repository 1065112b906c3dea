// faults: small mistakes that can be made in a line of C++, for tools/mutator-strength.
//
// A line is changed as text. What does not compile is found out by compiling it: each line has several
// changes, in an order that depends on the fault's number, so that all kinds occur, and the first that builds
// is the fault.
#pragma once

#include <string>
#include <vector>

namespace nanobug::strength {

struct Change {
  std::string kind;  // negated, dropped, swapped, bound, logic, part, early, words, limit
  std::string text;  // the changed line
};

// Every change of the line, those of kind `first` (any number, taken modulo the count of kinds) in front, the
// others in their order. `before` is the last line of code above it: a statement begins behind its `;`, `{`,
// `}` or `)`.
std::vector<Change> changes_of(const std::string& line, const std::string& before, size_t first);

struct Line {
  std::string file;   // relative to the project
  size_t number = 0;  // from 1
  std::string text, before;
};

std::string trimmed(const std::string& text);

// The lines of these files that can be changed at all, in order.
std::vector<Line> lines_of_code(const std::vector<std::string>& files);

}  // namespace nanobug::strength
