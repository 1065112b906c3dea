// plan, a build for a debugger, and an editor: what a learner finds around a session.
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/journey/terminal.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

struct Planned : Tiny {
  Planned() {
    replace_in(catalog, "  packs: {tiny: {about: \"the bugs of a small tree\"}}\n",
               "  packs: {tiny: {about: \"the bugs of a small tree\"}}\n"
               "  plans:\n"
               "    days: {about: two weeks, parts: [{about: numbers, days: [[N01]]}, {about: steps, days: "
               "[[T01]]}]}\n"
               "    all: {about: all of it, part: tier, parts: [{about: everything, bugs: [T01, N01]}]}\n");
  }
};

constexpr char kWrong[] = "  x += rate * gradient;", kRight[] = "  x -= rate * gradient;";

}  // namespace

TEST_CASE("a plan goes on as its bugs are solved, and says what to type", "[plan]") {
  const Planned tiny;
  json plan = tiny.user.ask({"plan"});
  CHECK(plan["plan"] == "days");
  CHECK(plan["bugs"] == 2);
  CHECK(plan["solved"] == 0);
  CHECK(plan["here"] == json{{"part", 1}, {"day", 1}});
  CHECK(plan["command"] == "nanobug start N01");
  CHECK(plan["parts"][0]["days"][0]["bugs"][0]["outcome"].is_null());
  // What it says to type works, to the end of the plan.
  for (const auto& [code, wrong, right] :
       {std::tuple("N01", "(static_cast<double>(values.size()) - 1)", "static_cast<double>(values.size())"),
        std::tuple("T01", kWrong, kRight)}) {
    const std::string command = tiny.user.ask({"plan"})["command"];
    CHECK(command == std::string("nanobug start ") + code);
    const fs::path checkout = tiny.start({command.substr(std::string("nanobug start ").size())});
    replace_in(checkout / "stats.cpp", wrong, right);
    REQUIRE(solved(tiny.user));
    CHECK(tiny.user.ask({"plan", "all"})["command"].get<std::string>().starts_with("nanobug start "));
    REQUIRE(tiny.user.nanobug({"stop"}).good());
  }
  plan = tiny.user.ask({"plan"});
  CHECK(plan["solved"] == 2);
  CHECK(plan["here"].is_null());
  CHECK(plan["command"].is_null());
  CHECK(plan["parts"][1]["days"][0]["bugs"][0]["outcome"] == "solved");
  CHECK(has(tiny.user.nanobug({"plan"}).out, "All of it is solved."));
}

TEST_CASE("a revealed bug is not done, and no plan tells an id", "[plan]") {
  const Planned tiny;
  tiny.start({"N01"});
  REQUIRE(tiny.user.nanobug({"reveal"}).good());
  REQUIRE(tiny.user.nanobug({"stop"}).good());
  const Finished plan = tiny.user.nanobug({"plan"});
  CHECK(has(plan.out, "revealed"));
  CHECK(has(plan.out, "nanobug start N01"));
  for (const char* words : {"plan", "plan all", "plan tiny", "plan --week 2", "plan all --part 1"}) {
    INFO(words);
    const Finished said = tiny.user.command(
        {"sh", "-c",
         "'" NANOBUG_PROGRAM "' " + std::string(words) + "; '" NANOBUG_PROGRAM "' --json " + words});
    CHECK(said.good());
    CHECK_FALSE(has(said.out, "mean-divides"));
    CHECK_FALSE(has(said.out, "step-"));
  }
}

TEST_CASE("a plan that there is not, and a week", "[plan]") {
  const Planned tiny;
  CHECK(has(tiny.refused({"plan", "dayz"}, 2), "there is no plan or pack 'dayz'; did you mean 'days'?"));
  CHECK(has(tiny.refused({"plan", "--week", "3"}, 2), "days has 2 weeks; there is no week 3"));
  CHECK(has(tiny.refused({"plan", "all", "--part", "2"}, 2), "all has 1 tier; there is no tier 2"));
  const Tiny without;
  CHECK(has(without.refused({"plan"}, 2), "the catalog has no plan of its own"));
  CHECK(without.user.ask({"plan", "tiny"})["bugs"] == 2);
}

TEST_CASE("a checkout for a debugger is as silent as any, and judged as any", "[plan][debug]") {
  const Tiny tiny;
  CHECK(has(tiny.refused({"start", "T01", "--debug"}, 2), "tree.build.debug"));
  replace_in(tiny.catalog, "    compile: [cmake, --build, \"{build}\"]\n    directory: build\n",
             "    debug: [-DCMAKE_BUILD_TYPE=Debug]\n    compile: [cmake, --build, \"{build}\"]\n"
             "    directory: build\n");
  CHECK(has(tiny.refused({"start", "T01", "--debug", "--mode", "review"}, 2), "leave --debug out"));
  const std::string clean = text_of(tiny.tree / "stats.cpp");
  const fs::path checkout = tiny.start({"T01", "--debug", "--dir", (tiny.place / "work").string()});
  const auto is_debug = [&] {
    return has(text_of(checkout / "build/CMakeCache.txt"), "CMAKE_BUILD_TYPE:STRING=Debug\n");
  };
  CHECK(is_debug());
  CHECK(has(tiny.user.command({"ninja", "-C", (checkout / "build").string(), "-n"}).out, "no work to do"));
  CHECK(leaks(tiny.user, checkout, clean, text_of(checkout / "stats.cpp")).empty());
  CHECK(tiny.user.ask({"run"})["ended"] == "exit code 0");
  replace_in(checkout / "stats.cpp", kWrong, kRight);
  CHECK(solved(tiny.user));
  CHECK(tiny.user.ask({"stop"})["outcome"] == "solved");
  CHECK_FALSE(is_debug());  // the clean tree that is back is built as ever
}

TEST_CASE("after a solve it says where to read on: the files, and the symptoms of the guide",
          "[plan][reading]") {
  const Tiny tiny;
  replace_in(tiny.catalog, "  packs: {tiny:", "  guide: guide.md\n  packs: {tiny:");
  REQUIRE(write_unsynced(tiny.place / "project/guide.md",
                         "# Symptoms\n\nWords.\n\n## The loss grows\n\nA sign.\n\n### Likely\n\n- a sign\n\n"
                         "### Look at\n\n- code: stats.cpp step\n\n### Drills\n\nT01 N01\n\n"
                         "## A number is off\n\nA count.\n\n### Likely\n\n- a count\n\n"
                         "### Look at\n\n- code: stats.cpp mean\n"));
  const fs::path checkout = tiny.start({"T01"});
  CHECK_FALSE(has(tiny.user.nanobug({"check"}).out, "read on"));
  replace_in(checkout / "stats.cpp", kWrong, kRight);
  const Finished check = tiny.user.nanobug({"check"});
  CHECK(has(check.out, "Where to read on:\n  - stats.cpp\n  - nanobug explain 'The loss grows'\n"));
  CHECK_FALSE(has(check.out, "A number is off"));
}

TEST_CASE("reveal opens the editor where the bug stands now", "[plan][editor]") {
  const Tiny tiny;
  const fs::path checkout = tiny.start({"T01", "--dir", (tiny.place / "work").string()});
  CHECK(has(tiny.refused({"reveal", "--edit"}, 2), "needs a terminal"));
  CHECK(tiny.user.ask({"status"})["state"] != "revealed");
  const fs::path editor = tiny.place / "my editor", told = tiny.place / "told";
  REQUIRE(write_unsynced(editor, "#!/bin/sh\nprintf '%s\\n' \"$@\" > '" + told.string() + "'\n"));
  REQUIRE(::chmod(editor.c_str(), 0700) == 0);
  const auto line_of = [&](const fs::path& file) {
    const std::string text = text_of(file);
    return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find(kWrong)), '\n');
  };
  const auto opened = [&] {
    Terminal terminal(tiny.user, {"reveal", "--edit"}, {24, 80},
                      {"VISUAL='" + editor.string() + "' -w", "EDITOR=false"});
    const int status = terminal.ended();
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    return text_of(told);
  };
  const long before = line_of(checkout / "stats.cpp");
  replace_in(checkout / "stats.cpp", "namespace tiny {\n\ndouble",
             "namespace tiny {\n\n// looking\n\ndouble");
  CHECK(line_of(checkout / "stats.cpp") == before + 2);
  CHECK(opened() == "-w\n+" + std::to_string(before + 2) + "\n" + (checkout / "stats.cpp").string() + "\n");
  const fs::path attempt = tiny.user.ask({"stop"})["attempt"].get<std::string>();
  CHECK(opened() == "-w\n+" + std::to_string(before + 2) + "\n" + (attempt / "stats.cpp").string() + "\n");

  Terminal failing(tiny.user, {"reveal", "--edit"}, {24, 80}, {"VISUAL", "EDITOR=false"});
  failing.until("failed with exit code 1; VISUAL or EDITOR says which editor is opened");
  const int status = failing.ended();
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 6));
}
