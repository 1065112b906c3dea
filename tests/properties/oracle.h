// oracle: what Clang reads in a text: the syntax tree of each of its functions without parentheses, as text
// that can be compared.
#pragma once

#include <map>
#include <string>

namespace nanobug::properties {

struct Reading {
  std::map<std::string, std::string> trees;  // function -> its body's tree
  std::map<int, std::string> errors;         // line -> the first error there
};

Reading read(const std::string& code);

}  // namespace nanobug::properties
