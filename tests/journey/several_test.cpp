// several: two bugs at once on the tiny tree, from the draw to the ledger.
#include <algorithm>
#include <set>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const std::string kMeanBug = "(static_cast<double>(values.size()) - 1)",
                  kMean = "static_cast<double>(values.size())", kStepBug = "x += rate * gradient;",
                  kStep = "x -= rate * gradient;";

int left(const User& user, int exit) {
  return user.ask({"check"}, exit)["left"].get<int>();
}

}  // namespace

TEST_CASE("two bugs at once: told one by one, counted, hinted, found, fixed", "[several]") {
  const Tiny tiny;
  const User& user = tiny.user;
  const json begun = user.ask({"start", "--bugs", "2", "--seed", "3"});
  const fs::path dir = begun["dir"].get<std::string>(), file = dir / "stats.cpp";
  REQUIRE(begun["bugs"].size() == 2);
  CHECK_FALSE(begun.contains("brief"));
  CHECK(begun["minutes"] == 10);
  CHECK(leaks(user, dir, text_of(tiny.tree / "stats.cpp"), text_of(file)) == std::vector<std::string>{});
  CHECK(has(user.nanobug({"status"}).out, "--seed 3 --bugs 2"));

  CHECK(left(user, 1) == 2);
  CHECK(has(user.nanobug({"check"}).out, "Not yet. 2 of 2 bugs are left."));
  CHECK(has(user.nanobug({"status"}).out, "2 of 2 left at the last check"));

  CHECK(user.ask({"locate", "stats.cpp:1"}, 1)["right"] == false);
  const auto line_of = [&](const std::string& part) {
    const std::string text = text_of(file);
    return "stats.cpp:" +
           std::to_string(1 +
                          std::count(text.begin(), text.begin() + static_cast<long>(text.find(part)), '\n'));
  };
  CHECK(has(user.nanobug({"locate", line_of(kStepBug)}).out, "the place of one of them"));
  json status = user.ask({"status"});
  CHECK(status["places_found"] == 1);
  CHECK(status["located"] == false);
  CHECK(status["wrong_claims"] == 1);
  CHECK(user.ask({"locate", line_of(kMeanBug)})["right"] == true);
  CHECK(user.ask({"status"})["located"] == true);

  // A ladder each; without a number it is that of the first that is left.
  const bool mean_first = has(begun["bugs"][0]["brief"], "mean");
  const std::string first = mean_first ? "It is a division." : "It is a sign.",
                    second = mean_first ? "It is a sign." : "It is a division.";
  json hint = user.ask({"hint"});
  CHECK(hint["hint"] == first);
  CHECK(hint["bug"] == 1);
  CHECK(user.ask({"hint", "--bug", "2"})["hint"] == second);
  CHECK(user.ask({"hint"})["number"] == 2);
  CHECK(user.ask({"status"})["hints"] == 3);
  CHECK(has(user.nanobug({"hint", "--bug", "3"}).err, "there is no bug 3; there are 2"));

  if (mean_first)
    replace_in(file, kMeanBug, kMean);
  else
    replace_in(file, kStepBug, kStep);
  CHECK(left(user, 1) == 1);
  CHECK(user.ask({"hint"})["bug"] == 2);
  // What was fixed and is broken again is left again.
  const std::string good = text_of(file);
  if (mean_first)
    replace_in(file, "/ " + kMean, "/ " + kMeanBug);
  else
    replace_in(file, kStep, kStepBug);
  CHECK(left(user, 1) == 2);
  REQUIRE(write_unsynced(file, good));

  if (mean_first)
    replace_in(file, kStepBug, kStep);
  else
    replace_in(file, kMeanBug, kMean);
  const Finished solved = user.nanobug({"check"});
  CHECK(solved.exit_code == 0);
  for (const char* told : {"Solved: ", "N01, mean-divides-by-one-less:", "T01, descent-goes-uphill:",
                           "What would a negative learning rate do?", "When is n - 1 right?"})
    CHECK(has(solved.out, told));
  CHECK(user.ask({"stop"})["outcome"] == "solved");
  CHECK(text_of(file) == text_of(tiny.tree / "stats.cpp"));
  const json progress = user.ask({"progress"});
  CHECK(progress["rules_solved"] == 2);
  CHECK(progress["all"]["sessions"] == 1);
  const json answers = user.ask({"reveal"});
  REQUIRE(answers["bugs"].size() == 2);
  CHECK(has(answers["diff"], "-  x -= rate * gradient;"));
  CHECK(has(answers["diff"], "+  return sum / (static_cast"));
  for (const json& one : answers["bugs"]) CHECK(one["places"].size() == 1);
}

TEST_CASE("the same seed puts the same bugs in the same order", "[several]") {
  const Tiny tiny;
  std::set<std::string> orders;
  for (const char* seed : {"1", "2", "3", "4", "5", "6"}) {
    const json once = tiny.user.ask({"start", "--bugs", "2", "--seed", seed});
    const std::string text = text_of(fs::path(once["dir"].get<std::string>()) / "stats.cpp");
    tiny.user.nanobug({"stop"});
    const json again = tiny.user.ask({"start", "--bugs", "2", "--seed", seed});
    CHECK(again["bugs"] == once["bugs"]);
    CHECK(text_of(fs::path(again["dir"].get<std::string>()) / "stats.cpp") == text);
    tiny.user.nanobug({"stop"});
    orders.insert(once["bugs"].dump());
  }
  CHECK(orders.size() == 2);
}

TEST_CASE("of a session that was stopped, or given up after a check, the bugs that it found fixed count",
          "[several]") {
  const Tiny tiny;
  const bool given_up = GENERATE(false, true);
  const fs::path file = tiny.start({"--bugs", "2", "--seed", "1"}) / "stats.cpp";
  replace_in(file, kStepBug, kStep);
  CHECK(left(tiny.user, 1) == 1);
  if (given_up) tiny.user.nanobug({"reveal"});
  const std::string words = tiny.user.nanobug({"stop"}).out;
  CHECK(has(words, given_up ? "is over: revealed, 1 of 2 fixed, " : "is over: stopped, 1 of 2 fixed, "));
  const json debrief = tiny.user.ask({"debrief"});
  for (const json& line : debrief["score"]["lines"])
    if (line["name"] == "claims") {
      CHECK(line["points"] == 7);  // half of 15
      CHECK(line["why"] == "no wrong one; 1 of 2 fixed");
    }
  CHECK(has(tiny.user.nanobug({"debrief"}).out, ", 1 of 2 fixed: "));
  CHECK(tiny.user.ask({"progress"})["rules_solved"] == 1);
}

TEST_CASE("of a session that was given up the bugs that were fixed afterwards do not count", "[several]") {
  const Tiny tiny;
  const fs::path file = tiny.start({"--bugs", "2", "--seed", "1"}) / "stats.cpp";
  replace_in(file, kStepBug, kStep);
  const std::string all = tiny.user.nanobug({"reveal"}).out;
  for (const char* id : {"mean-divides-by-one-less", "descent-goes-uphill"}) CHECK(has(all, id));
  CHECK(left(tiny.user, 1) == 1);
  CHECK(has(tiny.user.nanobug({"stop"}).out, "is over: revealed, 0 of 2 fixed, "));
  CHECK(tiny.user.ask({"progress"})["rules_solved"] == 0);
  CHECK(tiny.user.ask({"list"})[1]["solved"] == false);
}

TEST_CASE("none of them shows any more, and the tree is still not right", "[several]") {
  const Tiny tiny;
  const fs::path file = tiny.start({"--bugs", "2", "--seed", "1"}) / "stats.cpp";
  replace_in(file, kStepBug, kStep);
  replace_in(file, kMeanBug, kMean);
  replace_in(file, "if (values.empty()) return 0;", "if (values.empty()) return 1;");
  const Finished checked = tiny.user.nanobug({"check"});
  CHECK(checked.exit_code == 1);
  CHECK(has(checked.out, "None of the 2 bugs shows any more"));
  CHECK(left(tiny.user, 1) == 0);
  REQUIRE(write_unsynced(file, "#error\n"));
  CHECK(tiny.user.ask({"check"}, 1)["left"].is_null());  // what does not build tells nothing
}

TEST_CASE("a draw of several that cannot be is refused in a sentence", "[several]") {
  const Tiny tiny;
  const auto refusal = [&](std::vector<std::string> words, int exit) {
    words.insert(words.begin(), "start");
    const Finished finished = tiny.user.nanobug(words);
    CHECK(finished.exit_code == exit);
    return finished.err;
  };
  CHECK(has(refusal({"--bugs", "3"}, 2), "these options allow 2 bugs, so there are no 3 at once"));
  CHECK(has(refusal({"T01", "--bugs", "2"}, 2), "BUG and --bugs exclude each other"));
  CHECK(has(refusal({"--level", "2"}, 2), "the catalog has no level 2"));
  tiny.start({"T01"});
  CHECK(has(tiny.user.nanobug({"hint", "--bug", "1"}).err, "this session has one bug"));
  CHECK_FALSE(tiny.user.ask({"check"}, 1).contains("left"));
  tiny.user.nanobug({"stop"});
}
