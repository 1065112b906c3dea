// stems: see stems.h.
#include "mutator/coach/stems.h"

#include <cctype>
#include <set>
#include <utility>

namespace nanobug::coach {
namespace {

const std::set<std::string> kEmpty = {
    "a",    "about", "all",  "also", "am",    "an",    "and",  "any",  "are",   "as",   "at",     "be",
    "been", "but",   "by",   "can",  "do",    "does",  "dont", "for",  "from",  "get",  "gets",   "getting",
    "got",  "has",   "have", "how",  "i",     "if",    "im",   "in",   "is",    "isnt", "it",     "its",
    "just", "me",    "my",   "no",   "not",   "of",    "on",   "or",   "our",   "out",  "should", "so",
    "some", "than",  "that", "the",  "then",  "there", "they", "this", "to",    "too",  "use",    "very",
    "was",  "we",    "what", "when", "which", "why",   "will", "with", "wrong", "you",  "your"};

}  // namespace

bool is_empty_word(const std::string& word) {
  return kEmpty.contains(word);
}

std::string stem(std::string word) {
  const auto ends = [&](std::string_view end) {
    return word.size() >= end.size() + 3 && word.ends_with(end);
  };
  if (ends("ing") || ends("ed")) {
    word.resize(word.size() - (word.ends_with("ing") ? 3 : 2));
    const char last = word.back();
    if (word.size() > 3 && word[word.size() - 2] == last && last != 's' && last != 'l') word.pop_back();
  } else if (ends("es")) {
    word.resize(word.size() - 2);
  } else if (ends("s") && !ends("ss")) {
    word.pop_back();
  }
  if (ends("e")) word.pop_back();
  return word;
}

std::vector<std::string> plain_words(const std::string& text) {
  std::vector<std::string> all;
  std::string word;
  const auto flush = [&] {
    if (!word.empty()) all.push_back(std::exchange(word, ""));
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || byte >= 0x80)
      word += static_cast<char>(std::tolower(byte));
    else if (c != '\'')
      flush();
  }
  flush();
  return all;
}

std::vector<std::string> stems(const std::string& text) {
  std::vector<std::string> all;
  for (const std::string& word : plain_words(text))
    if (!is_empty_word(word)) all.push_back(stem(word));
  return all;
}

}  // namespace nanobug::coach
