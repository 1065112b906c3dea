// effects: may an initialiser, and the object it makes, be left out of a program without anybody noticing?
#pragma once

#include "mutator/rewrite/clang.h"

namespace nanobug::rewrite {

// Does evaluating it change nothing but its own result? What cannot be seen (a function without its body, a
// call through a pointer or a std::function, what templates depend on) may change anything; only the const
// member functions and the pure functions of libraries are trusted.
bool only_computes(const clang::Stmt* statement);

// Does destroying an object of this type do nothing but free what is its own? Guards, locks, threads and
// streams do more. They are told from values (a string, a tensor) by this: a value that frees something says
// how it is copied.
bool is_value(clang::QualType type);

// Does the statement compute and, beside variables of its own, write these? Loops are taken to end.
bool only_writes(const clang::Stmt* statement, llvm::ArrayRef<const clang::VarDecl*> variables);

}  // namespace nanobug::rewrite
