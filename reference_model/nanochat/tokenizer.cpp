// The byte-level BPE tokenizer. Contracts are in the header.

#include "nanochat/tokenizer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <stdexcept>

#include "nanochat/common.h"
#include "nanochat/pattern.h"

namespace nanochat {

namespace {

// GPT-4's pattern, except that numbers come in pieces of at most two digits instead of three: a
// small vocabulary has better uses for its ids.
constexpr const char* kSplitPattern =
    R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]++[\r\n]*)"
    R"(|\s*[\r\n]|\s+(?!\S)|\s+)";

// Replaces every occurrence of `pair` in `ids` by `id`.
void merge_pair(std::vector<int64_t>& ids, TokenPair pair, int64_t id) {
  size_t out = 0;
  for (size_t i = 0; i < ids.size(); ++out) {
    if (i + 1 < ids.size() && ids[i] == pair.first && ids[i + 1] == pair.second) {
      ids[out] = id;
      i += 2;
    } else {
      ids[out] = ids[i];
      i += 1;
    }
  }
  ids.resize(out);
}

std::vector<int64_t> bytes_of(std::string_view text) {
  std::vector<int64_t> ids;
  for (const char c : text) ids.push_back(static_cast<unsigned char>(c));
  return ids;
}

// The state of BPE training: the distinct pieces of the corpus, each with how often it occurs, and
// the count of every pair over all of them. A merge touches only the pieces that hold its pair.
class BpeTrainer {
 public:
  explicit BpeTrainer(const std::vector<std::string>& documents) {
    std::map<std::string_view, int64_t> pieces;  // ordered, so that training is reproducible
    for (const std::string& document : documents) {
      for (const std::string_view piece : split_text(document)) ++pieces[piece];
    }
    for (const auto& [piece, count] : pieces) {
      words_.push_back({bytes_of(piece), count});
      add_pairs(words_.size() - 1, +1);
    }
    for (const auto& [pair, entry] : pairs_) queue_.push({entry.count, pair});
  }

  // Joins the most frequent pair to `id` and says in `pair` which it was. Of equally frequent pairs
  // the one with the smaller ids wins. Returns false if no pair occurs twice.
  bool merge_most_frequent(int64_t id, TokenPair& pair) {
    while (!queue_.empty()) {
      const Candidate top = queue_.top();
      queue_.pop();
      const int64_t count = pairs_[top.pair].count;
      if (count < 2) continue;
      if (count == top.count) {
        pair = top.pair;
        apply(pair, id);
        return true;
      }
      queue_.push({count, top.pair});  // its count fell since it was queued
    }
    return false;
  }

 private:
  struct Word {
    std::vector<int64_t> ids;
    int64_t count;
  };
  struct Pair {
    int64_t count = 0;
    std::set<size_t> words;  // where it occurs, or did once
  };
  struct Candidate {
    int64_t count;
    TokenPair pair;
    bool operator<(const Candidate& other) const {
      return count != other.count ? count < other.count : pair > other.pair;
    }
  };

  // Counts the pairs of a word in (sign +1) or out (sign -1).
  void add_pairs(size_t w, int64_t sign) {
    const Word& word = words_[w];
    for (size_t i = 0; i + 1 < word.ids.size(); ++i) {
      Pair& pair = pairs_[{word.ids[i], word.ids[i + 1]}];
      pair.count += sign * word.count;
      if (sign > 0) pair.words.insert(w);
    }
  }

  void apply(TokenPair pair, int64_t id) {
    const std::set<size_t> touched = std::move(pairs_[pair].words);
    std::set<TokenPair> fresh;
    for (const size_t w : touched) {
      add_pairs(w, -1);
      merge_pair(words_[w].ids, pair, id);
      add_pairs(w, +1);
      const std::vector<int64_t>& ids = words_[w].ids;
      for (size_t i = 0; i + 1 < ids.size(); ++i) {
        if (ids[i] == id || ids[i + 1] == id) fresh.insert({ids[i], ids[i + 1]});
      }
    }
    for (const TokenPair& candidate : fresh) queue_.push({pairs_[candidate].count, candidate});
  }

  std::vector<Word> words_;
  std::map<TokenPair, Pair> pairs_;
  std::priority_queue<Candidate> queue_;
};

}  // namespace

std::vector<std::string_view> split_text(std::string_view text) {
  static const Pattern pattern(kSplitPattern, Pattern::Character::code_point);
  if (!is_utf8(text)) throw std::runtime_error("the text is not valid UTF-8");
  return pattern.find_all(text);
}

Tokenizer::Tokenizer(std::vector<TokenPair> merges) : merges_(std::move(merges)) {
  for (int byte = 0; byte < 256; ++byte) tokens_.emplace_back(1, static_cast<char>(byte));
  for (const TokenPair& pair : merges_) {
    const int64_t id = static_cast<int64_t>(tokens_.size());
    if (std::min(pair.first, pair.second) < 0 || std::max(pair.first, pair.second) >= id) {
      throw std::runtime_error("merge " + std::to_string(id - 256) + " joins an id unknown so far");
    }
    ranks_.emplace(pair, id - 256);
    tokens_.push_back(tokens_[static_cast<size_t>(pair.first)] +
                      tokens_[static_cast<size_t>(pair.second)]);
  }
  for (const std::string& name : kSpecialTokens) tokens_.push_back(name);
}

Tokenizer Tokenizer::train(const std::vector<std::string>& documents, int64_t vocab_size) {
  const int64_t fixed = 256 + static_cast<int64_t>(kSpecialTokens.size());
  if (vocab_size < fixed) {
    throw std::runtime_error("a vocabulary of " + std::to_string(vocab_size) +
                             " has no room for 256 bytes and " +
                             std::to_string(kSpecialTokens.size()) + " special tokens");
  }
  BpeTrainer trainer(documents);
  std::vector<TokenPair> merges;
  for (int64_t id = 256; id < vocab_size - static_cast<int64_t>(kSpecialTokens.size()); ++id) {
    TokenPair pair;
    if (!trainer.merge_most_frequent(id, pair)) break;
    merges.push_back(pair);
  }
  return Tokenizer(std::move(merges));
}

void Tokenizer::encode_piece(std::string_view piece, std::vector<int64_t>& ids) const {
  std::vector<int64_t> word = bytes_of(piece);
  while (word.size() > 1) {
    int64_t best_rank = static_cast<int64_t>(merges_.size());
    for (size_t i = 0; i + 1 < word.size(); ++i) {
      const auto found = ranks_.find({word[i], word[i + 1]});
      if (found != ranks_.end()) best_rank = std::min(best_rank, found->second);
    }
    if (best_rank == static_cast<int64_t>(merges_.size())) break;
    merge_pair(word, merges_[static_cast<size_t>(best_rank)], 256 + best_rank);
  }
  ids.insert(ids.end(), word.begin(), word.end());
}

std::vector<int64_t> Tokenizer::encode(std::string_view text, std::string_view prepend) const {
  std::vector<int64_t> ids;
  if (!prepend.empty()) ids.push_back(encode_special(prepend));
  for (const std::string_view piece : split_text(text)) encode_piece(piece, ids);
  return ids;
}

std::vector<std::vector<int64_t>> Tokenizer::encode_batch(const std::vector<std::string>& texts,
                                                          std::string_view prepend) const {
  std::vector<std::vector<int64_t>> rows;
  rows.reserve(texts.size());
  for (const std::string& text : texts) rows.push_back(encode(text, prepend));
  return rows;
}

int64_t Tokenizer::encode_special(std::string_view name) const {
  const auto found = std::find(kSpecialTokens.begin(), kSpecialTokens.end(), name);
  if (found == kSpecialTokens.end()) {
    throw std::runtime_error("there is no special token " + std::string(name));
  }
  return 256 + static_cast<int64_t>(merges_.size()) + (found - kSpecialTokens.begin());
}

std::string Tokenizer::decode(const std::vector<int64_t>& ids) const {
  std::string text;
  for (const int64_t id : ids) text += id_to_token(id);
  return text;
}

const std::string& Tokenizer::id_to_token(int64_t id) const {
  if (id < 0 || id >= vocab_size()) {
    throw std::runtime_error("token id " + std::to_string(id) + " is not in the vocabulary of " +
                             std::to_string(vocab_size()));
  }
  return tokens_[static_cast<size_t>(id)];
}

}  // namespace nanochat
