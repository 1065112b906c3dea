// interview: what a session is besides a bug and a fix: a hypothesis, notes, a decoy in a hunt, a debrief and
// its score, and the tree as it was.
#include <algorithm>
#include <chrono>
#include <thread>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

using Words = std::vector<std::string>;

using Interview = TinyWithDecoy;

Words kinds_of(const json& debrief) {
  Words kinds;
  for (const json& event : debrief["timeline"]) kinds.push_back(event["kind"]);
  return kinds;
}

}  // namespace

TEST_CASE("a hunt with a hypothesis, a note, a claim and a debrief", "[interview]") {
  const Interview tiny;
  const User& user = tiny.user;
  for (const Words& words :
       std::vector<Words>{{"note", "x"}, {"hypothesis", "training"}, {"reset"}, {"debrief"}})
    CHECK(has(tiny.refused(words, 4), "nanobug start"));
  const fs::path dir = tiny.start({"T01"});

  CHECK(has(tiny.refused({"hypothesis", "trainig", "x"}, 2),
            "there is no class 'trainig'; did you mean 'training'?"));
  CHECK(has(tiny.refused({"hypothesis", "data"}, 2), "it may be none, numerics or training"));
  CHECK(has(tiny.refused({"hypothesis", "training", "!"}, 2),
            "the hypothesis is not kept: say what you suspect"));
  CHECK(has(tiny.refused({"hypothesis"}, 2), "class"));
  CHECK(has(tiny.refused({"note"}, 2), "name a note: what you noticed"));
  CHECK(has(tiny.refused({"note", ""}, 2), "the note is not kept: say what you noticed"));
  CHECK(has(tiny.refused({"note", std::string(10240, 'x')}, 2), "10240 characters; say it in 1000"));
  CHECK(has(tiny.refused({"debrief"}, 4), "the debrief comes after the answer"));
  CHECK(has(tiny.refused({"answer", "12", "why"}, 4), "a line answers a review only"));

  CHECK(user.nanobug({"hypothesis", "training", "the loss", "climbs\x1b[2J"}).out == "Noted.\n");
  CHECK(user.ask({"note", "it grows by the same factor each step"})["words"] ==
        "it grows by the same factor each step");
  CHECK(user.nanobug({"answer", "none", "looks fine"}).out ==
        "No, something is wrong.\n'nanobug hint' gives the next hint.\n");
  CHECK(user.ask({"hint"})["number"] == 1);
  CHECK(user.ask({"locate", "stats.cpp:16", "the sign of the step is wrong"})["right"] == true);
  CHECK(has(tiny.refused({"locate", "stats.cpp:16", "?"}, 2), "the claim is not counted: say why"));
  replace_in(dir / "stats.cpp", "x += rate", "x -= rate");
  const Finished check = user.nanobug({"check"});
  CHECK(check.exit_code == 0);
  CHECK(has(check.out, "nanobug debrief  the questions one by one, and your score"));
  CHECK_FALSE(has(check.out, "The same: the step"));
  CHECK(has(user.nanobug({}).out, "nanobug debrief"));

  // The score, by hand: a hypothesis before the hint, one hint, one wrong claim, no grade, two of two terms,
  // written before the first claim, in time.
  json debrief = user.ask({"debrief"});
  CHECK(debrief["outcome"] == "solved");
  CHECK(debrief["score"]["points"] == 10 + 10 + 10 + 0 + 7 + 6 + 10);
  CHECK(score_line(debrief, "cause")["why"] == "what you wrote names sign; also worth naming: gradient");
  CHECK(kinds_of(debrief) == Words{"hypothesis", "note", "answer", "hint", "claim", "check"});
  CHECK(debrief["timeline"][0]["about"] == "training");
  CHECK(debrief["timeline"][0]["words"] == "the loss climbs [2J");
  CHECK(debrief["timeline"][2]["about"] == "none, wrong");
  CHECK(debrief["timeline"][4]["about"] == "stats.cpp:16, right");
  CHECK(debrief["questions"][0]["grade"].is_null());
  CHECK(debrief["rules"] == json{{{"code", "T01"},
                                  {"id", "descent-goes-uphill"},
                                  {"title", "An example does not converge"},
                                  {"class", "training"}}});
  for (const char* wrong : {"4", "x", "-1", "3,3", "", "3,"}) {
    const Finished refused = user.nanobug({"debrief", "--grades", wrong});
    INFO(wrong << refused.out << refused.err);
    CHECK(refused.exit_code == 2);
  }
  debrief = user.ask({"debrief", "--grades", "2"});
  CHECK(debrief["score"]["points"] == 53 + 20);
  CHECK(debrief["questions"][0]["grade"] == 2);

  const std::string words = user.nanobug({"debrief"}).out;
  for (const char* part :
       {", a hunt of T01 An example does not converge\nsolved: 0:", "1 hint, 1 wrong claim.",
        "hypothesis training: the loss climbs [2J", "Score: 73 of 100", "  process         30 of 40",
        "    hints         10 of 15   1 hint", "you gave yourself 2 of 3"})
    CHECK(has(words, part));
  CHECK(std::all_of(words.begin(), words.end(),
                    [](char c) { return c == '\n' || static_cast<unsigned char>(c) >= 0x20; }));

  // It is the last session's afterwards.
  std::this_thread::sleep_for(std::chrono::seconds(1));  // times are whole seconds
  CHECK(user.nanobug({"note", "the sign belongs to the rate"}).exit_code == 0);
  user.ask({"stop"});
  CHECK(user.ask({"debrief"})["score"]["points"] == 73);
  CHECK(has(tiny.refused({"debrief", "--grades", "3"}, 4), "before 'nanobug stop'"));
  CHECK(has(tiny.refused({"note", "late"}, 4), "no session is open"));

  // What was written is in the log, before the answer and after it.
  const std::string log = user.nanobug({"progress", "--markdown"}).out;
  for (const char* part : {"## T01, An example does not converge\n", "- Outcome: solved, 0:",
                           "- Symptoms observed: training: the loss climbs [2J; it grows by the same factor",
                           "- Key learning: the sign belongs to the rate\n"})
    CHECK(has(log, part));
  CHECK(has(tiny.refused({"progress", "--markdown", "--json"}, 2), "exclude each other"));
  const json next = user.ask({"next"});
  CHECK(next["category"] == "numerics");
  CHECK(next["classes"][0]["solved"] == 0);
  CHECK(next["command"] == "nanobug start --category numerics --difficulty 1");
  CHECK(has(user.nanobug({"next"}).out,
            "numerics, difficulty 1: not practised yet.\n  nanobug start --category numerics"));
}

TEST_CASE("the debrief asks at a terminal, the answer first and then how good it was", "[interview]") {
  const Interview tiny;
  const User& user = tiny.user;
  tiny.start({"T01"});
  user.ask({"reveal"});
  const Finished left = at_terminal(tiny, "debrief", "");  // Ctrl-D
  CHECK(left.exit_code == 0);
  CHECK(has(left.out, "1/1: What would a negative learning rate do?"));
  CHECK_FALSE(has(left.out, "The same: the step is their product."));
  CHECK(has(left.out, "none of 1 is graded yet"));
  CHECK(has(left.out, "nanobug debrief --grades 3"));
  const Finished asked = at_terminal(tiny, "debrief", "it is the same\n4\nx\n3\n");
  INFO(asked.out);
  CHECK(asked.exit_code == 0);
  const size_t question = asked.out.find("What would a negative"),
               answer = asked.out.find("The same: the step");
  CHECK(question < answer);
  CHECK(asked.out.find("Your answer: ") < answer);
  CHECK(answer != std::string::npos);
  CHECK(has(asked.out, "you gave yourself 3 of 3"));
  CHECK(has(asked.out, "question 1: it is the same"));
  CHECK_FALSE(has(at_terminal(tiny, "debrief", "").out, "Your answer"));  // it is graded
  CHECK_FALSE(has(at_terminal(tiny, "--no-input debrief", "").out, "Your answer"));
}

TEST_CASE("a hunt in which nothing is wrong: one answer is right, and a check tells it", "[interview]") {
  const Interview tiny;
  const User& user = tiny.user;
  const Finished begun = user.nanobug({"start", "--decoys", "1", "--seed", "3"});
  CHECK(begun.exit_code == 0);
  CHECK(has(begun.out,
            "  nanobug answer none \"why\"  if nothing is wrong; say so before you check\n"
            "  nanobug check              is it right now? judged by what it computes\n"));
  CHECK(
      has(user.nanobug({}).out, "nanobug answer none \"why\"  if nothing is wrong; say so before you check"));
  for (const char* secret : {"decoy", "N02", "one-times"}) CHECK_FALSE(has(begun.out + begun.err, secret));
  CHECK(has(user.nanobug({"status"}).out, "--seed 3 --decoys 1"));
  const fs::path dir = user.ask({"status"})["dir"].get<std::string>();
  CHECK(has(text_of(dir / "stats.cpp"), "sum += 1.0 * value;"));
  // Not even the changed line is a place, nor its file.
  CHECK(user.ask({"locate", "stats.cpp:9"}, 1)["right_file"] == false);
  CHECK(user.ask({"answer", "none", "a product with one is the number"})["outcome"] == "solved");
  CHECK(user.ask({"check"})["solved"] == true);
  json stop = user.ask({"stop"});
  CHECK(stop["outcome"] == "solved");
  CHECK(user.ask({"progress"})["rules_solved"] == 0);  // there is no bug less
  CHECK(has(user.nanobug({"reveal"}).out, "Nothing is wrong. What was changed computes the same"));

  user.ask({"start", "--decoys", "1", "--seed", "3"});
  const Finished check = user.nanobug({"check"});
  CHECK(check.exit_code == 0);
  CHECK(has(check.out, "Nothing is wrong, and nothing was."));
  CHECK(has(check.out, "  nanobug reveal   what was changed, and why it computes the same\n"));
  CHECK_FALSE(has(check.out, "Solved"));
  CHECK(user.ask({"status"})["state"] == "revealed");
  CHECK(user.ask({"answer", "none", "too late"})["outcome"] == "revealed");
  CHECK(user.ask({"debrief"})["score"]["lines"][1]["points"] == 0);
  CHECK(user.ask({"stop"})["outcome"] == "revealed");

  // Who names a bug, or asks for several, gets bugs.
  CHECK(has(tiny.refused({"start", "T01", "--decoys", "1"}, 2), "BUG and --decoys exclude each other"));
  CHECK(has(tiny.refused({"start", "--bugs", "2", "--decoys", "1"}, 2), "no decoy matches these options"));
  const Finished named = user.nanobug({"start", "T01", "--no-hints"});
  CHECK_FALSE(has(named.out, "answer none"));
  CHECK_FALSE(has(named.out, "nanobug hint"));
  CHECK(has(tiny.refused({"hint"}, 4), "begun with --no-hints"));
  CHECK_FALSE(has(user.nanobug({}).out, "nanobug hint"));
  CHECK(has(user.nanobug({"status"}).out, "none to be had"));
  user.ask({"reveal"});
  CHECK(user.ask({"hint"})["number"] == 1);  // then it is reading
}

TEST_CASE("a draw mixes decoys in, as often as was said", "[interview]") {
  const Interview tiny;
  const User& user = tiny.user;
  int decoys = 0;
  for (int seed = 0; seed < 24; ++seed) {
    user.ask({"start", "--seed", std::to_string(seed), "--decoys", "0.5"});
    decoys += user.ask({"reveal"})["decoy"].get<bool>();
    user.ask({"stop"});
  }
  CHECK(decoys >= 3);  // chance alone has fewer once in 5,000 times
  CHECK(decoys <= 21);
}

TEST_CASE("the tutorial goes on where the learner is", "[interview]") {
  const Interview tiny;
  const User& user = tiny.user;
  CHECK(has(tiny.refused({"tutorial"}, 3), "this catalog has no tutorial"));
  replace_in(tiny.catalog, "  categories:", "  tutorial: T01\n  categories:");
  json shown = user.ask({"tutorial"});
  const fs::path dir = shown["dir"].get<std::string>();
  const auto does = [&](const Words& words, int exit = 0) {
    CHECK(user.nanobug(words).exit_code == exit);
    shown = user.ask({"tutorial"});
    return shown["next"].get<int>();
  };
  CHECK(shown["next"] == 0);
  CHECK(has(user.nanobug({"tutorial"}).out, "  -> nanobug run\n"));
  CHECK(does({"hint"}) == 0);  // in any order
  CHECK(does({"run"}) == 1);
  CHECK(does({"note", "it climbs"}) == 2);
  CHECK(does({"hypothesis", "training"}) == 4);
  CHECK(does({"locate", "stats.cpp:16"}) == 5);
  CHECK(does({"check"}, 1) == 5);
  replace_in(dir / "stats.cpp", "x += rate", "x -= rate");
  CHECK(does({"check"}) == 6);
  CHECK(does({"debrief", "--grades", "3"}) == 7);
  const std::string words = user.nanobug({"tutorial"}).out;
  CHECK(has(words, "  ok nanobug run\n"));
  CHECK(has(words, "  -> nanobug stop\n"));
  user.ask({"stop"});
  // A session of another kind is none of the tutorial's.
  tiny.start({"N01"});
  CHECK(has(tiny.refused({"tutorial"}, 4), "a session is open in "));
  user.ask({"stop"});
  const Finished begun = user.nanobug({"tutorial"});
  CHECK(has(begun.out, "The loss of the example grows without bound."));
  CHECK(has(begun.out, "The tutorial: one small bug, step by step."));
}

TEST_CASE("the sources as they were at the start, and what was there is kept", "[interview]") {
  const Interview tiny;
  const User& user = tiny.user;
  const fs::path dir = tiny.start({"T01"});
  const std::string at_start = git_tree(user, dir);
  CHECK(has(user.nanobug({"reset"}).out, "Nothing to put back"));
  replace_in(dir / "stats.cpp", "x += rate", "x -= rate");
  REQUIRE(write_unsynced(dir / "mine.cpp", "int mine;\n"));
  CHECK(solved(user));
  const Finished reset = user.nanobug({"reset"});
  CHECK(reset.exit_code == 0);
  CHECK(has(reset.out, "2 files put back as at the start."));
  CHECK(git_tree(user, dir) == at_start);
  CHECK_FALSE(fs::exists(dir / "mine.cpp"));
  // The command that it names shows what was there.
  const std::string vault = (user.home / ".local/share/nanobug/vault.git").string(),
                    commit = reset.out.substr(reset.out.find(" show ") + 6, 12);
  CHECK(has(user.command({"git", "--git-dir", vault, "show", commit + ":stats.cpp"}).out, "x -= rate"));
  CHECK(has(user.command({"git", "--git-dir", vault, "show", commit + ":mine.cpp"}).out, "int mine;"));
  CHECK_FALSE(solved(user));  // it is built anew
  // Some of it, as the shell stands; what was deleted is named as one of the checkout's.
  const std::string stats = text_of(dir / "stats.cpp");
  fs::create_directories(dir / "sub");
  REQUIRE(write_unsynced(dir / "sub/mine.cpp", "int mine;\n"));
  fs::remove(dir / "stats.cpp");
  CHECK(
      has(user.nanobug({"reset", "other.cpp"}).err, "there is no 'other.cpp' among the checkout's sources"));
  CHECK(user.nanobug({"reset", "other.cpp"}).exit_code == 2);
  CHECK(user.nanobug({"reset", ""}).exit_code == 2);
  CHECK(has(user.nanobug({"reset", (dir / "stats.cpp").string()}).out, "1 file put back"));
  CHECK(text_of(dir / "stats.cpp") == stats);
  CHECK(fs::exists(dir / "sub/mine.cpp"));
  CHECK(user.ask({"reset", (dir / "sub").string() + '/'})["files"] == json{"sub/mine.cpp"});
  CHECK(has(user.nanobug({"reset", "stats.cpp"}).out, "Nothing to put back: that is as it was"));
  CHECK(user.ask({"status"})["solved"] == true);
  user.ask({"stop"});
  user.ask({"start", "T01", "--mode", "review"});
  CHECK(has(tiny.refused({"reset"}, 4), "a review has no checkout"));
}
