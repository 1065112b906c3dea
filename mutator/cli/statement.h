// statement: what is said to `rule try`, and how its lines become statements: one that leaves a bracket open
// goes on in the next line.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"

namespace nanobug::cli {

struct Statement {
  std::string word;  // "match"; "" at the end of the input
  // What follows it, over as many lines as it took, with blanks where the word stood: its places are those of
  // the input.
  catalog::Text rest;
  std::string text;  // as it was typed
};

// Is a bracket open at the end? Those in strings and comments do not count.
bool is_open(const std::string& text);

// The next word of a text that begins at or after `at`, blanks passed over; `at` moves behind it.
std::string next_word(const std::string& text, size_t& at);

// The text with blanks in place of the bytes before `end`.
std::string blanked(std::string text, size_t end);

class Statements {
 public:
  // `more`: the line goes on with a statement that was begun. Nothing: the end.
  using Read = std::function<std::optional<std::string>(bool more)>;

  // `empty_line_gives_up`: what a person at a terminal does who has lost count of their brackets.
  Statements(Read read, std::string name, bool empty_line_gives_up);

  // Empty lines and comments (#) are passed over. Errors: Exit::usage at the statement, where brackets are
  // still open at the end.
  Result<Statement> next();

  // What has been read of a statement that is not complete.
  const std::string& begun() const { return begun_; }

  Place here() const { return {name_, line_, 0}; }

 private:
  Read read_;
  std::string name_;
  bool empty_line_gives_up_;
  std::string begun_;
  int line_ = 0;
};

}  // namespace nanobug::cli
