// temporary: gone with the process that made them, or with the next one that looks.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "mutator/base/files.h"
#include "mutator/base/temporary.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace std::chrono_literals;

namespace {

struct Parent {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-temporary");
  ~Parent() { (void)remove_tree(path); }
  bool empty() const { return fs::is_empty(path); }
};

// A process that makes a directory with a file in it and then waits, or returns from main.
pid_t maker(const fs::path& parent, bool returns) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::execl(NANOBUG_TEST_BIN_DIR "/session_worker", "session_worker", returns ? "temporary" : "temporary-wait",
          parent.c_str(), nullptr);
  ::_exit(127);
}

void wait_for_content(const fs::path& parent) {
  const auto there = [&] {
    std::error_code error;
    for (fs::recursive_directory_iterator it(parent, error), end; !error && it != end; it.increment(error))
      if (it->path().filename() == "whole") return true;
    return false;
  };
  for (int i = 0; i < 2000 && !there(); ++i) std::this_thread::sleep_for(5ms);
  REQUIRE(there());
}

}  // namespace

TEST_CASE("a temporary directory goes with its process", "[base][temporary]") {
  const Parent parent;
  int status = -1;
  ::waitpid(maker(parent.path, true), &status, 0);
  CHECK(status == 0);
  CHECK(parent.empty());
}

TEST_CASE("what a kill left is swept by the next command, what lives is not", "[base][temporary]") {
  const Parent parent;
  const pid_t child = maker(parent.path, false);
  wait_for_content(parent.path);
  sweep_temporary_directories(parent.path);
  CHECK_FALSE(parent.empty());
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  SECTION("asked to") {
    sweep_temporary_directories(parent.path);
  }
  SECTION("asked to, from above") {
    sweep_temporary_directories(parent.path.parent_path(), 1);
  }
  SECTION("by itself, by whoever makes another there") {
    int status = -1;
    ::waitpid(maker(parent.path, true), &status, 0);
    CHECK(status == 0);
  }
  CHECK(parent.empty());
}

TEST_CASE("only our own places are swept", "[base][temporary]") {
  const Parent parent;
  fs::create_directory(parent.path / "nanobug-tmp");
  fs::create_directory(parent.path / "theirs");
  std::ofstream(parent.path / "nanobug-tmp.file") << "x";
  fs::create_directory_symlink("theirs", parent.path / "nanobug-tmp.link00");
  std::ofstream(parent.path / "theirs" / "file") << "x";
  sweep_temporary_directories(parent.path, 2);
  CHECK(fs::exists(parent.path / "nanobug-tmp"));
  CHECK(fs::exists(parent.path / "nanobug-tmp.file"));
  CHECK(fs::exists(parent.path / "theirs/file"));
}

TEST_CASE("a place that another process sweeps before it is held is made again", "[base][temporary]") {
  const Parent parent;
  const pid_t sweeper = ::fork();
  if (sweeper == 0)
    for (;;) sweep_temporary_directories(parent.path);
  std::string refused;
  for (int i = 0; i < 20'000 && refused.empty(); ++i) {
    const auto made = make_temporary_directory(parent.path, "one");
    if (!made)
      refused = std::to_string(i) + ": " + made.error().message;
    else
      (void)remove_tree(made->parent_path());  // so that the next one is another place
  }
  ::kill(sweeper, SIGKILL);
  ::waitpid(sweeper, nullptr, 0);
  CHECK(refused == "");
}

TEST_CASE("a parent that was removed meanwhile is made again", "[base][temporary]") {
  const Parent parent;
  const fs::path inner = parent.path / "inner";
  const fs::path first = *make_temporary_directory(inner, "one");
  CHECK(fs::is_directory(first));
  REQUIRE(remove_tree(inner));
  const fs::path second = *make_temporary_directory(inner, "two");
  CHECK(fs::is_directory(second));
  CHECK(second != first);
}

TEST_CASE("what is removed in the background is out of the way at once, and gone soon", "[base][temporary]") {
  const Parent parent;
  const fs::path directory = parent.path / "old", held = parent.path / "cache";
  fs::create_directories(directory / "inner");
  for (int i = 0; i < 50; ++i) std::ofstream(directory / "inner" / std::to_string(i)) << "x";
  SECTION("by a process of its own") {
    remove_in_background(directory, held);
    CHECK_FALSE(fs::exists(directory));
    for (int i = 0; i < 2000 && !fs::is_empty(held); ++i) std::this_thread::sleep_for(5ms);
    CHECK(fs::is_empty(held));
  }
  SECTION("by the next that sweeps, where that one was killed") {
    fs::create_directory(held);
    fs::rename(directory, held / "nanobug-tmp.abcdef");
    sweep_temporary_directories(held);
    CHECK(fs::is_empty(held));
  }
  SECTION("at once, where it cannot be put there") {
    remove_in_background(directory, "/proc/nanobug");
    CHECK_FALSE(fs::exists(directory));
  }
  SECTION("at once, where there is no rm") {
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", "/nowhere", 1);
    remove_in_background(directory, held);
    ::setenv("PATH", path.c_str(), 1);
    CHECK_FALSE(fs::exists(directory));
    CHECK(fs::is_empty(held));
  }
}

TEST_CASE("where no directory can be made the system's reason is told", "[base][temporary]") {
  const auto made = make_temporary_directory("/proc", "x");  // there, and takes no directory of anybody
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Exit::io);
  CHECK(made.error().message.starts_with("cannot make a directory in /proc: "));
  const auto below = make_temporary_directory("/proc/version/x", "x");
  REQUIRE_FALSE(below);
  CHECK(below.error().code == Exit::io);
  CHECK(below.error().message.starts_with("cannot make the directory /proc/version/x: "));
}
