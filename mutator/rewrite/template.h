// template: the text that `with:` and `insert:` put into a file.
//
//   template    := ( any text | "{{" id "}}" )*
//
// {{id}} stands for the source text of the node bound to `id`: a statement or declaration with its semicolon
// (a `;` behind the placeholder is that one), an expression without. An expression that is no atom gets marks
// around it (draft.h): where the operators beside the placeholder need parentheses, they become some. Blanks
// around the id are allowed; two opening braces of C++ are written `{ {`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

struct Piece {
  bool placeholder = false;
  std::string text;     // literal text, or the id
  unsigned offset = 0;  // in the template
};

// What an id is bound to.
struct Bound {
  std::string text;
  bool expression = false;
  bool atom = false;              // one that holds together wherever it stands
  std::optional<Span> span = {};  // where in the file it stands
};

// Errors: Exit::catalog without a place; `offset` in the template is written to *where.
Result<std::vector<Piece>> parse_template(const std::string& text, unsigned* where = nullptr);

// Every id of the pieces must be in `bound`.
std::string fill_in(const std::vector<Piece>& pieces, const std::map<std::string, Bound>& bound);

}  // namespace nanobug::rewrite
