// explain: symptoms as their users ask for them. The tiny tree gets a guide of its own, for the mutator knows
// none.
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const std::string kGuide = R"(# Trouble

## The loss climbs

Each step makes it worse.

### Other words

diverges; goes up

### Likely

- The step is too large.
- The step points the wrong way.

### Look at

- code: stats.cpp step
- metrics: loss
- check: values
- run: descent
- try: half the rate.

### Drills

T01 N01

### Not so

A smaller rate makes a wrong direction slower, not right.

## A number is a little off

By a fraction that shrinks with the data.

### Likely

- One too few is divided by.

### Look at

- code: stats.cpp mean
- check: values, edge
)";

// A user of the tiny tree with this guide.
struct Guided : Tiny {
  fs::path guide = catalog.parent_path() / "trouble.md";
  explicit Guided(const std::string& text = kGuide) {
    replace_in(catalog, "  categories:", "  guide: trouble.md\n  categories:");
    REQUIRE(write_unsynced(guide, text));
  }
};

void fails(const Finished& finished, int exit, const std::string& sentence) {
  INFO(finished.err);
  CHECK(finished.exit_code == exit);
  CHECK(finished.out.empty());
  CHECK(finished.err == "nanobug: " + sentence + "\n");
}

}  // namespace

TEST_CASE("explain lists symptoms, and shows the one that fits", "[explain]") {
  const Guided tiny;
  const Finished all = tiny.user.nanobug({"explain"});
  CHECK(all.exit_code == 0);
  CHECK(all.out == "The loss climbs\nA number is a little off\n");
  CHECK(has(all.err, "'nanobug explain WORDS' shows the one that fits"));
  const Finished one = tiny.user.nanobug({"explain", "it", "DIVERGES"});
  CHECK(one.exit_code == 0);
  CHECK(one.err.empty());
  CHECK(one.out ==
        "The loss climbs\n\n  Each step makes it worse.\n\nLikely\n  - The step is too large.\n"
        "  - The step points the wrong way.\n\nLook at\n  - stats.cpp: step\n  - in --metrics: loss\n"
        "  - 'nanobug check' may say: the numbers that come out\n  - nanobug run --run descent\n"
        "  - half the rate.\n\nNot so\n  A smaller rate makes a wrong direction slower, not right.\n\n"
        "Drills ('nanobug start CODE')\n  T01 N01\n");
  CHECK(tiny.user.nanobug({"explain", "it DIVERGES"}).out == one.out);
  const Finished misspelt = tiny.user.nanobug({"explain", "divreges"});
  CHECK(misspelt.out == one.out);
  CHECK(misspelt.err == "'divreges' is read as 'diverges'\n");
  const Finished quiet = tiny.user.nanobug({"explain", "divreges", "-q"});
  CHECK(quiet.out == one.out);
  CHECK(quiet.err.empty());
  CHECK(tiny.user.nanobug({"explain", "-q"}).err.empty());
}

TEST_CASE("several that fit alike are a choice of names, each with its meaning", "[explain]") {
  const Guided tiny(
      "# T\n\n## The loss is high\n\nOne.\n\n### Likely\n\n- a\n\n### Look at\n\n- try: b\n\n"
      "## The loss is low\n\nTwo.\n\n### Likely\n\n- c\n\n### Look at\n\n- try: d\n");
  const Finished both = tiny.user.nanobug({"explain", "loss"});
  INFO(both.out << both.err);
  CHECK(both.out == "The loss is high\n  One.\n\nThe loss is low\n  Two.\n");
  CHECK(has(both.err, "these come nearest"));
  CHECK(has(both.err, "'nanobug explain', with one of these names"));
  CHECK(tiny.user.ask({"explain", "loss"}).size() == 2);
  CHECK(has(tiny.user.nanobug({"explain", "the loss is low"}).out, "Likely\n  - c"));
}

TEST_CASE("explain as data", "[explain]") {
  const Guided tiny;
  const json all = tiny.user.ask({"explain"});
  REQUIRE(all.size() == 2);
  CHECK(all[1]["symptom"] == "A number is a little off");
  CHECK(all[1]["drills"].empty());
  const json one = tiny.user.ask({"explain", "diverges"});
  REQUIRE(one.size() == 1);
  CHECK(one[0] == all[0]);
  CHECK(one[0] == json{{"symptom", "The loss climbs"},
                       {"meaning", "Each step makes it worse."},
                       {"other_words", {"diverges", "goes up"}},
                       {"likely", {"The step is too large.", "The step points the wrong way."}},
                       {"code", {{{"file", "stats.cpp"}, {"functions", {"step"}}}}},
                       {"metrics", {"loss"}},
                       {"check", {"values"}},
                       {"runs", {"descent"}},
                       {"try", {"half the rate."}},
                       {"drills", {"T01", "N01"}},
                       {"not_so", "A smaller rate makes a wrong direction slower, not right."}});
}

TEST_CASE("a question that cannot be answered gets one sentence", "[explain]") {
  const Guided tiny;
  fails(tiny.user.nanobug({"explain", "xyz"}), 1, "no entry fits 'xyz'; 'nanobug explain' lists them");
  fails(tiny.user.nanobug({"explain", "xyz", "--json"}), 1,
        "no entry fits 'xyz'; 'nanobug explain' lists them");
  fails(tiny.user.nanobug({"explain", "T01"}), 1, "no entry fits 'T01'; 'nanobug explain' lists them");
  for (const char* empty : {"", " ", "\n"})
    fails(tiny.user.nanobug({"explain", empty}), 2,
          "the question is empty; 'nanobug explain' lists what can be asked");
  fails(tiny.user.nanobug({"explain", "q\n\033[1mq"}), 1,
        "no entry fits 'q  [1mq'; 'nanobug explain' lists them");
  fails(tiny.user.nanobug({"explain", std::string(10000, 'x')}), 1,
        "no entry fits '" + std::string(60, 'x') + "…'; 'nanobug explain' lists them");
  // Whatever bytes it has.
  const Finished bytes = tiny.user.nanobug({"explain", "\xff\xfe"});
  CHECK(bytes.exit_code == 1);
  CHECK(tiny.user.nanobug({"explain", std::string(10000, ' ') + "diverges"}).exit_code == 0);
}

TEST_CASE("a guide that is wrong or not there is the catalog's fault", "[explain]") {
  SECTION("it names what is not there") {
    std::string text = kGuide;
    text.replace(text.find("T01 N01"), 7, "T01 N07");
    text.replace(text.find("run: descent"), 12, "run: ascent!");
    const Guided tiny(text);
    const Finished finished = tiny.user.nanobug({"explain", "diverges"});
    CHECK(finished.exit_code == 3);
    CHECK(finished.out.empty());
    CHECK(finished.err == "nanobug: " + tiny.guide.string() + ":21:8: there is no run 'ascent!'\nnanobug: " +
                              tiny.guide.string() + ":26:5: there is no rule 'N07'; did you mean 'N01'?\n");
    CHECK(tiny.user.nanobug({"list"}).exit_code == 0);  // nobody else needs it
  }
  SECTION("it is not there") {
    const Guided tiny;
    fs::remove(tiny.guide);
    const Finished finished = tiny.user.nanobug({"explain"});
    CHECK(finished.exit_code == 3);
    CHECK(has(finished.err, "there is no 'trouble.md', which tree.guide names; write it, or remove 'guide'"));
  }
  SECTION("'rule check' looks for what it names in the tree") {
    const Guided tiny;
    CHECK(tiny.user.nanobug({"rule", "check", "-q"}).exit_code == 0);
    replace_in(tiny.guide, "stats.cpp mean", "stats.cpp median");
    const Finished finished = tiny.user.nanobug({"rule", "check", "-q"});
    CHECK(finished.exit_code == 3);
    CHECK(has(finished.err, "trouble.md:42:19: 'stats.cpp' has no function 'median'"));
    CHECK(tiny.user.nanobug({"rule", "check", "-q", "T01"}).exit_code == 0);
  }
}

TEST_CASE("explain does not know what is open", "[explain]") {
  const Guided tiny;
  const std::vector<std::vector<std::string>> questions = {{"explain"},
                                                           {"explain", "climbs"},
                                                           {"explain", "climbs", "--json"},
                                                           {"explain", "a", "number", "is", "off"}};
  std::vector<std::string> before;
  for (const auto& words : questions) before.push_back(tiny.user.nanobug(words).out);
  tiny.start({"T01"});
  for (size_t i = 0; i < questions.size(); ++i) {
    const Finished now = tiny.user.nanobug(questions[i]);
    CHECK(now.out == before[i]);
    CHECK_FALSE(has(now.out + now.err, "descent-goes-uphill"));
  }
  CHECK(tiny.user.ask({"status"})["revealed"] == false);
  CHECK(tiny.user.ask({"status"})["hints"] == 0);
}

TEST_CASE("explain keeps to a narrow terminal", "[explain]") {
  const Guided tiny;
  const Finished narrow = tiny.user.command(
      {"script", "-qec",
       "stty cols 20; '" NANOBUG_PROGRAM "' --catalog '" + tiny.catalog.string() + "' explain climbs",
       "/dev/null"});
  CHECK(narrow.exit_code == 0);
  CHECK(has(narrow.out, "The loss climbs"));
  CHECK(has(narrow.out, "  - The step points\r\n    the wrong way.\r\n"));
}

TEST_CASE("the project's own guide answers from anywhere", "[explain]") {
  const User user("");
  const std::string out = user.nanobug({"explain", "loss", "is", "nan"}).out;
  CHECK(out.starts_with("The loss is NaN\n"));
  for (const char* part : {"scaled_dot_product_attention", "grad_norm", "nanobug run --run", "N15"})
    CHECK(has(out, part));
  CHECK(has(user.nanobug({"completion", "bash"}).out, "explain"));
  CHECK(has(user.nanobug({"completion", "fish"}).out, "-a explain -d"));
}
