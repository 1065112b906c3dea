// notes: see notes.h.
#include "mutator/coach/notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace nanobug::coach {

Status can_be_kept(const std::string& words, const std::string& what, const std::string& missing) {
  if (std::none_of(words.begin(), words.end(), [](unsigned char c) { return std::isalnum(c) || c >= 0x80; }))
    return fail(Exit::usage, what + ": " + missing + ", in quotes after it");
  const auto characters =
      std::count_if(words.begin(), words.end(), [](char c) { return (c & 0xC0) != 0x80; });
  if (characters > kLongestWords)
    return fail(Exit::usage,
                fmt::format("{}: it has {} characters; say it in {}", what, characters, kLongestWords));
  return {};
}

std::string plain(std::string words) {
  for (char& c : words)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  return words;
}

}  // namespace nanobug::coach
