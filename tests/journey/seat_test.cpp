// seat: what a learner reads, verb by verb, and that what is counted is what happened. On the tiny tree.
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <set>

#include "tests/journey/journey.h"
#include "tests/journey/terminal.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

constexpr char kBug[] = "return sum / (static_cast<double>(values.size()) - 1);";
constexpr char kFix[] = "return sum / static_cast<double>(values.size());";

}  // namespace

TEST_CASE("a session has one outcome: the first solved check", "[seat]") {
  const Tiny tiny;
  const fs::path dir = tiny.start({"mean-divides-by-one-less"});
  CHECK(tiny.user.ask({"hint"})["counted"] == true);
  CHECK(tiny.user.nanobug({"hypothesis", "numerics"}).out == "Noted. After a hint it counts half.\n");
  CHECK(tiny.user.nanobug({"hypothesis", "training"}).out == "Noted. It is your first one that counts.\n");
  // A rung of its own: the right file, the wrong line. The name of a file is enough where it is the only one.
  json claim = tiny.user.ask({"locate", "stats.cpp:9"}, 1);
  CHECK(claim["right"] == false);
  CHECK(claim["right_file"] == true);
  CHECK(has(tiny.user.nanobug({"locate", "stats.cpp:11"}).out, "The file is right, the line is not."));
  CHECK(tiny.user.nanobug({"locate", "descend.cpp:9"}).out ==
        "No, it is not there.\n'nanobug hint' gives the next hint.\n");
  CHECK(tiny.user.nanobug({"locate", "stat.cpp:10"}).exit_code == 2);
  for (const char* place : {"/etc/passwd:1", "..:1", ".:1"}) {  // a slip, which counts for nothing
    const Finished slip = tiny.user.nanobug({"locate", place});
    CHECK(slip.exit_code == 2);
    CHECK(has(slip.err, "the claim is not counted"));
  }
  CHECK(tiny.user.ask({"locate", "stats.cpp:10"})["right"] == true);
  json check = tiny.user.ask({"check"}, 1);
  CHECK(check["probes_agreed_last"] == nullptr);
  CHECK(check["programs_agree"] == check["programs"]);
  const int agreed = check["probes_agree"];
  CHECK(agreed < check["probes"].get<int>());
  const std::string said = tiny.user.nanobug({"check"}).out;
  CHECK(has(said, "Not yet."));
  CHECK(has(said, "(" + std::to_string(agreed) + " last time)"));
  CHECK(has(said, "  - the numbers that come out\n"));
  CHECK(has(said, "what still differs does not show in these short runs, but may in a longer one."));

  // What does not build has been asked nothing.
  replace_in(dir / "stats.cpp", kBug, std::string(kBug) + ",,");
  CHECK(has(tiny.user.nanobug({"check"}).out, "Not yet: the checkout does not build."));
  replace_in(dir / "stats.cpp", std::string(kBug) + ",,", kFix);
  const Finished solved = tiny.user.nanobug({"check"});
  CHECK(solved.exit_code == 0);
  CHECK(has(solved.out, ", 1 hint, 3 wrong claims."));
  CHECK(has(solved.out, "The sum is divided by one less"));
  const json at_once = tiny.user.ask({"status"});
  CHECK(at_once["state"] == "solved");
  CHECK(at_once["checks"] == 3);
  CHECK(tiny.user.nanobug({"hypothesis", "training"}).out ==
        "Noted. The answer is known, so it does not count.\n");

  // From here on nothing counts.
  CHECK(tiny.user.ask({"hint"})["number"] == 2);
  CHECK(tiny.user.ask({"locate", "stats.cpp:1"}, 1)["counted"] == false);
  replace_in(dir / "stats.cpp", kFix, "return sum;");
  const Finished experiment = tiny.user.nanobug({"check"});
  CHECK(experiment.exit_code == 1);
  CHECK(experiment.out.starts_with("Solved at "));
  CHECK(has(experiment.out, "; as it stands now it differs."));
  check = tiny.user.ask({"check"}, 1);
  CHECK(check["solved"] == false);
  CHECK(check["outcome"] == "solved");
  tiny.user.ask({"reveal"});
  const json status = tiny.user.ask({"status"});
  CHECK(status["hints"] == 1);
  CHECK(status["late_hints"] == 1);
  CHECK(status["wrong_claims"] == 3);
  CHECK(status["checks"] == 3);
  CHECK(status["elapsed_s"] == at_once["elapsed_s"]);
  CHECK(status["elapsed_s"] == check["solved_in_s"]);
  CHECK(status["revealed"] == false);
  const json stop = tiny.user.ask({"stop"});
  CHECK(stop["outcome"] == "solved");
  CHECK(stop["hints"] == 1);
  CHECK(stop["learner_seconds"] == check["solved_in_s"]);
  const json all = tiny.user.ask({"progress"})["all"];
  CHECK(all["solved"] == 1);
  CHECK(all["hints"] == 1);
  CHECK(all["wrong_claims"] == 3);
  CHECK(all["seconds"] == check["solved_in_s"]);
}

TEST_CASE("revealed stays revealed, and the bug stays in the draw", "[seat]") {
  const Tiny tiny;
  const fs::path dir = tiny.start({"mean-divides-by-one-less"});
  CHECK(tiny.user.ask({"reveal"})["id"] == "mean-divides-by-one-less");
  replace_in(dir / "stats.cpp", kBug, kFix);
  const Finished check = tiny.user.nanobug({"check"});
  CHECK(check.exit_code == 0);
  CHECK(has(check.out, "It is right now."));
  CHECK(has(check.out, "so the session counts as revealed"));
  CHECK(tiny.user.ask({"stop"})["outcome"] == "revealed");
  for (const json& rule : tiny.user.ask({"list"})) CHECK(rule["solved"] == false);
  // After the end the answer of the last session can be read.
  const json answer = tiny.user.ask({"reveal"});
  CHECK(answer["id"] == "mean-divides-by-one-less");
  CHECK(has(answer["diff"], std::string("+  ") + kBug));
  CHECK(tiny.user.ask({"progress"})["all"]["sessions"] == 1);
}

TEST_CASE("a seed draws the same bug whatever is solved; without one the unsolved come first", "[seat]") {
  const Tiny tiny;
  std::set<std::string> solved;
  std::map<std::string, std::string> drawn;
  for (int round = 0; round < 2; ++round) {
    const Finished start = tiny.user.nanobug({"start"});
    CHECK(start.exit_code == 0);
    CHECK_FALSE(has(start.err, "You have solved every bug"));
    const json status = tiny.user.ask({"status"});
    const std::string seed = std::to_string(status["seed"].get<std::uint64_t>());
    CHECK(has(start.out, "seed " + seed + "\n"));
    const fs::path file = fs::path(status["dir"].get<std::string>()) / "stats.cpp";
    REQUIRE(write_unsynced(file, text_of(tiny.tree / "stats.cpp")));
    CHECK(tiny.user.ask({"check"})["solved"] == true);
    tiny.user.ask({"stop"});
    drawn[seed] = tiny.user.ask({"reveal"})["id"];
    solved.insert(drawn[seed]);
  }
  CHECK(solved.size() == 2);
  CHECK(has(tiny.user.nanobug({"progress"}).out, "You have solved all 2 bugs.\n"));
  for (const auto& [seed, id] : drawn) {
    const Finished again = tiny.user.nanobug({"start", "--seed", seed});
    CHECK(has(again.err, "You have solved every bug that these options allow"));
    CHECK(tiny.user.ask({"reveal"})["id"] == id);
    tiny.user.ask({"stop"});
  }
}

TEST_CASE("a run shows the learner's prints, their warnings and what was run", "[seat]") {
  const Tiny tiny;
  const fs::path dir = tiny.start({"descent-goes-uphill"});
  const json first = tiny.user.ask({"run"});
  // (x - 3)^2 from x = 0, a tenth of the gradient a step; the bug goes up.
  for (const auto& [whose, sign] : {std::pair("clean", -1.0), std::pair("yours", 1.0)}) {
    const json& loss = first[whose]["loss"];
    REQUIRE(loss.size() == 30);
    double x = 0;
    for (const json& value : loss) {
      CHECK(std::abs(value.get<double>() - (x - 3) * (x - 3)) <= 1e-12 * (x - 3) * (x - 3));
      x += sign * 0.1 * 2 * (x - 3);
    }
  }
  CHECK(has(text_of(first["svg"].get<std::string>()), "<svg"));

  replace_in(dir / "stats.cpp", "#include \"stats.h\"\n", "#include \"stats.h\"\n#include <cstdio>\n");
  replace_in(dir / "stats.cpp", "  const double gradient",
             "  int unused_of_mine;\n  std::printf(\"x is %g\\n\", x);\n  std::fputs(\"said on stderr\\n\", "
             "stderr);\n  const double gradient");
  const Finished run = tiny.user.nanobug({"run"});
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK(has(run.err, "warning: unused variable 'unused_of_mine'"));
  CHECK(has(run.err, "$ build/descend /dev/stdout 30\n"));
  CHECK(has(run.err, "x is 0\n"));
  CHECK(has(run.err, "said on stderr\n"));
  CHECK(has(run.err, "step    0  loss 9   (clean loss 9)\n"));
  CHECK(has(run.err, "Plot saved to ~/.local/state/nanobug/plots/"));
  CHECK_FALSE(has(run.err, "baseline"));  // recorded before, and not announced again
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') > 15);
  // The command that was shown does what it did.
  CHECK(has(tiny.user.command({"sh", "-c", "build/descend /dev/stdout 30"}, dir).out, "{\"step\": 29, "));
  // Not a byte of it with -q, and the metrics are still the program's own.
  CHECK(tiny.user.nanobug({"run", "-q"}).err.empty());
  CHECK(tiny.user.ask({"run"})["yours"]["loss"].size() == 30);
  replace_in(dir / "stats.cpp", "int unused_of_mine;", "int unused_of_mine");
  CHECK(has(tiny.user.ask({"run"}, 1)["message"], "error:"));
}

TEST_CASE("every verb answers with -q, with --json and with neither", "[seat]") {
  const Tiny tiny;
  const auto how = GENERATE(as<std::string>(), "", "-q", "--json");
  struct Call {
    std::vector<std::string> words;
    int exit = 0;
    bool json = true;
  };
  const std::vector<Call> calls = {{{"list"}},
                                   {{"status"}},
                                   {{"progress"}},
                                   {{"start", "mean-divides-by-one-less"}},
                                   {{"status"}},
                                   {{"run"}},
                                   {{"hint"}},
                                   {{"locate", "stats.cpp:1"}, 1},
                                   {{"check"}, 1},
                                   {{"check", "--all"}, 1},
                                   {{"reveal"}},
                                   {{"stop"}},
                                   {{"reveal"}},
                                   {{"progress"}},
                                   {{"patch", "list"}},
                                   {{"patch", "show", "descent-goes-uphill"}},
                                   {{"patch", "export"}},
                                   {{"patch", "export", "--check"}},
                                   {{"patch", "apply", "descent-goes-uphill"}, 0, false},
                                   {{"patch", "restore"}, 0, false},
                                   {{"rule", "check"}},
                                   {{"rule", "explain", "descent-goes-uphill"}},
                                   {{"rule", "explain", "descent-goes-uphill", "--at", "stats.cpp:9"}},
                                   {{"certify"}},
                                   {{"cache"}},
                                   {{"cache", "prune"}},
                                   {{"completion", "bash"}, 0, false}};
  for (const Call& call : calls) {
    std::vector<std::string> words = call.words;
    if (!how.empty()) words.push_back(how);
    const Finished finished = tiny.user.nanobug(words);
    INFO("nanobug " << call.words[0] << ' ' << how << '\n' << finished.err << finished.out);
    CHECK(finished.exit_code == call.exit);
    if (how == "-q") CHECK(finished.err.empty());
    if (how == "--json" && call.json) CHECK_FALSE(json::parse(finished.out, nullptr, false).is_discarded());
    if (how.empty() && call.json) CHECK_FALSE((finished.out + finished.err).empty());
    CHECK_FALSE(has(finished.out + finished.err, "1 minutes"));
  }
  // On a machine that lacks something the answer is no, so only that there is one.
  CHECK(tiny.user.nanobug({"doctor", "-q"}).err.empty());
}

TEST_CASE("the ladder has an end", "[seat]") {
  const Tiny tiny;
  tiny.start({"descent-goes-uphill"});
  for (const char* hint : {"It is a sign.", "Look at the update.", "Look at step()."})
    CHECK(tiny.user.ask({"hint"})["hint"] == hint);
  const Finished none = tiny.user.nanobug({"hint"});
  CHECK(none.exit_code == 1);
  CHECK(has(none.err, "there are 3 hints, and you have seen them all; 'nanobug reveal' gives the answer"));
  CHECK(tiny.user.ask({"status"})["hints"] == 3);
}

TEST_CASE("who has told git no name can commit all the same", "[seat]") {
  const Tiny tiny;
  const auto commit = [&](const fs::path& dir) {
    replace_in(dir / "stats.cpp", "// A fraction of the way.", "// Looked at.");
    return tiny.user
        .command({"env", "-u", "GIT_AUTHOR_NAME", "-u", "GIT_AUTHOR_EMAIL", "-u", "GIT_COMMITTER_NAME", "-u",
                  "GIT_COMMITTER_EMAIL", "git", "commit", "-qam", "mine"},
                 dir)
        .good();
  };
  const auto author = [&](const fs::path& dir) {
    return tiny.user.command({"git", "log", "-1", "--format=%an <%ae>"}, dir).out;
  };
  SECTION("a neutral one stands in for it") {
    const fs::path dir = tiny.start({"descent-goes-uphill"});
    CHECK(commit(dir));
    CHECK(author(dir) == "Learner <learner@localhost>\n");
  }
  SECTION("who has one keeps it") {
    REQUIRE(
        write_unsynced(tiny.user.home / ".gitconfig", "[user]\n\tname = Ada\n\temail = ada@example.org\n"));
    const fs::path dir = tiny.start({"descent-goes-uphill"});
    CHECK(commit(dir));
    CHECK(author(dir) == "Ada <ada@example.org>\n");
  }
}

TEST_CASE("a shell that stood in a checkout is told where it stands now", "[seat]") {
  const Tiny tiny;
  const fs::path dir = tiny.start({"descent-goes-uphill"});
  const std::string way = ", the kept attempt; type: cd ~/nanobug/practice\n";
  const Finished stop = tiny.user.command({NANOBUG_PROGRAM, "stop"}, dir);
  CHECK(stop.err.starts_with("this shell still stands in "));
  CHECK(stop.err.ends_with(way));
  CHECK(tiny.start({"descent-goes-uphill"}) == dir);
  fs::path attempt;
  for (const auto& entry : fs::directory_iterator(tiny.user.home / ".local/share/nanobug/attempts"))
    attempt = entry.path();
  for (const char* verb : {"run", "check", "status"})
    CHECK(has(tiny.user.command({NANOBUG_PROGRAM, verb}, attempt).err, way));
  CHECK_FALSE(has(tiny.user.command({NANOBUG_PROGRAM, "status"}, dir).err, "this shell"));
}

TEST_CASE("what is longer than the terminal goes to the pager, and nothing else does", "[seat]") {
  const Tiny tiny;
  const std::string pager = "PAGER=sed 's/^/paged:/'";
  const auto shown = [&](std::vector<std::string> words, Terminal::Size size, const std::string& by) {
    Terminal terminal(tiny.user, std::move(words), size, {by});
    std::string all = terminal.until("CODE");
    const int status = terminal.ended();
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return all + terminal.during(std::chrono::milliseconds(100));
  };
  CHECK(has(shown({"list"}, {3, 80}, pager), "paged:CODE"));
  CHECK_FALSE(has(shown({"list"}, {40, 80}, pager), "paged:"));
  CHECK_FALSE(has(shown({"-q", "list"}, {3, 80}, pager), "paged:"));
  CHECK_FALSE(has(shown({"--no-input", "list"}, {3, 80}, pager), "paged:"));
  CHECK(has(shown({"list"}, {3, 80}, "PAGER="), "N01"));
  CHECK(has(shown({"list"}, {3, 80}, "PAGER=head -n 1"), "CODE"));  // left early
  CHECK_FALSE(has(tiny.user.command({"env", pager, NANOBUG_PROGRAM, "list"}).out, "paged:"));
}

TEST_CASE("colour is for terminals that want it", "[seat]") {
  const Tiny tiny;
  tiny.start({"descent-goes-uphill"});
  const auto on_a_terminal = [&](const std::string& before) {
    return tiny.user
        .command({"script", "-qec", before + " '" NANOBUG_PROGRAM "' locate stats.cpp:1", "/dev/null"})
        .out;
  };
  CHECK(has(on_a_terminal("env -u NO_COLOR TERM=xterm"), "\033[1;31mThe file is right"));
  CHECK_FALSE(has(on_a_terminal("env NO_COLOR=1 TERM=xterm"), "\033[1"));
  CHECK_FALSE(has(on_a_terminal("env -u NO_COLOR TERM=dumb"), "\033["));
  CHECK_FALSE(has(tiny.user.nanobug({"locate", "stats.cpp:1"}).out, "\033["));
}

TEST_CASE("help is in our words", "[seat]") {
  const User user("");
  std::vector<std::vector<std::string>> verbs = {{}};
  for (const char* verb :
       {"start", "status", "run", "locate", "hint", "check", "reveal", "stop", "restore", "list", "progress",
        "explain", "patch", "rule", "certify", "doctor", "completion", "cache"})
    verbs.push_back({verb});
  for (const char* verb : {"list", "show", "apply", "restore", "export"}) verbs.push_back({"patch", verb});
  for (const char* verb : {"check", "explain", "try", "new"}) verbs.push_back({"rule", verb});
  for (std::vector<std::string> words : verbs) {
    words.push_back("--help");
    const Finished help = user.nanobug(words);
    INFO(help.out);
    CHECK(help.exit_code == 0);
    CHECK(help.err.empty());
    CHECK(has(help.out, "Usage: "));
    for (const char* foreign :
         {"SUBCOMMAND", "Subcommand", "REQUIRED", "TEXT", "UINT", "INT ", "FLOAT", "These; all without",
          "Never ask", "answers nothing", "mends it", "otherwise"})
      CHECK_FALSE(has(help.out, foreign));
  }
}
