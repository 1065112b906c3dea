// case: one trial of the property test: an expression in a function, and a rule on it; made at random, made
// smaller, and written as the catalog has it.
#pragma once

#include <rapidcheck.h>

#include <set>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "tests/properties/expression.h"

namespace nanobug::properties {

struct Edit {
  enum class Kind { replace, swap };
  Kind kind = Kind::replace;
  int target = 0;  // a mark
  int other = 0;   // of a swap
  Expr form = {};  // of a replace
};

struct Case {
  size_t context = 0;  // where the expression stands in its function
  Expr source;
  std::vector<Edit> edits;
};

rc::Gen<Case> cases();

// The expression after the edits.
Expr result_of(const Case& trial);

// The function `name`: as it stands in the file, with every parenthesis, and with every parenthesis as it
// must be after the edits. `places` are counted from the function's first byte.
std::string source_of(const Case& trial, const std::string& name, Places* places = nullptr);
std::string full_source_of(const Case& trial, const std::string& name);
std::string full_result_of(const Case& trial, const std::string& name);

// The same after the edits with the parentheses of the author and those that are needed, no others.
std::string plain_result_of(const Case& trial, const std::string& name);

catalog::Rule rule_of(const Case& trial, const std::string& name);

// Does the result begin like a declaration, where a statement may be one?
bool reads_as_declaration(const Case& trial);

// Do two tokens come together that would be read as others?
bool would_paste(const Case& trial);

// What the case is made of, by name: "C cast", "alternative token", "swap", …
std::set<std::string> features_of(const Case& trial);

}  // namespace nanobug::properties
