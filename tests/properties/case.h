// case: one trial of the property test: an expression in a function, and a rule on it; made at random, made
// smaller, and written as the catalog has it.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "tests/properties/expression.h"
#include "tests/properties/question.h"

namespace nanobug::properties {

struct Edit {
  enum class Kind { replace, swap, remove };  // remove: an argument
  Kind kind = Kind::replace;
  int target = 0;  // a mark
  int other = 0;   // of a swap
  Expr form = {};  // of a replace
};

struct Case {
  size_t context = 0;      // where the expression stands in its function
  bool dependent = false;  // the function is a template, and the type of `a` and `d` its parameter
  Expr source;
  std::vector<Edit> edits;
};

rc::Gen<Case> cases();

// The expression after the edits.
Expr result_of(const Case& trial);

Question question_of(const Case& trial, const std::string& before, const std::string& after);

// The name of the kind the case belongs to that the rewriter does not get right yet, or "".

}  // namespace nanobug::properties
