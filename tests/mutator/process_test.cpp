// process: limits that hold whatever a program does, nothing left running, output that is bounded.
//
// The oracle is /proc and the file system, never what run() says of itself: whether a program still runs is
// told by a file that it has locked, which the kernel gives back only when every process that holds it is
// gone.
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>
#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "mutator/base/standby.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace std::chrono_literals;

namespace {

struct Scratch {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-process");
  ~Scratch() { (void)remove_tree(path); }
};

Command shell(const std::string& script) {
  return {.argv = {*find_program("bash"), "-c", script}};
}

// run(), once without and once with a standby of the shell.
class Way {
 public:
  Way() {
    if (!GENERATE(false, true)) return;
    standby_ = Standby::start(shell(""), "");
    REQUIRE(standby_);
  }
  Result<Finished> operator()(const Command& command) const { return nanobug::run(command, standby_.get()); }

 private:
  std::unique_ptr<Standby> standby_;
};

// Whether nobody holds the lock on the file any more, within a time that is far beyond what it takes.
bool is_free(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  bool free = false;
  for (int i = 0; i < 1000 && !free; ++i) {
    free = ::flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (!free) std::this_thread::sleep_for(10ms);
  }
  ::close(fd);
  return free;
}

// A script whose processes hold `file` for as long as one of them lives, and then wait or spin.
std::string holding(const fs::path& file, const std::string& rest) {
  return "exec 9>'" + file.string() + "'; flock -n 9 || exit 8; touch '" + file.string() + ".held'; " + rest;
}

const std::string kSpin = "while :; do :; done";

}  // namespace

TEST_CASE("a limit holds though the program closes its pipes", "[base][process]") {
  const Way run;
  Scratch scratch;
  const fs::path lock = scratch.path / "lock";
  Command command = shell(holding(lock, "exec >&- 2>&-; sleep 600"));
  SECTION("by the clock") {
    command.time_limit = 300ms;
  }
  SECTION("stretched by the load") {
    command.limits.wall_s = 0.3;
  }
  SECTION("since the last line") {
    command.quiet_limits.wall_s = 0.3;
  }
  const auto finished = run(command);
  REQUIRE(finished);
  CHECK(finished->timed_out);
  CHECK_FALSE(finished->over_processor_limit);
  CHECK(fs::exists(lock.string() + ".held"));
  CHECK(is_free(lock));
}

TEST_CASE("processor time is that of all descendants, wherever they hide", "[base][process]") {
  const Way run;
  Scratch scratch;
  const fs::path lock = scratch.path / "lock";
  std::string script;
  SECTION("the program itself") {
    script = kSpin;
  }
  SECTION("a child, the pipes closed") {
    script = "exec >&- 2>&-; (" + kSpin + ") & wait";
  }
  SECTION("a child in a session of its own") {
    script = "setsid bash -c '" + kSpin + "' & wait";
  }
  SECTION("an orphan in a session of its own") {
    script = "(setsid bash -c '" + kSpin + "' &) ; sleep 600";
  }
  SECTION("many children that each use little") {
    script = "while :; do bash -c 'for ((i = 0; i < 20000; ++i)); do :; done'; done";
  }
  Command command = shell(holding(lock, script));
  command.limits = {.processor_s = 0.5, .wall_s = 300};
  const auto finished = run(command);
  REQUIRE(finished);
  CHECK(finished->timed_out);
  CHECK(finished->over_processor_limit);
  CHECK_FALSE(finished->over_quiet_limit);
  CHECK(finished->processor_s >= 0.5);
  CHECK(finished->processor_s < 5);
  CHECK(finished->how() == "no answer within its limit of processor time");
  CHECK(is_free(lock));
}

TEST_CASE("processor time is told of a program that returned", "[base][process]") {
  const Way run;
  const auto busy = run(shell("(for ((i = 0; i < 300000; ++i)); do :; done); true"));
  const auto idle = run(shell("exec sleep 0.3"));
  REQUIRE(busy->good());
  CHECK(busy->processor_s > 0.05);
  CHECK(idle->processor_s < 0.05);
}

TEST_CASE("each line begins the quiet limit anew, other output does not", "[base][process]") {
  const Way run;
  const std::string spin = "for ((i = 0; i < 100000; ++i)); do :; done; ";
  Command command = shell("for k in 1 2 3 4 5 6 7 8; do " + spin + " echo $k; done");
  command.lines_from = 1;
  int lines = 0;
  command.on_line = [&](std::string_view) { ++lines; };
  const double whole = run(command)->processor_s;
  REQUIRE(lines == 8);
  SECTION("lines in time") {
    command.quiet_limits.processor_s = whole * 0.75;
    CHECK(run(command)->good());
  }
  SECTION("half a line is none") {
    command = shell("printf half; " + kSpin);
    command.on_line = [&](std::string_view) {};
    command.quiet_limits.processor_s = 0.3;
    const auto finished = run(command);
    CHECK(finished->over_quiet_limit);
    CHECK(finished->over_processor_limit);
  }
  SECTION("the other channel is none") {
    command = shell("echo line >&3; while :; do echo noise; done");
    command.lines_from = 3;
    command.on_line = [&](std::string_view) {};
    command.quiet_limits.processor_s = 0.3;
    CHECK(run(command)->over_quiet_limit);
  }
}

TEST_CASE("lines have a descriptor of their own where that is asked for", "[base][process]") {
  const Way run;
  Command command = shell("echo out; echo one >&3; echo err >&2; echo two > /dev/fd/3; printf three >&3");
  std::vector<std::string> lines;
  command.lines_from = 3;
  command.on_line = [&](std::string_view line) { lines.emplace_back(line); };
  const auto finished = run(command);
  REQUIRE(finished->good());
  CHECK(lines == std::vector<std::string>{"one", "two", "three"});
  CHECK(finished->out == "out\n");
  CHECK(finished->err == "err\n");
}

TEST_CASE("a program gets three descriptors, and nothing of nanobug's", "[base][process]") {
  const int ours = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  const Way run;
  CHECK(run(shell("exec ls /proc/self/fd"))->out == "0\n1\n2\n3\n");  // 3 is what ls reads
  ::close(ours);
}

TEST_CASE("what a program leaves running ends with it", "[base][process]") {
  const Way run;
  Scratch scratch;
  const fs::path lock = scratch.path / "lock";
  const auto finished = run(shell(holding(lock, "setsid sleep 600 & sleep 600 & echo done")));
  CHECK(finished->good());
  CHECK(finished->out == "done\n");
  CHECK(is_free(lock));
}

TEST_CASE("output is bounded and no byte is looked at twice", "[base][process]") {
  const Way run;
  SECTION("stdout: its beginning") {
    const auto finished = run(shell("echo first; head -c 80000000 /dev/zero"));
    REQUIRE(finished->good());
    CHECK(finished->out.size() == 64u << 20);
    CHECK(finished->out.starts_with("first\n"));
  }
  SECTION("stderr: its end") {
    const auto finished = run(shell("head -c 1000000 /dev/zero >&2; echo last >&2"));
    CHECK(finished->err.size() == 64u << 10);
    CHECK(finished->err.ends_with("last\n"));
  }
  SECTION("a line without an end is cut, and the next is whole") {
    // 300 MB: were the line scanned again at every read, this would take hours.
    Command command = shell("head -c 300000000 /dev/zero; echo; echo next");
    std::vector<size_t> sizes;
    std::string last;
    command.on_line = [&](std::string_view line) { sizes.push_back(line.size()), last = line; };
    REQUIRE(run(command)->good());
    CHECK(sizes == std::vector<size_t>{1u << 20, 4});
    CHECK(last == "next");
  }
}

TEST_CASE("an exception from on_line ends the program", "[base][process]") {
  const Way run;
  Scratch scratch;
  const fs::path lock = scratch.path / "lock";
  Command command = shell(holding(lock, "echo line; sleep 600"));
  command.on_line = [](std::string_view) { throw std::runtime_error("no"); };
  CHECK_THROWS_AS(run(command), std::runtime_error);
  CHECK(is_free(lock));
}

TEST_CASE("a program that cannot be started, or a directory that is not there, is an error",
          "[base][process]") {
  const Way run;
  const auto missing = nanobug::run({.argv = {"nanobug-no-such-program"}});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Exit::io);
  Command somewhere = shell("true");
  somewhere.directory = "/nanobug/nowhere";
  const auto nowhere = run(somewhere);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message.find("No such file") != std::string::npos);
}

namespace {

// A process of its own that runs a program which holds the lock, until a signal ends it; -> its wait status.
int end_while_running(const fs::path& lock, int signal, bool held, void (*before)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    before();
    end_children_when_interrupted();
    Command command = shell(holding(lock, "setsid sleep 600 & sleep 600"));
    const auto standby = held ? Standby::start(command, "") : nullptr;
    if (held && !standby) ::_exit(8);
    (void)run(command, standby.get());
    ::_exit(9);
  }
  for (int i = 0; i < 1000 && !fs::exists(lock.string() + ".held"); ++i) std::this_thread::sleep_for(10ms);
  ::kill(child, signal);
  int status = 0;
  for (int i = 0; i < 200; ++i) {
    if (::waitpid(child, &status, WNOHANG) == child) return status;
    std::this_thread::sleep_for(10ms);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return -1;  // it went on
}

}  // namespace

TEST_CASE("children end with nanobug, however it ends", "[base][process]") {
  Scratch scratch;
  const fs::path lock = scratch.path / "lock";
  const int signal = GENERATE(SIGKILL, SIGTERM, SIGINT, SIGHUP);
  const int status = end_while_running(lock, signal, GENERATE(false, true), [] {});
  REQUIRE(fs::exists(lock.string() + ".held"));
  CHECK(status == signal);
  // After any signal but SIGKILL they are gone before nanobug is.
  if (signal != SIGKILL) {
    const int fd = ::open(lock.c_str(), O_RDWR | O_CLOEXEC);
    CHECK(::flock(fd, LOCK_EX | LOCK_NB) == 0);
    ::close(fd);
  }
  CHECK(is_free(lock));
}

TEST_CASE("a signal that nanobug was told to ignore stays ignored, for its children too", "[base][process]") {
  Scratch scratch;
  const fs::path lock = scratch.path / "lock";
  CHECK(end_while_running(lock, SIGHUP, GENERATE(false, true), [] { ::signal(SIGHUP, SIG_IGN); }) == -1);
  CHECK(is_free(lock));
  ::signal(SIGHUP, SIG_IGN);
  const Way run;
  CHECK(run(shell("kill -HUP $$; echo alive"))->out == "alive\n");
  ::signal(SIGHUP, SIG_DFL);
}

TEST_CASE("a program has its signals as usual", "[base][process]") {
  ::signal(SIGPIPE, SIG_IGN);
  const Way run;
  CHECK(run(shell("kill -PIPE $$; echo alive"))->how() == "killed by SIGPIPE");
  ::signal(SIGPIPE, SIG_DFL);
  CHECK(run(shell("kill -TERM $$; echo alive"))->how() == "killed by SIGTERM");
}
