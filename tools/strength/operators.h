// operators: the mutation operators, on Clang's tree: what each would write instead, and where.
//
// An operator looks at what is written in a file: code that a macro or the compiler writes has no mutants,
// but an argument of a macro has (the condition of a TORCH_CHECK). Left alone: messages (what a throw, a
// failed check or a stream is given), static_assert, types, declarations without a body.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mutator/rewrite/clang.h"
#include "mutator/rewrite/tokens.h"

namespace nanobug::strength {

struct Change {
  std::string op;
  rewrite::Span span;
  std::string text;
};

// Changes by file, as Clang names it; `wanted` says which files count.
using Changes = std::map<std::string, std::vector<Change>>;

Changes changes(clang::ASTContext& context, const std::vector<clang::Decl*>& declarations,
                const std::function<bool(const std::string& file)>& wanted);

}  // namespace nanobug::strength
