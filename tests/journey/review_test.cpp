// review: lines to be read on the tiny tree, from the draw to the ledger, for a bug and for a decoy.
#include <algorithm>
#include <set>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

using Words = std::vector<std::string>;

// A decoy that changes nothing.
constexpr char kUnchanged[] = R"(
  - code: N03
    id: nothing-at-all
    title: A mean
    category: numerics
    decoy: true
    brief: The mean looks wrong.
    hints: ["one", "two"]
    cause: It is right.
    questions:
      - question: Why?
        answer: Because.
)";

// The tiny tree with decoys, and a file that is longer than what is shown of it.
struct Reviewed : TinyWithDecoy {
  Reviewed() {
    REQUIRE(write_unsynced(catalog, *read_file(catalog) + kUnchanged));
    std::string notes;
    for (int i = 0; i < 40; ++i) notes += "// A line of prose, number " + std::to_string(i) + ".\n";
    replace_in(tree / "stats.cpp", "namespace tiny {", notes + "namespace tiny {");
    replace_in(tree / "stats.cpp", "}  // namespace tiny", "}  // namespace tiny\n\n" + notes);
  }

  json begin(Words more) const {
    more.insert(more.begin(), {"start", "--mode", "review"});
    return user.ask(more);
  }
};

int line_of(const json& shown, const std::string& part) {
  const auto& lines = shown["lines"];
  for (size_t i = 0; i < lines.size(); ++i)
    if (has(lines[i], part)) return shown["first"].get<int>() + static_cast<int>(i);
  FAIL("'" << part << "' is not shown");
  return 0;
}

std::string text_of(const json& shown) {
  std::string text;
  for (const json& line : shown["lines"]) text += line.get<std::string>() + '\n';
  return text;
}

}  // namespace

TEST_CASE("a review of a bug: read, answered wrong, answered right", "[review]") {
  const Reviewed tiny;
  const User& user = tiny.user;
  const json shown = tiny.begin({"T01", "--seed", "4"});
  CHECK(shown["mode"] == "review");
  CHECK(shown["file"] == "stats.cpp");
  CHECK(shown["minutes"] == 5);
  CHECK(shown["lines"].size() >= 20);
  CHECK(shown["lines"].size() <= 30);
  CHECK(shown["last"].get<size_t>() == shown["first"].get<size_t>() + shown["lines"].size() - 1);
  CHECK_FALSE(fs::exists(user.home / "nanobug"));
  // The mutated file and nothing else, line by line.
  std::string mutated = ::nanobug::journey::text_of(tiny.tree / "stats.cpp");
  mutated.replace(mutated.find("x -= rate"), 9, "x += rate");
  CHECK(has(mutated, text_of(shown)));
  const int right = line_of(shown, "x += rate * gradient;");
  const std::string line = std::to_string(right);

  // What nobody may tell before the end stands nowhere.
  for (const Words& words : std::vector<Words>{{"status"}, {"status", "--json"}, {}, {"hint"}, {"list"}}) {
    const Finished finished = user.nanobug(words);
    CHECK(finished.exit_code == 0);
    for (const char* secret : {"uphill", "against it", "T01,", "x -= rate"})
      CHECK_FALSE(has(finished.out + finished.err, secret));
  }
  const json status = user.ask({"status"});
  CHECK(status["mode"] == "review");
  CHECK(status["dir"].is_null());
  CHECK(status["lines"] == shown["lines"]);
  CHECK(status["first"] == shown["first"]);
  CHECK(has(user.nanobug({"status"}).out, "  " + line + "    x += rate * gradient;\n"));
  CHECK(has(user.nanobug({"status"}).out, "--seed 4"));
  CHECK(has(user.nanobug({}).out, "nanobug answer LINE"));

  for (const Words& words : std::vector<Words>{{"run"}, {"check"}, {"locate", "stats.cpp:" + line}})
    CHECK(has(tiny.refused(words, 4), "this is a review, without a checkout; type nanobug answer LINE"));
  CHECK(has(tiny.refused({"start"}, 4), "a review is open"));

  // No answers, so not counted.
  CHECK(has(tiny.refused({"answer"}, 2), "name a line"));
  CHECK(has(tiny.refused({"answer", line}, 2), "say why"));
  CHECK(has(tiny.refused({"answer", line, " "}, 2), "say why"));
  CHECK(has(tiny.refused({"answer", "step", "why"}, 2), "the number of a line"));
  CHECK(has(tiny.refused({"answer", "1000", "why"}, 2), "the lines shown are "));
  CHECK(has(tiny.refused({"answer", line, std::string(10240, 'x')}, 2), "10240 characters"));
  CHECK(user.ask({"status"})["wrong_claims"] == 0);

  // Wrong ones are claims, and tell nothing of the cause.
  const Finished wrong = user.nanobug({"answer", std::to_string(right - 1), "the gradient"});
  CHECK(wrong.exit_code == 1);
  CHECK(wrong.out ==
        "No, it is not line " + std::to_string(right - 1) + ".\n'nanobug hint' gives the next hint.\n");
  const json none = user.ask({"answer", "none", "it is fine"}, 1);
  CHECK(none["right"] == false);
  CHECK(none["line"].is_null());
  CHECK_FALSE(none.contains("cause"));
  CHECK_FALSE(none.contains("terms_named"));
  CHECK(user.ask({"status"})["wrong_claims"] == 2);

  const Finished answered = user.nanobug({"answer", line, "the sign is wrong:", "it climbs", "-q"});
  CHECK(answered.exit_code == 0);
  CHECK(answered.err.empty());
  for (const char* part :
       {"Right: that is the line.\n", "1 hint, 2 wrong claims.\n",
        "Of the key terms your reason has: sign; not: gradient.\n",
        "What it shows in a run: the loss starts at 9", "along the gradient instead of against it",
        "What would a negative learning rate do?"})
    CHECK(has(answered.out, part));
  CHECK_FALSE(has(answered.out, "nanobug debrief"));                       // -q gives no advice
  CHECK_FALSE(has(answered.out, "The same: the step is their product."));  // the learner answers first
  CHECK(has(tiny.refused({"answer", line, "again"}, 4), "this session was solved at 0:"));
  CHECK(user.ask({"status"})["state"] == "solved");

  const json stopped = user.ask({"stop"});
  CHECK(stopped["outcome"] == "solved");
  CHECK(stopped["mode"] == "review");
  CHECK(stopped["wrong_claims"] == 2);
  CHECK(stopped["note"] == "");
  CHECK(has(user.ask({"reveal"})["diff"], "+  x += rate * gradient;"));
  const json progress = user.ask({"progress"});
  CHECK(progress["reviews"] == json{{"sessions", 1}, {"solved", 1}, {"reasons", 1}});
  CHECK(progress["all"]["wrong_claims"] == 2);
  CHECK(progress["solved_rules"] == json{{"T01", 1}});
  CHECK(has(user.nanobug({"progress"}).out,
            "1 review: 1 answered right, 1 of them with a key term in the reason.\n1 of 2 bugs solved."));
  CHECK_FALSE(fs::exists(user.home / "nanobug"));
  // The same words draw the same lines.
  json again = tiny.begin({"T01", "--seed", "4"});
  CHECK(again["lines"] == shown["lines"]);
  CHECK(again["first"] == shown["first"]);
}

TEST_CASE("a review of a decoy: nothing is wrong, and that is the answer", "[review]") {
  const Reviewed tiny;
  const User& user = tiny.user;
  const json shown = tiny.begin({"--decoys", "1", "--seed", "9"});
  const int there = line_of(shown, "sum += 1.0 * value;");
  CHECK(has(user.nanobug({"status"}).out, "--seed 9 --mode review --decoys 1"));
  const Finished wrong = user.nanobug({"answer", std::to_string(there), "a product with one"});
  CHECK(wrong.exit_code == 1);
  CHECK(wrong.out ==
        "No, it is not line " + std::to_string(there) + ".\n'nanobug hint' gives the next hint.\n");
  const json right = user.ask({"answer", "none", "it multiplies, that is all"});
  CHECK(right["right"] == true);
  CHECK(right["decoy"] == true);
  CHECK(right["outcome"] == "solved");
  CHECK(right["terms_named"].empty());
  CHECK(right["cause"].get<std::string>().starts_with("Nothing is wrong."));
  CHECK(right["questions"][0]["answer"].get<std::string>().starts_with("Of a float too."));
  CHECK(has(user.nanobug({"stop"}).out, "is over: solved, "));
  const std::string revealed = user.nanobug({"reveal"}).out;
  CHECK(has(revealed, "N02, one-times-each"));
  CHECK(has(revealed, "Nothing is wrong. What was changed computes the same"));
  const json progress = user.ask({"progress"});
  CHECK(progress["rules"] == 2);
  CHECK(progress["rules_solved"] == 0);
  CHECK(progress["reviews"] == json{{"sessions", 1}, {"solved", 1}, {"reasons", 0}});
}

TEST_CASE("a review that was revealed stays revealed, and a hunt takes no answer", "[review]") {
  const Reviewed tiny;
  const User& user = tiny.user;
  const json shown = tiny.begin({"T01"});
  CHECK(user.ask({"reveal"})["decoy"] == false);
  const Finished right =
      user.nanobug({"answer", std::to_string(line_of(shown, "x += rate")), "I have read", "it"});
  CHECK(right.exit_code == 0);
  CHECK(has(right.out, "The answer was revealed before, so the session counts as revealed."));
  CHECK(has(right.out, "Your reason has none of the key terms: sign, gradient."));
  CHECK(user.ask({"stop"})["outcome"] == "revealed");
  CHECK(user.ask({"progress"})["reviews"]["solved"] == 0);
  CHECK(has(tiny.refused({"answer", "12", "why"}, 4), "no session is open; 'nanobug start' begins one"));
  tiny.start({"T01"});
  CHECK(has(tiny.refused({"answer", "12", "why"}, 4),
            "here the only answer is none, 'nanobug locate FILE:LINE' takes your claim"));
  CHECK(user.ask({"status"})["mode"] == "hunt");
  CHECK(user.ask({"status"})["wrong_claims"] == 0);
}

TEST_CASE("what a review cannot have is refused in a sentence", "[review]") {
  const Reviewed tiny;
  const auto refusal = [&](Words words) {
    words.insert(words.begin(), "start");
    return tiny.refused(words, 2);
  };
  CHECK(has(refusal({"--mode", "reveiw"}), "--mode takes"));
  CHECK(has(refusal({"--mode", "review", "--bugs", "2"}), "a review has one bug or none; leave --bugs out"));
  CHECK(has(refusal({"--mode", "review", "--dir", "x"}), "a review has no checkout; leave --dir out"));
  CHECK(has(refusal({"--mode", "review", "--strict"}), "a review has no checkout; leave --strict out"));
  CHECK(has(refusal({"T01", "--decoys", "0.5"}), "BUG and --decoys exclude each other"));
  CHECK(has(refusal({"--mode", "review", "--decoys", "2"}), "--decoys takes a number from 0 to 1, not '2'"));
  CHECK(has(refusal({"--mode", "review", "--decoys", "nan"}), "--decoys takes a number from 0 to 1"));
  CHECK(has(refusal({"T01", "--mode", "review", "--decoys", "0.5"}), "BUG and --decoys exclude each other"));
  CHECK(has(refusal({"--mode", "review", "--category", "training", "--decoys", "0.5"}),
            "no decoy matches these options"));
  CHECK(has(refusal({"N03", "--mode", "review"}), "there is no bug 'N03'"));
  CHECK(tiny.user.ask({"status"})["open"] == false);
}
