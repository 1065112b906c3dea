// session_state: what a session remembers between commands: lock, session.json, journal, ledger, names and
// seal.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "mutator/session/name.h"
#include "mutator/session/seal.h"
#include "mutator/session/session.h"
#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;
using session::Desk;
using session::Session;

TEST_CASE("what is updated is there for the next command", "[session]") {
  Scratch scratch;
  start_in(scratch);
  REQUIRE(desk_in(scratch).update([](Session& session) { session.hints = 3; }));
  CHECK(Desk::peek(places_in(scratch.path())).value()->hints == 3);
  CHECK(desk_in(scratch).current()->injected == request_for("x").injected);
}

TEST_CASE("every field of a session is there for the next command, and in the ledger", "[session]") {
  Scratch scratch;
  auto request = furnished_request(scratch / "work");
  request.project["catalog.yaml"].bytes = "tree:\n", request.toolchain = "t",
  request.options = "--pack reversal";
  REQUIRE(desk_in(scratch).start(request));
  const auto change = [](Session& session) {
    session.hints = 1, session.wrong_claims = 2, session.located = true, session.checks = 3;
    session.solved = true, session.revealed = true, session.solved_at = 4, session.machine_seconds = 5;
    session.probes_agree_last = 480, session.probes_total_last = 495;
    session.bugs = {{.rule = "a", .own = {"p", "run 0 loss 3"}, .hints = 2, .fixed = true, .earned = true},
                    {.rule = "b", .own = {}, .located = true}};
  };
  REQUIRE(desk_in(scratch).update(change));
  const Session open = *Desk::peek(places_in(scratch.path())).value();
  stop_in(scratch);
  for (const Session& session : {open, Desk::ledger(places_in(scratch.path())).value().at(0).session}) {
    CHECK(session.project == vault::tree_id(request.project).value());
    CHECK(session.toolchain == "t");
    CHECK(session.options == "--pack reversal");
    CHECK(session.hints == 1);
    CHECK(session.wrong_claims == 2);
    CHECK(session.located);
    CHECK(session.checks == 3);
    CHECK(session.solved);
    CHECK(session.revealed);
    CHECK(session.solved_at == 4);
    CHECK(session.machine_seconds == 5);
    CHECK(session.probes_agree_last == 480);
    CHECK(session.bugs ==
          std::vector<session::Bug>{
              {.rule = "a", .own = {"p", "run 0 loss 3"}, .hints = 2, .fixed = true, .earned = true},
              {.rule = "b", .own = {}, .located = true}});
    CHECK(session.probes_total_last == 495);
  }
}

TEST_CASE("a session that an older nanobug began is read", "[session]") {
  Scratch scratch;
  start_in(scratch);
  const fs::path file = scratch / "state/session.json";
  auto outer = nlohmann::json::parse(bytes_of(file));
  auto content = nlohmann::json::parse(session::unseal(outer["sealed"].get<std::string>()).value());
  for (const char* later : {"project", "toolchain", "options", "solved_at", "machine_seconds",
                            "probes_agree_last", "probes_total_last", "bugs"})
    REQUIRE(content["session"].erase(later) == 1);
  outer["sealed"] = session::seal(content.dump());
  put(file, outer.dump() + "\n");
  const auto session = desk_in(scratch).current();
  REQUIRE(session);
  CHECK(session->injected == request_for("x").injected);
  CHECK(session->solved_at == 0);
}

TEST_CASE("a second desk is told who is at work", "[session]") {
  Scratch scratch;
  Desk desk = desk_in(scratch);
  const auto second = Desk::open(places_in(scratch.path()));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Exit::locked);
  CHECK_THAT(second.error().message, Catch::Contains("process " + std::to_string(::getpid())));
  CHECK(Desk::peek(places_in(scratch.path())));
}

TEST_CASE("eight processes lose no update", "[session]") {
  Scratch scratch;
  start_in(scratch);
  const bool thorough = std::getenv("NANOBUG_KILLS") != nullptr;
  const int each = thorough ? 1000 : 40;
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      const std::string worker = std::string(NANOBUG_TEST_BIN_DIR) + "/session_worker";
      ::execl(worker.c_str(), "session_worker", "count", scratch.path().c_str(), std::to_string(each).c_str(),
              nullptr);
      ::_exit(127);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(desk_in(scratch).current()->hints == 8 * each);
}

TEST_CASE("damaged state is explained, and nothing is removed on its word", "[session]") {
  Scratch scratch;
  start_in(scratch);
  const fs::path file = scratch / "state/session.json";
  const std::string good = bytes_of(file);
  SECTION("session.json cut or changed") {
    for (const std::string& bad :
         {std::string(), std::string("{}"), good.substr(0, good.size() / 2), std::string("\xff\xfe"),
          std::string("[1]"), std::string(R"({"format":1,"sealed":3})")}) {
      put(file, bad);
      const auto desk = Desk::open(places_in(scratch.path()));
      REQUIRE_FALSE(desk);
      CHECK(desk.error().code == Exit::session);
      CHECK_THAT(desk.error().text(),
                 Catch::Contains("session.json: the record of the open session is damaged"));
      CHECK(bytes_of(file) == bad);
    }
    put(file, good);
    CHECK(desk_in(scratch).current());
  }
  SECTION("the journal") {
    put(scratch / "state/journal", "{\"format\":1,\"sealed\":\"nb1:00\"}\n");
    std::string recovered;
    REQUIRE(Desk::open(places_in(scratch.path()), &recovered));
    CHECK_THAT(recovered, Catch::Contains("journal.damaged-1"));
    CHECK(vault::read_tree(scratch / "work", {"build"}).value() == mutated_tree());
  }
  SECTION("a line of the ledger, the last one cut") {
    stop_in(scratch);
    const fs::path ledger = scratch / "state/ledger.jsonl";
    put(ledger, bytes_of(ledger) + "rubbish\n\n{\"format\":1,\"sea");
    start_in(scratch);
    stop_in(scratch);
    std::vector<std::string> warnings;
    CHECK(Desk::ledger(places_in(scratch.path()), &warnings).value().size() == 2);
    REQUIRE(warnings.size() == 2);
    CHECK_THAT(warnings[0], Catch::Contains("ledger.jsonl:2: "));
  }
}

TEST_CASE("the seal opens what it sealed and nothing else", "[session]") {
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(100, '\0'), std::string(5000, 'x')}) {
    const std::string sealed = session::seal(text);
    CHECK(session::unseal(sealed).value() == text);
    CHECK(session::seal(text) != sealed);
    for (size_t i = 0; i < sealed.size(); i += sealed.size() / 20 + 1) {
      std::string changed = sealed;
      changed[i] = changed[i] == '0' ? '1' : '0';
      if (i < 4 || i >= 20) CHECK_FALSE(session::unseal(changed));
      CHECK_FALSE(session::unseal(sealed.substr(0, i)));
    }
  }
}

TEST_CASE("names are neutral, follow the seed, and are given once", "[session]") {
  const std::int64_t day = 1795219200;  // 2026-11-21
  const std::string name = session::choose_name(day, 7, {});
  CHECK(name.starts_with("2026-11-21-"));
  CHECK(session::choose_name(day, 7, {}) == name);
  std::set<std::string> taken;
  int fresh = 0;
  for (int i = 0; i < 2500; ++i) fresh += taken.insert(session::choose_name(day, 7, taken)).second;
  CHECK(fresh == 2500);
}
