// The character tokenizer, against alphabets spelled out here.

#include "nanochat/char_tokenizer.h"

#include "probe.h"
#include "temporary.h"

using nanochat::CharTokenizer;
using Ids = std::vector<int64_t>;

TEST_CASE("char_tokenizer.ids", "[tokens]") {
  // Unknown first, then by code point, however often and wherever a character comes.
  const CharTokenizer tokenizer({"cab", "", "b>a z"});
  CHECK(tokenizer.vocab_size() == 7);
  CHECK(tokenizer.unknown_id() == 0);
  CHECK(tokenizer.encode(" >abcz") == Ids{1, 2, 3, 4, 5, 6});
  CHECK(tokenizer.encode("zzc") == Ids{6, 6, 5});
  CHECK(tokenizer.encode("").empty());
  CHECK(CharTokenizer({}).vocab_size() == 1);
}

TEST_CASE("char_tokenizer.unknown", "[tokens]") {
  const CharTokenizer tokenizer({"abc"});
  CHECK(tokenizer.encode("axc\xc3\xa9"
                         "b") == Ids{1, 0, 3, 0, 2});
  CHECK(tokenizer.decode({1, 0, 3}) ==
        "a\xef\xbf\xbd"
        "c");
}

TEST_CASE("char_tokenizer.round_trip", "[tokens]") {
  // One, two, three and four bytes a character, at the bounds of each length.
  const std::string text = "a\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbd\xf0\x90\x80\x80\xf4\x8f\xbf\xbfz!";
  const CharTokenizer tokenizer({text});
  const Ids ids = tokenizer.encode(text);
  CHECK(ids.size() == 10);
  CHECK(tokenizer.decode(ids) == text);
  CHECK(tokenizer.vocab_size() == 11);
  for (const int64_t id : ids) CHECK((id > 0 && id < 11));
  CHECK(tokenizer.decode({}).empty());
  const std::vector<std::string> characters = {"a",
                                               "\x7f",
                                               "\xc2\x80",
                                               "\xdf\xbf",
                                               "\xe0\xa0\x80",
                                               "\xef\xbf\xbd",
                                               "\xf0\x90\x80\x80",
                                               "\xf4\x8f\xbf\xbf"};
  for (size_t i = 0; i < characters.size(); ++i) {
    CHECK(tokenizer.encode(characters[i]) == Ids{ids[i]});
    CHECK(tokenizer.decode({ids[i]}) == characters[i]);
  }
}

TEST_CASE("char_tokenizer.bad_input", "[errors]") {
  const CharTokenizer tokenizer({"abc"});
  CHECK(probe::complaint([&] { tokenizer.decode({1, 4}); }) != "");
  CHECK(probe::complaint([&] { tokenizer.decode({-1}); }) != "");
  CHECK(probe::complaint([&] { tokenizer.decode({3}); }) == "");
  CHECK(probe::complaint([&] { tokenizer.encode("a\xff"); }) != "");
  CHECK(probe::complaint([&] { CharTokenizer({"a", "\xc3"}); }) != "");
}
