// tiny: whole sessions on the second tree, which has no LibTorch and compiles in a second. That they work
// proves the seam: the mutator knows of a tree what the head of its catalog says.
#include <sys/file.h>
#include <unistd.h>

#include <fcntl.h>

#include <algorithm>
#include <set>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

TEST_CASE("a session from start to restore", "[tiny]") {
  const Tiny tiny;
  const std::string clean = text_of(tiny.tree / "stats.cpp");
  const fs::path dir =
      tiny.start({"mean-divides-by-one-less", "--minutes", "7", "--dir", (tiny.place / "work").string()});
  CHECK(dir == tiny.place / "work");
  const std::string mutated = text_of(dir / "stats.cpp");
  CHECK(mutated != clean);
  CHECK(mutated.find("sum / (static_cast<double>(values.size()) - 1)") != std::string::npos);
  CHECK(fs::exists(dir / "build/libstats.so"));
  CHECK(tiny.user.command({"ninja", "-C", (dir / "build").string(), "-n"}).out.find("no work to do") !=
        std::string::npos);
  CHECK(leaks(tiny.user, dir, clean, mutated).empty());

  const json status = tiny.user.ask({"status"});
  CHECK(status["dir"] == dir.string());
  CHECK(status["branch"].get<std::string>().starts_with("session/"));
  CHECK(status["branch"].get<std::string>() == "session/" + status["name"].get<std::string>());
  CHECK(tiny.user.command({"git", "branch", "--show-current"}, dir).out ==
        status["branch"].get<std::string>() + "\n");
  CHECK(status["elapsed_s"].get<int>() >= 0);
  CHECK(status["minutes"] == 7);

  // No file of the state in clear names the rule.
  CHECK(tiny.user.command({"grep", "-rl", "mean-divides", (tiny.user.home / ".local").string()}).out.empty());

  json check = tiny.user.ask({"check"}, 1);
  CHECK(check["solved"] == false);
  CHECK(check["wrong"] == json{"the numbers that come out"});
  CHECK(tiny.user.ask({"hint"})["hint"] == "It is a division.");
  CHECK(tiny.user.ask({"hint"})["number"] == 2);
  CHECK(tiny.user.ask({"locate", "stats.cpp:3"}, 1)["right"] == false);
  CHECK(tiny.user.ask({"locate", "stats.cpp:10"})["right"] == true);
  // The claim follows the line when the learner's edits move it.
  replace_in(dir / "stats.cpp", "namespace tiny {\n\ndouble",
             "namespace tiny {\n\n// looking\n// around\n\ndouble");
  CHECK(tiny.user.ask({"locate", (dir / "stats.cpp").string() + ":13"})["right"] == true);

  SECTION("commenting it out does not pass") {
    replace_in(dir / "stats.cpp", "  return sum / (static_cast<double>(values.size()) - 1);",
               "  // return sum / (n - 1);\n  return sum;");
    CHECK(tiny.user.ask({"check"}, 1)["solved"] == false);
  }
  SECTION("what does not compile is an answer") {
    replace_in(dir / "stats.cpp", "return sum / (", "return sum // (");
    check = tiny.user.ask({"check"}, 1);
    CHECK(check["builds"] == false);
    CHECK(check["message"].get<std::string>().find("error:") != std::string::npos);
  }
  SECTION("what is wrong is told in the catalog's order") {
    replace_in(dir / "stats.cpp", "if (values.empty()) return 0;", "if (values.empty()) return 1;");
    CHECK(tiny.user.ask({"check"}, 1)["wrong"] == json{"the numbers that come out", "the empty list"});
  }
  SECTION("a hang, a crash and a throw are answers") {
    const auto trouble = GENERATE(as<std::string>(), "for (;;) {}", "__builtin_trap();", "throw 1;");
    replace_in(dir / "stats.cpp", "  double sum = 0;",
               "  double sum = 0;\n  if (sum == 0) { " + trouble + " }");
    check = tiny.user.ask({"check"}, 1);
    CHECK(check["builds"] == true);
    CHECK(check["wrong"] == json{"the numbers that come out"});
  }
  SECTION("a changed public header has the probes built again") {
    replace_in(dir / "stats.h", "double mean(const std::vector<double>& values);",
               "double mean(std::vector<double> values);");
    replace_in(dir / "stats.cpp", "double mean(const std::vector<double>& values) {",
               "double mean(std::vector<double> values) {");
    replace_in(dir / "stats.cpp", "(static_cast<double>(values.size()) - 1)",
               "static_cast<double>(values.size())");
    CHECK(tiny.user.ask({"check"})["solved"] == true);
  }
  SECTION("the fix passes, a different one too, and the clean tree comes back") {
    const auto fix = GENERATE(as<std::string>(), "return sum / static_cast<double>(values.size());",
                              "return 1.0 / static_cast<double>(values.size()) * sum;");
    replace_in(dir / "stats.cpp", "return sum / (static_cast<double>(values.size()) - 1);", fix);
    CHECK(tiny.user.command({"git", "commit", "-qam", "my fix"}, dir).good());
    // What programs write is nobody's work: not in git status, and in no snapshot.
    REQUIRE(write_file(dir / "runs/model", "weights"));
    CHECK(tiny.user.command({"git", "status", "--porcelain"}, dir).out.empty());
    CHECK(tiny.user.ask({"check"})["solved"] == true);
    const json stop = tiny.user.ask({"restore"});
    CHECK(stop["outcome"] == "solved");
    CHECK(text_of(dir / "stats.cpp") == clean);
    // git itself says that the tree is the clean one; beside it lies its build, warm.
    CHECK(tiny.user.command({"ninja", "-C", (dir / "build").string(), "-n"}).out.find("no work to do") !=
          std::string::npos);
    for (const fs::path& tree : {dir, tiny.tree}) {
      tiny.user.command({"git", "init", "-q", (tiny.user.home / "ids").string()});
      tiny.user.command({"git", "--work-tree", tree.string(), "add", "-A", "-f", ".", ":(exclude)build"},
                        tiny.user.home / "ids");
      CHECK(tiny.user.command({"git", "write-tree"}, tiny.user.home / "ids").out ==
            stop["tree"].get<std::string>() + "\n");
    }
    // The learner's commit and file are kept.
    CHECK(text_of(fs::path(stop["attempt"].get<std::string>()) / "stats.cpp").find(fix) != std::string::npos);
    const std::string vault = (tiny.user.home / ".local/share/nanobug/vault.git").string();
    CHECK(tiny.user.command({"git", "--git-dir", vault, "log", "--all", "--format=%s"}).out.find("my fix") !=
          std::string::npos);
    const Finished kept =
        tiny.user.command({"git", "--git-dir", vault, "log", "--all", "--name-only", "--format=%s"});
    CHECK(kept.out.find("stats.cpp") != std::string::npos);
    CHECK(kept.out.find("runs/model") == std::string::npos);
    CHECK_FALSE(fs::exists(dir / "runs"));
    CHECK(tiny.user.ask({"progress"})["all"]["solved"] == 1);
    CHECK(tiny.user.ask({"list"})[0]["solved"] == true);
  }
}

TEST_CASE("reveal gives the diff and is recorded", "[tiny]") {
  const Tiny tiny;
  tiny.start({"descent-goes-uphill"});
  const json answer = tiny.user.ask({"reveal"});
  CHECK(answer["id"] == "descent-goes-uphill");
  CHECK(answer["diff"].get<std::string>().find("-  x -= rate * gradient;\n+  x += rate * gradient;\n") !=
        std::string::npos);
  CHECK(tiny.user.ask({"stop"})["outcome"] == "revealed");
  CHECK(tiny.user.ask({"progress"})["all"]["revealed"] == 1);
}

TEST_CASE("opening the answer of the open session counts as revealing it", "[tiny]") {
  const Tiny tiny;
  tiny.start({"descent-goes-uphill"});
  tiny.user.ask({"patch", "show", "mean-divides-by-one-less"});
  CHECK(tiny.user.ask({"status"})["revealed"] == false);
  CHECK(tiny.user.nanobug({"patch", "show", "descent-goes-uphill"}).err.find("recorded as revealed") !=
        std::string::npos);
  CHECK(tiny.user.ask({"status"})["revealed"] == true);
  CHECK(tiny.user.ask({"stop"})["outcome"] == "revealed");
}

TEST_CASE("one session at a time, one command at a time", "[tiny]") {
  const Tiny tiny;
  const fs::path dir = tiny.start({"descent-goes-uphill"});
  CHECK(tiny.user.nanobug({"start"}).exit_code == 4);
  SECTION("another process holds the lock") {
    const int fd = ::open((tiny.user.home / ".local/state/nanobug/lock").c_str(), O_RDWR);
    REQUIRE(fd >= 0);
    REQUIRE(::flock(fd, LOCK_EX) == 0);
    const Finished locked = tiny.user.nanobug({"check"});
    CHECK(locked.exit_code == 5);
    CHECK(std::count(locked.err.begin(), locked.err.end(), '\n') == 1);
    CHECK(tiny.user.nanobug({"status"}).exit_code == 0);
    ::close(fd);
  }
  SECTION("the checkout is moved away and back") {
    fs::rename(dir, dir.string() + "-elsewhere");
    CHECK(tiny.user.nanobug({"check"}).exit_code == 4);
    CHECK(tiny.user.ask({"status"})["dir_exists"] == false);
    fs::rename(dir.string() + "-elsewhere", dir);
    CHECK(tiny.user.nanobug({"check"}).exit_code == 1);
  }
  SECTION("the checkout is deleted") {
    fs::remove_all(dir);
    CHECK(tiny.user.nanobug({"run"}).exit_code == 4);
    CHECK(tiny.user.nanobug({"stop"}).exit_code == 0);
    CHECK(tiny.user.nanobug({"start"}).exit_code == 0);
  }
  SECTION("its .git is deleted") {
    fs::remove_all(dir / ".git");
    CHECK(tiny.user.nanobug({"stop"}).exit_code == 0);
  }
}

TEST_CASE("strict turns the learner's own diff off", "[tiny]") {
  const Tiny tiny;
  const fs::path dir = tiny.start({"descent-goes-uphill", "--strict"});
  replace_in(dir / "stats.cpp", "x += rate * gradient", "x -= rate * gradient");
  CHECK(tiny.user.command({"git", "diff"}, dir).out.find("rate") == std::string::npos);
  CHECK(tiny.user.ask({"check"})["solved"] == true);
}

TEST_CASE("a patch goes on and comes off the project's own tree", "[tiny]") {
  const Tiny tiny;
  const std::string clean = text_of(tiny.tree / "stats.cpp");
  CHECK(tiny.user.nanobug({"patch", "apply", "descent-goes-uphill"}).exit_code == 0);
  CHECK(text_of(tiny.tree / "stats.cpp").find("x += rate") != std::string::npos);
  CHECK(tiny.user.nanobug({"patch", "apply", "mean-divides-by-one-less"}).exit_code == 4);
  CHECK(tiny.user.nanobug({"start"}).exit_code == 4);
  SECTION("untouched") {}
  SECTION("the record is damaged: nothing is taken for clean, and the way out is said") {
    const fs::path state = tiny.user.home / ".local/state/nanobug";
    fs::path record;
    for (const auto& entry : fs::directory_iterator(state))
      if (entry.path().filename().string().starts_with("patch-")) record = entry.path();
    const std::string good = text_of(record);
    for (const std::string& bad :
         {std::string(), good.substr(0, good.size() / 2), std::string("{\"stats.cpp\": 3}"),
          std::string("{\"../stats.cpp\": {\"mutated\": \"\", \"pristine\": \"00\"}}")}) {
      CAPTURE(bad);
      REQUIRE(write_unsynced(record, bad));
      for (const char* verb : {"restore", "export"}) {
        const Finished finished = tiny.user.nanobug({"patch", verb});
        CHECK(finished.exit_code == 4);
        CHECK(finished.err.find("is damaged; undo the patch with git") != std::string::npos);
      }
    }
    REQUIRE(write_unsynced(record, good));
  }
  SECTION("edited meanwhile: the edit is kept aside") {
    replace_in(tiny.tree / "stats.cpp", "x += rate", "x -= 2 * rate");
    CHECK(tiny.user.nanobug({"patch", "restore"}).err.find("is kept in") != std::string::npos);
    CHECK(tiny.user
              .command(
                  {"grep", "-rl", "2 \\* rate", (tiny.user.home / ".local/share/nanobug/attempts").string()})
              .good());
    CHECK(text_of(tiny.tree / "stats.cpp") == clean);
    return;
  }
  CHECK(tiny.user.nanobug({"patch", "restore"}).exit_code == 0);
  CHECK(text_of(tiny.tree / "stats.cpp") == clean);

  CHECK(tiny.user.ask({"patch", "export"})["patches"] == 2);
  CHECK(tiny.user.nanobug({"patch", "export", "--check"}).exit_code == 0);
  // git takes what we write, both ways.
  const fs::path project = tiny.catalog.parent_path(), patch = project / "patches/T01.patch";
  CHECK(tiny.user.command({"git", "init", "-q"}, project).good());
  CHECK(tiny.user.command({"git", "apply", patch.string()}, project).good());
  CHECK(text_of(tiny.tree / "stats.cpp").find("x += rate") != std::string::npos);
  CHECK(tiny.user.command({"git", "apply", "-R", patch.string()}, project).good());
  CHECK(text_of(tiny.tree / "stats.cpp") == clean);
  replace_in(patch, "+  x += rate", "+  x *= rate");
  CHECK(tiny.user.nanobug({"patch", "export", "--check"}).exit_code == 1);
}

TEST_CASE("certify proves what holds and says why the rest does not", "[tiny]") {
  const Tiny tiny;
  json answers = tiny.user.ask({"certify"});
  REQUIRE(answers.size() == 2);
  for (const json& one : answers) CHECK(one["holds"] == true);
  CHECK(answers[1]["symptom"] == "diverges");
  CHECK(answers[1]["silence"] == 0);
  CHECK(answers[0]["symptom"] == "unchanged");
  CHECK(answers[0]["silence"] == 1);
  CHECK(answers[0]["failing"] == json{"mean.value"});

  struct Broken {
    std::string from, to, reason;
    int exit;
  };
  const auto broken = GENERATE(values<Broken>({
      {"expect: 1\n    edits:\n      - replace: node(\"count\")",
       "expect: 2\n    edits:\n      - replace: node(\"count\")", "2", 1},
      {"with: \"({{count}} - 1)\"", "with: \"({{count}} - 1 /* here */)\"", "comment", 1},
      {"with: \"({{count}} - 1)\"", "with: \"({{cuont}} - 1)\"", "cuont", 1},
      {"with: \"({{count}} - 1)\"", "with: \"(0.0 + {{count}})\"", "seen_by does not hold", 1},
      {"with: \"({{count}} - 1)\"", "with: \"({{count}} - sum2)\"", "does not compile", 1},
      {"with: \"({{count}} - 1)\"", "with: \"{{count}}\"", "change nothing", 1},
      {"with: \"{{x}} += {{by}}\"", "with: \"{{x}} += rate\"", "warning", 1},
      {"seen_by: [mean.value]", "seen_by: [mean.empty]",
       "mean-divides-by-one-less: seen_by does not hold: mean.empty passes on the mutant; it is seen by "
       "mean.value\n",
       1},
      {"seen_by: [mean.value]", "seen_by: [mean.vaule]", "did you mean 'mean.value'?", 1},
      {"id: parity.descent", "id: mean.value", "'mean.value' is a probe and a parity run", 1},
  }));
  replace_in(tiny.catalog, broken.from, broken.to);
  const Finished refused = tiny.user.nanobug({"certify"});
  INFO(refused.err << refused.out);
  CHECK(refused.exit_code == broken.exit);
  CHECK(refused.err.find(broken.reason) != std::string::npos);
  CHECK(refused.out.find("refused") != std::string::npos);
  // What is wrong with the head is wrong with every rule.
  CHECK((refused.out.find("holds") != std::string::npos) == !broken.from.starts_with("id: parity"));
  const std::string id =
      broken.from.find("{{x}}") == std::string::npos ? "mean-divides-by-one-less" : "descent-goes-uphill";
  const Finished start = tiny.user.nanobug({"start", id});
  CHECK(start.exit_code == 3);
  const size_t of_certify =
      broken.reason.find(';');  // what certify adds; start says the rest behind the code
  const std::string reason = of_certify == std::string::npos
                                 ? broken.reason
                                 : broken.reason.substr(0, of_certify).substr(broken.reason.find(": ") + 2);
  CHECK(start.err.find(reason) != std::string::npos);
}

TEST_CASE("shards are proved apart, and merged", "[tiny]") {
  const Tiny tiny;
  const fs::path kept = tiny.user.home / ".cache/nanobug/certificates";
  const auto moved = [&](const char* to) {
    fs::create_directories(tiny.user.home / to);
    fs::rename(kept, tiny.user.home / to / "certificates");
    return (tiny.user.home / to).string();
  };
  const auto ids = [](const json& answers) {
    std::vector<std::string> all;
    for (const json& one : answers) all.push_back(one["id"]);
    return all;
  };
  const std::string mean = "mean-divides-by-one-less", descent = "descent-goes-uphill";
  CHECK(ids(tiny.user.ask({"certify", "--shard", "1/2"})) == std::vector{mean});
  const std::string one = moved("one");
  CHECK(ids(tiny.user.ask({"certify", "--shard", "2/2"})) == std::vector{descent});
  const std::string two = moved("two");

  const Finished half = tiny.user.nanobug({"certify", "--merge", one});
  INFO(half.err << half.out);
  CHECK(half.exit_code == 1);
  CHECK(half.err.find(descent) != std::string::npos);
  CHECK(half.err.find("its shard is missing") != std::string::npos);
  CHECK(half.err.find("1 new certificate from ~/one") != std::string::npos);
  fs::remove_all(kept);
  // A file that was cut on its way is no certificate.
  const fs::path cut = fs::directory_iterator(fs::path(two) / "certificates")->path();
  fs::copy_file(cut, tiny.user.home / "whole");
  fs::resize_file(cut, fs::file_size(cut) / 2);
  CHECK(tiny.user.nanobug({"certify", "--merge", one, "--merge", two}).exit_code == 2);
  fs::copy_file(tiny.user.home / "whole", cut, fs::copy_options::overwrite_existing);
  const json all = tiny.user.ask({"certify", "--merge", one, "--merge", two + "/certificates"});
  CHECK(ids(all) == std::vector{mean, descent});
  for (const json& each : all) CHECK(each["holds"] == true);
  // What is certified can be begun.
  CHECK(tiny.user.nanobug({"start", mean}).exit_code == 0);
  CHECK(tiny.user.nanobug({"stop"}).exit_code == 0);

  for (const char* wrong : {"3/2", "0/2", "1", "1/", "/2", "1/2x", "1/0", "-1/2", "a/b"}) {
    const Finished refused = tiny.user.nanobug({"certify", "--shard", wrong});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("--shard is K/N, one of N parts") != std::string::npos);
  }
  CHECK(tiny.user.nanobug({"certify", "--shard", "3/3"})
            .err.find("--shard 3/3 is empty: there is no more to certify than 2 rules") != std::string::npos);
  for (const fs::path& other : {tiny.user.home / "whole", tiny.user.home / "nowhere", tiny.tree}) {
    const Finished refused = tiny.user.nanobug({"certify", "--merge", other.string()});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("there are no certificates in '" + other.string() + "'") != std::string::npos);
  }
  CHECK(tiny.user.nanobug({"certify", "--merge", one, "--fresh"}).err ==
        "nanobug: --merge proves nothing, and --fresh proves it again; leave one out\n");
}

TEST_CASE("a session runs what shows its bug, and says no more of it", "[tiny]") {
  const Tiny tiny;
  add_run_of_words(tiny);
  replace_in(tiny.catalog, "seen_by: [step.direction]", "seen_by: [step.direction]\n    run: words");
  const fs::path checkout = tiny.start({"descent-goes-uphill"});
  const json own = tiny.user.ask({"run"});
  CHECK(own["run"] == "words");
  CHECK(own["clean"]["text"] == "to\n2.017\n");
  CHECK(own["yours"]["text"] == "to\n-4.465\n");
  CHECK(own["command"] == "build/descend runs/words/m.jsonl 5");
  const Finished shown = tiny.user.nanobug({"run"});
  CHECK(shown.out == "- the clean tree, + yours:\n  to\n- 2.017\n+ -4.465\n");
  CHECK((shown.out + shown.err + own.dump()).find("uphill") == std::string::npos);
  // What was typed there can be typed again.
  CHECK(tiny.user.command({"build/descend", "runs/words/m.jsonl", "5"}, checkout).out == "to\n-4.465\n");
  const json other = tiny.user.ask({"run", "--run", "descent"});
  CHECK(other["run"] == "descent");
  CHECK(other["yours"]["loss"].size() == 30);
  const Finished unknown = tiny.user.nanobug({"run", "--run", "wrods"});
  CHECK(unknown.exit_code == 2);
  CHECK(unknown.err.find("there is no run 'wrods'; did you mean 'words'?") != std::string::npos);
}

TEST_CASE("a decoy is certified, and no session is begun with it", "[tiny]") {
  const Tiny tiny;
  const std::string words =
      "    category: numerics\n    decoy: true\n    brief: The mean looks wrong.\n    hints: [\"one\", "
      "\"two\"]\n"
      "    cause: It is right.\n    questions:\n      - question: Why?\n        answer: Because.\n";
  REQUIRE(write_unsynced(
      tiny.catalog,
      *read_file(tiny.catalog) + "\n  - code: N02\n    id: nothing-at-all\n    title: A mean\n" + words +
          "\n  - code: N03\n    id: one-times-each\n    title: Another mean\n"
          "    in: tree/stats.cpp\n"
          "    match: |\n      binaryOperator(hasOperatorName(\"+=\"), hasRHS(expr().bind(\"value\")))\n"
          "    edits:\n      - replace: node(\"value\")\n        with: \"1.0 * {{value}}\"\n" +
          words));
  const json answers = tiny.user.ask({"certify", "nothing-at-all", "one-times-each"});
  REQUIRE(answers.size() == 2);
  CHECK(answers[0]["holds"] == true);
  CHECK(answers[0]["file"] == "");
  CHECK(answers[1]["holds"] == true);
  CHECK(answers[1]["probes"] == 3);
  CHECK(answers[1]["runs"] == 1);
  for (const json& rule : tiny.user.ask({"list"}))
    CHECK(rule["title"].get<std::string>().find("mean") == std::string::npos);
  for (const char* decoy : {"N02", "one-times-each"}) {
    const Finished refused = tiny.user.nanobug({"start", decoy});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err ==
          std::string("nanobug: there is no bug '") + decoy + "'; 'nanobug list' shows them\n");
    CHECK(tiny.user.nanobug({"start", "--mode", "review", decoy}).err == refused.err);
  }
  CHECK(tiny.user.ask({"progress"})["rules"] == 2);
}

TEST_CASE("rule check says what is right and what is not", "[tiny]") {
  const Tiny tiny;
  const json right = tiny.user.ask({"rule", "check"});
  REQUIRE(right.size() == 2);
  for (const json& rule : right) CHECK(rule["ok"] == true);
  CHECK(right[0]["sites"][0]["file"] == "stats.cpp");
  CHECK(right[0]["sites"][0]["line"] == 10);
  replace_in(tiny.catalog, "seen_by: [mean.value]", "seen_by: [mean.vaule]");
  const Finished wrong = tiny.user.nanobug({"rule", "check", "mean-divides-by-one-less"});
  CHECK(wrong.exit_code == 3);
  CHECK(wrong.err.find("there is no probe, test or parity run 'mean.vaule'; did you mean 'mean.value'?") !=
        std::string::npos);
  const std::string text = *read_file(tiny.catalog);
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<long>(text.find("mean.vaule")), '\n');
  CHECK(wrong.err.find("catalog.yaml:" + std::to_string(line) + ":") != std::string::npos);
}

TEST_CASE("what is wrong with a rule is said before the tree is built for it", "[tiny]") {
  const Tiny tiny;
  REQUIRE(write_file(tiny.tree / "stats.cpp", text_of(tiny.tree / "stats.cpp") + "// Another tree.\n"));
  replace_in(tiny.catalog, "hasOperatorName(\"-=\")", "hasOperatorNaem(\"-=\")");
  for (const std::vector<std::string>& words : {std::vector<std::string>{"rule", "check"}, {"certify"}}) {
    const Finished wrong = tiny.user.nanobug(words);
    CHECK(wrong.exit_code == 3);
    CHECK(has(wrong.err, "hasOperatorNaem"));
    CHECK_FALSE(has(wrong.err, "The clean tree is built once"));
  }
  replace_in(tiny.catalog, "hasOperatorNaem(\"-=\")", "hasOperatorName(\"-=\")");
  const Finished right = tiny.user.nanobug({"rule", "check"});
  CHECK(right.exit_code == 0);
  CHECK(has(right.err, "The clean tree is built once"));
}

TEST_CASE("doctor answers for a machine that has everything", "[tiny]") {
  const Tiny tiny;
  const json findings = [&] {
    const Finished finished = tiny.user.nanobug({"doctor", "--json"});
    return json::parse(finished.out);
  }();
  std::set<std::string> what;
  for (const json& finding : findings) {
    what.insert(finding["what"].get<std::string>());
    if (finding["ok"] == false) CHECK_FALSE(finding["mend"].get<std::string>().empty());
  }
  for (const char* needed : {"clang++-19", "cmake", "ninja", "git", "gnuplot", "disk"})
    CHECK(what.contains(needed));
}

TEST_CASE("what the clean tree does not pass here is named, and not asked", "[tiny]") {
  const Tiny tiny;
  replace_in(tiny.place / "project/probes/probes.cpp", "};\n\n}  // namespace",
             "    {\"never.here\", \"edge\", [] { return false; }},\n};\n\n}  // namespace");
  const fs::path dir = tiny.start({"mean-divides-by-one-less", "--dir", (tiny.place / "work").string()});
  replace_in(dir / "stats.cpp", "(static_cast<double>(values.size()) - 1)",
             "static_cast<double>(values.size())");
  const json check = tiny.user.ask({"check"});
  CHECK(check["solved"] == true);
  REQUIRE(check["excluded"].size() == 1);
  CHECK(check["excluded"][0].get<std::string>().find("never.here") != std::string::npos);
  CHECK(tiny.user.nanobug({"doctor"}).out.find("never.here fails on the clean tree") != std::string::npos);
}
