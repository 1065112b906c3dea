// session_kill: whatever a start, a stop or a recovery dies of, and wherever, the next command puts it right.
//
// The commands run as processes of their own (session_worker). Either the library fault.cpp is preloaded,
// which kills them before, or lets fail, exactly the n-th system call that changes the disk; or they are
// killed after a time drawn at random. After each death the desk is opened, and everything the learner had
// must be there, whole. By default a sample of the places is tried; NANOBUG_KILLS=1000 in the environment
// tries all of them and that many random times.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>

#include "mutator/base/for_loader.h"
#include "mutator/session/session.h"
#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;
using session::Desk;
using vault::Mode;
using vault::Tree;

namespace {

int thorough() {
  return std::getenv("NANOBUG_KILLS") ? std::atoi(std::getenv("NANOBUG_KILLS")) : 0;
}

const std::string kBin = NANOBUG_TEST_BIN_DIR;
const ForLoader kFault(kBin + "/libfault.so");

struct Fault {
  long at = 0;  // 0: none, only count
  std::string kind = "kill";
  std::string exchange = "";  // the errno of a file system that cannot exchange two names
};

Finished worker(const std::string& verb, const fs::path& root, const Fault& fault,
                const fs::path& count = {}) {
  Command command;
  command.argv = {kBin + "/session_worker", verb == "start-over" ? "start" : verb, root.string()};
  command.environment = {{"LD_PRELOAD", kFault.name()},
                         {"FAULT_UNDER", root.string()},
                         {"FAULT_AT", std::to_string(fault.at)},
                         {"FAULT_KIND", fault.kind}};
  if (!fault.exchange.empty()) command.environment["FAULT_EXCHANGE"] = fault.exchange;
  if (!count.empty()) command.environment["FAULT_COUNT"] = count.string();
  return run(command).value();
}

// How many calls the verb makes that a fault could hit.
long calls_of(const std::string& verb, const fs::path& root, const Scratch& scratch, const std::string& kind,
              const std::string& exchange = "") {
  const Finished finished = worker(verb, root, {0, kind, exchange}, scratch / "count");
  INFO(verb << ": " << finished.how() << ' ' << finished.err);
  REQUIRE(finished.good());
  const long calls = std::stol(bytes_of(scratch / "count"));
  REQUIRE(calls > 20);
  return calls;
}

// All of 1…last, or a sample of about `size` of them that has the ends.
std::vector<long> places(long last, long size) {
  std::vector<long> result;
  const long step = thorough() ? 1 : std::max(1L, last / size);
  for (long at = 1; at <= last; at += step) result.push_back(at);
  if (result.back() != last) result.push_back(last);
  return result;
}

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

// What the learner has made of the checkout by the time a stop is killed.
Tree learners_tree() {
  Tree tree = mutated_tree();
  tree["optim.cpp"].bytes = "step += 2;\n";
  tree["notes.txt"] = {std::string(10'000, 'n'), Mode::regular};
  tree["nested/file"] = {"inner\n", Mode::regular};
  tree.erase("kernels/softmax.cu");
  return tree;
}

void edit(const fs::path& work) {
  put(work / "optim.cpp", "step += 2;\n");
  put(work / "notes.txt", std::string(10'000, 'n'));
  put(work / "nested/file", "inner\n");
  fs::remove(work / "kernels/softmax.cu");
}

bool holds(const fs::path& directory, const Tree& tree) {
  return fs::is_directory(directory) && vault::verify(directory, vault::manifest(tree), {"build"});
}

Desk reopened(const fs::path& root) {
  auto desk = Desk::open(places_in(root));
  INFO((desk ? "" : desk.error().text()));
  REQUIRE(desk);
  return std::move(*desk);
}

// No staging directory, no journal, no temporary file.
void check_tidy(const fs::path& root) {
  for (const auto& name : names_in(root)) {
    INFO(name);
    CHECK((name == "data" || name == "state" || name == "work"));
  }
  for (const auto& name : names_in(root / "state")) {
    INFO(name);
    CHECK((name == "lock" || name == "in-use" || name == "session.json" || name == "ledger.jsonl"));
  }
}

void check_vault(const fs::path& root) {
  const Finished checked = git(root / "data/vault.git", {"fsck", "--full"});
  INFO(checked.err << checked.out);
  CHECK(checked.good());
}

// The learner goes on working before the next command: whatever stands at the place gets a file of theirs.
bool work_on(const fs::path& root) {
  if (!fs::exists(root / "work")) return false;
  put(root / "work/mine.txt", "mine");
  return true;
}

Tree with_mine(Tree tree, bool touched) {
  if (touched) tree["mine.txt"] = {"mine", Mode::regular};
  return tree;
}

// After an interrupted start: a whole checkout and its session, or nothing of either.
void check_start(const fs::path& root) {
  const bool touched = work_on(root);
  Desk desk = reopened(root);
  check_tidy(root);
  CHECK(desk.current().has_value() == touched);
  if (!desk.current()) {
    CHECK_FALSE(fs::exists(root / "work"));
    auto again = desk.start(furnished_request(root / "work"));
    INFO((again ? "" : again.error().text()));
    REQUIRE(again);
  }
  CHECK(holds(root / "work", with_mine(mutated_tree(), touched)));
  CHECK(bytes_of(root / "work/build/main.o") == "object");
  CHECK(fs::exists(root / "work/.git/HEAD"));
}

// After an interrupted opening of the checkout: the session is open, with a whole checkout or with none.
void check_lay_out(const fs::path& root) {
  const bool touched = work_on(root);
  Desk desk = reopened(root);
  check_tidy(root);
  REQUIRE(desk.current());
  CHECK(desk.current()->has_checkout() == touched);
  CHECK(desk.current()->hints == 3);
  if (!touched) {
    CHECK_FALSE(fs::exists(root / "work"));
    auto again = desk.open_checkout(furnished_request(root / "work"));
    INFO((again ? "" : again.error().text()));
    REQUIRE(again);
  }
  CHECK(desk.current()->directory == root / "work");
  CHECK(desk.current()->production == production_request().production);
  CHECK(holds(root / "work", with_mine(mutated_tree(), touched)));
  CHECK(bytes_of(root / "work/build/main.o") == "object");
  CHECK(fs::exists(root / "work/.git/HEAD"));
}

// After an interrupted stop: the session is open and the work in its place, or it has ended, the work is in
// the attempt and the clean tree in its place.
void check_stop(const fs::path& root) {
  const bool touched = work_on(root);
  Desk desk = reopened(root);
  check_tidy(root);
  const bool undone = desk.current().has_value();
  const Tree learners = with_mine(learners_tree(), touched && undone);
  if (undone) {
    CHECK(holds(root / "work", learners));
    CHECK(fs::exists(root / "work/.git/HEAD"));
    auto again = desk.stop("stopped");
    INFO((again ? "" : again.error().text()));
    REQUIRE(again);
  }
  const auto ledger = Desk::ledger(places_in(root)).value();
  REQUIRE(ledger.size() == 1);
  CHECK_FALSE(ledger[0].gone);
  CHECK(holds(ledger[0].attempt, learners));
  CHECK(holds(root / "work", with_mine(clean_tree(), touched && !undone)));
  const auto vault = vault::Vault::open(root / "data/vault.git");
  REQUIRE(vault);
  const auto history = (*vault)->history(ledger[0].session.branch()).value();
  REQUIRE_FALSE(history.empty());
  CHECK(history[0].tree == vault::tree_id(learners).value());
}

// A root with an open, edited session; or, for a start, nothing but an empty directory.
void prepare(const std::string& verb, const fs::path& root) {
  REQUIRE(remove_tree(root));
  fs::create_directory(root);
  if (verb == "start-over") {  // where the last session left the clean tree
    fs::create_directory(root / "work");
    REQUIRE(vault::write_tree(clean_tree(), root / "work"));
    return;
  }
  if (verb == "start") return;
  if (verb == "lay-out") {
    Desk desk = reopened(root);
    REQUIRE(desk.start(production_request()));
    REQUIRE(desk.update([](session::Session& s) { s.hints = 3; }));
    return;
  }
  {
    auto started = reopened(root).start(furnished_request(root / "work"));
    INFO((started ? "" : started.error().text()));
    REQUIRE(started);
  }
  edit(root / "work");
}

void check(const std::string& verb, const fs::path& root) {
  verb == "start" ? check_start(root) : verb == "lay-out" ? check_lay_out(root) : check_stop(root);
}

// An error that was injected may be one that does no harm; else it is told in one sentence, with the right
// code.
void check_answer(const Finished& finished) {
  INFO("the worker: " << finished.how() << ' ' << finished.err);
  CHECK(finished.signal == 0);
  if (finished.exit_code == 0) return;
  CHECK(finished.exit_code == static_cast<int>(Exit::io));
  CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
  CHECK(finished.err.size() > 20);
}

}  // namespace

TEST_CASE("a kill at any system call that writes loses nothing", "[session][kill]") {
  const std::string verb = GENERATE("start", "lay-out", "stop");
  const std::string kind = GENERATE("kill", "torn");
  Scratch scratch;
  const fs::path root = scratch / "root";
  prepare(verb, root);
  const long last = calls_of(verb, root, scratch, kind);
  int round = 0;
  for (const long at : places(last, kind == "kill" ? 90 : 25)) {
    INFO(verb << ' ' << kind << " at " << at << " of " << last);
    prepare(verb, root);
    const Finished finished = worker(verb, root, {at, kind});
    REQUIRE(finished.signal == SIGKILL);
    check(verb, root);
    if (++round % 10 == 0) check_vault(root);
  }
}

// After an interrupted start over the clean tree: a whole checkout, or the clean tree as it was.
void check_start_over(const fs::path& root) {
  const bool was_there = fs::exists(root / "work");
  Desk desk = reopened(root);
  check_tidy(root);
  if (!desk.current()) {
    CHECK(holds(root / "work", clean_tree()));
    auto again = desk.start(furnished_request(root / "work"));
    INFO((again ? "" : again.error().text()));
    REQUIRE(again);
  }
  INFO(was_there);
  CHECK(holds(root / "work", mutated_tree()));
  CHECK(bytes_of(root / "work/build/main.o") == "object");
  check_tidy(root);
}

TEST_CASE("a start over the clean tree may be killed, also where names cannot be exchanged",
          "[session][kill]") {
  const std::string exchange = GENERATE("", "EINVAL", "ENOSYS");
  const std::string kind = GENERATE("kill", "EIO");
  Scratch scratch;
  const fs::path root = scratch / "root";
  prepare("start-over", root);
  const long last = calls_of("start-over", root, scratch, kind, exchange);
  check_start_over(root);
  // The end is where the directories change places: all of it, and a sample of what comes before.
  std::vector<long> tried = places(last, 12);
  for (long at = std::max(1L, last - 40); at <= last; ++at) tried.push_back(at);
  for (const long at : tried) {
    INFO(kind << " at " << at << " of " << last << ", exchange " << exchange);
    prepare("start-over", root);
    const Finished finished = worker("start-over", root, {at, kind, exchange});
    if (kind == "kill")
      REQUIRE(finished.signal == SIGKILL);
    else
      check_answer(finished);
    check_start_over(root);
  }
}

TEST_CASE("a recovery may be killed as well", "[session][kill]") {
  const std::string verb = GENERATE("start", "lay-out", "stop");
  Scratch scratch;
  const fs::path root = scratch / "root";
  prepare(verb, root);
  const long last = calls_of(verb, root, scratch, "kill");
  for (const long at : places(last, 8)) {
    prepare(verb, root);
    REQUIRE(worker(verb, root, {at, "kill"}).signal == SIGKILL);
    // The recovery begins again each time, and each time gets a little further.
    for (long inner = 1; inner < 500; inner += thorough() ? 1 : 3) {
      INFO(verb << " killed at " << at << " of " << last << ", recovery at " << inner);
      const Finished finished = worker("open", root, {inner, "kill"});
      if (finished.signal != SIGKILL) {
        CHECK(finished.good());
        break;
      }
    }
    check(verb, root);
  }
}

TEST_CASE("an error at any system call is told, and the next command goes on", "[session][kill]") {
  const std::string verb = GENERATE("start", "lay-out", "stop");
  const std::string kind = GENERATE("ENOSPC", "full", "EIO", "EACCES", "EMFILE");
  Scratch scratch;
  const fs::path root = scratch / "root";
  prepare(verb, root);
  const long last = calls_of(verb, root, scratch, kind);
  for (const long at : places(last, 18)) {
    INFO(verb << ' ' << kind << " at " << at << " of " << last);
    prepare(verb, root);
    check_answer(worker(verb, root, {at, kind}));
    check(verb, root);
  }
}

TEST_CASE("a kill at any moment loses nothing", "[session][kill]") {
  const std::string verb = GENERATE("start", "lay-out", "stop");
  Scratch scratch;
  const fs::path root = scratch / "root";
  std::mt19937 random(20261121);
  std::uniform_int_distribution<int> moment(0, 12'000);
  const int rounds = thorough() ? thorough() : 50;
  for (int i = 0; i < rounds; ++i) {
    prepare(verb, root);
    const int wait = moment(random);
    INFO(verb << " killed after " << wait << " us");
    const pid_t child = ::fork();
    if (child == 0) {
      ::execl((kBin + "/session_worker").c_str(), "session_worker", verb.c_str(), root.c_str(), nullptr);
      ::_exit(127);
    }
    ::usleep(static_cast<useconds_t>(wait));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    check(verb, root);
  }
}
