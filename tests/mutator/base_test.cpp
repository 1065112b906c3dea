// base: files survive what goes wrong, processes end when told, words are near or not.
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/base/process.h"
#include "mutator/base/source_kind.h"
#include "mutator/base/suggest.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace std::chrono_literals;

namespace {

struct Scratch {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-base");
  ~Scratch() { (void)remove_tree(path); }
};

}  // namespace

TEST_CASE("sha256 is FIPS 180-4's", "[base]") {
  // The examples of the standard's appendix.
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_CASE("a file is written whole or not at all", "[base]") {
  const Scratch scratch;
  const fs::path file = scratch.path / "deep" / "file";
  const std::string bytes("a\0b\r\n\xff", 6);
  REQUIRE(write_file(file, bytes, 0755));
  CHECK(*read_file(file) == bytes);
  CHECK((fs::status(file).permissions() & fs::perms::owner_exec) != fs::perms::none);
  SECTION("over a directory it fails and leaves nothing behind") {
    fs::create_directory(scratch.path / "taken");
    const Status status = write_file(scratch.path / "taken", "x");
    REQUIRE_FALSE(status);
    CHECK(status.error().code == Exit::io);
    CHECK(status.error().message.find("taken") != std::string::npos);
    CHECK(std::distance(fs::directory_iterator(scratch.path), {}) == 2);
  }
  SECTION("reading a directory or nothing says why") {
    CHECK(read_file(scratch.path).error().message.find("Is a directory") != std::string::npos);
    CHECK(read_file(scratch.path / "none").error().message.find("No such file") != std::string::npos);
  }
  SECTION("lines are appended one by one") {
    REQUIRE(append_line(file, "one"));
    REQUIRE(append_line(file, "two"));
    CHECK(*read_file(file) == bytes + "one\ntwo\n");
  }
}

TEST_CASE("a tree with read-only directories is removed", "[base]") {
  Scratch scratch;
  fs::create_directories(scratch.path / "a" / "b");
  std::ofstream(scratch.path / "a" / "b" / "c") << "x";
  fs::permissions(scratch.path / "a" / "b", fs::perms::owner_read | fs::perms::owner_exec);
  REQUIRE(remove_tree(scratch.path / "a"));
  CHECK_FALSE(fs::exists(scratch.path / "a"));
}

TEST_CASE("a process is run, read and timed out", "[base]") {
  SECTION("exit code and both streams") {
    const auto finished = run({.argv = {"sh", "-c", "echo out; echo err >&2; exit 3"}});
    REQUIRE(finished);
    CHECK(finished->exit_code == 3);
    CHECK(finished->out == "out\n");
    CHECK(finished->err == "err\n");
    CHECK(finished->how() == "exit code 3");
  }
  SECTION("lines come one by one, the last without its newline") {
    std::vector<std::string> lines;
    Command command{.argv = {"printf", "a\\nb\\nc"}};
    command.on_line = [&](std::string_view line) { lines.emplace_back(line); };
    REQUIRE(run(command));
    CHECK(lines == std::vector<std::string>{"a", "b", "c"});
  }
  SECTION("a signal is told by name") {
    const auto finished = run({.argv = {"sh", "-c", "kill -SEGV $$"}});
    CHECK(finished->how() == "killed by SIGSEGV");
  }
  SECTION("a hang ends, its children too") {
    const auto finished = run({.argv = {"sh", "-c", "sleep 600 & sleep 600"}, .time_limit = 200ms});
    CHECK(finished->timed_out);
    CHECK(finished->seconds < 60);
  }
  SECTION("directory and environment") {
    const auto finished = run({.argv = {"sh", "-c", "pwd; echo $NANOBUG_X"},
                               .directory = "/",
                               .environment = {{"NANOBUG_X", "y"}}});
    CHECK(finished->out == "/\ny\n");
  }
  SECTION("a program that is not there") {
    const auto finished = run({.argv = {"nanobug-no-such-program"}});
    REQUIRE_FALSE(finished);
    CHECK(finished.error().code == Exit::io);
    CHECK(finished.error().message.find("nanobug-no-such-program") != std::string::npos);
  }
}

TEST_CASE("the nearest word", "[base]") {
  const std::vector<std::string> verbs = {"start", "status", "stop"};
  CHECK(nearest("strat", verbs) == "start");
  CHECK(nearest("statsu", verbs) == "status");
  CHECK(nearest("stpo", verbs) == "stop");
  CHECK_FALSE(nearest("reveal", verbs));
  CHECK(did_you_mean("xyzzy", verbs).empty());
}

TEST_CASE("XDG variables count only when absolute", "[base]") {
  ::setenv("XDG_STATE_HOME", "relative", 1);
  CHECK(state_home() == home() / ".local/state/nanobug");
  ::setenv("XDG_STATE_HOME", "/somewhere", 1);
  CHECK(state_home() == "/somewhere/nanobug");
  ::unsetenv("XDG_STATE_HOME");
}

TEST_CASE("what a file is, by its name", "[base]") {
  // GCC's list of suffixes (its manual, 3.2 "Options Controlling the Kind of Output"), and CUDA's.
  for (const char* name : {"a.c", "a.cc", "a.cp", "a.cxx", "a.cpp", "a.c++", "a.C", "dir.h/a.cu"}) {
    CAPTURE(name);
    CHECK(is_compiled(name));
    CHECK_FALSE(is_header(name));
  }
  for (const char* name :
       {"a.h", "a.hh", "a.H", "a.hp", "a.hxx", "a.hpp", "a.h++", "a.tcc", "a.cuh", "a.inc"}) {
    CAPTURE(name);
    CHECK(is_header(name));
    CHECK_FALSE(is_compiled(name));
  }
  for (const char* name : {"CMakeLists.txt", "a", "a.py", ".cpp", "a.cpp.orig"}) {
    CAPTURE(name);
    CHECK_FALSE((is_header(name) || is_compiled(name)));
  }
  CHECK(language_of("a.c") == Language::c);
  CHECK(language_of("a.cu") == Language::cuda);
  CHECK(language_of("a.cuh") == Language::cuda);
  CHECK(language_of("a.C") == Language::cpp);
  CHECK(language_of("a.h") == Language::cpp);
}
