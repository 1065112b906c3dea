// journey: `run --plot` in the tiny tree, whose program is made to tell of itself: what is drawn, what the
// program is given for it, and what is said of a name that means nothing.
#include <cmath>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

// descend METRICS STEPS [--tell FILE]: every ten steps the distance to the minimum, its halves by four parts,
// a table and a word.
struct Telling : Tiny {
  Telling() {
    replace_in(
        tree / "descend.cpp", "if (argc != 3) return 2;",
        "if (argc != 3 && argc != 5) return 2;\n  std::FILE* told = argc == 5 ? std::fopen(argv[4], \"w\") : "
        "nullptr;\n  if (argc == 5 && !told) return 1;");
    replace_in(
        tree / "descend.cpp", "    tiny::step(",
        "    if (told && i % 10 == 0)\n      std::fprintf(told,\n                   \"{\\\"step\\\": %d, "
        "\\\"away\\\": %.17g, \\\"half/a\\\": %.17g, \\\"half/b\\\": 1, \"\n                   "
        "\"\\\"half/c\\\": "
        "2, \\\"half/d\\\": 3, \\\"map\\\": [[1, 0], [0, %d]], \"\n                   \"\\\"loss/x\\\": 5, "
        "\\\"said\\\": \\\"x\\\"}\\n\",\n                   i, x - 3, (x - 3) / 2, i);\n    tiny::step(");
    replace_in(tree / "descend.cpp", "  std::fclose(metrics);",
               "  std::fclose(metrics);\n  if (told) std::fclose(told);");
    replace_in(
        catalog, "  evidence:\n",
        "  diagnostics: {options: [--tell, \"{diagnostics}\"], programs: [descend], reseed: [more]}\n  "
        "evidence:\n");
  }
};

}  // namespace

TEST_CASE("run --plot draws series of records and of diagnostics, and switches these on itself", "[plot]") {
  const Telling tiny;
  const fs::path dir = tiny.start({"descent-goes-uphill"});
  const json drawn = tiny.user.ask({"run", "--plot", "half,away,map,loss"});
  CHECK(drawn["command"] == "build/descend /dev/stdout 30 --tell runs/descent/diagnostics.jsonl");
  REQUIRE(drawn["plots"].size() == 4);
  CHECK(drawn["plots"][0]["series"] == "half/*");
  CHECK(drawn["plots"][3]["series"] == "loss");
  // x - 3 from -3, by a fifth of itself less or more each step.
  for (const auto& [whose, factor] : {std::pair("clean", 0.8), std::pair("yours", 1.2)}) {
    const json& away = drawn["plots"][1][whose]["numbers"][""];
    const json& half = drawn["plots"][0][whose]["numbers"]["a"];
    REQUIRE(away.size() == 3);
    REQUIRE(half.size() == 3);
    for (size_t i = 0; i < 3; ++i) {
      const double expected = -3 * std::pow(factor, 10.0 * static_cast<double>(i));
      CHECK(away[i][0] == 10 * i);
      CHECK(std::abs(away[i][1].get<double>() - expected) < 1e-9 * std::abs(expected));
      CHECK(half[i][1].get<double>() == away[i][1].get<double>() / 2);
    }
    CHECK(drawn["plots"][2][whose]["tables"][""] == json({{"step", 20}, {"rows", {{1, 0}, {0, 20}}}}));
    CHECK(drawn["plots"][3][whose]["numbers"][""].size() == 30);
    CHECK(drawn[whose]["loss"].size() == 30);  // as ever
  }
  CHECK(has(text_of(drawn["svg"].get<std::string>()), "half: yours"));

  const Finished shown = tiny.user.nanobug({"run", "--plot", "half,map", "--plot", "away"});
  INFO(shown.err);
  CHECK(shown.exit_code == 0);
  CHECK(has(shown.out, "half by part, steps 0 to 20:"));
  CHECK(has(shown.out, "map, step 20: ' ' is 0, '@' is 20\n"));
  CHECK(has(shown.out, "away: o yours, . clean"));
  CHECK(has(shown.err, "$ build/descend /dev/stdout 30 --tell runs/descent/diagnostics.jsonl\n"));
  CHECK_FALSE(has(shown.err, "recording"));  // once was enough
  // What was shown can be typed again, and what it leaves is nobody's work.
  CHECK(tiny.user
            .command({"sh", "-c", "build/descend /dev/stdout 30 --tell runs/descent/diagnostics.jsonl"}, dir)
            .exit_code == 0);
  CHECK(tiny.user.command({"git", "status", "--porcelain"}, dir).out.empty());

  // Records alone need nothing more: the program is run as it always is.
  const json plain = tiny.user.ask({"run", "--plot", "loss"});
  CHECK(plain["command"] == "build/descend /dev/stdout 30");
  CHECK(plain["plots"][0]["yours"] == drawn["plots"][3]["yours"]);
  CHECK(tiny.user.ask({"run", "--plot", "loss/"})["plots"][0]["yours"]["numbers"]["x"].size() == 3);
  CHECK_FALSE(tiny.user.ask({"run"}).contains("plots"));
  CHECK(has(tiny.user.nanobug({"run", "--plot", "half/b,loss,half/c"}).out,
            "Equal to the clean tree's to the last digit: half/b, half/c."));
}

TEST_CASE("a name that means no series is one sentence with those there are, and builds nothing", "[plot]") {
  const Telling tiny;
  const fs::path dir = tiny.start({"descent-goes-uphill"});
  replace_in(dir / "stats.cpp", "#include \"stats.h\"", "#include \"stats.h\"\nthis does not compile");
  CHECK(tiny.refused({"run", "-q", "--plot", "loss,hafl"}, 2) ==
        "nanobug: the run 'descent' has no series 'hafl' (did you mean 'half'?); it has loss, away, half, "
        "map, loss/\n");
  CHECK(has(tiny.refused({"run", "-q", "--plot", "said"}, 2),
            "'said' of the run 'descent' is text, and text has no plot"));
  CHECK(has(tiny.refused({"run", "-q", "--plot", "half/e"}, 2), "no series 'half/e'"));
  CHECK(has(tiny.refused({"run", "-q", "--plot", "loss,"}, 2), "no series ''"));
  CHECK(has(tiny.user.nanobug({"run", "--plot", "loss"}).out, "The checkout does not build:"));
}

TEST_CASE("a program that cannot tell has its records, and one without records has none to plot", "[plot]") {
  const Tiny tiny;
  add_run_of_words(tiny);
  tiny.start({"descent-goes-uphill"});
  CHECK(tiny.refused({"run", "-q", "--plot", "lost"}, 2) ==
        "nanobug: the run 'descent' has no series 'lost' (did you mean 'loss'?); it has loss\n");
  CHECK(tiny.refused({"run", "-q", "--run", "words", "--plot", "loss"}, 2) ==
        "nanobug: the run 'words' has no series to plot; without --plot it shows what it prints\n");
}
