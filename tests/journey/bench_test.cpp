// bench: the maintainer's bench through the command, on the tiny tree.
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

TEST_CASE("rule explain --at says why a rule does not match a line", "[bench]") {
  const Tiny tiny;
  const auto explain = [&](const std::string& at) {
    return tiny.user.nanobug({"rule", "explain", "mean-divides-by-one-less", "--at", at});
  };
  const std::string nearest =
      "nearest  stats.cpp:16:3  binaryOperator  x -= rate * gradient\n"
      "passes   binaryOperator().bind(\"quotient\")\n"
      "refused  hasOperatorName(\"/\")\n"
      "because  its operator is '-='\n";
  // The file as the tree, as the catalog and as the disk name it, and by its name alone.
  for (const std::string& file : {std::string("stats.cpp"), std::string("tree/stats.cpp"),
                                  (tiny.tree / "stats.cpp").string(), std::string("./stats.cpp")})
    CHECK(explain(file + ":16").out == nearest);
  CHECK(explain("stats.cpp:10").out ==
        "matches  stats.cpp:10:10  binaryOperator  sum / static_cast<double>(values.size())\n");
  const json answer =
      tiny.user.ask({"rule", "explain", "mean-divides-by-one-less", "--at", "stats.cpp:16"})[0];
  CHECK(answer["matches"] == false);
  CHECK(answer["nearest"]["kind"] == "binaryOperator");
  CHECK(answer["nearest"]["line"] == 16);
  CHECK(answer["refused_by"] == "hasOperatorName(\"/\")");
  CHECK(answer["answer"] == "its operator is '-='");
  struct Wrong {
    std::string at, sentence;
  };
  for (const Wrong& wrong :
       {Wrong{"stats.cpp:1", "line 1 of 'stats.cpp' holds no code"},
        Wrong{"stats.cpp:2", "nothing that a matcher sees begins on line 2"},
        Wrong{"stats.cpp:999", "'stats.cpp' has 19 lines, so there is no line 999"},
        Wrong{"stats.cpp:0", "is not FILE:LINE"},
        Wrong{"stast.cpp:3", "the tree has no file 'stast.cpp'; did you mean 'stats.cpp'?"},
        Wrong{"descend.cpp:3", "looks in stats.cpp, not in descend.cpp"}}) {
    const Finished refused = explain(wrong.at);
    INFO(wrong.at << '\n' << refused.out << refused.err);
    CHECK(refused.exit_code == 2);
    CHECK(refused.out.empty());
    CHECK(refused.err.find(wrong.sentence) != std::string::npos);
    CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') ==
          1 + (refused.err.find("is built once") != std::string::npos));
  }
}
