// The character tokenizer. Contracts are in the header.

#include "nanochat/char_tokenizer.h"

#include <set>
#include <stdexcept>

#include "nanochat/common.h"

namespace nanochat {

namespace {

// The code points of `text`, each as its UTF-8 bytes.
std::vector<std::string> split_characters(std::string_view text) {
  if (!is_utf8(text)) throw std::runtime_error("a text for the tokenizer is not valid UTF-8");
  std::vector<std::string> characters;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    characters.emplace_back(text.substr(i, length));
    i += length;
  }
  return characters;
}

}  // namespace

CharTokenizer::CharTokenizer(const std::vector<std::string>& texts) {
  std::set<std::string> alphabet;  // the order of UTF-8 bytes is that of code points
  for (const std::string& text : texts) {
    for (const std::string& character : split_characters(text)) alphabet.insert(character);
  }
  characters_.push_back("\ufffd");
  for (const std::string& character : alphabet) {
    ids_.emplace(character, vocab_size());
    characters_.push_back(character);
  }
}

std::vector<int64_t> CharTokenizer::encode(std::string_view text) const {
  std::vector<int64_t> ids;
  for (const std::string& character : split_characters(text)) {
    const auto found = ids_.find(character);
    ids.push_back(found == ids_.end() ? unknown_id() : found->second);
  }
  return ids;
}

std::string CharTokenizer::decode(const std::vector<int64_t>& ids) const {
  std::string text;
  for (const int64_t id : ids) {
    if (id < 0 || id >= vocab_size()) {
      throw std::runtime_error("there is no token " + std::to_string(id) + " among " +
                               std::to_string(vocab_size()));
    }
    text += characters_[static_cast<size_t>(id)];
  }
  return text;
}

}  // namespace nanochat
