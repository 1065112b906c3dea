// words: see words.h.
#include "mutator/coach/words.h"

#include <fmt/format.h>

#include <ctime>
#include <sstream>

#include "mutator/base/suggest.h"

namespace nanobug::coach {

std::string clock(std::int64_t seconds) {
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

std::string day(std::int64_t time) {
  std::tm parts{};
  const std::time_t seconds = time;
  ::localtime_r(&seconds, &parts);
  return fmt::format("{}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

std::string count(std::int64_t number, const std::string& thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string one_of(const std::vector<std::string>& things) {
  std::string text;
  for (size_t i = 0; i < things.size(); ++i)
    text += (i == 0 ? "" : i + 1 == things.size() ? " or " : ", ") + things[i];
  return text;
}

std::string no_such(const std::string& what, const std::string& name, const std::vector<std::string>& known) {
  const std::string hint = did_you_mean(name, known);
  return fmt::format("there is no {} '{}'{}", what, name,
                     hint.empty() ? "; it may be " + one_of(known) : hint);
}

std::string command_line(const std::vector<std::string>& argv) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-{}";
  std::string line;
  for (const std::string& word : argv) {
    line += line.empty() ? "" : " ";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char c : word) line += c == '\'' ? std::string("'\\''") : std::string(1, c);
    line += '\'';
  }
  return line;
}

std::string without_progress(const std::string& output) {
  std::istringstream lines(output);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    const size_t digit = line.starts_with('[') ? line.find_first_not_of("0123456789/", 1) : 0;
    const bool count = digit != std::string::npos && digit > 1 && line[digit] == ']';
    if (!count && !line.starts_with("ninja: ")) kept += line + '\n';
  }
  while (kept.ends_with('\n')) kept.pop_back();
  return kept;
}

std::string wrap(const std::string& text, size_t width, const std::string& indent) {
  std::string out, line;
  const auto flush = [&] {
    if (!line.empty()) out += indent + line + '\n';
    line.clear();
  };
  std::istringstream paragraphs(text);
  for (std::string paragraph; std::getline(paragraphs, paragraph);) {
    if (paragraph.starts_with("    ") || paragraph.starts_with("- ")) flush();
    if (paragraph.starts_with("    ")) {
      out += indent + paragraph + '\n';
      continue;
    }
    std::istringstream words(paragraph);
    for (std::string word; words >> word;) {
      if (!line.empty() && indent.size() + line.size() + 1 + word.size() > width) flush();
      line += (line.empty() ? "" : " ") + word;
    }
    if (paragraph.empty()) {
      flush();
      out += '\n';
    }
  }
  flush();
  return out;
}

}  // namespace nanobug::coach
