// faults: see faults.h.
#include "tools/mutator_strength/faults.h"

#include <array>
#include <cctype>
#include <fstream>
#include <functional>
#include <optional>

namespace nanobug::strength {
namespace {

using Maybe = std::optional<std::string>;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// A line, and for each of its bytes: is it code (and not in a literal or a comment)?
struct Code {
  std::string text;
  std::vector<bool> code;

  explicit Code(const std::string& line) : text(line), code(line.size(), true) {
    char quote = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      if (quote) {
        code[i] = false;
        if (text[i] == '\\' && i + 1 < text.size())
          code[++i] = false;
        else if (text[i] == quote)
          quote = 0;
      } else if (text[i] == '"' || (text[i] == '\'' && (i == 0 || !is_word(text[i - 1])))) {
        quote = text[i];
        code[i] = false;
      } else if (text.compare(i, 2, "//") == 0) {
        for (; i < text.size(); ++i) code[i] = false;
      }
    }
  }

  // `what` as code, as words of its own where it begins or ends with a letter.
  size_t find(const std::string& what, size_t from = 0) const {
    for (size_t at = text.find(what, from); at != std::string::npos; at = text.find(what, at + 1)) {
      const size_t end = at + what.size();
      const bool front = !is_word(what.front()) || at == 0 || !is_word(text[at - 1]);
      const bool back = !is_word(what.back()) || end == text.size() || !is_word(text[end]);
      if (code[at] && front && back) return at;
    }
    return std::string::npos;
  }

  // Of the bracket that opens at `open`; npos when it is not on this line.
  size_t close_of(size_t open) const {
    int depth = 0;
    for (size_t i = open; i < text.size(); ++i) {
      if (!code[i]) continue;
      if (text[i] == '(' || text[i] == '[' || text[i] == '{') ++depth;
      if ((text[i] == ')' || text[i] == ']' || text[i] == '}') && --depth == 0) return i;
    }
    return std::string::npos;
  }

  // The first byte of `marks` from `at` on that stands outside all brackets opened since.
  size_t outside(size_t at, const std::string& marks) const {
    int depth = 0;
    for (size_t i = at; i < text.size(); ++i) {
      if (!code[i]) continue;
      if (depth == 0 && marks.find(text[i]) != std::string::npos) return i;
      if (text[i] == '(' || text[i] == '[' || text[i] == '{') ++depth;
      if (text[i] == ')' || text[i] == ']' || text[i] == '}') --depth;
      if (depth < 0) return std::string::npos;
    }
    return std::string::npos;
  }

  std::string with(size_t at, size_t length, const std::string& other) const {
    return text.substr(0, at) + other + text.substr(at + length);
  }
};

// `from` to `to`, at the first place of any of the pairs.
Maybe replaced(const Code& line, std::initializer_list<std::pair<const char*, const char*>> pairs) {
  size_t best = std::string::npos;
  Maybe result;
  for (const auto& [from, to] : pairs)
    if (const size_t at = line.find(from); at < best) {
      best = at;
      result = line.with(at, std::string(from).size(), to);
    }
  return result;
}

// if (a) -> if (!(a)); of `if (init; a)` the condition.
Maybe negated(const Code& line) {
  for (const char* word : {"if", "while"}) {
    const size_t at = line.find(word);
    if (at == std::string::npos) continue;
    const size_t open = line.find("(", at), close = open == std::string::npos ? open : line.close_of(open);
    if (close == std::string::npos) continue;
    size_t begin = open + 1;
    if (const size_t semicolon = line.outside(begin, ";"); semicolon < close) begin = semicolon + 1;
    return line.with(begin, close - begin, "!(" + trimmed(line.text.substr(begin, close - begin)) + ")");
  }
  return std::nullopt;
}

// A statement of one line is not there.
Maybe dropped(const Code& line, const std::string& before) {
  const std::string text = trimmed(line.text);
  for (const char* word : {"return", "using", "case", "#", "}", "static", "const ", "struct ", "public",
                           "private", "namespace", ":", ",", "?", "<<", "+", "&&", "||"})
    if (text.starts_with(word)) return std::nullopt;
  const size_t end = line.text.find_last_not_of(" \t");
  size_t semicolon = line.text.rfind(';');
  while (semicolon != std::string::npos && semicolon > 0 && !line.code[semicolon])
    semicolon = line.text.rfind(';', semicolon - 1);
  if (semicolon == std::string::npos || end == std::string::npos) return std::nullopt;
  if (line.code[end] && line.text[end] != ';') return std::nullopt;
  const char last = before.empty() ? '{' : before.back();
  if (std::string(";{})").find(last) == std::string::npos && !before.ends_with("else")) return std::nullopt;
  return std::string(line.text.find_first_not_of(" \t"), ' ') + ";";
}

// f(a, b, c) -> f(b, a, c)
Maybe swapped(const Code& line) {
  for (size_t open = line.find("("); open != std::string::npos; open = line.find("(", open + 1)) {
    if (open == 0 || !is_word(line.text[open - 1])) continue;
    const size_t close = line.close_of(open), comma = line.outside(open + 1, ",");
    if (close == std::string::npos || comma >= close) continue;
    size_t end = line.outside(comma + 1, ",");
    if (end > close) end = close;
    const std::string a = trimmed(line.text.substr(open + 1, comma - open - 1)),
                      b = trimmed(line.text.substr(comma + 1, end - comma - 1));
    if (a != b) return line.with(open + 1, end - open - 1, b + ", " + a);
  }
  return std::nullopt;
}

// One more, or the bound itself.
Maybe bound(const Code& line) {
  if (auto other = replaced(line, {{" < ", " <= "}, {" <= ", " < "}, {" > ", " >= "}, {" >= ", " > "}}))
    return other;
  for (size_t i = 0; i < line.text.size(); ++i) {
    if (!line.code[i] || !std::isdigit(static_cast<unsigned char>(line.text[i]))) continue;
    size_t end = i;
    while (end < line.text.size() &&
           (is_word(line.text[end]) || line.text[end] == '.' || line.text[end] == '\''))
      ++end;
    const bool plain = line.text.substr(i, end - i).find_first_not_of("0123456789") == std::string::npos;
    if ((i == 0 || (!is_word(line.text[i - 1]) && line.text[i - 1] != '.')) && plain && end - i < 9)
      return line.with(i, end - i, std::to_string(std::stol(line.text.substr(i, end - i)) + 1));
    i = end;
  }
  return std::nullopt;
}

Maybe logic(const Code& line) {
  return replaced(line, {{" && ", " || "},
                         {" || ", " && "},
                         {" == ", " != "},
                         {" != ", " == "},
                         {"true", "false"},
                         {"false", "true"},
                         {" += ", " -= "},
                         {"++", "--"},
                         {" - ", " + "}});
}

// One part of what is put together is left out: of a sum, the last; of a list in braces, the last.
Maybe part(const Code& line) {
  size_t plus = std::string::npos;
  for (size_t at = line.find(" + "); at != std::string::npos; at = line.find(" + ", at + 1)) plus = at;
  if (plus != std::string::npos) {
    size_t end = line.outside(plus + 3, ",;)]}+?:<=");
    if (end == std::string::npos) end = line.text.size();
    while (end > plus && line.text[end - 1] == ' ') --end;
    if (trimmed(line.text.substr(plus + 3, end - plus - 3)) != "") return line.with(plus, end - plus, "");
  }
  for (size_t open = line.find("{"); open != std::string::npos; open = line.find("{", open + 1)) {
    const size_t close = line.close_of(open);
    size_t comma = std::string::npos;
    for (size_t at = line.outside(open + 1, ","); at != std::string::npos && at < close;
         at = line.outside(at + 1, ","))
      comma = at;
    if (close != std::string::npos && comma != std::string::npos) return line.with(comma, close - comma, "");
  }
  return std::nullopt;
}

// return x; -> return {};
Maybe early(const Code& line) {
  const size_t at = line.find("return ");
  if (at == std::string::npos) return replaced(line, {{"continue;", ";"}, {"break;", ";"}});
  const size_t end = line.outside(at, ";");
  if (end == std::string::npos) return std::nullopt;
  const std::string value = trimmed(line.text.substr(at + 7, end - at - 7));
  for (const char* same :
       {"{}", "false", "0", "nullptr", "std::nullopt", "\"\"", "Result()", "std::string()"})
    if (value == same) return std::nullopt;
  return line.with(at, end - at, "return {}");
}

// The exit code of another trouble, or other words.
Maybe words(const Code& line) {
  if (auto code = replaced(line, {{"Exit::check_failed", "Exit::usage"},
                                  {"Exit::usage", "Exit::io"},
                                  {"Exit::catalog", "Exit::io"},
                                  {"Exit::session", "Exit::catalog"},
                                  {"Exit::locked", "Exit::session"},
                                  {"Exit::io", "Exit::catalog"}}))
    return code;
  if (trimmed(line.text).starts_with("#")) return std::nullopt;
  for (size_t at = line.text.find('"'); at != std::string::npos; at = line.text.find('"', at + 1)) {
    const bool opens = !line.code[at] && (at == 0 || line.code[at - 1]) && line.text.compare(0, at, "") != 0;
    if (opens && at + 1 < line.text.size() && std::isalpha(static_cast<unsigned char>(line.text[at + 1])))
      return line.with(at + 1, 1, std::string(1, line.text[at + 1] == 'x' ? 'y' : 'x'));
  }
  return std::nullopt;
}

Maybe limit(const Code& line) {
  return replaced(line, {{"std::min", "std::max"},
                         {"std::max", "std::min"},
                         {"front()", "back()"},
                         {"back()", "front()"},
                         {"all_of", "any_of"},
                         {"any_of", "all_of"},
                         {"none_of", "any_of"},
                         {"rfind", "find"},
                         {"begin()", "end()"},
                         {"find_first_of", "find_last_of"},
                         {"ends_with", "starts_with"},
                         {"starts_with", "ends_with"},
                         {".first", ".second"},
                         {".second", ".first"},
                         {" ? ", " ? !"}});
}

using Kind = std::pair<const char*, std::function<Maybe(const Code&, const std::string&)>>;

const std::array<Kind, 9>& kinds() {
  const auto alone = [](Maybe (*of)(const Code&)) {
    return [of](const Code& line, const std::string&) { return of(line); };
  };
  static const std::array<Kind, 9> all = {
      Kind{"negated", alone(negated)}, Kind{"dropped", dropped},    Kind{"swapped", alone(swapped)},
      Kind{"bound", alone(bound)},     Kind{"logic", alone(logic)}, Kind{"part", alone(part)},
      Kind{"early", alone(early)},     Kind{"words", alone(words)}, Kind{"limit", alone(limit)}};
  return all;
}

}  // namespace

std::string trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::vector<Change> changes_of(const std::string& line, const std::string& before, size_t first) {
  std::vector<Change> changes;
  const std::string text = trimmed(line);
  if (text.empty() || text.starts_with("//") || text.starts_with("#")) return changes;
  if (text.starts_with("namespace") || text.starts_with("using ") || text.starts_with("static_assert"))
    return changes;
  const Code code(line);
  for (size_t k = 0; k < kinds().size(); ++k) {
    const auto& [name, change] = kinds()[(first + k) % kinds().size()];
    if (auto other = change(code, before); other && *other != line) changes.push_back({name, *other});
  }
  return changes;
}

std::vector<Line> lines_of_code(const std::vector<std::string>& files) {
  std::vector<Line> all;
  for (const std::string& file : files) {
    std::ifstream in(file);
    std::string before;
    size_t number = 0;
    for (std::string text; std::getline(in, text);) {
      ++number;
      if (!changes_of(text, before, 0).empty()) all.push_back({file, number, text, before});
      const size_t comment = text.find("//");
      if (const std::string code = trimmed(text.substr(0, comment)); !code.empty() && code[0] != '#')
        before = code;
    }
  }
  return all;
}

}  // namespace nanobug::strength
