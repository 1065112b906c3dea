// surgery: see surgery.h.
#include "mutator/rewrite/surgery.h"

#include <algorithm>

namespace nanobug::rewrite {
namespace {

unsigned line_start(std::string_view text, unsigned offset) {
  const size_t end = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  return end == std::string_view::npos ? 0 : end + 1;
}

// Behind the line's end, or the end of the text.
unsigned next_line(std::string_view text, unsigned offset) {
  const size_t end = text.find('\n', offset);
  return end == std::string_view::npos ? text.size() : end + 1;
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
    if (continues_trailing(tokens, above)) break;
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
    const bool goes_on = below && below->kind == Token::Kind::comment &&
                         line_start(text, below->span.begin) == next &&
                         column(text, below->span.begin) == where && first_on_line(text, below->span.begin);
    comment = goes_on ? below : nullptr;
  }
  return end;
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
  const bool alone_before = first_on_line(text, span.begin);
  const bool alone_behind = blank_between(text, end, next);
  if (alone_before && alone_behind) return {comments_above(tokens, span.begin), next};
  if (alone_behind) {  // behind other code: the blanks in front of it go, the line's end stays
    span.end = end;
    while (span.begin > 0 && (text[span.begin - 1] == ' ' || text[span.begin - 1] == '\t')) --span.begin;
    return span;
  }
  while (span.end < text.size() && (text[span.end] == ' ' || text[span.end] == '\t')) ++span.end;
  return span;
}

bool is_whole_lines(std::string_view text, Span span) {
  const bool ends = span.end == text.size() || (span.end > 0 && text[span.end - 1] == '\n');
  return span.begin == line_start(text, span.begin) && ends && span.begin < span.end;
}

Span with_comma(const Tokens& tokens, Span element) {
  const Token* left = tokens.before(element.begin);
  const Token* right = tokens.after(element.end);
  const bool opens = tokens.is(left, "(") || tokens.is(left, "{");
  const bool closes = tokens.is(right, ")") || tokens.is(right, "}");
  if ((opens || tokens.is(left, ",")) && tokens.is(right, ",")) {
    const Token* next = tokens.after(right->span.end, true);
    return {element.begin, next ? next->span.begin : right->span.end};
  }
  if (tokens.is(left, ",") && closes) return {left->span.begin, element.end};
  return element;
}

std::string indentation(std::string_view text, unsigned offset) {
  const unsigned start = line_start(text, offset);
  unsigned end = start;
  while (end < text.size() && (text[end] == ' ' || text[end] == '\t')) ++end;
  return std::string(text.substr(start, end - start));
}

std::string reindented(std::string_view block, std::string_view from, std::string_view to) {
  std::string result;
  for (unsigned at = 0; at < block.size();) {
    const unsigned next = next_line(block, at);
    std::string_view line = block.substr(at, next - at);
    if (!blank(line)) {
      if (line.starts_with(from)) line.remove_prefix(from.size());
      result += to;
    }
    result += line;
    at = next;
  }
  return result;
}

std::string line_end(std::string_view text) {
  const size_t end = text.find('\n');
  return end != std::string_view::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

std::string with_line_ends_of(std::string_view text, std::string_view block) {
  if (line_end(text) == "\n") return std::string(block);
  std::string result;
  for (const char c : block) {
    if (c == '\n' && (result.empty() || result.back() != '\r')) result += '\r';
    result += c;
  }
  return result;
}

std::string without_scars(std::string text, std::vector<unsigned> points) {
  std::reverse(points.begin(), points.end());  // from the back, so that those in front stay where they are
  for (const unsigned point : points) {
    const unsigned next = next_line(text, point);
    const unsigned above = point == 0 ? 0 : line_start(text, point - 1);
    const std::string_view all = text;
    const std::string_view before = all.substr(above, point - above), after = all.substr(point, next - point);
    const size_t last = before.find_last_not_of(" \t\r\n"), first = after.find_first_not_of(" \t\r\n");
    const bool opens = point == 0 || last == std::string_view::npos || before[last] == '{';
    const bool closes = point >= text.size() || (first != std::string_view::npos && after[first] == '}');
    if (opens && first == std::string_view::npos && next > point)
      text.erase(point, next - point);
    else if (closes && point > 0 && last == std::string_view::npos)
      text.erase(above, point - above);
  }
  return text;
}

}  // namespace nanobug::rewrite
