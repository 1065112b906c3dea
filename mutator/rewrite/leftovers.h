// leftovers: local variables that an edit leaves without a reader. A compiler would warn of them, and the
// warning would name the bug.
#pragma once

#include <string>
#include <vector>

#include "mutator/rewrite/includes.h"
#include "mutator/rewrite/tokens.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

struct Variable {
  std::string name;
  Span statement;              // its declaration, semicolon included
  std::vector<unsigned> uses;  // where it is named, apart from there
};

struct Function {
  std::string name;  // qualified
  Span span;
};

// What a file's edits have to know of it, looked up once.
struct Survey {
  std::vector<Variable> variables;  // local, declared alone, whose initialiser only computes
  std::vector<Function> functions;  // defined here, lambdas left out
  std::vector<Include> includes;    // that are read

  std::string function_at(unsigned offset) const;  // the innermost, or ""
};

Survey survey(Unit& unit);

// The declarations that may go when the text of `gone` does and `added` comes: every variable whose last use
// was in there, then those whose last use was in its initialiser, and so on.
std::vector<Span> unused_after(const Survey& survey, std::vector<Span> gone,
                               const std::vector<std::string>& added);

}  // namespace nanobug::rewrite
