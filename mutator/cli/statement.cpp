// statement: see statement.h.
#include "mutator/cli/statement.h"

#include <algorithm>

namespace nanobug::cli {
namespace {

constexpr const char* kBlanks = " \t\r";

bool goes_on(const std::string& word) {
  for (const char* one : {"match", "m", "let", "l", "edit", "e"})
    if (word == one) return true;
  return false;
}

}  // namespace

// A quote inside of a word is none (`{with: it's}`).
bool is_open(const std::string& text) {
  int depth = 0;
  char quote = 0, before = ' ';
  bool comment = false;
  for (const char c : text) {
    if (c == '\n') {
      quote = 0, comment = false;
    } else if (comment) {
      continue;
    } else if (quote) {
      if (c == quote && before != '\\') quote = 0;
    } else if ((c == '"' || c == '\'') &&
               std::string_view(" \t\n([{,:=").find(before) != std::string_view::npos) {
      quote = c;
    } else if (c == '#' && std::string_view(" \t\n").find(before) != std::string_view::npos) {
      comment = true;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      --depth;
    }
    before = c;
  }
  return depth > 0;
}

std::string next_word(const std::string& text, size_t& at) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
  at = std::min(text.find_first_of(" \t\r\n", begin), text.size());
  return text.substr(begin, at - begin);
}

std::string blanked(std::string text, size_t end) {
  for (size_t i = 0; i < end && i < text.size(); ++i)
    if (text[i] != '\n') text[i] = ' ';
  return text;
}

Statements::Statements(Read read, std::string name, bool empty_line_gives_up)
    : read_(std::move(read)), name_(std::move(name)), empty_line_gives_up_(empty_line_gives_up) {}

Result<Statement> Statements::next() {
  for (;;) {
    begun_.clear();
    const auto line = read_(false);
    if (!line) return Statement{};
    ++line_;
    const size_t first = line->find_first_not_of(kBlanks);
    if (first == std::string::npos || (*line)[first] == '#') continue;
    size_t at = 0;
    Statement statement;
    statement.word = next_word(*line, at);
    statement.text = *line;
    const Place place{name_, line_, 1};
    bool given_up = false;
    while (goes_on(statement.word) && is_open(statement.text)) {
      begun_ = statement.text + '\n';
      const auto more = read_(true);
      if (!more)
        return fail(Exit::usage, "a bracket of this statement is still open at the end of the input", place);
      ++line_;
      given_up = empty_line_gives_up_ && more->find_first_not_of(kBlanks) == std::string::npos;
      if (given_up) break;
      statement.text += '\n' + *more;
    }
    begun_.clear();
    if (given_up) continue;
    statement.rest = {blanked(statement.text, at), place};
    return statement;
  }
}

}  // namespace nanobug::cli
