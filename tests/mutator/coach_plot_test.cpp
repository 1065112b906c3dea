// coach, plots: which mark is whose, where it stands, and what is left out. Read off the picture itself.
#include <cmath>
#include <limits>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/coach/plot.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                 kInf = std::numeric_limits<double>::infinity();

std::vector<std::string> rows(const std::string& text) {
  std::vector<std::string> all;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}

// The row and column of every such mark inside the frame, the key's rows left out.
std::vector<std::pair<size_t, size_t>> marks(const std::string& text, char mark) {
  std::vector<std::pair<size_t, size_t>> found;
  const auto all = rows(text);
  for (size_t row = 0; row < all.size(); ++row) {
    if (all[row].find("yours") != std::string::npos || all[row].find("clean") != std::string::npos) continue;
    const size_t left = all[row].find('|'), right = all[row].rfind('|');
    if (left == std::string::npos || right == left) continue;
    for (size_t column = left + 1; column < right; ++column)
      if (all[row][column] == mark) found.emplace_back(row, column);
  }
  return found;
}

struct Svg {
  fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-svg");
  std::string text;
  explicit Svg(const std::string& title, const std::vector<Curve>& curves) {
    REQUIRE(plot_svg(title, curves, directory / "plot.svg"));
    text = *read_file(directory / "plot.svg");
  }
  ~Svg() { (void)remove_tree(directory); }
};

}  // namespace

TEST_CASE("the learner's curve is the one with the o, and stands where its values are", "[coach][plot]") {
  // Yours lies above, below the key, the clean one at the bottom; gnuplot hides the ends, which lie on the
  // frame.
  const auto text = plot_text("loss", {{"yours", {9, 5, 5, 5, 5, 5}}, {"clean", {1, 2, 2, 2, 2, 2}}}, 70, 20);
  REQUIRE(text);
  const auto yours = marks(*text, 'o'), clean = marks(*text, '.');
  INFO(*text);
  REQUIRE(yours.size() >= 4);
  REQUIRE(clean.size() >= 4);
  for (const auto& [row, column] : yours)
    for (const auto& [below, other] : clean) CHECK(row < below);
  const auto all = rows(*text);
  CHECK(all.size() <= 20);
  CHECK(all.front().find("loss") != std::string::npos);
  CHECK(text->find('\f') == std::string::npos);
  CHECK(text->find("step") != std::string::npos);
  for (const std::string& row : all) {
    CHECK(row.size() <= 70);
    CHECK_FALSE(row.ends_with(' '));
  }
}

TEST_CASE("points stand at their steps, and what is not finite has none", "[coach][plot]") {
  const auto text =
      plot_text("loss", {{"yours", {1, kNan, kInf, 4, -kInf, 6}}, {"clean", {6, 5, 4, 3, 2, 1}}}, 75, 24);
  REQUIRE(text);
  INFO(*text);
  auto yours = marks(*text, 'o');
  // A rising line of three, in the columns of the steps 0, 3 and 5; the first lies on the frame.
  std::sort(yours.begin(), yours.end(), [](auto a, auto b) { return a.second < b.second; });
  CHECK(yours.size() <= 3);
  REQUIRE(yours.size() >= 1);
  for (size_t i = 1; i < yours.size(); ++i) CHECK(yours[i].first < yours[i - 1].first);
}

TEST_CASE("where two curves part is said to the step", "[coach][plot]") {
  CHECK(where_they_part("loss", {1, 2, 3}, {1, 2, 3}) ==
        "Your loss equals the clean tree's at every step, to the last digit.");
  CHECK(where_they_part("loss", {1, 2, 3.0000000001}, {1, 2, 3}) ==
        "Your loss equals the clean tree's to the last digit up to step 1, and differs from step 2 on.");
  CHECK(where_they_part("loss", {0, 2}, {1, 2}) ==
        "Your loss differs from the clean tree's from the first step on.");
  CHECK(where_they_part("loss", {1, kNan}, {1, kNan, 2}) ==
        "Your loss equals the clean tree's to the last digit, for as long as both last.");
  CHECK(where_they_part("loss", {kNan}, {1}) ==
        "Your loss differs from the clean tree's from the first step on.");
}

TEST_CASE("the names of the curves stand above the frame, where none runs through them", "[coach][plot]") {
  std::vector<double> full;
  for (int i = 0; i < 200; ++i) full.push_back(i % 20);
  const auto text = plot_text("loss", {{"yours", full}, {"clean", full}}, 70, 20);
  REQUIRE(text);
  CHECK(rows(*text).front().find("loss: o yours, . clean") != std::string::npos);
  CHECK(text->find("yours") == text->rfind("yours"));
}

TEST_CASE("nothing finite is nothing to plot, one curve is one", "[coach][plot]") {
  const auto none = plot_text("loss", {{"yours", {kNan}}, {"clean", {}}}, 70, 20);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Exit::io);
  CHECK(none.error().message == "there is nothing to plot: no value is finite");
  CHECK_FALSE(plot_svg("loss", {}, fs::temp_directory_path() / "nanobug-none.svg"));
  CHECK_FALSE(fs::exists(fs::temp_directory_path() / "nanobug-none.svg"));
  const auto only = plot_text("loss", {{"yours", {2, 1}}}, 70, 20);
  REQUIRE(only);
  CHECK(only->find("yours") != std::string::npos);
}

TEST_CASE("in the picture each curve has its colour, its name and its values", "[coach][plot]") {
  const Svg both("a \"title\" \\ 1", {{"yours", {1, 2}}, {"clean", {2, 1}}});
  const size_t yours = both.text.find("yours"), clean = both.text.find("clean");
  REQUIRE(yours != std::string::npos);
  REQUIRE(clean != std::string::npos);
  CHECK(yours < clean);
  const size_t red = both.text.find("192,  57,  43"), blue = both.text.find("44, 127, 184");
  REQUIRE(red != std::string::npos);
  REQUIRE(blue != std::string::npos);
  CHECK(red < blue);
  CHECK(both.text.find("a \"title\" \\ 1") != std::string::npos);
  CHECK(both.text.find("viewBox=\"0 0 800 480\"") != std::string::npos);
  // A curve that has no value leaves the other its own colour and name.
  const Svg one("t", {{"yours", {kNan}}, {"clean", {2, 1}}});
  CHECK(one.text.find("yours") == std::string::npos);
  CHECK(one.text.find("clean") != std::string::npos);
  CHECK(one.text.find("192,  57,  43") == std::string::npos);
}
