// watch: a learner at work, in a terminal of their own: saves, keys, and how the terminal is left, whatever
// happens.
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <sstream>

#include "tests/journey/terminal.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const std::string kKeys = "? keys";  // the end of what stands there while it waits
const std::string kLoop = "  for (;;) {\n  }\n  if (argc != 3) return 2;";

// The session's bug is a sign, so its curve goes up: "step" makes the loss grow without bound.
struct AtWork : Tiny {
  fs::path checkout;
  explicit AtWork(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"T01", "--dir", (place / "work").string()});
    checkout = start(more);
  }
  void edit(const std::string& from, const std::string& to, const std::string& file = "stats.cpp") const {
    replace_in(checkout / file, from, to);
  }
};

bool ends_well(Terminal& terminal) {
  const int status = terminal.ended();
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool ended_by(Terminal& terminal, int signal) {
  const int status = terminal.ended();
  return WIFSIGNALED(status) && WTERMSIG(status) == signal;
}

// The process that a run is made in.
pid_t child_of(pid_t pid) {
  std::istringstream children(
      text_of("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children"));
  pid_t child = 0;
  children >> child;
  return child;
}

// Columns that a line takes at most: what is drawn over begins anew.
size_t widest(const std::string& drawn) {
  size_t widest = 0, now = 0;
  for (size_t i = 0; i < drawn.size(); ++i) {
    const auto c = static_cast<unsigned char>(drawn[i]);
    if (c == '\n' || c == '\r') {
      now = 0;
    } else if (c == '\033') {
      i = drawn.find_first_of("KmHJ", i);
      if (i == std::string::npos) break;
    } else if ((c & 0xC0) != 0x80) {
      widest = std::max(widest, ++now);
    }
  }
  return widest;
}

}  // namespace

TEST_CASE("a save is built and run, an error is shown whole, and keys ask", "[watch]") {
  const AtWork work;
  Terminal terminal(work.user, {"watch"}, {24, 80});
  const std::string first = terminal.until(kKeys);
  CHECK(has(first, "watching "));
  CHECK(has(first, "loss: o yours, . clean"));
  CHECK_FALSE(terminal.as_it_was());
  // With its line of keys it stands on a screen of 24 lines.
  CHECK(std::count(first.begin(), first.end(), '\n') < 24);
  CHECK(widest(first) <= 80);

  work.edit("x += ", "x += no_such_name + ");
  const std::string error = terminal.until(kKeys);
  CHECK(has(error, "saved stats.cpp"));
  CHECK(has(error, "\nstats.cpp:"));  // by its path in the checkout
  CHECK(has(error, "error: use of undeclared identifier 'no_such_name'"));
  CHECK(has(error, "^"));
  CHECK_FALSE(has(error, "o yours"));

  work.edit("no_such_name + ", "");
  CHECK(has(terminal.until(kKeys), "o yours"));
  // Made in a directory that was made a moment ago.
  fs::create_directories(work.checkout / "more");
  REQUIRE(write_unsynced(work.checkout / "more/trace.h", "// the loss grows\n"));
  CHECK(has(terminal.until(kKeys), "saved more/trace.h"));
  // No source: a program may have left it.
  REQUIRE(write_unsynced(work.checkout / "more/notes.txt", "the loss grows"));
  CHECK_FALSE(has(terminal.during(std::chrono::milliseconds(700)), "saved"));

  terminal.type("h");
  CHECK(has(terminal.until(kKeys), "1/3: It is a sign."));
  terminal.type("c");
  CHECK(has(terminal.until(kKeys), "Not yet."));
  terminal.type("r");
  CHECK(has(terminal.until(kKeys), "o yours"));
  terminal.type("?");
  CHECK(has(terminal.until(kKeys), "the next hint"));
  terminal.type("\033[C\033[cx");  // arrows and others mean nothing
  CHECK_FALSE(has(terminal.during(std::chrono::milliseconds(300)), "saved"));
  terminal.type("q");
  CHECK(ends_well(terminal));
  CHECK(terminal.as_it_was());
  // All of it is the session's own: a hint, a check, and the runs.
  const json status = work.user.ask({"status"});
  CHECK(status["hints"] == 1);
  CHECK(status["checks"] == 1);
}

TEST_CASE("the watch ends as signals do, and leaves the terminal as it was", "[watch]") {
  const AtWork work;
  const bool at_work = GENERATE(false, true);
  if (at_work) work.edit("  if (argc != 3) return 2;", kLoop, "descend.cpp");
  Terminal terminal(work.user, {"watch"}, {24, 80});
  terminal.until(at_work ? "building" : kKeys);
  if (at_work) terminal.during(std::chrono::milliseconds(1500));
  const pid_t child = at_work ? child_of(terminal.pid) : 0;
  SECTION("Ctrl-C") {
    terminal.type("\003");
    CHECK(ended_by(terminal, SIGINT));
  }
  SECTION("SIGTERM") {
    ::kill(terminal.pid, SIGTERM);
    CHECK(ended_by(terminal, SIGTERM));
  }
  SECTION("q") {
    terminal.type("q");
    CHECK(ends_well(terminal));
  }
  CHECK(terminal.as_it_was());
  if (at_work) CHECK(::kill(child, 0) != 0);  // and nothing is left at work
}

TEST_CASE("Ctrl-Z gives the terminal back for as long as the watch is stopped", "[watch]") {
  const AtWork work;
  Terminal terminal(work.user, {"watch"}, {24, 80});
  terminal.until(kKeys);
  terminal.type("\032");
  CHECK(terminal.stopped());
  CHECK(terminal.as_it_was());
  ::kill(terminal.pid, SIGCONT);
  terminal.until(kKeys);
  CHECK_FALSE(terminal.as_it_was());
  terminal.type("q");
  CHECK(ends_well(terminal));
  CHECK(terminal.as_it_was());
}

TEST_CASE("a save ends a run or a build that is going on, and begins again", "[watch]") {
  const AtWork work;
  const bool builds = GENERATE(true, false);
  const std::string was = builds ? "#include \"stats.h\"" : "  if (argc != 3) return 2;";
  const std::string slow = builds ? "#include \"slow.h\"\n" + was : kLoop;
  if (builds) REQUIRE(::mkfifo((work.checkout / "slow.h").c_str(), 0600) == 0);  // nobody ever writes to it
  work.edit(was, slow, "descend.cpp");
  Terminal terminal(work.user, {"watch"}, {24, 80});
  terminal.until("building");
  terminal.during(std::chrono::milliseconds(1500));
  const pid_t first = child_of(terminal.pid);
  CHECK(first > 0);
  work.edit(slow, was, "descend.cpp");
  const std::string after = terminal.until(kKeys);
  CHECK(has(after, "saved descend.cpp"));
  CHECK(has(after, "o yours"));
  CHECK(::kill(first, 0) != 0);
  terminal.type("q");
  CHECK(ends_well(terminal));
}

TEST_CASE("what a run itself leaves behind brings about no other run", "[watch]") {
  const AtWork work;
  work.edit("  if (argc != 3) return 2;",
            "  if (argc != 3) return 2;\n  std::fclose(std::fopen(\"trace.txt\", \"w\"));", "descend.cpp");
  Terminal terminal(work.user, {"watch"}, {24, 80});
  terminal.until(kKeys);
  CHECK(fs::exists(work.checkout / "trace.txt"));
  CHECK_FALSE(has(terminal.during(std::chrono::milliseconds(1500)), "saved"));
  terminal.type("q");
  CHECK(ends_well(terminal));
}

TEST_CASE("a crash of what is at work is told, and the watch goes on", "[watch]") {
  const AtWork work;
  work.edit("  if (argc != 3) return 2;", kLoop, "descend.cpp");
  Terminal terminal(work.user, {"watch"}, {24, 80});
  terminal.until("building");
  terminal.during(std::chrono::milliseconds(1000));
  ::kill(child_of(terminal.pid), SIGSEGV);
  CHECK(has(terminal.until(kKeys), "that was ended by SIGSEGV; save, or type r, to run again"));
  work.edit(kLoop, "  if (argc != 3) return 2;", "descend.cpp");
  CHECK(has(terminal.until(kKeys), "o yours"));
  terminal.type("q");
  CHECK(ends_well(terminal));
  CHECK(terminal.as_it_was());
}

TEST_CASE("other verbs work beside it, and a session that ends ends it", "[watch]") {
  const AtWork work;
  Terminal terminal(work.user, {"watch"}, {24, 80});
  terminal.until(kKeys);
  CHECK(work.user.ask({"hint"})["number"] == 1);
  CHECK(work.user.ask({"note", "the loss grows"}).is_object());
  CHECK(work.user.ask({"check"}, 1)["solved"] == false);
  CHECK(work.user.ask({"stop"})["outcome"] == "stopped");
  CHECK(has(terminal.until("has ended"), "session "));
  CHECK(ends_well(terminal));
  CHECK(terminal.as_it_was());
}

TEST_CASE("in twenty columns, after a resize and without colour", "[watch]") {
  const AtWork work;
  SECTION("twenty columns") {
    Terminal terminal(work.user, {"watch"}, {24, 20}, {"NO_COLOR=1"});
    const std::string drawn = terminal.until("q ?");
    CHECK_FALSE(has(drawn, "\033[1"));
    CHECK_FALSE(has(drawn, "o yours"));
    CHECK(has(drawn, "the clean\r\ntree's"));  // the curve's words instead
    // What is drawn over fits, so that it is drawn over.
    for (size_t at = 0; (at = drawn.find("\033[K", at)) != std::string::npos; ++at) {
      const std::string line = drawn.substr(at + 3, drawn.find_first_of("\r\n", at + 3) - at - 3);
      INFO(line);
      if (line.starts_with("step") && drawn[at + 3 + line.size()] == '\r' &&
          drawn.compare(at + 3 + line.size(), 2, "\r\n") != 0)
        CHECK(line.size() < 20);
    }
    terminal.type("q");
    CHECK(ends_well(terminal));
  }
  SECTION("a resize") {
    Terminal terminal(work.user, {"watch"}, {24, 80});
    CHECK(has(terminal.until(kKeys), "\033[1m"));
    terminal.resize({24, 30});
    terminal.until("c h r q ?");
    terminal.resize({50, 120});
    terminal.until(kKeys);
    terminal.type("q");
    CHECK(ends_well(terminal));
    CHECK(terminal.as_it_was());
  }
  SECTION("a dumb terminal") {
    Terminal terminal(work.user, {"watch"}, {24, 80}, {"TERM=dumb"});
    const std::string drawn = terminal.until(kKeys);
    CHECK_FALSE(has(drawn, "\033"));
    CHECK(has(drawn, "o yours"));
    terminal.type("q");
    CHECK(ends_well(terminal));
  }
}

TEST_CASE("without hints no key gives one", "[watch]") {
  const AtWork work({"--no-hints"});
  Terminal terminal(work.user, {"watch"}, {24, 80});
  CHECK_FALSE(has(terminal.until(kKeys), "h hint"));
  terminal.type("h");
  CHECK(has(terminal.until(kKeys), "this session was begun with --no-hints"));
  CHECK(work.user.ask({"status"})["hints"] == 0);
  terminal.type("q");
  CHECK(ends_well(terminal));
}

TEST_CASE("without a terminal it says a line an event, and once is run's answer", "[watch]") {
  const AtWork work;
  const auto once = [&](std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"watch", "--once"});
    return work.user.nanobug(more);
  };
  Finished ran = once();
  CHECK(ran.exit_code == 0);
  CHECK(ran.out == "ran: the loss starts at 9 and ends at " + ran.out.substr(ran.out.find("ends at ") + 8));
  CHECK(has(ran.out, "after 30 steps; the clean tree's ends at "));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 1);
  CHECK(work.user.ask({"watch", "--once"}) == work.user.ask({"run"}));

  work.edit("x += ", "x += no_such_name + ");
  ran = once({"-q"});
  CHECK(ran.exit_code == 1);
  CHECK(ran.out.starts_with("does not build: stats.cpp:"));
  CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 1);
  CHECK(ran.err.empty());
  CHECK(once({"--run", "no-such"}).exit_code == 2);

  // At a terminal only where it is asked for; then keys are none.
  Terminal terminal(work.user, {"watch", "--plain"}, {24, 80});
  CHECK(has(terminal.until("does not build: "), "; Ctrl-C ends it"));
  CHECK(terminal.as_it_was());
  work.edit("no_such_name + ", "");
  const std::string lines = terminal.until("ran: ");
  CHECK(has(lines, "saved stats.cpp\r\nbuilding\r\n"));
  CHECK_FALSE(has(lines, "\033"));
  terminal.type("\003");
  CHECK(ended_by(terminal, SIGINT));
}

TEST_CASE("there is something to watch, or a sentence", "[watch]") {
  const Tiny tiny;
  CHECK(has(tiny.refused({"watch"}, 4), "no session is open"));
  tiny.user.ask({"start", "T01", "--mode", "review"});
  CHECK(has(tiny.refused({"watch"}, 4), "this is a review, without a checkout"));
}
