// exchange: see exchange.h.
#include "mutator/rewrite/exchange.h"

#include <algorithm>

#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {
namespace {

bool has_braces(const Tokens& tokens, Span body) {
  return tokens.is(tokens.after(body.begin), "{");
}

bool is_block_of_lines(const Tokens& tokens, Span body) {
  return has_braces(tokens, body) && tokens.text(body).find('\n') != std::string_view::npos;
}

bool has_comment_before(const Tokens& tokens, Span body) {
  const Token* before = tokens.before(body.begin, true);
  return !before || before->kind == Token::Kind::comment;
}

}  // namespace

bool differ_in_layout(const Tokens& tokens, Span one, Span other) {
  return is_block_of_lines(tokens, one) != is_block_of_lines(tokens, other) &&
         has_braces(tokens, one) != has_braces(tokens, other) && !has_comment_before(tokens, one) &&
         !has_comment_before(tokens, other);
}

Body body_in_place(const Tokens& tokens, Span from, Span into) {
  const std::string_view text = tokens.text();
  const Token* head = tokens.before(into.begin, true);
  const Token* next = tokens.after(into.end, true);
  const std::string above = indentation(text, head->span.begin);
  const bool comes = has_braces(tokens, from);
  const Span block = comes ? from : into;
  std::string step = indentation(text, tokens.after(block.begin + 1)->span.begin);
  step.erase(0, std::min(step.size(), indentation(text, block.begin).size()));
  const std::string end = line_end(text, into.begin);
  Body body{{head->span.end, into.end}, comes ? " " : end + above + step};
  body.text +=
      with_lines_moved(tokens.text(from), indentation(text, from.begin), comes ? above : above + step);
  if (tokens.is(next, "else")) {
    body.text += comes ? " " : end + above;
    body.span.end = next->span.begin;
  }
  return body;
}

}  // namespace nanobug::rewrite
