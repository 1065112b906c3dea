// Training of the tokenizer against a naive trainer, and the cutting of texts into pieces.

#include <map>

#include "nanochat/dataset.h"
#include "nanochat/tokenizer.h"
#include "probe.h"

using nanochat::kSpecialTokens;
using nanochat::split_text;
using nanochat::Tokenizer;
using nanochat::TokenPair;
using Ids = std::vector<int64_t>;

namespace {

const int64_t kFixed = 256 + static_cast<int64_t>(kSpecialTokens.size());

// Byte-pair training by definition, a step at a time: counts all pairs, joins one.
class Naive {
 public:
  explicit Naive(const std::vector<std::string>& documents) {
    std::map<std::string, int64_t> count;
    for (const std::string& document : documents) {
      for (const std::string_view piece : split_text(document)) ++count[std::string(piece)];
    }
    for (const auto& [piece, times] : count) {
      Ids ids;
      for (const char c : piece) ids.push_back(static_cast<unsigned char>(c));
      words_.push_back({ids, times});
    }
  }

  std::map<TokenPair, int64_t> pairs() const {
    std::map<TokenPair, int64_t> count;
    for (const auto& [ids, times] : words_) {
      for (size_t i = 0; i + 1 < ids.size(); ++i) count[{ids[i], ids[i + 1]}] += times;
    }
    return count;
  }

  void join(TokenPair pair, int64_t id) {
    for (auto& [ids, times] : words_) {
      for (size_t i = 0; i + 1 < ids.size(); ++i) {
        if (TokenPair{ids[i], ids[i + 1]} != pair) continue;
        ids[i] = id;
        ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }
    }
  }

 private:
  std::vector<std::pair<Ids, int64_t>> words_;
};

int64_t most(const std::map<TokenPair, int64_t>& pairs) {
  int64_t largest = 0;
  for (const auto& [pair, count] : pairs) largest = std::max(largest, count);
  return largest;
}

// That each merge is a most frequent pair after those before it. Which one of several is the tree's own
// business.
void check_merges(const std::vector<std::string>& documents, int64_t vocab_size) {
  const Tokenizer tokenizer = Tokenizer::train(documents, vocab_size);
  Naive naive(documents);
  int64_t id = 256;
  for (const TokenPair& pair : tokenizer.merges()) {
    CAPTURE(id, pair.first, pair.second);
    const auto pairs = naive.pairs();
    REQUIRE(pairs.count(pair) == 1);
    REQUIRE(pairs.at(pair) == most(pairs));
    REQUIRE(pairs.at(pair) >= 2);
    naive.join(pair, id++);
  }
  // It stopped because the vocabulary was full, or because nothing was left to join.
  CHECK(tokenizer.vocab_size() <= vocab_size);
  if (tokenizer.vocab_size() < vocab_size) CHECK(most(naive.pairs()) < 2);
}

std::vector<std::string> pieces_of(const std::string& text) {
  std::vector<std::string> pieces;
  for (const std::string_view piece : split_text(text)) pieces.emplace_back(piece);
  return pieces;
}

}  // namespace

TEST_CASE("tokenizer.train", "[tokens]") {
  check_merges(nanochat::generate_documents(120, 1), 400);
  check_merges(nanochat::generate_documents(40, 2), 330);
  check_merges({"low lower lowest newer newest wider", "the new low is the newest low"}, 300);
}

TEST_CASE("tokenizer.train_size", "[tokens]") {
  const std::vector<std::string> documents = nanochat::generate_documents(60, 4);
  for (const int64_t vocab_size : {kFixed, kFixed + 1, kFixed + 64}) {
    CHECK(Tokenizer::train(documents, vocab_size).vocab_size() == vocab_size);
  }
  // Nothing occurs twice here but one pair.
  CHECK(Tokenizer::train({"ab cd", "ab xy"}, 2000).merges() == std::vector<TokenPair>{{'a', 'b'}});
  CHECK(Tokenizer::train({""}, 400).merges().empty());
  CHECK_THROWS_AS(Tokenizer::train(documents, kFixed - 1), std::runtime_error);
}

TEST_CASE("tokenizer.train_repeatable", "[tokens]") {
  const std::vector<std::string> documents = nanochat::generate_documents(60, 4);
  const auto merges = Tokenizer::train(documents, 380).merges();
  CHECK(Tokenizer::train(documents, 380).merges() == merges);
  // A smaller vocabulary is the beginning of a larger one.
  const auto fewer = Tokenizer::train(documents, 320).merges();
  REQUIRE(fewer.size() < merges.size());
  CHECK(std::equal(fewer.begin(), fewer.end(), merges.begin()));
}

TEST_CASE("tokenizer.compresses", "[tokens]") {
  const Tokenizer tokenizer = Tokenizer::train(nanochat::generate_documents(200, 3), 512);
  size_t bytes = 0, ids = 0;
  for (const std::string& text : nanochat::generate_documents(50, 9)) {
    bytes += text.size();
    ids += tokenizer.encode(text).size();
  }
  CHECK(ids * 2 < bytes);
}

TEST_CASE("tokenizer.pieces", "[tokens]") {
  using Pieces = std::vector<std::string>;
  CHECK(pieces_of("Hello world") == Pieces{"Hello", " world"});
  CHECK(pieces_of("don't stop") == Pieces{"don", "'t", " stop"});
  CHECK(pieces_of("stop, now!") == Pieces{"stop", ",", " now", "!"});
  CHECK(pieces_of("caf\xc3\xa9 \xce\xb1\xce\xb2") == Pieces{"caf\xc3\xa9", " \xce\xb1\xce\xb2"});
  CHECK(pieces_of("").empty());
  for (const std::string& text : {std::string("a\n\n b\r\n\tc   d  \n   "), std::string("x1234y 3.14  "),
                                  std::string("\xf0\x9f\x98\x80 ok"), std::string("q\0r", 3)}) {
    std::string together;
    for (const std::string& piece : pieces_of(text)) {
      CHECK_FALSE(piece.empty());
      together += piece;
    }
    CHECK(together == text);
  }
  CHECK_THROWS_AS(split_text("\xc3("), std::runtime_error);
}

TEST_CASE("tokenizer.numbers", "[tokens]") {
  // Letters and digits never share a piece, and no piece holds more than two digits.
  for (const std::string& piece : pieces_of("call 5551234 or x12y345, 2025-11-05")) {
    int64_t digits = 0, letters = 0;
    for (const unsigned char c : piece) {
      digits += std::isdigit(c) != 0;
      letters += std::isalpha(c) != 0;
    }
    CHECK(digits <= 2);
    CHECK((digits == 0 || letters == 0));
  }
}
