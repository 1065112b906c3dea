// operators: bugs that nobody has written. Where a rule has a matcher, a generic mutation operator has code
// that walks over Clang's tree; what it finds is edited, settled and formatted as a rule's matches are.
//
// An operator looks at what is written in the file: code that a macro or the compiler writes has no mutants,
// but an argument of a macro has (the condition of a TORCH_CHECK), and the call itself. Left alone: messages
// (what a throw, a failed check or a stream is given), static_assert, types, declarations without a body.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/spot.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// One thing that an operator would do: a part of a rule, as if a matcher had bound the nodes its edits name.
struct Operation {
  Spot spot;
  unsigned at = 0;        // the byte of the spot
  CompiledPart compiled;  // points to `part`
  std::unique_ptr<catalog::Part> part;
  clang::ast_matchers::BoundNodes nodes;
};

// In the order of the file.
std::vector<std::unique_ptr<Operation>> operations(Unit& unit);

}  // namespace nanobug::rewrite
