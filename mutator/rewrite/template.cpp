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

namespace {

// Words that an expression stands beside; any other word and a name may be one name: max_{{n}}.
bool is_operator_word(std::string_view word) {
  static constexpr std::string_view kWords[] = {
      "return", "co_return", "co_yield", "co_await", "throw",  "case",  "else", "do",
      "new",    "delete",    "sizeof",   "and",      "or",     "not",   "xor",  "bitand",
      "bitor",  "compl",     "and_eq",   "or_eq",    "xor_eq", "not_eq"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

bool are_one_name(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty() || !is_word(left.back()) || !is_word(right.front())) return false;
  const auto end = std::find_if_not(right.begin(), right.end(), is_word);
  const auto begin = std::find_if_not(left.rbegin(), left.rend(), is_word);
  return !is_operator_word(left.substr(static_cast<size_t>(left.rend() - begin))) &&
         !is_operator_word(right.substr(0, static_cast<size_t>(end - right.begin())));
}

}  // namespace

std::string fill_in(const std::vector<Piece>& pieces, const std::map<std::string, Bound>& bound) {
  std::string text;
  bool joint = false;  // beside an expression that was put in: two tokens must not run together
  bool ended = false;  // a statement was put in, with its semicolon: another one would be a second statement
  for (const Piece& piece : pieces) {
    const Bound* value = piece.placeholder ? &bound.at(piece.text) : nullptr;
    const bool expression = value && value->expression;
    std::string part = !value ? piece.text : expression && !value->atom ? marked(value->text) : value->text;
    if (const size_t next = part.find_first_not_of(" \t"); ended && next < part.size() && part[next] == ';')
      part.erase(0, next + 1);
    ended = value && !expression && part.ends_with(';');
    if ((joint || expression) && run_together(text, part) && !are_one_name(text, part)) text += ' ';
    text += part;
    joint = expression;
  }
  return text;
}

}  // namespace nanobug::rewrite
