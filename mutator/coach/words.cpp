// words: see words.h.
#include "mutator/coach/words.h"

#include <fmt/format.h>

#include <cmath>
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

std::string number(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  const bool whole = std::abs(value) < 1e9 && value == std::floor(value);
  return whole ? fmt::format("{:.0f}", value + 0.0) : fmt::format("{:.4g}", value);
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
                     !hint.empty()   ? hint
                     : known.empty() ? "; there is none at all"
                                     : "; it may be " + one_of(known));
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
    if (word.find('\'') != std::string::npos && word.find_first_of("\"\\$`!\n") == std::string::npos) {
      line += '"' + word + '"';
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

size_t columns_of(std::string_view line) {
  size_t columns = 0;
  for (size_t i = 0; i < line.size(); ++i)
    if (line[i] == '\033')
      i = std::min(line.find('m', i), line.size());
    else
      columns += (static_cast<unsigned char>(line[i]) & 0xC0) != 0x80;
  return columns;
}

namespace {

// Where a line goes on.
size_t hanging_of(std::string_view line, size_t width) {
  constexpr size_t kRoom = 20;
  const size_t own = std::min(line.find_first_not_of(' '), line.size());
  size_t hanging = own + (line.substr(own).starts_with("- ") ? 2 : 0);
  for (size_t gap = line.find("  ", own); gap != std::string_view::npos; gap = line.find("  ", gap)) {
    gap = line.find_first_not_of(' ', gap);
    if (gap == std::string_view::npos || columns_of(line.substr(0, gap)) + kRoom > width) break;
    hanging = columns_of(line.substr(0, gap));
  }
  return hanging + kRoom > width ? std::min(own, width / 2) : hanging;
}

std::string line_laid_out(std::string_view line, size_t width) {
  if (columns_of(line) <= width || line.starts_with("$ ")) return std::string(line);
  const size_t hanging = hanging_of(line, width);
  std::string text;
  size_t used = 0;
  bool fresh = true;  // nothing but the indent stands in this line yet
  for (size_t at = 0; at < line.size();) {
    const size_t word = std::min(line.find_first_not_of(' ', at), line.size()),
                 end = std::min(line.find(' ', word), line.size());
    const size_t takes = columns_of(line.substr(word, end - word));
    if (word == line.size()) break;
    if (!fresh && used + (word - at) + takes > width) {
      text += '\n' + std::string(hanging, ' ');
      used = hanging;
    } else {
      text += line.substr(at, word - at);
      used += word - at;
    }
    text += line.substr(word, end - word);
    used += takes;
    fresh = false;
    at = end;
  }
  return text;
}

}  // namespace

std::string laid_out(const std::string& text, size_t width) {
  std::string out;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    out += line_laid_out(std::string_view(text).substr(at, end - at), width);
    if (end < text.size()) out += '\n';
    at = end + 1;
  }
  return out;
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

namespace {

// Bytes of the letter that begins here; 0: none does, -1: one does, and its end is not there yet.
int letter_at(std::string_view bytes) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const int size = byte(0) < 0x80   ? 1
                   : byte(0) < 0xC2 ? 0
                   : byte(0) < 0xE0 ? 2
                   : byte(0) < 0xF0 ? 3
                   : byte(0) < 0xF5 ? 4
                                    : 0;
  for (int i = 1; i < size; ++i) {
    if (static_cast<size_t>(i) == bytes.size()) return -1;
    if ((byte(static_cast<size_t>(i)) & 0xC0) != 0x80) return 0;
  }
  // Overlong, a half of a pair, beyond the last letter; and the controls that are letters of two bytes.
  if (size == 3 && ((byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xED && byte(1) > 0x9F))) return 0;
  if (size == 4 && ((byte(0) == 0xF0 && byte(1) < 0x90) || (byte(0) == 0xF4 && byte(1) > 0x8F))) return 0;
  if (size == 2 && byte(0) == 0xC2 && byte(1) < 0xA0) return 0;
  return size;
}

}  // namespace

std::string visible(std::string_view bytes, std::string* rest) {
  const std::string whole = (rest ? std::exchange(*rest, "") : "") + std::string(bytes);
  std::string text;
  for (size_t at = 0; at < whole.size();) {
    const std::string_view here = std::string_view(whole).substr(at);
    const auto first = static_cast<unsigned char>(here[0]);
    const int size = letter_at(here);
    if (size < 0 && rest) {
      *rest = here;
      break;
    }
    const bool moves = (first < 0x20 && first != '\n' && first != '\t') || first == 0x7f;
    if (size <= 0 || moves) {
      text += fmt::format("\\x{:02x}", first);
      ++at;
    } else {
      text += here.substr(0, static_cast<size_t>(size));
      at += static_cast<size_t>(size);
    }
  }
  return text;
}

std::string folded(const std::string& line, size_t width, size_t indent) {
  const size_t own = std::min(line.find_first_not_of(' '), line.size()), hanging = own + 4;
  if (indent + line.size() <= width || indent + hanging + 10 >= width) return line;
  std::string text;
  size_t at = 0, start = 0;
  while (indent + start + line.size() - at > width) {
    const size_t room = width - indent - start;
    size_t end = line.rfind(' ', at + room);
    if (end == std::string::npos || end <= at + (start == 0 ? own : 0)) end = at + room;
    while (end > at && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;  // not within a letter
    text += line.substr(at, end - at) + '\n' + std::string(indent + hanging, ' ');
    at = std::min(line.find_first_not_of(' ', end), line.size());
    start = hanging;
  }
  return text + line.substr(at);
}

}  // namespace nanobug::coach
