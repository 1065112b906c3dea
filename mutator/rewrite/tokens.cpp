// tokens: see tokens.h.
#include "mutator/rewrite/tokens.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace nanobug::rewrite {
namespace {

// Longest first, so that the first that fits is the right one. ">>" is left out: two ">" mean the same to an
// editor, and a template's end is then seen as what it is.
constexpr std::array<std::string_view, 28> kSigns = {
    "<=>", "...", "->*", "<<=", "::", "->", ".*", "++", "--", "<<", "<=", ">=", "==", "!=",
    "&&",  "||",  "+=",  "-=",  "*=", "/=", "%=", "&=", "|=", "^=", "##", "<%", "%>", ":>"};

size_t sign_length(std::string_view rest) {
  if (rest.size() < 2 || !std::ispunct(static_cast<unsigned char>(rest[1]))) return 1;
  for (const std::string_view sign : kSigns)
    if (rest.starts_with(sign)) return sign.size();
  return 1;
}

bool starts_literal(std::string_view prefix) {
  return prefix == "L" || prefix == "u" || prefix == "U" || prefix == "u8" || prefix == "R" ||
         prefix == "LR" || prefix == "uR" || prefix == "UR" || prefix == "u8R";
}

}  // namespace

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80);
}

unsigned text_start(std::string_view text) {
  return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

unsigned Tokens::raw_string_end(unsigned quote) const {
  const size_t open = text_.find('(', quote);
  if (open == std::string_view::npos) return text_.size();
  const std::string close = ")" + std::string(text_.substr(quote + 1, open - quote - 1)) + "\"";
  const size_t end = text_.find(close, open);
  return end == std::string_view::npos ? text_.size() : end + close.size();
}

// The end of the literal whose opening quote is at `at`; a line's end closes what was not closed.
unsigned Tokens::skip_literal(unsigned at) const {
  const char quote = text_[at];
  for (++at; at < text_.size() && text_[at] != '\n'; ++at) {
    if (text_[at] == '\\')
      at = std::max(at + 2, behind_splice(at)) - 1;
    else if (text_[at] == quote)
      return at + 1;
  }
  return std::min<size_t>(at, text_.size());
}

// A backslash at its end takes the next line along.
unsigned Tokens::line_comment_end(unsigned at) const {
  for (;;) {
    const size_t end = std::min(text_.find('\n', at), text_.size());
    const size_t last = end > 0 && text_[end - 1] == '\r' ? end - 1 : end;
    if (end == text_.size() || last == 0 || text_[last - 1] != '\\') return last;
    at = end + 1;
  }
}

// A line that ends in a backslash goes on in the next, in the middle of a word too.
unsigned Tokens::behind_splice(unsigned at) const {
  for (;;) {
    if (text_.substr(at, 2) == "\\\n")
      at += 2;
    else if (text_.substr(at, 3) == "\\\r\n")
      at += 3;
    else
      return at;
  }
}

Tokens::Tokens(std::string_view text) : text_(text) {
  const unsigned size = text.size();
  for (unsigned i = text_start(text); i < size;) {
    const char c = text[i];
    const unsigned begin = i;
    Token::Kind kind = Token::Kind::sign;
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++i;
      continue;
    }
    const char second = i + 1 < size ? text[i + 1] : '\0';
    if (c == '/' && second == '/') {
      kind = Token::Kind::comment;
      i = line_comment_end(i);
    } else if (c == '/' && second == '*') {
      kind = Token::Kind::comment;
      const size_t close = text.find("*/", i + 2);
      i = close == std::string_view::npos ? size : close + 2;
    } else if (std::isdigit(static_cast<unsigned char>(c)) ||
               (c == '.' && std::isdigit(static_cast<unsigned char>(second)))) {
      kind = Token::Kind::number;
      for (++i; i < size; ++i) {
        const bool exponent = (text[i] == '+' || text[i] == '-') &&
                              std::string_view("eEpP").find(text[i - 1]) != std::string_view::npos &&
                              text.substr(begin, 2) != "0x";
        if (!is_word(text[i]) && text[i] != '.' && text[i] != '\'' && !exponent) break;
      }
    } else if (is_word(c)) {
      kind = Token::Kind::word;
      for (unsigned next = i; next < size && is_word(text[next]); next = behind_splice(i)) i = next + 1;
      const std::string_view word = text.substr(begin, i - begin);
      if (i < size && (text[i] == '"' || text[i] == '\'') && starts_literal(word)) {
        kind = Token::Kind::literal;
        i = word.back() == 'R' && text[i] == '"' ? raw_string_end(i) : skip_literal(i);
      }
    } else if (c == '"' || c == '\'') {
      kind = Token::Kind::literal;
      i = skip_literal(i);
    } else {
      i += sign_length(text.substr(i));
    }
    tokens_.push_back({kind, {begin, i}});
  }
}

const Token* Tokens::before(unsigned offset, bool comments) const {
  const auto beyond = std::partition_point(tokens_.begin(), tokens_.end(),
                                           [&](const Token& t) { return t.span.end <= offset; });
  for (auto it = beyond; it != tokens_.begin();)
    if ((--it)->kind != Token::Kind::comment || comments) return &*it;
  return nullptr;
}

const Token* Tokens::after(unsigned offset, bool comments) const {
  auto it = std::partition_point(tokens_.begin(), tokens_.end(),
                                 [&](const Token& t) { return t.span.begin < offset; });
  for (; it != tokens_.end(); ++it)
    if (it->kind != Token::Kind::comment || comments) return &*it;
  return nullptr;
}

bool same_tokens(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const Tokens of_a(a), of_b(b);
  const auto &all_a = of_a.all(), &all_b = of_b.all();
  const auto next = [](const std::vector<Token>& all, size_t at) {
    while (at < all.size() && all[at].kind == Token::Kind::comment) ++at;
    return at;
  };
  size_t at_a = next(all_a, 0), at_b = next(all_b, 0);
  while (at_a < all_a.size() && at_b < all_b.size()) {
    if (of_a.text(all_a[at_a]) != of_b.text(all_b[at_b])) return false;
    at_a = next(all_a, at_a + 1);
    at_b = next(all_b, at_b + 1);
  }
  return at_a == all_a.size() && at_b == all_b.size();
}

bool mentions(std::string_view text, std::string_view word, Behind behind) {
  const Tokens tokens(text);
  return std::any_of(tokens.all().begin(), tokens.all().end(), [&](const Token& token) {
    if (token.kind != Token::Kind::word || tokens.text(token) != word) return false;
    const Token* before = behind == Behind::anything ? nullptr : tokens.before(token.span.begin);
    return !tokens.is(before, ".") && !tokens.is(before, "->") &&
           !(behind == Behind::nothing && tokens.is(before, "::"));
  });
}

}  // namespace nanobug::rewrite
