// The random generator that orders documents, and the UTF-8 check.

#include "nanochat/common.h"

#include <algorithm>
#include <numeric>

#include "probe.h"

using nanochat::is_utf8;
using nanochat::Rng;

TEST_CASE("common.rng", "[random]") {
  Rng a(5), b(5), c(6);
  int64_t same = 0;
  for (int64_t i = 0; i < 100; ++i) {
    const uint64_t draw = a.next();
    CHECK(draw == b.next());
    same += draw == c.next();
  }
  CHECK(same == 0);
}

TEST_CASE("common.below", "[random]") {
  // In range, and every value as often as the others.
  Rng rng(9);
  for (const int64_t n : {1, 2, 3, 7, 10}) {
    CAPTURE(n);
    std::vector<int64_t> count(static_cast<size_t>(n), 0);
    for (int64_t i = 0; i < 1000 * n; ++i) {
      const int64_t draw = rng.below(n);
      REQUIRE(draw >= 0);
      REQUIRE(draw < n);
      ++count[static_cast<size_t>(draw)];
    }
    for (const int64_t times : count) CHECK(std::abs(times - 1000) < 200);
  }
}

TEST_CASE("common.shuffle", "[random]") {
  // A permutation, and every item gets everywhere equally often.
  Rng rng(3);
  const size_t n = 5;
  std::vector<std::vector<int64_t>> count(n, std::vector<int64_t>(n, 0));
  for (int64_t round = 0; round < 5000; ++round) {
    std::vector<size_t> items(n);
    std::iota(items.begin(), items.end(), size_t{0});
    rng.shuffle(items);
    std::vector<bool> seen(n, false);
    for (size_t place = 0; place < n; ++place) {
      REQUIRE(items[place] < n);
      seen[items[place]] = true;
      ++count[items[place]][place];
    }
    REQUIRE(std::count(seen.begin(), seen.end(), true) == 5);
  }
  for (const auto& row : count) {
    for (const int64_t times : row) CHECK(std::abs(times - 1000) < 200);
  }
}

TEST_CASE("common.utf8_all", "[tokens]") {
  // Every number in every length that holds it: right in the shortest, if it is a character at all.
  int64_t wrong = 0, right = 0;
  for (const auto& [length, bits, lead] : {std::tuple(2, 11, 0xc0), {3, 16, 0xe0}, {4, 21, 0xf0}}) {
    const uint32_t shortest = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    for (uint32_t code = 0; code < (1u << bits); ++code) {
      char text[4];
      for (int k = 0; k < length; ++k) {
        text[k] = static_cast<char>(0x80 | ((code >> (6 * (length - 1 - k))) & 0x3f));
      }
      text[0] = static_cast<char>(lead | (code >> (6 * (length - 1))));
      const bool character = code >= shortest && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
      const bool accepted = is_utf8(std::string_view(text, static_cast<size_t>(length)));
      (accepted == character ? right : wrong) += 1;
    }
  }
  CHECK(wrong == 0);
  CHECK(right == (1 << 11) + (1 << 16) + (1 << 21));
}

TEST_CASE("common.utf8", "[tokens]") {
  for (const char* good :
       {"", "plain", "na\xc3\xafve", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xf4\x8f\xbf\xbf", "\xdf\xbf", "\xe0\xa0\x80", "\xf0\x90\x80\x80"}) {
    CAPTURE(good);
    CHECK(is_utf8(good));
  }
  for (const char* bad :
       {"\x80", "\xc3", "\xc3(", "\xc0\x80", "\xc1\xbf", "\xe2\x82", "\xe0\x80\x80", "\xed\xa0\x80",
        "\xf0\x9f\x98", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "ok\xff"}) {
    CHECK_FALSE(is_utf8(bad));
  }
}
