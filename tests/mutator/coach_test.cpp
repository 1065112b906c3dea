// coach: clocks, counts, paragraphs, plots. Claims, the draw, the tally and reports have files of their own.
#include <limits>

#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "mutator/coach/plot.h"
#include "mutator/coach/silence.h"
#include "mutator/coach/words.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

TEST_CASE("minutes and seconds", "[coach]") {
  CHECK(clock(0) == "0:00");
  CHECK(clock(75) == "1:15");
  CHECK(clock(3601) == "60:01");
}

TEST_CASE("one thing, several things", "[coach]") {
  CHECK(count(0, "hint") == "0 hints");
  CHECK(count(1, "minute") == "1 minute");
  CHECK(count(2, "wrong claim") == "2 wrong claims");
  CHECK(one_of({}).empty());
  CHECK(one_of({"a"}) == "a");
  CHECK(one_of({"a", "b"}) == "a or b");
  CHECK(one_of({"bash", "zsh", "fish"}) == "bash, zsh or fish");
}

TEST_CASE("a command line is what a shell makes the same words of", "[coach]") {
  const std::vector<std::string> argv = {"build/bin/x", "--n=3", "",     "two words",
                                         "it's",        "$HOME", "a\"b", "*"};
  const auto echoed = run({.argv = {"sh", "-c", "printf '%s\\n' " + command_line(argv)}});
  REQUIRE(echoed);
  std::string expected;
  for (const std::string& word : argv) expected += word + '\n';
  CHECK(echoed->out == expected);
  CHECK(command_line({"build/bin/x", "--metrics", "/dev/stdout"}) == "build/bin/x --metrics /dev/stdout");
  CHECK(command_line({"explain", "The tokenizer's output"}) == "explain \"The tokenizer's output\"");
}

TEST_CASE("a build's warnings are what it says besides its progress", "[coach]") {
  CHECK(without_progress("[1/3] Building CXX object a.o\na.cpp:1: warning: unused\n  x\n[3/3] Linking\n") ==
        "a.cpp:1: warning: unused\n  x");
  CHECK(without_progress("ninja: no work to do.\n").empty());
  CHECK(without_progress("[[nodiscard]] is what it says\n") == "[[nodiscard]] is what it says");
}

TEST_CASE("a long silence is told once", "[coach]") {
  const Silence::Time begun{};
  Silence silence(begun);
  CHECK_FALSE(silence.is_to_be_told(begun + std::chrono::seconds(9)));
  CHECK(silence.is_to_be_told(begun + std::chrono::seconds(10)));
  CHECK_FALSE(silence.is_to_be_told(begun + std::chrono::seconds(30)));
  silence.heard(begun + std::chrono::seconds(31));
  CHECK_FALSE(silence.is_to_be_told(begun + std::chrono::seconds(40)));
  CHECK(silence.is_to_be_told(begun + std::chrono::seconds(41)));
}

TEST_CASE("what is laid out fits a terminal", "[coach]") {
  CHECK(laid_out("short\n  lines\n", 10) == "short\n  lines\n");
  // Below what stands behind the last gap, below a list's words, below its own first word.
  CHECK(laid_out("  nanobug ask  more of this run, at a price", 40) ==
        "  nanobug ask  more of this run, at a\n               price");
  CHECK(laid_out("  - what the forward pass computes there", 30) ==
        "  - what the forward pass\n    computes there");
  CHECK(laid_out("What differs, causes first:", 20) == "What differs, causes\nfirst:");
  CHECK(laid_out("\033[1mbold and bold\033[0m", 13) == "\033[1mbold and bold\033[0m");
  CHECK(laid_out("caf\u00e9s are\ncaf\u00e9s", 9) == "caf\u00e9s are\ncaf\u00e9s");
  CHECK(laid_out("/a/path/that/is/very/long x", 10) == "/a/path/that/is/very/long\nx");
  CHECK(laid_out("$ build/bin/base_train --quiet", 10) == "$ build/bin/base_train --quiet");
  std::string words;
  for (int i = 0; i < 200; ++i)
    words += (i % 17 == 0 ? "\n  x  " : " ") + std::string(static_cast<size_t>(i % 11), 'w');
  for (const size_t width : {size_t{60}, size_t{80}}) {
    const std::string fitted = laid_out(words, width);
    for (size_t at = 0, next; (next = fitted.find('\n', at)) != std::string::npos; at = next + 1)
      CHECK(next - at <= width);
    const auto letters = [](const std::string& text) { return std::count(text.begin(), text.end(), 'w'); };
    CHECK(letters(fitted) == letters(words));
  }
}

TEST_CASE("a paragraph is wrapped, none of its words lost", "[coach]") {
  CHECK(wrap("one two three", 9, " ") == " one two\n three\n");
  CHECK(wrap("a\n\nb", 80, "") == "a\n\nb\n");
  CHECK(wrap("unbreakableword x", 5, "") == "unbreakableword\nx\n");
}

TEST_CASE("a plot has both curves and stands what is not finite", "[coach]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto text = plot_text("loss", {{"yours", {nan, nan}}, {"clean", {3, 2, 1}}}, 70, 20);
  REQUIRE(text);
  CHECK(text->find("clean") != std::string::npos);
  CHECK(text->find("yours") == std::string::npos);
  for (size_t begin = 0, end; (end = text->find('\n', begin)) != std::string::npos; begin = end + 1)
    CHECK(end - begin <= 70);
  CHECK_FALSE(plot_text("loss", {{"yours", {nan}}}, 70, 20));
  const fs::path file = fs::temp_directory_path() / "nanobug-plot-test.svg";
  REQUIRE(plot_svg("loss \"quoted\"", {{"a", {1, 2}}, {"b", {2, 1}}}, file));
  CHECK(read_file(file)->find("<svg") != std::string::npos);
  fs::remove(file);
}

TEST_CASE("paragraphs are wrapped, code and lists are not run together", "[coach]") {
  CHECK(coach::wrap("one two three", 9, "  ") == "  one two\n  three\n");
  CHECK(coach::wrap("a\nb\n\nc", 20, "") == "a b\n\nc\n");
  CHECK(coach::wrap("Two:\n- one\n- two\n  goes on", 20, " ") == " Two:\n - one\n - two goes on\n");
  CHECK(coach::wrap("See:\n\n    if (x)  f(a very long line);\n      g();\n\nDone.", 12, "  ") ==
        "  See:\n\n      if (x)  f(a very long line);\n        g();\n\n  Done.\n");
}

TEST_CASE("any bytes are shown, and none of them moves the cursor", "[coach]") {
  using coach::visible;
  CHECK(visible("a\tb\n") == "a\tb\n");
  CHECK(visible("3 \xe2\x82\xac") == "3 \xe2\x82\xac");
  CHECK(visible("a\rb\x1b[31mc\x07") == "a\\x0db\\x1b[31mc\\x07");
  CHECK(visible(std::string_view("\0\x7f", 2)) == "\\x00\\x7f");
  // Half a letter, a byte that begins none, a control in two bytes, an overlong slash, half a pair.
  CHECK(visible("\xe2\x82") == "\\xe2\\x82");
  CHECK(visible("\xff") == "\\xff");
  CHECK(visible("\xc2\x9b") == "\\xc2\\x9b");
  CHECK(visible("\xc0\xaf") == "\\xc0\\xaf");
  CHECK(visible("\xed\xa0\x80") == "\\xed\\xa0\\x80");
  // A letter that comes in two pieces.
  std::string rest;
  CHECK(visible("a\xe2\x82", &rest) == "a");
  CHECK(visible("\xac!", &rest) == "\xe2\x82\xac!");
  CHECK(rest.empty());
}

TEST_CASE("a line of code goes on behind its own indentation", "[coach]") {
  using coach::folded;
  CHECK(folded("  return a;", 30, 6) == "  return a;");
  CHECK(folded("  return first + second + third;", 30, 6) == "  return first + second\n            + third;");
  CHECK(folded("  " + std::string(40, 'x'), 30, 6) ==
        "  " + std::string(22, 'x') + "\n            " + std::string(18, 'x'));
  CHECK(folded("return first + second;", 12, 6) == "return first + second;");  // no room to fold into
}
