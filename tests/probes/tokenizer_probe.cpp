// Text to ids and back, against the definition of byte-pair encoding.

#include "nanochat/tokenizer.h"

#include <numeric>

#include "nanochat/common.h"
#include "nanochat/dataset.h"
#include "probe.h"

using nanochat::kSpecialTokens;
using nanochat::split_text;
using nanochat::Tokenizer;
using nanochat::TokenPair;
using Ids = std::vector<int64_t>;

namespace {

// All kinds of characters: accents, other scripts, emoji with joiners, white space, control characters, NUL.
const std::vector<std::string> kTexts = {
    "",
    " ",
    "The cat sat on the mat, and the cat's hat sat there too.",
    "don't I'll WE'VE they're it's",
    "12 123 1234 3.14159 7+8=15",
    "a\n\n b\r\n\tc   d  \n   ",
    "na\xc3\xafve caf\xc3\xa9 \xce\xb1\xce\xb2\xce\xb3 \xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82",
    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e \xf0\x9f\x98\x80\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb!",
    std::string("nul\0inside\x01\x7f", 12),
    "<|bos|>hello<|user_start|> <|output_end|>",
    "if (x) { return y[0]; }  // !!! ???",
};

Tokenizer trained() {
  return Tokenizer::train(nanochat::generate_documents(200, 3), 420);
}

// A tokenizer whose merges are a random tangle, in no order of frequency.
Tokenizer tangled(uint64_t seed) {
  nanochat::Rng rng(seed);
  const std::string letters = "the catsn,o. ";
  std::vector<TokenPair> merges;
  const auto any = [&]() -> int64_t {
    const int64_t n = static_cast<int64_t>(letters.size() + merges.size());
    const int64_t i = rng.below(n);
    const int64_t known = static_cast<int64_t>(letters.size());
    return i < known ? static_cast<unsigned char>(letters[static_cast<size_t>(i)]) : 256 + i - known;
  };
  while (merges.size() < 60) {
    const TokenPair pair = {any(), any()};
    if (std::find(merges.begin(), merges.end(), pair) == merges.end()) merges.push_back(pair);
  }
  return Tokenizer(merges);
}

// Encoding by definition: while some pair of neighbours has a merge, join the first occurrence of the one
// learned first.
Ids naive_encode(const Tokenizer& tokenizer, const std::string& text) {
  Ids all;
  for (const std::string_view piece : split_text(text)) {
    Ids ids;
    for (const char c : piece) ids.push_back(static_cast<unsigned char>(c));
    for (size_t rank = 0; rank < tokenizer.merges().size();) {
      const TokenPair pair = tokenizer.merges()[rank];
      size_t i = 0;
      while (i + 1 < ids.size() && TokenPair{ids[i], ids[i + 1]} != pair) ++i;
      if (i + 1 >= ids.size()) {
        ++rank;
        continue;
      }
      ids[i] = 256 + static_cast<int64_t>(rank);
      ids.erase(ids.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    all.insert(all.end(), ids.begin(), ids.end());
  }
  return all;
}

}  // namespace

TEST_CASE("tokenizer.round_trip", "[tokens]") {
  for (const Tokenizer& tokenizer : {trained(), tangled(1), Tokenizer({})}) {
    for (const std::string& text : kTexts) {
      CAPTURE(text);
      CHECK(tokenizer.decode(tokenizer.encode(text)) == text);
    }
    for (const std::string& text : nanochat::generate_documents(30, 77)) {
      CHECK(tokenizer.decode(tokenizer.encode(text)) == text);
    }
  }
}

TEST_CASE("tokenizer.encode", "[tokens]") {
  std::vector<Tokenizer> tokenizers = {trained(), Tokenizer({})};
  for (uint64_t seed = 0; seed < 8; ++seed) tokenizers.push_back(tangled(seed));
  for (const Tokenizer& tokenizer : tokenizers) {
    for (const std::string& text : kTexts) {
      CAPTURE(text);
      CHECK(tokenizer.encode(text) == naive_encode(tokenizer, text));
    }
    for (const std::string& text : nanochat::generate_documents(12, 78)) {
      CHECK(tokenizer.encode(text) == naive_encode(tokenizer, text));
    }
  }
}

TEST_CASE("tokenizer.merge_order", "[tokens]") {
  // The merge that was learned first goes first, wherever it is in the word.
  const Tokenizer tokenizer({{'b', 'c'}, {'a', 'b'}, {'c', 'd'}, {256, 'd'}, {'x', 'x'}});
  CHECK(tokenizer.encode("abcd") == Ids{'a', 259});
  CHECK(tokenizer.encode("abd") == Ids{257, 'd'});
  CHECK(tokenizer.encode("acd") == Ids{'a', 258});
  CHECK(tokenizer.encode("xxxxx") == Ids{260, 260, 'x'});
}

TEST_CASE("tokenizer.last_of_a_piece", "[tokens]") {
  // What ends a piece is joined with nothing after it, however much of the piece was joined before.
  const Tokenizer tokenizer({{'b', 'c'}, {256, 'c'}});
  CHECK(tokenizer.encode("bccbcbc") == Ids{257, 256, 256});
  CHECK(tokenizer.encode("bccbc") == Ids{257, 256});
  CHECK(tokenizer.encode("bc") == Ids{256});
}

TEST_CASE("tokenizer.bytes", "[tokens]") {
  const Tokenizer tokenizer({});
  CHECK(tokenizer.encode("A\xc3\xa9") == Ids{0x41, 0xc3, 0xa9});
  for (int64_t byte = 0; byte < 256; ++byte)
    CHECK(tokenizer.id_to_token(byte) == std::string(1, static_cast<char>(byte)));
  CHECK(tokenizer.decode({0xc3}) == "\xc3");  // half a character
}

TEST_CASE("tokenizer.ids", "[tokens]") {
  // Bytes, merges, special tokens.
  for (const Tokenizer& tokenizer : {trained(), tangled(4)}) {
    const int64_t merges = static_cast<int64_t>(tokenizer.merges().size());
    CHECK(tokenizer.vocab_size() == 256 + merges + static_cast<int64_t>(kSpecialTokens.size()));
    for (int64_t i = 0; i < merges; ++i) {
      const auto [left, right] = tokenizer.merges()[static_cast<size_t>(i)];
      CHECK(tokenizer.id_to_token(256 + i) == tokenizer.id_to_token(left) + tokenizer.id_to_token(right));
    }
    for (size_t i = 0; i < kSpecialTokens.size(); ++i) {
      const int64_t id = 256 + merges + static_cast<int64_t>(i);
      CHECK(tokenizer.encode_special(kSpecialTokens[i]) == id);
      CHECK(tokenizer.id_to_token(id) == kSpecialTokens[i]);
      CHECK(tokenizer.decode({id}) == kSpecialTokens[i]);
    }
    CHECK(tokenizer.bos_token_id() == 256 + merges);
  }
}

TEST_CASE("tokenizer.specials", "[tokens]") {
  // Spelled out in a text they are text; encoded on purpose they survive decoding between other tokens.
  const Tokenizer tokenizer = trained();
  for (const std::string& name : kSpecialTokens) {
    const int64_t id = tokenizer.encode_special(name);
    for (const std::string& text : {name, "a" + name + "b", name + name}) {
      const Ids ids = tokenizer.encode(text);
      CHECK(std::count(ids.begin(), ids.end(), id) == 0);
      CHECK(ids == naive_encode(tokenizer, text));
      CHECK(tokenizer.decode(ids) == text);
    }
    Ids mixed = tokenizer.encode("the cat");
    mixed.insert(mixed.begin() + 1, id);
    mixed.push_back(id);
    const std::string first = tokenizer.id_to_token(mixed[0]);
    CHECK(tokenizer.decode(mixed) == first + name + std::string("the cat").substr(first.size()) + name);
  }
}

TEST_CASE("tokenizer.prepend", "[tokens]") {
  const Tokenizer tokenizer = trained();
  for (const std::string& name : kSpecialTokens) {
    for (const std::string& text : kTexts) {
      Ids expected = tokenizer.encode(text);
      expected.insert(expected.begin(), tokenizer.encode_special(name));
      CHECK(tokenizer.encode(text, name) == expected);
    }
  }
}

TEST_CASE("tokenizer.batch", "[tokens]") {
  const Tokenizer tokenizer = trained();
  const auto plain = tokenizer.encode_batch(kTexts), with_bos = tokenizer.encode_batch(kTexts, "<|bos|>");
  REQUIRE(plain.size() == kTexts.size());
  REQUIRE(with_bos.size() == kTexts.size());
  for (size_t i = 0; i < kTexts.size(); ++i) {
    CHECK(plain[i] == tokenizer.encode(kTexts[i]));
    Ids expected = plain[i];
    expected.insert(expected.begin(), tokenizer.bos_token_id());
    CHECK(with_bos[i] == expected);
  }
  CHECK(tokenizer.encode_batch({}).empty());
}

TEST_CASE("tokenizer.bad_input", "[errors]") {
  const Tokenizer tokenizer = trained();
  CHECK_THROWS_AS(tokenizer.decode({tokenizer.vocab_size()}), std::runtime_error);
  CHECK_THROWS_AS(tokenizer.decode({-1}), std::runtime_error);
  CHECK_NOTHROW(tokenizer.decode({tokenizer.vocab_size() - 1}));
  CHECK_THROWS_AS(tokenizer.encode_special("<|nobody|>"), std::runtime_error);
  CHECK_THROWS_AS(tokenizer.encode("text", "<|nobody|>"), std::runtime_error);
  CHECK_THROWS_AS(tokenizer.encode("\xff\xfe"), std::runtime_error);
  CHECK_THROWS_AS(Tokenizer({{'a', 256}}), std::runtime_error);  // joins itself
  CHECK_THROWS_AS(Tokenizer({{'a', 'b'}, {257, 'c'}}), std::runtime_error);
  CHECK_THROWS_AS(Tokenizer({{-1, 'b'}}), std::runtime_error);
}
