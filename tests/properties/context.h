// context: the statements that an expression of the property test stands in, and the paths from there to a
// node, as a matcher goes them.
#pragma once

#include <string>
#include <vector>

#include "tests/properties/expression.h"

namespace nanobug::properties {

struct Context {
  std::string before, after;  // of the expression
  int needed;                 // the level it needs
  std::string matcher;        // of a statement or declaration in the function; @ stands for the expression's
  bool is_condition = false;  // where a compiler warns of an assignment
};

const std::vector<Context>& contexts();

// A statement must not begin like a declaration.
bool may_stand(size_t context, const Expr& expression);

// Is there a matcher from the node to its kid? (Not through `V{x}` and the like, whose nodes differ.)
bool can_be_bound(const Expr& node, size_t kid, bool dependent);

// A matcher that goes from the function to every marked node of the expression and binds it as m<mark>.
// In a template the operators of V are looked up for ints too.
std::string matcher_for(const std::string& function, size_t context, const Expr& expression, bool dependent);

}  // namespace nanobug::properties
