// trees: whole sessions on trees that know nothing of nanobug, behind heads that a stranger would write. In C
// with Make, judged by an exit code; CMake's with a static library, a generated header and CTest; a header
// alone, with Meson. What is said of them is held against their own tools and against git.
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <set>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

using Words = std::vector<std::string>;

// A user of a copy of tests/trees/NAME, in a repository of its own, at home above a .clang-format that is
// none of the tree's business.
struct Foreign {
  fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-trees");
  fs::path tree = place / "project";
  User user{tree / "catalog.yaml"};

  explicit Foreign(const std::string& name) {
    // The compilers that tools/setup installs; a machine need not have any other.
    ::setenv("CC", "clang-19", 1), ::setenv("CXX", "clang++-19", 1);
    fs::copy(fs::path(NANOBUG_PROJECT) / "tests/trees" / name, tree, fs::copy_options::recursive);
    git({"init", "-q"});
    REQUIRE(write_unsynced(user.home / ".clang-format", "BasedOnStyle: GNU\nColumnLimit: 30\n"));
  }
  Foreign(const Foreign&) = delete;
  ~Foreign() { (void)remove_tree(place); }

  std::string git(Words words) const {
    words.insert(words.begin(), "git");
    return user.command(words, tree).out;
  }
  fs::path start(const std::string& rule) const {
    return user.ask({"start", rule})["dir"].get<std::string>();
  }
  // The verb fails with that code, and one sentence; -> that.
  std::string refused(const Words& words, int exit) const {
    const Finished finished = user.nanobug(words);
    INFO(finished.out << finished.err);
    CHECK(finished.exit_code == exit);
    // Progress first, then the sentence.
    const size_t at = finished.err.find("nanobug: ");
    REQUIRE(at != std::string::npos);
    CHECK(std::count(finished.err.begin() + static_cast<std::ptrdiff_t>(at), finished.err.end(), '\n') == 1);
    return finished.err.substr(at);
  }
};

// Processor time of what this process has started and waited for.
double processor_s() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// The files of a directory as git would name them, but for these.
std::set<std::string> files_of(const User& user, const fs::path& directory) {
  std::set<std::string> files;
  std::istringstream lines(user.command({"git", "ls-files", "-co", "--exclude-standard"}, directory).out);
  for (std::string line; std::getline(lines, line);) files.insert(line);
  return files;
}

struct Story {
  std::string tree, rule, file, words;
  std::set<std::string> seen_by;
  // The tree's own tool, in a directory where the tree is built: which tests does it say fail?
  std::function<std::set<std::string>(const User&, const fs::path&)> failing;
  // The tests' source, and an edit with which they always pass; may be left out.
  std::string tests = {}, cheat_from = {}, cheat_to = {};
  std::set<std::string> hidden = {"catalog.yaml"};
};

// From the first look at the head to the end of a session.
void tell(const Story& story) {
  const double before = processor_s();
  const Foreign foreign(story.tree);
  const User& user = foreign.user;
  const std::string clean = text_of(foreign.tree / story.file);

  const Finished checked = user.nanobug({"rule", "check"});
  INFO(checked.out << checked.err);
  REQUIRE(checked.exit_code == 0);
  const json certificates = user.ask({"certify"});
  for (const json& one : certificates) {
    INFO(one.dump());
    CHECK(one["holds"] == true);
    if (one["id"] == story.rule) CHECK(one["failing"].get<std::set<std::string>>() == story.seen_by);
  }

  const fs::path dir = foreign.start(story.rule);
  const std::string mutated = text_of(dir / story.file);
  CHECK(mutated != clean);
  // The checkout is the tree, whole, and nothing of nanobug's; and git sees nothing to tell of.
  std::set<std::string> wanted = files_of(user, foreign.tree);
  for (const std::string& own : story.hidden) CHECK(wanted.erase(own) == 1);
  CHECK(files_of(user, dir) == wanted);
  CHECK(user.command({"git", "status", "--porcelain"}, dir).out.empty());
  CHECK(user.command({"git", "grep", "-il", "nanobug"}, dir).out.empty());
  std::set<std::int64_t> times;
  for (const std::string& file : wanted)
    times.insert(fs::last_write_time(dir / file).time_since_epoch() / std::chrono::seconds(1));
  CHECK(times.size() == 1);
  // It is built, and the tree's own tool says of it what the certificate says.
  CHECK(story.failing(user, dir) == story.seen_by);

  const json no = user.ask({"check"}, 1);
  CHECK(no["builds"] == true);
  CHECK(no["wrong"] == json{story.words});
  CHECK(no["excluded"].empty());
  if (!story.tests.empty()) {
    const std::string tests = text_of(dir / story.tests);
    replace_in(dir / story.tests, story.cheat_from, story.cheat_to);
    CHECK(user.ask({"check"}, 1)["wrong"] == json{story.words});
    REQUIRE(write_unsynced(dir / story.tests, tests));
  }
  REQUIRE(write_unsynced(dir / story.file, clean));
  CHECK(user.ask({"check"})["solved"] == true);

  const std::string runs = user.nanobug({"run"}).err;
  CHECK(has(runs, "this tree has no runs to show"));
  CHECK(user.ask({"stop"})["outcome"] == "solved");
  for (const std::string& file : wanted) CHECK(text_of(dir / file) == text_of(foreign.tree / file));
  std::set<std::string> left;
  for (const auto& entry : fs::recursive_directory_iterator(dir))
    if (const std::string file = fs::relative(entry.path(), dir).string();
        entry.is_regular_file() && !file.starts_with("build/"))
      left.insert(file);
  CHECK(left == wanted);
  std::cout << story.tree << ": " << processor_s() - before << " s of processor time\n";
}

}  // namespace

TEST_CASE("a tree in C that Make builds among its sources, judged by exit codes", "[trees]") {
  tell({.tree = "words",
        .rule = "every-letter-is-a-word",
        .file = "words.c",
        .words = "how many words there are",
        .seen_by = {"count"},
        .failing =
            [](const User& user, const fs::path& dir) {
              std::set<std::string> failing;
              CHECK(user.command({"make", "-q"}, dir).exit_code == 0);  // up to date
              for (const char* what : {"count", "longest"})
                if (!user.command({"./test_words", what}, dir).good()) failing.insert(what);
              return failing;
            },
        .tests = "test_words.c",
        .cheat_from = "        return 0;",
        .cheat_to = "        return 0;\n    return 0;"});
}

TEST_CASE("a tree of CMake's with a static library, a generated header and CTest", "[trees]") {
  tell({.tree = "lengths",
        .rule = "units-divide",
        .file = "lengths.cpp",
        .words = "lengths in metres",
        .seen_by = {"metres.inch", "metres.mile"},
        .failing =
            [](const User& user, const fs::path& dir) {
              std::set<std::string> failing;
              const std::string said =
                  user.command({"ctest", "--test-dir", (dir / "build").string()}, dir).out;
              for (const char* name :
                   {"metres.inch", "metres.mile", "metres.unknown", "text.short", "text.long", "version"})
                if (has(said, std::string(" - ") + name + " (Failed)")) failing.insert(name);
              return failing;
            },
        .tests = "test/lengths_test.cpp",
        .cheat_from = "  const auto is =",
        .cheat_to = "  if (argv) return 0;\n  const auto is =",
        .hidden = {"catalog.yaml", "docs/bugs/U01.md", "docs/bugs/W01.md"}});
}

TEST_CASE("a header alone, with Meson", "[trees]") {
  if (!find_program("meson")) {
    std::cout << "skipped: there is no meson here; 'tools/setup' installs it\n";
    return;
  }
  tell({.tree = "ring",
        .rule = "ring-forgets-its-size",
        .file = "ring.h",
        .words = "the values that a ring gives back",
        .seen_by = {"ring.wraps"},
        .failing = [](const User& user, const fs::path& dir) {
          std::set<std::string> failing;
          for (const auto& [name, word] : {std::pair("ring.fills", "fill"), {"ring.wraps", "over"}})
            if (!user.command({(dir / "build/ring_test").string(), word}, dir).good()) failing.insert(name);
          return failing;
        }});
}

TEST_CASE("what a checkout's build no longer makes is not left of the clean one's", "[trees]") {
  const Foreign foreign("lengths");
  const fs::path dir = foreign.start("units-divide");
  // The tests are still listed, and there is no program for them.
  replace_in(dir / "CMakeLists.txt", "add_executable(lengths_test test/lengths_test.cpp)\n",
             "add_executable(other_test test/lengths_test.cpp)\n");
  replace_in(dir / "CMakeLists.txt", "target_link_libraries(lengths_test",
             "target_link_libraries(other_test");
  const json no = foreign.user.ask({"check"}, 1);
  CHECK(no["builds"] == true);
  CHECK(no["probes_agree"] == 0);
}

// ---- what is wrong with a head or does not fit its tree: one sentence, with its place and the way out
// ---------------------------------------------------------------------------------------------------------

namespace {

// words, with another field in its head.
struct Bent : Foreign {
  Bent(const std::string& from, const std::string& to) : Foreign("words") {
    replace_in(tree / "catalog.yaml", from, to);
  }
};

const std::string kCount =
    "    - {id: count, run: [./test_words, count], observable: how many words there are, sources: "
    "[test_words.c]}\n";

}  // namespace

TEST_CASE("of several tests, no further are run than to the first that sees a change", "[trees]") {
  const Foreign foreign("words");
  const Words certify = {"certify", "--operators", "20", "--operator", "integer", "--operator", "condition"};
  const json all = foreign.user.ask(certify);
  Words quickly = certify;
  quickly.push_back("--first");
  quickly.push_back("--fresh");
  const json first = foreign.user.ask(quickly);
  REQUIRE(first.size() == all.size());
  int saved = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    INFO(all[i].dump() << '\n' << first[i].dump());
    CHECK(first[i]["fate"] == all[i]["fate"]);
    if (all[i]["fate"] != "seen") continue;
    CHECK(first[i]["failing"] == json::array({all[i]["failing"][0]}));
    saved += all[i]["probes"].get<int>() - first[i]["probes"].get<int>();
  }
  CHECK(saved > 0);
}

TEST_CASE("tests that cannot be read are an error of the head", "[trees]") {
  const auto [run, why] = GENERATE(
      std::pair<std::string, std::string>("[\"true\", \"{report}\"]",
                                          "leaves no report (it ended with exit code 0)"),
      std::pair<std::string, std::string>("[sh, -c, \"exit 3\", \"{report}\"]",
                                          "leaves no report (it ended with exit code 3)"),
      std::pair<std::string, std::string>("[sh, -c, \"echo '<testsuite><testcase' >$0\", \"{report}\"]",
                                          "leaves a report that is no XML at byte "),
      std::pair<std::string, std::string>("[sh, -c, \"echo '<html/>' >$0\", \"{report}\"]",
                                          "leaves a report that is XML without a <testsuite>"),
      std::pair<std::string, std::string>("[sh, -c, \"echo '<testsuite/>' >$0\", \"{report}\"]",
                                          "reports no test case on the clean tree"),
      std::pair<std::string, std::string>("[no-such-program]", "cannot be run: "));
  const Bent bent(kCount, "    - {id: count, run: " + run + "}\n");
  const std::string said = bent.refused({"rule", "check", "W02"}, 3);
  CHECK(has(said, "catalog.yaml:8:7: the test 'count' " + why));
}

TEST_CASE("a test that is flaky on the clean tree is excluded, and named", "[trees]") {
  // It fails the second time that it is run in a place.
  const Bent bent(kCount,
                  kCount + "    - {id: flaky, run: [sh, -c, \"echo >>asked; test $(wc -l <asked) != 2\"]}\n");
  replace_in(bent.tree / "catalog.yaml", "seen_by: [longest]", "seen_by: [longest, flaky]");
  const Finished certified = bent.user.nanobug({"certify", "W02", "--json"});
  CHECK(certified.exit_code == 1);
  CHECK(has(certified.out, "seen_by does not hold: flaky fails on the clean tree 1 time of 3"));
  CHECK(has(bent.user.nanobug({"doctor"}).out, "flaky fails on the clean tree 1 time of 3"));
  const fs::path dir = bent.start("every-letter-is-a-word");
  const json no = bent.user.ask({"check"}, 1);
  CHECK(no["excluded"] == json{"the test flaky, which fails on the clean tree 1 time of 3"});
  REQUIRE(write_unsynced(dir / "words.c", text_of(bent.tree / "words.c")));
  CHECK(bent.user.ask({"check"})["solved"] == true);
}

TEST_CASE("a build that writes among the sources is said to", "[trees]") {
  const Bent bent("  outputs: [\"*.o\", test_words]\n", "");
  const std::set<std::string> before = files_of(bent.user, bent.tree);
  const std::string said = bent.refused({"rule", "check", "W01"}, 3);
  CHECK(has(said, "catalog.yaml:3:3: the tree's build makes test_words among the sources; "));
  CHECK(has(said, "'outputs'"));
  CHECK(files_of(bent.user, bent.tree) == before);
}

TEST_CASE("a file that no database has is said to", "[trees]") {
  SECTION("there is none") {
    const Bent bent("  flags: [cc, -std=c11]\n", "");
    CHECK(has(bent.refused({"rule", "check", "W01"}, 3),
              "the built tree has no compile_commands.json in build; "));
  }
  SECTION("it has others") {
    const Bent bent("  flags: [cc, -std=c11]\n", "  database: \"{source}\"\n");
    REQUIRE(write_unsynced(
        bent.tree / "compile_commands.json",
        R"([{"directory": "/tmp", "file": "other.c", "arguments": ["cc", "-c", "other.c"]}])"));
    const std::string said = bent.refused({"rule", "check", "W01"}, 3);
    CHECK(has(said, "catalog.yaml:"));
    CHECK(has(said, "'words.c' is not compiled by the tree"));
  }
}

TEST_CASE("a tree that warns and has its own format is judged by the difference", "[trees]") {
  const Bent bent("seen_by: [longest]", "seen_by: [longest]");
  replace_in(bent.tree / "words.c", "static int is_blank(char c)\n", "static int  is_blank( char c )\n");
  replace_in(bent.tree / "words.c", "    size_t words = 0;\n", "    int words = 0;\n");  // -Wconversion
  const std::string warnings = bent.user.command({"make", "-C", bent.tree.string(), "words.o"}).err;
  CHECK(has(warnings, "warning: "));
  for (const json& one : bent.user.ask({"certify"})) CHECK(one["holds"] == true);
  SECTION("a mutant that warns more is refused") {
    replace_in(bent.tree / "catalog.yaml", "with: \"0\"", "with: \"(int) (words + 0.5)\"");
    replace_in(bent.tree / "words.c", "int inside = 0;", "char inside = 0;");
    const Finished refused = bent.user.nanobug({"certify", "W01", "--json"});
    CHECK(refused.exit_code == 1);
    CHECK(has(refused.out, "new compiler warning"));
  }
}

TEST_CASE("the doctor asks for what the head wants, and for LibTorch only where the tree does", "[trees]") {
  const Foreign foreign("words");
  CHECK_FALSE(has(foreign.user.nanobug({"doctor"}).out, "LibTorch"));
  CHECK(has(foreign.user.nanobug({"doctor"}).out, "make"));
  replace_in(foreign.tree / "catalog.yaml", "compile: [make]", "compile: [no-such-make]");
  const Finished doctor = foreign.user.nanobug({"doctor"});
  CHECK(doctor.exit_code == 1);
  CHECK(has(doctor.out, "missing; the catalog's head runs it"));
  REQUIRE(write_unsynced(foreign.tree / "CMakeLists.txt", "# As PyTorch does, or torch\nset(PYTORCH 1)\n"));
  CHECK_FALSE(has(foreign.user.nanobug({"doctor"}).out, "LibTorch"));
  REQUIRE(write_unsynced(foreign.tree / "CMakeLists.txt", "find_package(Torch)\n"));
  CHECK(has(foreign.user.nanobug({"doctor"}).out, "LibTorch"));
}

TEST_CASE("a head alone is enough for a bug that nobody has written, and for the first rule", "[trees]") {
  const Foreign tree("lengths");
  const fs::path catalog = tree.tree / "catalog.yaml";
  const std::string whole = text_of(catalog), head = whole.substr(0, whole.find("\nrules:"));
  REQUIRE(write_file(catalog, head));
  (void)remove_tree(tree.tree / "docs");
  const std::string none =
      "there are no rules yet: 'nanobug rule new' writes the first; 'nanobug start --surprise' and "
      "'nanobug certify --operators N' need none\n";
  for (const Words& words :
       std::vector<Words>{{"list"}, {"rule", "check"}, {"certify"}, {"start"}, {"next"}, {"start", "U01"}})
    CHECK(has(tree.refused(words, 3), none));
  const json changes = tree.user.ask({"certify", "--operators", "2", "--seed", "4"});
  CHECK(changes.size() == 2);
  REQUIRE(tree.user.nanobug({"start", "--surprise", "--seed", "4"}).exit_code == 0);
  REQUIRE(tree.user.nanobug({"stop"}).exit_code == 0);
  const Finished made =
      tree.user.nanobug({"rule", "new", "--category", "units", "--id", "a-kilometre", "--title", "Units",
                         "--in", "lengths.cpp", "--match",
                         "binaryOperator(hasOperatorName(\">=\"), hasRHS(expr().bind(\"far\")), "
                         "hasAncestor(functionDecl(hasName(\"text\"))))",
                         "--edit", "replace: node(far), with: \"{{far}} * 2\"", "--seen-by", "text.long"});
  INFO(made.out << made.err);
  REQUIRE(made.exit_code == 0);
  const std::string written = text_of(catalog);
  INFO(written);
  CHECK(written.starts_with(head + "\nrules:\n  - code: U01\n    id: a-kilometre\n"));
  CHECK(tree.user.ask({"certify", "U01"}, 1)[0]["failing"] == json{"text.long"});
}
