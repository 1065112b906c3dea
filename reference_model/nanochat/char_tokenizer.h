// A tokenizer with an id for every character, for tasks whose alphabet is small and known.
//
// Unlike byte-pair encoding (tokenizer.h) it cannot spell everything: a character that was in none
// of the texts it was made from becomes the unknown token, and cannot be had back.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace nanochat {

class CharTokenizer {
 public:
  // Id 0 is the unknown token; the characters (code points) of `texts` follow in the order of their
  // code points. Throws std::runtime_error if a text is not UTF-8.
  explicit CharTokenizer(const std::vector<std::string>& texts);

  // An id a character. Throws std::runtime_error if `text` is not UTF-8.
  std::vector<int64_t> encode(std::string_view text) const;

  // The characters of `ids` in a row; the unknown token is written as U+FFFD. Throws
  // std::runtime_error if an id is out of range.
  std::string decode(const std::vector<int64_t>& ids) const;

  int64_t unknown_id() const { return 0; }

  // How many ids there are, the unknown token included.
  int64_t vocab_size() const { return static_cast<int64_t>(characters_.size()); }

 private:
  std::vector<std::string> characters_;  // of every id
  std::unordered_map<std::string, int64_t> ids_;
};

}  // namespace nanochat
