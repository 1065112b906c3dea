// A byte-level BPE tokenizer in the style of GPT-4 (Sennrich et al. 2015, arXiv:1508.07909),
// trained and used here.
//
// Text is first cut into pieces by a regular expression (words, numbers, punctuation, white space)
// and merges never cross a piece. Ids are, in this order: the 256 bytes, the merges in the order in
// which they were learned, the special tokens. Because every byte has an id, every text has an
// encoding, and decoding gives it back byte for byte.

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace nanochat {

// Every document starts with <|bos|>; the others delimit conversations and tool calls.
inline const std::vector<std::string> kSpecialTokens = {
    "<|bos|>",           "<|user_start|>",   "<|user_end|>",   "<|assistant_start|>",
    "<|assistant_end|>", "<|python_start|>", "<|python_end|>", "<|output_start|>",
    "<|output_end|>",
};

using TokenPair = std::pair<int64_t, int64_t>;

// Cuts `text` into the pieces that are encoded one by one. Put together again they are the text.
// Throws std::runtime_error if `text` is not valid UTF-8.
std::vector<std::string_view> split_text(std::string_view text);

class Tokenizer {
 public:
  // A tokenizer with these merges: merge i joins its two ids to the new id 256 + i. Throws
  // std::runtime_error if a merge uses an id that does not exist yet.
  explicit Tokenizer(std::vector<TokenPair> merges);

  // Learns merges until there are `vocab_size` ids, special tokens included, or until no pair
  // occurs twice. Throws std::runtime_error if vocab_size has no room for bytes and special tokens.
  static Tokenizer train(const std::vector<std::string>& documents, int64_t vocab_size);

  // The merges and the names of the special tokens as JSON, and back:
  //   {"format": "nanochat tokenizer 1", "special_tokens": ["<|bos|>", …], "merges": [[101, 32], …]}
  // from_json() throws std::runtime_error, with one sentence that begins with `place` (the name of
  // a file), if `text` is something else or its special tokens are not those of this code.
  std::string to_json() const;
  static Tokenizer from_json(const std::string& text, const std::string& place);

  // The same in a file. Both throw std::runtime_error, with one sentence, if that fails; save()
  // then leaves what was there before.
  void save(const std::string& path) const;
  static Tokenizer load(const std::string& path);

  // The ids of `text`. Special tokens that are spelled out in it are ordinary text here. With
  // `prepend`, the name of a special token, its id comes first.
  std::vector<int64_t> encode(std::string_view text, std::string_view prepend = {}) const;

  // The same for many texts.
  std::vector<std::vector<int64_t>> encode_batch(const std::vector<std::string>& texts,
                                                 std::string_view prepend = {}) const;

  // The id of a special token. Throws std::runtime_error if there is none of that name.
  int64_t encode_special(std::string_view name) const;
  int64_t bos_token_id() const { return encode_special("<|bos|>"); }

  // The bytes of `ids`, special tokens as their names. A cut through the middle of a character
  // gives bytes that are not UTF-8. Throws std::runtime_error if an id is out of range.
  std::string decode(const std::vector<int64_t>& ids) const;

  // The bytes of one id.
  const std::string& id_to_token(int64_t id) const;

  int64_t vocab_size() const { return static_cast<int64_t>(tokens_.size()); }
  const std::vector<TokenPair>& merges() const { return merges_; }

 private:
  struct PairHash {
    size_t operator()(const TokenPair& pair) const {
      return std::hash<int64_t>()(pair.first * 0x1fffffff + pair.second);
    }
  };

  void encode_piece(std::string_view piece, std::vector<int64_t>& ids) const;

  std::vector<TokenPair> merges_;
  std::unordered_map<TokenPair, int64_t, PairHash> ranks_;  // the position in merges_
  std::vector<std::string> tokens_;                         // the bytes of every id
};

}  // namespace nanochat
