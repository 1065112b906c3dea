// tokens: C++ text cut into tokens, as far as editing text needs it: where is the operator to the left, where
// does a comment end, is that brace inside a string. No preprocessing, no keywords; Clang has parsed the file
// already.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nanobug::rewrite {

// Half-open byte range of a text.
struct Span {
  unsigned begin = 0;
  unsigned end = 0;

  bool contains(unsigned offset) const { return begin <= offset && offset < end; }
  bool operator==(const Span&) const = default;
};

struct Token {
  enum class Kind { word, number, literal, sign, comment };
  Kind kind;
  Span span;
};

class Tokens {
 public:
  // `text` must outlive this.
  explicit Tokens(std::string_view text);

  std::string_view text() const { return text_; }
  std::string_view text(const Token& token) const { return text(token.span); }
  std::string_view text(Span span) const { return text_.substr(span.begin, span.end - span.begin); }
  const std::vector<Token>& all() const { return tokens_; }

  // The nearest token that ends at or before / begins at or after the offset; comments are passed over unless
  // asked for. Null at the ends of the text.
  const Token* before(unsigned offset, bool comments = false) const;
  const Token* after(unsigned offset, bool comments = false) const;

  // Is this token's text `what`? False for null.
  bool is(const Token* token, std::string_view what) const { return token && text(*token) == what; }

 private:
  unsigned skip_literal(unsigned at) const;
  unsigned raw_string_end(unsigned quote) const;
  unsigned line_comment_end(unsigned at) const;
  unsigned behind_splice(unsigned at) const;

  std::string_view text_;
  std::vector<Token> tokens_;
};

bool is_word(char c);

// Where a text begins: behind its byte order mark, if it has one.
unsigned text_start(std::string_view text);

// Are two texts the same but for blanks and comments?
bool same_tokens(std::string_view a, std::string_view b);

// Does the text hold `word` as a token of its own? Behind what it may stand: anything, no `.` or `->`, or no
// `::` either, as a local does.
enum class Behind { anything, no_object, nothing };
bool mentions(std::string_view text, std::string_view word, Behind behind = Behind::anything);

}  // namespace nanobug::rewrite
