// surgery: see surgery.h.
#include "mutator/rewrite/surgery.h"

#include <algorithm>
#include <cctype>

namespace nanobug::rewrite {
namespace {

constexpr std::string_view kMarks[] = {"clang-format off", "clang-format on", "NOLINTBEGIN", "NOLINTEND"};

unsigned line_start(std::string_view text, unsigned offset) {
  const size_t end = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  return end == std::string_view::npos ? std::min(text_start(text), offset) : end + 1;
}

// The same of the line that a backslash at its end continues with this one, in as many steps.
unsigned spliced_line_start(std::string_view text, unsigned offset) {
  for (unsigned begin = line_start(text, offset);;) {
    if (!text.substr(0, begin).ends_with("\\\n") && !text.substr(0, begin).ends_with("\\\r\n")) return begin;
    begin = line_start(text, begin - 1);
  }
}

// Behind the line's end, or the end of the text.
unsigned next_line(std::string_view text, unsigned offset) {
  const size_t end = text.find('\n', offset);
  return end == std::string_view::npos ? text.size() : end + 1;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool blank_between(std::string_view text, unsigned begin, unsigned end) {
  return blank(text.substr(begin, end - begin));
}

bool first_on_line(std::string_view text, unsigned offset) {
  return blank_between(text, line_start(text, offset), offset);
}

unsigned column(std::string_view text, unsigned offset) {
  return offset - line_start(text, offset);
}

// A mark for a tool, about the lines around it and not about the code that it stands beside.
bool is_mark(std::string_view comment) {
  for (const std::string_view licence : {"Copyright", "copyright", "SPDX-License"})
    if (comment.find(licence) != std::string_view::npos) return true;
  return std::any_of(std::begin(kMarks), std::end(kMarks),
                     [&](std::string_view mark) { return comment.find(mark) != std::string_view::npos; });
}

// Is `comment` the second line of a comment that stands behind code?
bool continues_trailing(const Tokens& tokens, const Token* comment) {
  const std::string_view text = tokens.text();
  for (;;) {
    const Token* above = tokens.before(comment->span.begin, true);
    if (!above || above->kind != Token::Kind::comment) return false;
    if (next_line(text, above->span.end) != line_start(text, comment->span.begin)) return false;
    if (column(text, above->span.begin) != column(text, comment->span.begin)) return false;
    if (!first_on_line(text, above->span.begin)) return true;
    comment = above;
  }
}

// The start of the line of the topmost comment of the block directly above the line of `begin`.
unsigned comments_above(const Tokens& tokens, unsigned begin) {
  const std::string_view text = tokens.text();
  unsigned top = line_start(text, begin);
  while (const Token* above = tokens.before(top, true)) {
    if (above->kind != Token::Kind::comment || !first_on_line(text, above->span.begin)) break;
    if (next_line(text, above->span.end) != top || !blank_between(text, above->span.end, top)) break;
    if (continues_trailing(tokens, above) || is_mark(tokens.text(*above))) break;
    top = line_start(text, above->span.begin);
  }
  return top;
}

// The end of the comment behind `end` on its line, with the lines it goes on for; `end` if there is none.
unsigned comment_behind(const Tokens& tokens, unsigned end) {
  const std::string_view text = tokens.text();
  const Token* comment = tokens.after(end, true);
  if (!comment || comment->kind != Token::Kind::comment || comment->span.begin >= next_line(text, end))
    return end;
  const unsigned where = column(text, comment->span.begin);
  while (comment) {
    end = comment->span.end;
    const Token* below = tokens.after(end, true);
    const unsigned next = next_line(text, end);
    if (below && below->kind == Token::Kind::comment && below->span.begin < next) {  // another on the line
      comment = below;
      continue;
    }
    const bool goes_on = below && below->kind == Token::Kind::comment &&
                         line_start(text, below->span.begin) == next &&
                         column(text, below->span.begin) == where && first_on_line(text, below->span.begin) &&
                         !is_mark(tokens.text(*below));
    comment = goes_on ? below : nullptr;
  }
  return end;
}

// The start of the comments that stand before `begin` on its line; `begin` if there is none, or if they are
// behind a piece of the same statement.
unsigned comments_in_front(const Tokens& tokens, unsigned begin) {
  const std::string_view text = tokens.text();
  const Token* comment = tokens.before(begin, true);
  unsigned front = begin;
  for (; comment && comment->kind == Token::Kind::comment && comment->span.begin >= line_start(text, begin) &&
         !is_mark(tokens.text(*comment));
       comment = tokens.before(front, true))
    front = comment->span.begin;
  return front;
}

// The lines of an element of a list that has them for itself, up to `end`, with its comments.
std::optional<Span> own_lines(const Tokens& tokens, Span element, unsigned end) {
  const std::string_view text = tokens.text();
  const unsigned begin = comments_in_front(tokens, element.begin), behind = comment_behind(tokens, end);
  if (!first_on_line(text, begin) || !blank_between(text, behind, next_line(text, behind)))
    return std::nullopt;
  return Span{comments_above(tokens, begin), next_line(text, behind)};
}

// A line that begins inside of a string is what the string says.
bool is_in_literal(const Tokens& tokens, unsigned at) {
  return std::any_of(tokens.all().begin(), tokens.all().end(), [&](const Token& token) {
    return token.kind == Token::Kind::literal && token.span.begin < at && at < token.span.end;
  });
}

bool is_one_of(const Tokens& tokens, const Token* token, std::initializer_list<const char*> signs) {
  return std::any_of(signs.begin(), signs.end(), [&](const char* sign) { return tokens.is(token, sign); });
}

}  // namespace

bool is_statement(const Tokens& tokens, Span span) {
  const Token* last = tokens.before(span.end);
  if (!last || last->span.begin < span.begin) return false;
  if (tokens.is(last, ";")) return true;
  if (!tokens.is(last, "}")) return false;
  const Token* before = tokens.before(span.begin);
  for (const char* end : {";", "{", "}", ")", "else", "do", ":"})
    if (tokens.is(before, end)) return true;
  return before == nullptr;
}

bool is_only_body(const Tokens& tokens, Span span) {
  const Token* before = tokens.before(span.begin);
  return tokens.is(before, ")") || tokens.is(before, "else") || tokens.is(before, "do");
}

Span with_comments(const Tokens& tokens, Span statement) {
  const std::string_view text = tokens.text();
  Span span = statement;
  const unsigned end = comment_behind(tokens, span.end);
  const unsigned next = next_line(text, end);
  span.begin = comments_in_front(tokens, span.begin);
  const bool alone_before = first_on_line(text, span.begin);
  const bool alone_behind = blank_between(text, end, next);
  if (alone_before && alone_behind) return {comments_above(tokens, span.begin), next};
  if (alone_behind) {  // behind other code: the blanks in front of it go, the line's end stays
    span.end = end;
    while (span.begin > 0 && is_blank(text[span.begin - 1])) --span.begin;
    return span;
  }
  // The last of its block, before a brace on its own line: that closes up with the line above.
  if (const Token* above = tokens.before(span.begin, true);
      alone_before && above && tokens.is(tokens.after(span.end, true), "}") &&
      span.begin == statement.begin && above->kind != Token::Kind::comment &&
      !is_in_directive(tokens, above->span.begin) &&
      next_line(text, above->span.end) == line_start(text, span.begin))
    return {above->span.end, span.end};
  // The last on the line of its braces.
  const Token *open = tokens.before(span.begin, true), *close = tokens.after(span.end, true);
  if (tokens.is(open, "{") && tokens.is(close, "}") && span.begin == statement.begin &&
      blank_between(text, open->span.end, span.begin) &&
      line_start(text, open->span.begin) == line_start(text, close->span.begin))
    return {open->span.end, close->span.begin};
  const bool room_behind = span.end < text.size() && is_blank(text[span.end]);
  while (span.end < text.size() && is_blank(text[span.end])) ++span.end;
  if (!room_behind)  // `RUN(a(); b();)`: the blank in front is the one that kept them apart
    while (span.begin > 0 && is_blank(text[span.begin - 1])) --span.begin;
  return span;
}

Span behind_what_stays(const Tokens& tokens, Span span) {
  const std::string_view text = tokens.text();
  const Span whole = with_comments(tokens, span);
  if (is_whole_lines(text, whole) && tokens.is(tokens.before(span.begin), "}")) return whole;
  const unsigned end = tokens.before(span.begin)->span.end, behind = comment_behind(tokens, end);
  // What follows on its line comes to stand there, for behind a `//` it would be a part of that.
  const unsigned after = comment_behind(tokens, span.end);
  if (!blank_between(text, after, next_line(text, after)) && behind < line_start(text, span.begin) &&
      ends_in_line_comment(text.substr(end, behind - end))) {
    unsigned next = after;
    while (is_blank(text[next])) ++next;
    return {span.begin, next};
  }
  return {behind < line_start(text, span.begin) ? behind : end, comment_behind(tokens, span.end)};
}

Span whole_lines(std::string_view text, Span span) {
  return {line_start(text, span.begin), next_line(text, span.end)};
}

bool is_whole_lines(std::string_view text, Span span) {
  const bool ends = span.end == text.size() || (span.end > 0 && text[span.end - 1] == '\n');
  return span.begin == line_start(text, span.begin) && ends && span.begin < span.end;
}

namespace {

// The other one of the pair, some way further on; `step` goes from a token to the next in that direction.
template <typename Step>
const Token* partner(const Tokens& tokens, const Token* bracket, std::string_view from, std::string_view to,
                     const Step& step) {
  const std::string_view own = bracket ? tokens.text(*bracket) : "";
  const size_t kind = own.size() == 1 ? from.find(own) : std::string_view::npos;
  if (kind == std::string_view::npos) return nullptr;
  const std::string_view other = to.substr(kind, 1);
  int depth = 0;
  for (const Token* token = bracket; token; token = step(*token)) {
    depth += tokens.is(token, own) ? 1 : tokens.is(token, other) ? -1 : 0;
    if (depth == 0) return token;
  }
  return nullptr;
}

constexpr std::string_view kOpening = "([{", kClosing = ")]}";

}  // namespace

const Token* opening(const Tokens& tokens, const Token* close) {
  return partner(tokens, close, kClosing, kOpening,
                 [&](const Token& token) { return tokens.before(token.span.begin); });
}

const Token* closing(const Tokens& tokens, const Token* open) {
  return partner(tokens, open, kOpening, kClosing,
                 [&](const Token& token) { return tokens.after(token.span.end); });
}

bool is_list(const Tokens& tokens, Span span) {
  for (const Token* token = tokens.after(span.begin); token && token->span.begin < span.end;
       token = tokens.after(token->span.end)) {
    if (tokens.is(token, ",")) return true;
    if (const Token* close = closing(tokens, token)) token = close;
  }
  return false;
}

Span enclosing_braces(const Tokens& tokens, Span place) {
  Span around{0, static_cast<unsigned>(tokens.text().size())};
  const Token* token = tokens.before(place.begin);
  for (int depth = 0; token; token = tokens.before(token->span.begin)) {
    depth += tokens.is(token, "}") ? 1 : tokens.is(token, "{") ? -1 : 0;
    if (depth >= 0) continue;
    depth = 0;
    // Parameters stand before a function's: `f(int n) {`, and what else has parentheses has none in them.
    const Token* close = closing(tokens, token);
    const Token* before = tokens.before(token->span.begin);
    const Token* open = tokens.is(before, ")") ? opening(tokens, before) : nullptr;
    if (close) around = {open ? open->span.begin : token->span.begin, close->span.end};
    if (const Token* word = open ? tokens.before(open->span.begin) : nullptr;
        word && !is_one_of(tokens, word, {"if", "for", "while", "switch", "catch", "constexpr"}))
      break;
  }
  return around;
}

const Token* called_before(const Tokens& tokens, const Token* last) {
  const Token* open = tokens.is(last, ")") ? opening(tokens, last) : nullptr;
  return open ? tokens.before(open->span.begin) : last;
}

std::optional<std::string> designator_of(const Tokens& tokens, unsigned value) {
  const unsigned begin = with_designator(tokens, value);
  if (begin == value) return std::nullopt;
  return std::string(tokens.text(without_blanks(tokens.text(), {begin, value})));
}

std::optional<std::string> designator_counted_from(const Tokens& tokens, Span element) {
  const Token* comma = tokens.after(element.end);
  const Token* next = tokens.is(comma, ",") ? tokens.after(comma->span.end) : nullptr;
  if (!next || is_one_of(tokens, next, {".", "}", "%>"})) return std::nullopt;
  if (tokens.is(next, "[")) {  // of a lambda, or of an element
    const Token* close = closing(tokens, next);
    if (close && is_one_of(tokens, tokens.after(close->span.end), {"=", ".", "["})) return std::nullopt;
  }
  return designator_of(tokens, element.begin);
}

unsigned with_designator(const Tokens& tokens, unsigned value) {
  const Token* first = tokens.after(value);
  const Token* sign = tokens.before(value);
  const bool assigned = tokens.is(sign, "=");
  if (!assigned && !(tokens.is(first, "{") && sign)) return value;
  unsigned begin = assigned ? sign->span.begin : value;
  for (;;) {
    const Token* last = tokens.before(begin);
    const Token* next = tokens.is(last, "]") ? opening(tokens, last) : nullptr;
    if (last && last->kind == Token::Kind::word && tokens.is(tokens.before(last->span.begin), "."))
      next = tokens.before(last->span.begin);
    if (!next) break;
    begin = next->span.begin;
  }
  const bool is_one = begin < (assigned ? sign->span.begin : value);
  return is_one && is_one_of(tokens, tokens.before(begin), {"{", "<%", ","}) ? begin : value;
}

namespace {

// One of a list before its comma.
Span before_comma(const Tokens& tokens, Span element, const Token* comma) {
  const std::string_view text = tokens.text();
  const Token* left = tokens.before(element.begin);
  const unsigned end = comment_behind(tokens, element.end);
  // Where the commas lead the one in front is its own, and the comments above that.
  if (tokens.is(left, ",") && first_on_line(text, left->span.begin) && comma->span.begin >= end &&
      blank_between(text, end, next_line(text, end)))
    return {comments_above(tokens, left->span.begin), next_line(text, end)};
  if (const auto lines = own_lines(tokens, element, comma->span.end)) return *lines;
  // The comment behind the comma is its own if the line ends there.
  unsigned behind = comment_behind(tokens, comma->span.end);
  if (!blank_between(text, behind, next_line(text, behind))) behind = comma->span.end;
  const Token* next = tokens.after(behind, true);
  if (next && !directive(tokens, next).empty())  // which begins its line
    return {comments_in_front(tokens, element.begin), behind};
  // The last one before a comma that nothing follows: the bracket stays where it is.
  if (tokens.is(left, ",") && is_one_of(tokens, next, {")", "}", "]", ">", "%>", ":>"}))
    return {left->span.end, comma->span.end};
  return {comments_in_front(tokens, element.begin), next ? next->span.begin : behind};
}

}  // namespace

Taken last_of_list(const Tokens& tokens, Span element) {
  const std::string_view text = tokens.text();
  const Token* comma = tokens.before(element.begin);
  const unsigned end = comment_behind(tokens, element.end);
  if (first_on_line(text, comma->span.begin)) {
    // The comments above the comma go too, and its line closes up if no `//` stands at the end of the one
    // before.
    const unsigned top = comments_above(tokens, comma->span.begin);
    const Token* above = tokens.before(top, true);
    const bool commented = (above->kind == Token::Kind::comment && tokens.text(*above).starts_with("//")) ||
                           is_in_directive(tokens, above->span.begin);
    if (!commented) return {{above->span.end, end}};
    if (blank_between(text, end, next_line(text, end))) return {{top, next_line(text, end)}};
    unsigned behind = end;
    while (behind < text.size() && is_blank(text[behind])) ++behind;
    return {{top + static_cast<unsigned>(indentation(text, top).size()), behind}};
  }
  // What the comment behind the comma says, it says of the one before.
  const unsigned kept = comment_behind(tokens, comma->span.end);
  if (kept == comma->span.end || kept >= line_start(text, element.begin)) return {{comma->span.begin, end}};
  const Token* right = tokens.after(element.end);
  if (is_one_of(tokens, right, {"}", "%>"}))  // in braces the comma can stay there
    if (const auto lines = own_lines(tokens, element, element.end)) return {*lines};
  std::string stays(tokens.text({comma->span.end, kept}));
  if (tokens.is(right,
                ";"))  // which comes before the comment that stays, and the comment behind it is of this one
    return {{comma->span.begin, comment_behind(tokens, right->span.end)}, ";" + stays};
  if (ends_in_line_comment(stays) && !blank_between(text, end, next_line(text, end)))
    stays += line_end(text, kept) + indentation(text, element.begin);
  return {{comma->span.begin, end}, stays};
}

Taken with_comma(const Tokens& tokens, Span element) {
  element.begin = with_designator(tokens, element.begin);
  const Token* left = tokens.before(element.begin);
  const Token* right = tokens.after(element.end);
  // Of what a comma operator joins the first may stand behind anything that ends.
  const bool opens =
      is_one_of(tokens, left, {"(", "{", "[", "<", "<%", "<:", ";", "?", ":", "}", "else", "do", "return"});
  const bool closes = is_one_of(tokens, right, {")", "}", "]", ">", "%>", ":>"});
  const bool follows = tokens.is(left, ",");
  // Behind a directive its own comma is behind it, whatever stands before.
  const bool begins_a_branch = left && is_in_directive(tokens, left->span.begin);
  if ((opens || follows || begins_a_branch) && tokens.is(right, ","))
    return {before_comma(tokens, element, right)};
  return follows && closes ? last_of_list(tokens, element) : Taken{element};
}

Span without_blanks(std::string_view text, Span span) {
  if (blank_between(text, span.begin, span.end)) return span;
  while (std::isspace(static_cast<unsigned char>(text[span.begin]))) ++span.begin;
  while (std::isspace(static_cast<unsigned char>(text[span.end - 1]))) --span.end;
  return span;
}

Taken with_separator(const Tokens& tokens, Span piece) {
  const Token* left = tokens.before(piece.begin);
  const Token* right = tokens.after(piece.end);
  if (tokens.is(right, ",")) return {before_comma(tokens, piece, right)};
  if (tokens.is(left, ",")) return last_of_list(tokens, piece);
  if (tokens.is(left, "}") && tokens.is(right, ";")) return {{left->span.end, piece.end}};  // struct {…} s;
  if (!tokens.is(left, ":")) return {piece};
  unsigned begin = left->span.begin;
  while (begin > 0 && std::isspace(static_cast<unsigned char>(tokens.text()[begin - 1]))) --begin;
  return {{begin, comment_behind(tokens, piece.end)}};
}

std::optional<Span> comment_of_line(const Tokens& tokens, unsigned at) {
  const unsigned end = next_line(tokens.text(), at);
  const Token* token = tokens.after(at, true);
  while (token && token->span.begin < end && is_one_of(tokens, token, {")", "}", "]", ";", ",", "{"}))
    token = tokens.after(token->span.end, true);
  if (!token || token->span.begin >= end || token->kind != Token::Kind::comment ||
      !blank_between(tokens.text(), token->span.end, next_line(tokens.text(), token->span.end)))
    return std::nullopt;
  return token->span;
}

bool ends_in_line_comment(std::string_view text) {
  const Tokens tokens(text);
  const Token* last = tokens.before(text.size(), true);
  return last && last->span.end == text.size() && tokens.text(*last).starts_with("//");
}

unsigned end_of_spliced_line(std::string_view text, unsigned offset) {
  for (size_t at = offset;; ++at) {
    at = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(0, at);
    if (at == text.size() || (!line.ends_with("\\") && !line.ends_with("\\\r")))
      return static_cast<unsigned>(at);
  }
}

std::string_view directive(const Tokens& tokens, const Token* sign) {
  if (!tokens.is(sign, "#") || !first_on_line(tokens.text(), sign->span.begin)) return "";
  const Token* name = tokens.after(sign->span.end);
  return name ? tokens.text(*name) : "";
}

bool is_in_directive(const Tokens& tokens, unsigned offset) {
  const std::string_view text = tokens.text();
  const unsigned begin = spliced_line_start(text, offset);
  return !directive(tokens, tokens.after(begin)).empty() && tokens.after(begin)->span.begin <= offset;
}

std::optional<std::string> directive_in(const Tokens& tokens, Span span) {
  int depth = 0, braces = 0;
  std::optional<std::string> opened;
  std::vector<int> braces_at;  // where each branch that is open began
  for (const Token& token : tokens.all()) {
    if (token.span.begin < span.begin || token.span.begin >= span.end) continue;
    braces += tokens.text(token) == "{" ? 1 : tokens.text(token) == "}" ? -1 : 0;
    // A branch that closes a block which it has not opened is not whole either, unless it goes on with it.
    if (!braces_at.empty() && braces < braces_at.back() && tokens.text(token) == "}" &&
        !is_one_of(tokens, tokens.after(token.span.end), {"else", "catch"}))
      return opened;
    const std::string word(directive(tokens, &token));
    if (word.starts_with("if")) {
      if (depth++ == 0) opened = "#" + word;
      braces_at.push_back(braces);
    } else if (word == "endif" || word.starts_with("el")) {
      if (depth == 0 || braces != braces_at.back()) return "#" + word;
      if (word == "endif") --depth, braces_at.pop_back();
    }
  }
  return depth > 0 ? opened : std::nullopt;
}

std::optional<Span> pragma_above(const Tokens& tokens, unsigned offset) {
  const std::string_view text = tokens.text();
  const Token* before = tokens.before(offset);
  if (!before) return std::nullopt;
  if (tokens.is(before, ")")) {  // _Pragma("…")
    const Token* string = tokens.before(before->span.begin);
    const Token* open = string ? tokens.before(string->span.begin) : nullptr;
    const Token* name = open ? tokens.before(open->span.begin) : nullptr;
    if (tokens.is(name, "_Pragma")) return Span{name->span.begin, before->span.end};
  }
  // The line of the token before, with those that it continues.
  const Token* sign = tokens.after(spliced_line_start(text, before->span.begin));
  if (directive(tokens, sign) != "pragma") return std::nullopt;
  const Token* what = tokens.after(tokens.after(sign->span.end)->span.end);
  const std::string_view rest = what ? text.substr(what->span.begin) : "";
  for (const char* harmless :
       {"once", "region", "endregion", "mark", "pack", "push_macro", "pop_macro", "message", "warning",
        "GCC diagnostic", "clang diagnostic", "GCC system_header"})
    if (rest.starts_with(harmless)) return std::nullopt;
  return Span{sign->span.begin, before->span.end};
}

std::string indentation(std::string_view text, unsigned offset) {
  const unsigned start = line_start(text, offset);
  unsigned end = start;
  while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
  return std::string(text.substr(start, end - start));
}

std::string reindented(std::string_view block, std::string_view from, std::string_view to) {
  const Tokens tokens(block);
  std::string result;
  for (unsigned at = 0; at < block.size();) {
    const unsigned next = next_line(block, at);
    std::string_view line = block.substr(at, next - at);
    const bool directs = line.starts_with("#") && !from.empty();  // in the first column, wherever the code is
    if (!blank(line) && !directs && !is_in_literal(tokens, at)) {
      if (line.starts_with(from)) line.remove_prefix(from.size());
      result += to;
    }
    result += line;
    at = next;
  }
  return result;
}

std::string with_lines_moved(std::string_view block, std::string_view from, std::string_view to) {
  const Tokens tokens(block);
  std::string result;
  for (unsigned at = 0; at < block.size();) {
    const unsigned next = next_line(block, at);
    std::string_view line = block.substr(at, next - at);
    if (at > 0 && line.starts_with(from) && !blank(line) && !is_in_literal(tokens, at) &&
        !line.starts_with("#")) {
      line.remove_prefix(from.size());
      result += to;
    }
    result += line;
    at = next;
  }
  return result;
}

std::string with_indented_lines(const Tokens& tokens, Span span, std::string_view indent, size_t step) {
  const std::string_view text = tokens.text();
  std::string result;
  for (unsigned at = span.begin; at < span.end;) {
    const unsigned next = std::min(next_line(text, at), span.end);
    result += tokens.text({at, next});
    at = next;
    if (!result.ends_with('\n') || is_in_literal(tokens, at)) continue;
    if (!blank(tokens.text({at, next_line(text, at)}))) result += indent;
    const size_t blanks =
        std::min<size_t>(text.substr(at, span.end - at).find_first_not_of(' '), span.end - at);
    if (step == 0) continue;
    result.append(blanks / step, '\t');
    at += blanks / step * step;
  }
  return result;
}

size_t indentation_step(std::string_view text) {
  for (unsigned at = next_line(text, 0); at < text.size(); at = next_line(text, at))
    if (const size_t blanks = text.find_first_not_of(' ', at);
        blanks != std::string_view::npos && blanks > at)
      return blanks - at;
  return 0;
}

bool is_of_tabs(std::string_view text) {
  int more = 0;
  for (unsigned at = 0; at < text.size(); at = next_line(text, at))
    more += text[at] == '\t' ? 1 : text[at] == ' ' ? -1 : 0;
  return more > 0;
}

std::string line_end(std::string_view text, unsigned offset) {
  size_t end = text.find('\n', std::min<size_t>(offset, text.size()));
  if (end == std::string_view::npos) end = text.rfind('\n');
  return end != std::string_view::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

std::string with_line_ends_of(std::string_view text, std::string_view block, unsigned offset) {
  if (line_end(text, offset) == "\n") return std::string(block);
  std::string result;
  for (const char c : block) {
    if (c == '\n' && (result.empty() || result.back() != '\r')) result += '\r';
    result += c;
  }
  return result;
}

// A branch of the preprocessor that is left empty before its #endif says nothing: its `#else` goes.
void without_empty_branch(std::string& text, unsigned point) {
  const auto line = [&](unsigned at) { return std::string_view(text).substr(at, next_line(text, at) - at); };
  const auto says = [](std::string_view line, std::initializer_list<std::string_view> words) {
    const Tokens tokens(line);
    return std::find(words.begin(), words.end(), directive(tokens, tokens.after(0))) != words.end();
  };
  unsigned below = std::min<size_t>(point, text.size());
  while (below < text.size() && blank(line(below))) below = next_line(text, below);
  unsigned above = std::min<size_t>(point, text.size());
  do {
    if (above == text_start(text)) return;
    above = line_start(text, above - 1);
  } while (blank(line(above)));
  if (says(line(above), {"else", "elif"}) && says(line(below), {"endif"})) text.erase(above, below - above);
}

// A line that nothing stands above in its block: one that ends in a brace or a label, whatever a comment says
// behind it, or that begins a branch.
bool opens_a_block(std::string_view line) {
  const Tokens tokens(line);
  const std::string_view word = directive(tokens, tokens.after(0));
  if (!word.empty()) return word.starts_with("if") || word.starts_with("el");
  const Token* last = tokens.before(static_cast<unsigned>(line.size()));
  if (tokens.is(last, "{")) return true;
  static constexpr const char* kLabels[] = {"case", "default", "public", "private", "protected"};
  return tokens.is(last, ":") && std::any_of(std::begin(kLabels), std::end(kLabels), [&](const char* label) {
           return tokens.is(tokens.after(0), label);
         });
}

bool ends_a_branch(std::string_view line) {
  const Tokens tokens(line);
  const std::string_view word = directive(tokens, tokens.after(0));
  return word == "endif" || word.starts_with("el");
}

std::string without_scars(std::string text, std::vector<unsigned> points) {
  std::reverse(points.begin(), points.end());  // from the back, so that those in front stay where they are
  for (const unsigned point : points) {
    const unsigned next = next_line(text, point);
    const unsigned above = point <= text_start(text) ? point : line_start(text, point - 1);
    const std::string_view all = text;
    const std::string_view before = all.substr(above, point - above), after = all.substr(point, next - point);
    const size_t last = before.find_last_not_of(" \t\r\n"), first = after.find_first_not_of(" \t\r\n");
    const bool opens = point <= text_start(text) || last == std::string_view::npos || opens_a_block(before);
    const bool closes = point >= text.size() ||
                        (first != std::string_view::npos && (after[first] == '}' || ends_a_branch(after)));
    if (opens && first == std::string_view::npos && next > point)
      text.erase(point, next - point);
    else if (closes && point > 0 && last == std::string_view::npos)
      text.erase(above, point - above);
    without_empty_branch(text, point);
  }
  return text;
}

}  // namespace nanobug::rewrite
