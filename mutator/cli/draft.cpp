// draft: see draft.h.
#include "mutator/cli/draft.h"

#include <algorithm>

#include "mutator/base/files.h"
#include "mutator/rewrite/expression.h"
#include "mutator/rewrite/tokens.h"

namespace nanobug::cli {
namespace {

size_t offset_of(const std::string& text, const Place& start, const Place& place) {
  size_t at = 0;
  for (int line = start.line; line < place.line && at < text.size(); ++line)
    at = std::min(text.find('\n', at), text.size() - 1) + 1;
  return std::min(at + static_cast<size_t>(std::max(place.column - start.column, 0)), text.size());
}

}  // namespace

WrittenOut::WrittenOut(const catalog::Text& typed, const std::map<std::string, std::string>& names)
    : typed_(typed), text_({"", typed.place}) {
  const std::string line = rewrite::one_line(typed.value);  // without comments, each byte where it was
  const rewrite::Tokens tokens(line);
  size_t at = 0;
  const auto take = [&](size_t end) {
    pieces_.push_back({text_.value.size(), text_.value.size() + end - at, at, false});
    text_.value += typed.value.substr(at, end - at);
    at = end;
  };
  for (const rewrite::Token& token : tokens.all()) {
    const auto name = names.find(std::string(tokens.text(token)));
    if (token.kind != rewrite::Token::Kind::word || name == names.end() ||
        tokens.is(tokens.after(token.span.end), "(") || tokens.is(tokens.before(token.span.begin), "."))
      continue;
    take(token.span.begin);
    pieces_.push_back({text_.value.size(), text_.value.size() + name->second.size(), at, true});
    text_.value += rewrite::one_line(name->second);  // as many lines as were typed
    at = token.span.end;
  }
  take(typed.value.size());
}

Error WrittenOut::as_typed(Error error) const {
  const auto lines = static_cast<int>(std::count(typed_.value.begin(), typed_.value.end(), '\n'));
  if (!error.place || error.place->file != text_.place.file || error.place->line < text_.place.line ||
      error.place->line > text_.place.line + lines || error.place->column == 0)
    return error;
  const size_t offset = offset_of(text_.value, text_.place, *error.place);
  for (const Piece& piece : pieces_) {
    if (offset < piece.begin || offset > piece.end || (offset == piece.end && &piece != &pieces_.back()))
      continue;
    error.place = catalog::place_in(typed_, piece.typed + (piece.name ? 0 : offset - piece.begin));
    break;
  }
  return error;
}

std::string WrittenOut::tidy() const {
  std::vector<std::string> lines;
  size_t margin = std::string::npos;
  for (const std::string_view raw : lines_of(text_.value)) {
    std::string line(raw.substr(0, raw.find_last_not_of(" \t\r\n") + 1));
    const size_t blanks = line.find_first_not_of(" \t");
    if (blanks == std::string::npos) continue;
    // The first stands behind its command, the others where their author put them.
    if (lines.empty())
      line.erase(0, blanks);
    else
      margin = std::min(margin, blanks);
    lines.push_back(std::move(line));
  }
  std::string text;
  for (size_t i = 0; i < lines.size(); ++i) text += (i ? "\n  " + lines[i].substr(margin) : lines[i]);
  return text;
}

catalog::Rule Draft::rule() const {
  catalog::Rule rule;
  rule.id = {"draft", matcher.text().place};
  rule.place = rule.id.place;
  rule.in = {in, rule.place};
  rule.file = file;
  rule.match = matcher.text();
  rule.edits = edits;
  return rule;
}

}  // namespace nanobug::cli
