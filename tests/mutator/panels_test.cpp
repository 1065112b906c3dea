// coach, panels: curves, heat maps and pictures, read off the text and the picture themselves.
#include "mutator/coach/panels.h"

#include <cmath>
#include <limits>
#include <set>

#include "mutator/base/files.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;
using grade::Series;
using Strings = std::vector<std::string>;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(),
                 kInf = std::numeric_limits<double>::infinity();

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

// Parts a, b, c and d at the steps 0 and 10; those of `values` in that order.
Series of_parts(const std::vector<std::vector<double>>& values) {
  Series series;
  for (int step : {0, 1})
    for (size_t part = 0; part < values.size(); ++part)
      if (static_cast<size_t>(step) < values[part].size())
        series.numbers.push_back({10 * step, std::string(1, static_cast<char>('a' + part)),
                                  values[part][static_cast<size_t>(step)]});
  return series;
}

std::string svg_of(const std::vector<Panel>& panels) {
  const fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-panels");
  const Status drawn = panels_svg(panels, directory / "p.svg");
  INFO((drawn ? "" : drawn.error().message));
  REQUIRE(drawn);
  const std::string text = *read_file(directory / "p.svg");
  (void)remove_tree(directory);
  return text;
}

// The colour of each rectangle that is filled from the palette, in the order of drawing.
Strings fills(const std::string& svg) {
  Strings all;
  for (size_t at = 0; (at = svg.find("<polygon fill = 'rgb(", at)) != std::string::npos; ++at)
    all.push_back(svg.substr(at + 17, svg.find(')', at) - at - 16));
  return all;
}

}  // namespace

TEST_CASE("a heat map has a part a row and a step a column, in shades of one scale", "[coach][panels]") {
  // From 1 to 9 in shades of 1: '.' is 1, '@' is 9, and each whole number has its own.
  const Panel panel{"norm/*", of_parts({{1, 2}, {3, 4}, {5, 6}, {7, kNan}}),
                    of_parts({{9, 8}, {kInf, 1}, {1, 1}, {2, 2}})};
  const auto text = panel_text(panel, 80);
  REQUIRE(text);
  CHECK(*text ==
        "norm by part, steps 0 to 10: '.' is 1, '@' is 9, '?' is not finite\n"
        "      yours       clean\n"
        "  a  |....::::|  |@@@@%%%%|\n"
        "  b  |----====|  |????....|\n"
        "  c  |++++****|  |........|\n"
        "  d  |####????|  |::::::::|\n");
  // What does not fit side by side is one below the other, and no line is too wide.
  Series many;
  for (int step = 0; step < 30; ++step)
    for (const char* part : {"a", "b", "c", "d"}) many.numbers.push_back({step, part, 1.0 + step});
  const auto narrow = panel_text({"norm/*", many, many}, 40);
  REQUIRE(narrow);
  CHECK(has(*narrow, "      yours\n"));
  CHECK(has(*narrow, "      clean\n"));
  CHECK(count(*narrow, "\n  a  |") == 2);
  for (const std::string_view line : lines_of(*narrow)) CHECK(line.size() <= 41);
}

TEST_CASE("numbers far apart have a logarithmic scale, where 0 has a sign of its own", "[coach][panels]") {
  // The shade of 10^-n of nine is 1 + 8 (6 - n) / 6, rounded up: the ninth, the eighth; the seventh, the
  // fifth; the first.
  const Panel panel{"norm/*", of_parts({{1, 0.1}, {1e-2, 1e-3}, {1e-6, 1e-9}, {0, 0}}),
                    of_parts({{1}, {1}, {1}, {1}})};
  const auto text = panel_text(panel, 80);
  REQUIRE(text);
  CHECK(*text ==
        "norm by part, steps 0 to 10: '.' is 1e-06, '@' is 1 (logarithmic), '0' is 0, '?'\n"
        "is not finite\n"
        "      yours       clean\n"
        "  a  |@@@@%%%%|  |@@@@    |\n"
        "  b  |####++++|  |@@@@    |\n"
        "  c  |........|  |@@@@    |\n"
        "  d  |00000000|  |@@@@    |\n");
}

TEST_CASE("a part that comes later stands where the run names it", "[coach][panels]") {
  Series series;
  for (const char* part : {"a", "c", "e"}) series.numbers.push_back({0, part, 1});
  for (const char* part : {"a", "b", "c", "d", "e"}) series.numbers.push_back({10, part, 2});
  const auto text = panel_text({"norm/*", {}, series}, 80);
  REQUIRE(text);
  std::string order;
  for (const std::string_view line : lines_of(*text))
    if (line.starts_with("  ") && line[2] != ' ') order += line[2];
  CHECK(order == "abcde");
  CHECK(has(*text, "  b  |        |  |    @@@@|\n"));
}

TEST_CASE("a table is a picture from 0 to its largest cell, cut where it does not fit", "[coach][panels]") {
  const Panel panel{
      "map/*", {.tables = {{20, "a", {{1, 0}, {0.5, 0.5}}}}}, {.tables = {{20, "a", {{kNan, 0}, {0, 0.2}}}}}};
  const auto text = panel_text(panel, 80);
  REQUIRE(text);
  CHECK(*text ==
        "map/a, step 20: ' ' is 0, '@' is 1\n"
        "        yours    clean\n"
        "    0  |@    |  |?    |\n"
        "    1  |++   |  | :   |\n");
  const Panel wide{"map", {.tables = {{0, "", {std::vector<double>(90, 1.0)}}}}, {}};
  const auto cut = panel_text(wide, 60);
  REQUIRE(cut);
  CHECK(has(*cut, "; cut at the right"));
  for (const std::string_view line : lines_of(*cut)) CHECK(line.size() <= 61);
}

TEST_CASE("up to three parts are curves at their steps; what has none is said", "[coach][panels]") {
  const Panel panel{"lr/*", of_parts({{1, 2}, {kNan, kNan}}), of_parts({{2, 1}, {3, 3}})};
  const auto text = panel_text(panel, 70);
  REQUIRE(text);
  INFO(*text);
  CHECK(has(*text, "lr/a: o yours, . clean"));
  CHECK(has(*text, "lr/b: . clean"));
  CHECK(has(*text, "Yours has no finite lr/b, so it has no curve.\n"));
  // Step 10 and not 1 is the last, and points on the frame are seen.
  CHECK(has(*text, " 10\n"));
  CHECK(count(text->substr(0, text->find("lr/b")), "o") >= 4);  // two points, the mark and the name above
  const auto none = panel_text({"loss", {}, {}}, 70);
  REQUIRE(none);
  CHECK(none->empty());
}

TEST_CASE("all panels are one picture; equal numbers have equal colours on both sides", "[coach][panels]") {
  const Panel heat{"norm/*", of_parts({{1, 2}, {3, 4}, {5, 6}, {7, kNan}}),
                   of_parts({{1, 2}, {3, 4}, {5, 6}, {7, 1}})};
  const Panel curve{"loss \"x\"\nsystem 'false'",
                    {.numbers = {{0, "", 1}, {1, "", 2}}},
                    {.numbers = {{0, "", 2}, {1, "", 1}}}};
  const std::string svg = svg_of({heat, curve});
  CHECK(has(svg, ">norm: yours<"));
  CHECK(has(svg, ">norm: clean<"));
  CHECK(has(svg, "loss \"x\" system 'false'"));
  // 4 parts x 2 steps, of which one has no number; then eight. Seven different ones.
  const Strings colours = fills(svg);
  REQUIRE(colours.size() >= 15);
  const Strings own(colours.begin(), colours.begin() + 7);
  CHECK(std::set<std::string>(own.begin(), own.end()).size() == 7);
  CHECK(svg.find("height=\"544\"") != std::string::npos);  // 120 + 4 * 16 and 360
  const fs::path nowhere = fs::temp_directory_path() / "nanobug-none.svg";
  const Status none = panels_svg({{"loss", of_parts({{kNan}}), {}}}, nowhere);
  REQUIRE_FALSE(none);
  CHECK(none.error().message == "there is nothing to plot: no value is finite");
  CHECK_FALSE(fs::exists(nowhere));
}

TEST_CASE("a name means a series, or all its parts", "[coach][panels]") {
  const Strings known = {"loss", "grad_norm", "grad_norm/h0.a", "grad_norm/h1.a", "zeros/h0", "lr"};
  CHECK(series_meant("loss", known) == "loss");
  CHECK(series_meant("grad_norm", known) == "grad_norm");
  CHECK(series_meant("grad_norm/", known) == "grad_norm/*");
  CHECK(series_meant("grad_norm/*", known) == "grad_norm/*");
  CHECK(series_meant("grad_norm/h1*", known) == "grad_norm/h1*");
  CHECK(series_meant("grad_norm/h1.a", known) == "grad_norm/h1.a");
  CHECK(series_meant("zeros", known) == "zeros/*");
  for (const char* name : {"", "*", "/", "zero", "loss/", "grad_norm/h2", "zeros/h0/", "lr*x"})
    CHECK(series_meant(name, known).empty());
  CHECK(series_listed(known) == Strings{"loss", "grad_norm", "grad_norm/", "zeros", "lr"});
}
