// notes: what is kept of a learner's own words.
#include "mutator/coach/notes.h"

#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

TEST_CASE("words are kept that are words, and not too many", "[coach][notes]") {
  CHECK(can_be_kept("the loss is flat", "no", "say"));
  CHECK(can_be_kept("\xe6\x90\x8d\xe5\xa4\xb1", "no", "say"));
  CHECK(can_be_kept(std::string(kLongestWords, 'x'), "no", "say"));
  std::string umlauts;  // two bytes each
  for (int i = 0; i < kLongestWords; ++i) umlauts += "\xc3\xa4";
  CHECK(can_be_kept(umlauts, "no", "say"));
  for (const std::string& empty : {std::string(), std::string(" \t\n"), std::string("?!")}) {
    const Status refused = can_be_kept(empty, "the note is not kept", "say what you noticed");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Exit::usage);
    CHECK(refused.error().message == "the note is not kept: say what you noticed, in quotes after it");
  }
  const Status refused = can_be_kept(umlauts + "x", "the note is not kept", "");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::usage);
  CHECK(refused.error().message == "the note is not kept: it has 1001 characters; say it in 1000");
}

TEST_CASE("a note stays on its line, and the cursor where it is", "[coach][notes]") {
  CHECK(plain("a\nb\tc") == "a b c");
  CHECK(plain("\x1b[2Jgone\x7f") == " [2Jgone ");
  CHECK(plain("caf\xc3\xa9") == "caf\xc3\xa9");
}
