// Regular expressions: what of a text they match, and what happens when there is no end to the trying.

#include "probe.h"

#include "nanochat/pattern.h"

#include <stdexcept>
#include <string>

using namespace nanochat;

TEST_CASE("pattern.match", "[documents]") {
  const Pattern pattern("(\\w+) has (\\d+)( red)? balls?");
  // All of the text, or no match; a group that takes no part is empty.
  CHECK(pattern.match("Ann has 12 balls") == Pattern::Groups{"Ann has 12 balls", "Ann", "12", ""});
  CHECK(pattern.match("Ann has 1 red ball") == Pattern::Groups{"Ann has 1 red ball", "Ann", "1", " red"});
  CHECK_FALSE(pattern.match("Today Ann has 12 balls").has_value());
  CHECK_FALSE(pattern.match("Ann has 12 balls.").has_value());
  // The first place in it.
  CHECK(pattern.search("So Ann has 12 balls, Bob has 3 balls.") ==
        Pattern::Groups{"Ann has 12 balls", "Ann", "12", ""});
  CHECK_FALSE(pattern.search("Ann has no ball").has_value());
  CHECK(Pattern("x?").match("") == Pattern::Groups{""});
  CHECK_THROWS_AS(Pattern("(unclosed"), std::invalid_argument);
}

TEST_CASE("pattern.find_all", "[tokens]") {
  using Pieces = std::vector<std::string_view>;
  const std::string text = "ab 12, cde";
  const Pieces found = Pattern("[a-z]+|\\d").find_all(text);
  CHECK(found == Pieces{"ab", "1", "2", "cde"});
  CHECK(found[3].data() == text.data() + 7);  // a view of the text, not a copy
  CHECK(Pattern("\\d").find_all("none").empty());
  CHECK(Pattern("x").find_all("").empty());
  // A letter of two bytes is one character of code points, and two of bytes.
  CHECK(Pattern(".", Pattern::Character::code_point).find_all("\xC3\xA9!") == Pieces{"\xC3\xA9", "!"});
  CHECK(Pattern("\\p{L}+", Pattern::Character::code_point).find_all("n\xC3\xA9 5") == Pieces{"n\xC3\xA9"});
  CHECK(Pattern(".").find_all("\xC3\xA9").size() == 2);
}

TEST_CASE("pattern.gives_up", "[errors]") {
  // Each of forty letters may be in either repetition: 2^40 ways, none of which matches. That is no answer of "no".
  const Pattern pattern("(?:a+)+b(?=c)");
  std::string text(40, 'a');
  text += "bd";
  CHECK_THROWS_AS(pattern.match(text), std::runtime_error);
  CHECK_THROWS_AS(pattern.search(text), std::runtime_error);
  CHECK_THROWS_AS(pattern.find_all(text), std::runtime_error);
}
