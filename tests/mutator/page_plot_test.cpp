// page, the plots: where a value stands is read off the picture again, and what is not finite is a gap.
#include <cmath>
#include <limits>
#include <random>
#include <sstream>

#include "mutator/coach/svg.h"
#include "tests/mutator/strict_page.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;
using test::Element;
using test::read_strictly;
using test::StrictPage;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                 kInf = std::numeric_limits<double>::infinity(), kMost = std::numeric_limits<double>::max();

StrictPage drawn(const Figure& figure) {
  Html html;
  draw(html, figure);
  StrictPage page = read_strictly(html.bytes(), /*fragment=*/true);
  INFO(page.fault << "\n" << html.bytes());
  CHECK(page.fault.empty());
  for (const char* wrong : {"nan", "inf"}) {
    for (const Element* path : page.all("path")) CHECK(path->attribute("d").find(wrong) == std::string::npos);
  }
  return page;
}

Figure figure_of(std::vector<Curve> curves) {
  return {.id = "f", .what = "loss", .curves = std::move(curves)};
}

// The points of a curve, a list for each stretch.
std::vector<std::vector<std::pair<double, double>>> stretches(const StrictPage& page,
                                                              const std::string& kind) {
  std::vector<std::vector<std::pair<double, double>>> all;
  for (const Element* path : page.all("path")) {
    if (!path->has_class("curve") || !path->has_class(kind) || path->attribute("d") == "M1 6H39") continue;
    std::istringstream d(path->attribute("d"));
    for (char command; d >> command;) {
      double x = 0, y = 0;
      d >> x >> y;
      if (command == 'M') all.emplace_back();
      REQUIRE((command == 'M' || command == 'L'));
      all.back().emplace_back(x, y);
    }
  }
  return all;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("values stand where they belong, steps at equal distances", "[coach][page]") {
  const std::vector<double> values = {6, 4, 3, 2.5, 2, -1, 0, 0.5};
  const StrictPage page = drawn(figure_of({{"yours", values}, {"clean", {1, 2}}}));
  const auto lines = stretches(page, "c0");
  REQUIRE(lines.size() == 1);
  REQUIRE(lines[0].size() == values.size());
  // Coordinates are written to a tenth: y = a - b v and x = c + d i hold to twice half of that and a bit.
  const auto& points = lines[0];
  const double b = (points[5].second - points[0].second) / 7, d = (points[7].first - points[0].first) / 7;
  CHECK(b > 20);
  CHECK(d > 50);
  for (size_t i = 0; i < values.size(); ++i) {
    CHECK(std::abs(points[i].second - (points[0].second + b * (6 - values[i]))) <= 0.15);
    CHECK(std::abs(points[i].first - (points[0].first + d * static_cast<double>(i))) <= 0.15);
    CHECK(points[i].second > 0);
    CHECK(points[i].second < 300);
  }
  CHECK(stretches(page, "c1").at(0).size() == 2);
  CHECK(page.all("svg").at(0)->attribute("role") == "img");
  // Title and words are what the picture is labelled by.
  CHECK(page.all("svg").at(0)->attribute("aria-labelledby") == "f-title f-words");
  CHECK(page.by_id("f-title")->tag == "title");
  CHECK(page.by_id("f-words")->text ==
        "Yours begins at 6 and ends at 0.5 after 8 steps; its lowest is -1, its highest 6. Clean begins at 1 "
        "and ends at 2 "
        "after 2 steps; its lowest is 1, its highest 2.");
  CHECK(page.all("table").size() == 1);
  CHECK(page.all("tr").size() == 6);
  CHECK(has(page.all("tr").at(1)->text, "061"));  // step 0: 6 and 1
  CHECK(has(page.all("tr").at(5)->text, "70.5–"));
}

TEST_CASE("what is no finite number is a gap, marked and in words", "[coach][page]") {
  const StrictPage page = drawn(figure_of(
      {{"yours", {3, 2, kNan, kInf, 1, kNan, 2, 3, -kInf}}, {"clean", {1, 1, 1, 1, 1, 1, 1, 1, 1}}}));
  const auto lines = stretches(page, "c0");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].size() == 2);
  CHECK(lines[1].size() == 2);
  CHECK(page.all("circle").size() == 1);  // the one between two gaps
  size_t gaps = 0;
  for (const Element* rect : page.all("rect")) gaps += rect->has_class("gap");
  CHECK(gaps == 3);
  CHECK(has(page.by_id("f-words")->text,
            "Yours begins at 3 and ends at -infinity after 9 steps; its lowest is 1, its highest "
            "3; no line where it is NaN or infinite from step 2 to 3, NaN at step 5, infinite at "
            "step 8."));
  CHECK(has(page.all("table").at(0)->text, "-infinity"));
}

TEST_CASE("nothing finite is a sentence, no picture", "[coach][page]") {
  for (const auto& curves : std::vector<std::vector<Curve>>{
           {{"yours", {kNan, kNan}}}, {{"yours", {}}}, {}, {{"yours", {kInf}}, {"clean", {}}}}) {
    const StrictPage page = drawn(figure_of(curves));
    CHECK(page.all("svg").empty());
    CHECK(page.all("p").size() == 1);
    CHECK(has(page.all("p").at(0)->text, "No value of loss is finite, so there is no picture."));
  }
  // One curve without a value leaves the other.
  const StrictPage page = drawn(figure_of({{"yours", {kNan, kNan}}, {"clean", {2, 1}}}));
  CHECK(stretches(page, "c0").empty());
  CHECK(stretches(page, "c1").size() == 1);
  CHECK(has(page.by_id("f-words")->text,
            "Yours has no finite value; no line where it is NaN from step 0 to 1."));
}

TEST_CASE("a picture can be drawn of any numbers", "[coach][page]") {
  for (const auto& values : std::vector<std::vector<double>>{{5},
                                                             {0, 0, 0},
                                                             {-2, -2},
                                                             {1e-300, 1e300},
                                                             {-kMost, kMost},
                                                             {kMost, kMost},
                                                             {5e-324, 0},
                                                             {1, 1 + 1e-15},
                                                             {9, 3.5e5},
                                                             {1, 1e-7, kNan, 1e9}}) {
    const StrictPage page = drawn(figure_of({{"yours", values}}));
    for (const auto& line : stretches(page, "c0"))
      for (const auto& [x, y] : line) {
        CHECK(x >= 0);
        CHECK(x <= 520);
        CHECK(y >= 0);
        CHECK(y <= 300);
      }
  }
}

TEST_CASE("over many decades the scale is logarithmic, and says so", "[coach][page]") {
  const StrictPage page = drawn(figure_of({{"yours", {1, 10, 100, 1000, 1e4}}}));
  const auto lines = stretches(page, "c0");
  REQUIRE(lines.size() == 1);
  const double step = lines[0][0].second - lines[0][1].second;
  for (size_t i = 1; i + 1 < 5; ++i)
    CHECK(std::abs(lines[0][i].second - lines[0][i + 1].second - step) <= 0.2);  // written to a tenth
  std::vector<std::string> marks;
  for (const Element* text : page.all("text"))
    if (text->attribute("text-anchor") == "end") marks.push_back(text->text);
  CHECK(marks == std::vector<std::string>{"1", "10", "100", "1000", "10000"});
  CHECK(has(page.by_id("f-title")->text, "loss by step, a logarithmic scale"));
  CHECK_FALSE(has(drawn(figure_of({{"yours", {1, 500}}})).by_id("f-title")->text, "logarithmic"));
  CHECK_FALSE(has(drawn(figure_of({{"yours", {-1, 1e9}}})).by_id("f-title")->text, "logarithmic"));
}

TEST_CASE("ticks are round and neither few nor many", "[coach][page]") {
  CHECK(ticks(0, 10) == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(ticks(1.4, 6.3) == std::vector<double>{2, 3, 4, 5, 6});
  std::mt19937 random(3);
  std::uniform_real_distribution<double> any(-1, 1);
  for (int i = 0; i < 2000; ++i) {
    const double scale = std::pow(10, std::floor(any(random) * 12)), a = any(random) * scale,
                 b = any(random) * scale;
    const double low = std::min(a, b), high = std::max(a, b);
    if (high - low < 1e-6 * scale) continue;
    const auto all = ticks(low, high);
    INFO(low << " " << high);
    CHECK(all.size() >= 3);
    CHECK(all.size() <= 8);
    const double step = all[1] - all[0], slack = 1e-9 * (high - low);
    CHECK(all.front() >= low - slack);
    CHECK(all.back() <= high + slack);
    CHECK(all.front() - step < low + slack);  // none was left out
    CHECK(all.back() + step > high - slack);
    const double digit = step / std::pow(10, std::floor(std::log10(step) + 1e-6));
    CHECK((std::abs(digit - 1) < 1e-6 || std::abs(digit - 2) < 1e-6 || std::abs(digit - 5) < 1e-6));
  }
}
