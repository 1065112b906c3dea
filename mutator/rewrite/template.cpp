// template: see template.h.
#include "mutator/rewrite/template.h"

#include <algorithm>

#include "mutator/rewrite/draft.h"

namespace nanobug::rewrite {

Result<std::vector<Piece>> parse_template(const std::string& text, unsigned* where) {
  std::vector<Piece> pieces;
  size_t at = 0;
  while (at < text.size()) {
    const size_t open = std::min(text.find("{{", at), text.size());
    if (open > at) pieces.push_back({false, text.substr(at, open - at), static_cast<unsigned>(at)});
    if (open == text.size()) break;
    if (where) *where = open;
    const size_t close = text.find("}}", open);
    if (close == std::string::npos)
      return fail(Exit::catalog, "the template opens '{{' and does not close it with '}}'");
    const size_t first = text.find_first_not_of(" \t", open + 2);
    const size_t last = text.find_last_not_of(" \t", close - 1);
    const std::string id = first < close ? text.substr(first, last + 1 - first) : "";
    if (id.empty() || !std::all_of(id.begin(), id.end(), is_word))
      return fail(Exit::catalog,
                  "'{{" + id + "}}' is no placeholder; write {{id}} with an id the matcher binds");
    pieces.push_back({true, id, static_cast<unsigned>(first)});
    at = close + 2;
  }
  return pieces;
}

std::string fill_in(const std::vector<Piece>& pieces, const std::map<std::string, Bound>& bound) {
  std::string text;
  bool joint = false;  // beside an expression that was put in: two signs must not run together
  for (const Piece& piece : pieces) {
    const Bound* value = piece.placeholder ? &bound.at(piece.text) : nullptr;
    const bool expression = value && value->expression;
    const std::string part = !value                       ? piece.text
                             : expression && !value->atom ? marked(value->text)
                                                          : value->text;
    if ((joint || expression) && signs_run_together(text, part)) text += ' ';
    text += part;
    joint = expression;
  }
  return text;
}

}  // namespace nanobug::rewrite
