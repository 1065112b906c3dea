// told: what a run writes of itself, read from records and lines made by hand.
#include "mutator/grade/told.h"

#include <cmath>
#include <limits>

#include "tests/probes/catch.h"

using namespace nanobug;
using grade::Series;
using grade::Told;
using Strings = std::vector<std::string>;

namespace {

const double kInf = std::numeric_limits<double>::infinity();

workshop::RunReport report_of(std::vector<workshop::Record> records) {
  return {.records = std::move(records), .program = "train", .finished = {}};
}

const std::string kLines =
    "{\"step\":0,\"norm/a\":1.5,\"loss\":9,\"norm/b\":\"nan\",\"seen\":\"a "
    "cat\",\"map/a\":[[1,0],[0.5,\"inf\"]]}\n"
    "no JSON\n"
    "[1]\n"
    "{\"norm/a\":7}\n"
    "{\"step\":\"ten\",\"norm/a\":7}\n"
    "{\"step\":10,\"norm/a\":\"-inf\",\"norm/c\":2,\"odd\":{\"x\":1},\"map/a\":[[3]],\"alone\":4}\n";

}  // namespace

TEST_CASE("numbers come with their steps and parts, tables as the last one is", "[grade][told]") {
  const Told told(report_of({}), kLines);
  const Series norm = told.series("norm/*");
  REQUIRE(norm.numbers.size() == 4);
  CHECK(norm.numbers[0] == Series::Number{0, "a", 1.5});
  CHECK((norm.numbers[1].part == "b" && std::isnan(norm.numbers[1].value)));
  CHECK(norm.numbers[2] == Series::Number{10, "a", -kInf});
  CHECK(norm.numbers[3] == Series::Number{10, "c", 2});
  CHECK(told.series("norm/a").numbers == std::vector<Series::Number>{{0, "", 1.5}, {10, "", -kInf}});
  CHECK(told.series("map/*").tables == std::vector<grade::Piece::Table>{{10, "a", {{3}}}});
  CHECK(told.series("seen").empty());
  CHECK(told.series("norm").empty());
  CHECK(told.series("odd").empty());
}

TEST_CASE("records come first, and without a step stand behind the one before", "[grade][told]") {
  const Told told(report_of({{{"step", 0}, {"loss", 4}}, {{"step", 1}, {"loss", 3}}, {{"score", 0.5}}}),
                  kLines);
  CHECK(told.series("loss").numbers == std::vector<Series::Number>{{0, "", 4}, {1, "", 3}});
  CHECK(told.series("score").numbers == std::vector<Series::Number>{{2, "", 0.5}});
  CHECK(told.names().numbers == Strings{"loss", "score", "norm/a", "norm/b", "map/a", "norm/c", "alone"});
  CHECK(told.names().words == Strings{"seen"});
}

TEST_CASE("a program is made to tell as the head says, where it can", "[grade][told]") {
  catalog::Tree tree;
  tree.diagnostics = {
      .args = {"--tell", "to={diagnostics}"}, .programs = {"bin/a"}, .reseed = {"--seed", "2"}};
  catalog::Program program;
  program.program = "bin/a", program.args = {"--steps", "5"};
  CHECK(grade::can_tell(tree, program));
  CHECK(grade::telling(tree, program, "{scratch}/x").args ==
        Strings{"--steps", "5", "--tell", "to={scratch}/x"});
  program.program = "bin/b";
  CHECK_FALSE(grade::can_tell(tree, program));
  CHECK(grade::telling(tree, program, "{scratch}/x").args == Strings{"--steps", "5"});
}
