// production: a symptom, a log, and everything else at its price.
#include <algorithm>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

using Words = std::vector<std::string>;

int paid(const User& user) {
  return user.ask({"status"})["paid_s"].get<int>() / 60;
}

}  // namespace

TEST_CASE("an interview in production, from the symptom to the fix", "[production]") {
  const TinyWithDecoy tiny;
  const User& user = tiny.user;
  CHECK(has(tiny.refused({"ask", "loss"}, 4), "nanobug start"));
  CHECK(has(tiny.refused({"open"}, 4), "nanobug start"));
  CHECK(has(tiny.refused({"start", "--mode", "production", "--dir", "x"}, 2), "'nanobug open' takes it"));
  CHECK(has(tiny.refused({"start", "--mode", "production", "--bugs", "2"}, 2), "has one bug"));

  const json begun = user.ask({"start", "--mode", "production", "T01", "--seed", "5"});
  CHECK(begun["mode"] == "production");
  CHECK(begun["dir"].is_null());
  CHECK(begun["minutes"] == 15);
  // The log is the mutant's own: x moves away from 3 by a fifth more each step.
  REQUIRE(begun["log"].size() == 1);
  const json& losses = begun["log"][0]["numbers"][""];
  REQUIRE(losses.size() == 30);
  double x = 0;
  for (const json& loss : losses) {
    CHECK(loss.get<double>() == (x - 3) * (x - 3));
    x += 0.1 * 2 * (x - 3);
  }
  CHECK_FALSE(fs::exists(user.home / "nanobug"));

  // Without a checkout there is nothing to run, claim or judge.
  for (const Words& words : std::vector<Words>{{"run"}, {"check"}, {"locate", "stats.cpp:3"}, {"reset"}})
    CHECK(has(tiny.refused(words, 4),
              "the checkout is not open yet; 'nanobug open' lays it out, for 5 minutes"));
  CHECK(has(tiny.refused({"answer", "3", "why"}, 4), "a line answers a review only"));
  CHECK(has(tiny.refused({"start"}, 4), "a session in production is open"));

  const std::string status = user.nanobug({"status"}).out;
  CHECK(has(status, "  " + begun["brief"].get<std::string>()));
  CHECK(has(user.nanobug({}).out, "nanobug status            the symptom again, and the clock"));
  CHECK(has(tiny.refused({"answer", "3", "why"}, 4), "comes with the checkout, 'nanobug open'"));

  Finished clean = user.nanobug({"ask", "the loss curve of the clean run"});
  CHECK(clean.exit_code == 1);
  CHECK(has(clean.out, "The clean tree's comes with clean, for 3 minutes"));
  CHECK(has(clean.out, "Nothing was charged."));
  const std::string menu = user.nanobug({"ask"}).out;
  for (const char* part : {"loss         free", "tests   4 minutes  what the unit tests find wrong",
                           "code    5 minutes  the checkout"})
    CHECK(has(menu, part));
  CHECK_FALSE(has(menu, "output"));  // the run prints nothing
  CHECK(paid(user) == 0);

  Finished asked = user.nanobug({"ask", "the weather in Paris"});
  CHECK(asked.exit_code == 1);
  CHECK(has(asked.out, "I do not have that. I have:"));
  CHECK(has(tiny.refused({"ask", std::string(10240, 'x')}, 2), "10240 characters; say it in 1000"));
  asked = user.nanobug({"ask", "show", "me", "the", "source", "code"});
  CHECK(asked.exit_code == 1);
  CHECK(has(asked.out, "That is the checkout, for 5 minutes: nanobug open"));
  CHECK(paid(user) == 0);

  CHECK(user.ask({"ask", "the loss curve"})["minutes"] == 0);
  const json tests = user.ask({"ask", "what do the unit tests say?"});
  CHECK(tests["minutes"] == 4);
  CHECK(tests["words"] == json{{{"step", 0}, {"part", ""}, {"text", "the numbers that come out"}}});
  CHECK(user.ask({"ask", "tests"})["minutes"] == 0);  // it was paid
  CHECK(paid(user) == 4);
  asked = user.nanobug({"ask", "a", "baseline"});
  CHECK(has(asked.out, "From now on each answer has the clean tree's beside it."));
  CHECK(has(asked.out, "3 minutes on your clock, 7 for all that you asked."));
  CHECK(user.ask({"ask", "loss"})["clean"]["numbers"][""][1] == 5.76);  // (2.4 - 0) squared: 3 * 0.8

  CHECK(user.nanobug({"hypothesis", "training", "the sign of the step"}).exit_code == 0);
  const json opened = user.ask({"open"});
  const fs::path dir = opened["dir"].get<std::string>();
  CHECK(opened["paid_s"] == 12 * 60);
  CHECK(dir == user.home / "nanobug/practice");
  CHECK(has(tiny.refused({"open"}, 4), "the checkout is open already"));
  CHECK(has(user.nanobug({"ask", "code"}).out, "The checkout is open: ~/nanobug/practice"));
  CHECK(leaks(user, dir, text_of(tiny.tree / "stats.cpp"), text_of(dir / "stats.cpp")).empty());
  CHECK(has(user.nanobug({}).out, "nanobug check"));
  CHECK(has(user.nanobug({}).out, "nanobug locate FILE:LINE"));
  CHECK(has(tiny.refused({"answer", "3", "why"}, 4), "'nanobug locate FILE:LINE' takes your claim"));

  CHECK(user.ask({"locate", "stats.cpp:16", "it goes along the gradient"})["right"] == true);
  replace_in(dir / "stats.cpp", "x += rate", "x -= rate");
  CHECK(solved(user));
  const json debrief = user.ask({"debrief"});
  CHECK(debrief["mode"] == "production");
  CHECK(debrief["cheapest"] == json{{"evidence", {"tests"}}, {"minutes", 4}});
  CHECK(debrief["asked"] == json{{{"evidence", "tests"}, {"minutes", 4}, {"tells", true}},
                                 {{"evidence", "clean"}, {"minutes", 3}, {"tells", false}},
                                 {{"evidence", "code"}, {"minutes", 5}, {"tells", false}}});
  // All that is counted of it told, and the first that did is the cheapest.
  CHECK(score_line(debrief, "evidence")["points"] == 10);
  CHECK(score_line(debrief, "evidence")["why"] ==
        "6 of 6: 4 of 4 minutes for what tells; 4 of 4: the first that told was as cheap as any");
  CHECK(score_line(debrief, "hypothesis")["points"] == 10);
  CHECK(score_line(debrief, "cause")["points"] == 14);
  CHECK(score_line(debrief, "minutes")["points"] == 10);  // twelve minutes of fifteen were paid
  const std::string told = user.nanobug({"debrief"}).out;
  CHECK(has(told, "What tells in the log, free: loss\n"));
  CHECK(has(told, "What tells, and costs least (4 minutes): tests"));
  CHECK(has(told, "open       the checkout, 5 minutes"));
  CHECK_FALSE(has(user.nanobug({"debrief", "-q"}).out, "nanobug stop"));
  const std::string stopped = user.nanobug({"stop", "-q"}).out;
  CHECK(has(stopped, "is over: solved"));
  CHECK_FALSE(has(stopped, "nanobug start"));
  CHECK(fs::exists(dir / "stats.cpp"));
}

TEST_CASE("in production nothing may be wrong, and it ends without a checkout", "[production]") {
  const TinyWithDecoy tiny;
  const User& user = tiny.user;
  const json begun = user.ask({"start", "--mode", "production", "--decoys", "1"});
  CHECK(begun["brief"] == "The mean looks wrong.");
  CHECK(user.ask({"ask", "tests"})["words"].is_null());
  CHECK(has(user.nanobug({"ask", "tests"}).out, "nothing"));
  CHECK(user.nanobug({"hypothesis", "none", "one product all the same"}).exit_code == 0);
  CHECK(user.nanobug({"answer", "none", "it is one product"}).exit_code == 0);
  const json debrief = user.ask({"debrief"});
  CHECK(score_line(debrief, "evidence")["points"] == 8);
  CHECK(score_line(debrief, "evidence")["why"] == "4 of 20 minutes for what shows that nothing is wrong");
  const Finished stopped = user.nanobug({"stop"});
  CHECK(has(stopped.out, "nanobug start --mode production  begins the next"));
  CHECK(has(user.nanobug({"progress", "--markdown"}).out,
            "- Symptoms observed: nothing wrong: one product all the same\n"));
  CHECK_FALSE(fs::exists(user.home / "nanobug"));
  // The same draw again.
  CHECK(user.ask({"start", "--mode", "production", "--decoys", "1", "--seed", begun["seed"].dump()})["log"] ==
        begun["log"]);
}

TEST_CASE("evidence may be asked for in a hunt, and nowhere else", "[production]") {
  const TinyWithDecoy tiny;
  const User& user = tiny.user;
  tiny.start({"T01"});
  // What a run and a check of the checkout show is not sold, nor the checkout itself.
  CHECK(user.ask({"ask", "loss"})["clean"]["numbers"][""][1] == 5.76);
  CHECK_FALSE(user.ask({"status"}).contains("asked"));
  const std::string menu = user.nanobug({"ask"}).out;
  CHECK(has(menu, "What there is to ask for; it is free, as the checkout is open:"));
  for (const char* sold : {"code", "clean", "minute", "tests"}) CHECK_FALSE(has(menu, sold));
  CHECK(has(menu, "nanobug run --plot SERIES"));
  // What the tests find would say whether anything is wrong; a check that says so counts.
  const Finished tests = user.nanobug({"ask", "unit tests"});
  CHECK(tests.exit_code == 1);
  CHECK(has(tests.out, "the tests are asked by a check"));
  CHECK(has(tests.out, "nanobug check"));
  CHECK(has(tiny.refused({"open"}, 4), "the checkout is open"));
  CHECK(user.nanobug({"stop"}).exit_code == 0);
  CHECK(user.nanobug({"start", "--mode", "review", "T01"}).exit_code == 0);
  CHECK(has(tiny.refused({"ask", "loss"}, 4), "a review has no run to ask about"));
  CHECK(has(tiny.refused({"open"}, 4), "a review has no checkout to open"));
  CHECK(user.nanobug({"stop"}).exit_code == 0);
  CHECK(user.nanobug({"start", "--bugs", "2"}).exit_code == 0);
  CHECK(has(tiny.refused({"ask", "loss"}, 4), "nobody has recorded these bugs together"));
}

TEST_CASE("a tree without evidence has no production mode", "[production]") {
  const Tiny tiny;
  std::string catalog = text_of(tiny.catalog);
  const size_t from = catalog.find("  evidence:\n"), to = catalog.find("  categories:");
  catalog.erase(from, to - from);
  REQUIRE(write_unsynced(tiny.catalog, catalog));
  CHECK(has(tiny.refused({"start", "--mode", "production"}, 3), "has no evidence to ask for"));
  tiny.start({"T01"});
  CHECK(has(tiny.refused({"ask"}, 4), "'nanobug run' shows what it does"));
}

TEST_CASE("certify says what tells of each bug", "[production]") {
  const TinyWithDecoy tiny;
  const json all = tiny.user.ask({"certify", "--evidence"});
  REQUIRE(all.size() == 3);
  for (const json& one : all) CHECK(one["tells"].empty() == one["decoy"].get<bool>());
  CHECK(all[1]["tells"] == json{"loss", "tests"});
  CHECK(all[1]["cheapest"] == json{"tests"});
  const Finished table = tiny.user.nanobug({"certify", "--evidence"});
  CHECK(has(table.out, "tests (4 minutes)"));
}
