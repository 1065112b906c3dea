// parentheses: which of them C++ needs, told by the tree that Clang made and not by the text.
#pragma once

#include "mutator/rewrite/clang.h"

namespace nanobug::rewrite {

// Does an expression hold together wherever it stands: a name, a literal, a call, something in parentheses?
// What a macro gives is none, whatever the macro's name looks like, and a lambda in brackets is none.
bool holds_together(const clang::Expr& expression);  // whatever it is written as
bool is_atom(const clang::Expr& expression, clang::ASTContext& context);

// Would the file mean something else without these parentheses, or would a compiler warn of it (`a & b == c`,
// `if (x = y)`)? Also where only two signs would run together: -(-x). Those in `optional` are looked through.
bool are_needed(const clang::ParenExpr& parentheses, clang::ASTContext& context,
                const llvm::DenseSet<const clang::ParenExpr*>& optional = {});

// The parentheses directly around an expression, or null.
const clang::ParenExpr* parentheses_around(const clang::Expr& expression, clang::ASTContext& context);

}  // namespace nanobug::rewrite
