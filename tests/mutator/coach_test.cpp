// coach: clocks, paragraphs, claims that follow the learner's edits, plots.
#include <limits>

#include "mutator/base/files.h"
#include "mutator/coach/coach.h"
#include "mutator/coach/plot.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

TEST_CASE("minutes and seconds", "[coach]") {
  CHECK(clock(0) == "0:00");
  CHECK(clock(75) == "1:15");
  CHECK(clock(3601) == "60:01");
}

TEST_CASE("a paragraph is wrapped, none of its words lost", "[coach]") {
  CHECK(wrap("one two three", 9, " ") == " one two\n three\n");
  CHECK(wrap("a\n\nb", 80, "") == "a\n\nb\n");
  CHECK(wrap("unbreakableword x", 5, "") == "unbreakableword\nx\n");
}

TEST_CASE("a claim is FILE:LINE", "[coach]") {
  CHECK(parse_claim("a/b.cpp:12")->line == 12);
  CHECK(parse_claim("a/b.cpp:12")->file == "a/b.cpp");
  for (const char* wrong : {"a.cpp", "a.cpp:", ":3", "a.cpp:0", "a.cpp:-1", "a.cpp:3x", ""}) {
    const auto claim = parse_claim(wrong);
    REQUIRE_FALSE(claim);
    CHECK(claim.error().code == Exit::usage);
  }
}

TEST_CASE("a claim is right at the changed lines, wherever they have moved to", "[coach]") {
  const std::string mutated = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
  const std::vector<session::Injected> bugs = {
      {.rule = "r", .site = 0, .file = "f", .function = "", .line = 5, .last_line = 5}};
  const auto right = [&](int line, const std::string& present) {
    return is_right({"f", line}, bugs, mutated, present);
  };
  CHECK(right(5, mutated));
  CHECK(right(4, mutated));
  CHECK(right(6, mutated));
  CHECK_FALSE(right(3, mutated));
  CHECK_FALSE(right(7, mutated));
  CHECK_FALSE(is_right({"g", 5}, bugs, mutated, mutated));
  const std::string longer = "1\n2\nx\ny\nz\n3\n4\n5\n6\n7\n8\n9\n";
  CHECK(right(8, longer));
  CHECK_FALSE(right(5, longer));
  const std::string edited = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
  CHECK(right(5, edited));
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
