// A session of the production mode: without a checkout until it is opened, and what was asked in it.
#include <set>

#include "mutator/session/saved.h"
#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;
using session::Desk;

namespace {

session::Session begin_in(const Scratch& scratch) {
  const auto begun = desk_in(scratch).start(production_request());
  INFO((begun ? "" : begun.error().text()));
  REQUIRE(begun);
  return *begun;
}

}  // namespace

TEST_CASE("a session in production gets its checkout when it is opened", "[session][production]") {
  Scratch scratch;
  const session::Session begun = begin_in(scratch);
  CHECK_FALSE(begun.has_checkout());
  CHECK_FALSE(fs::exists(scratch / "work"));
  CHECK(desk_in(scratch).snapshot("check").error().code == Exit::session);
  CHECK(desk_in(scratch).start(request_for(scratch / "work")).error().message.find(" in ") ==
        std::string::npos);

  REQUIRE(desk_in(scratch).update([](session::Session& s) {
    s.asked = {{s.started, "grad-norm", 1, true}, {s.started + 3, "documents", 2, false}};
  }));
  const auto opened = desk_in(scratch).open_checkout(furnished_request(scratch / "work"));
  INFO((opened ? "" : opened.error().text()));
  REQUIRE(opened);
  CHECK(opened->name == begun.name);
  CHECK(opened->directory == scratch / "work");
  CHECK(opened->asked.size() == 2);
  // What lies there is what a hunt would have got, and git sees nothing.
  CHECK(vault::verify(scratch / "work", vault::manifest(mutated_tree()), {"build"}));
  CHECK(bytes_of(scratch / "work/build/main.o") == "object");
  CHECK(git_out(scratch / "work", {"status", "--porcelain"}).empty());
  CHECK(git_out(scratch / "work", {"rev-list", "--count", "HEAD"}) == "1");
  CHECK(git_out(scratch / "work", {"branch", "--show-current"}) == begun.branch());
  CHECK(desk_in(scratch).open_checkout(furnished_request(scratch / "else")).error().code == Exit::session);
  CHECK_FALSE(fs::exists(scratch / "else"));

  put(scratch / "work/optim.cpp", "step += 3;\n");
  const auto stopped = stop_in(scratch, "stopped");
  CHECK(bytes_of(stopped.attempt / "optim.cpp") == "step += 3;\n");
  CHECK(vault::verify(scratch / "work", vault::manifest(clean_tree()), {}));
  const auto ledger = Desk::ledger(places_in(scratch.path())).value();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].session.asked == opened->asked);
  CHECK(ledger[0].session.production == production_request().production);
}

TEST_CASE("one that was never opened ends without a word about a checkout", "[session][production]") {
  Scratch scratch;
  (void)begin_in(scratch);
  const auto stopped = stop_in(scratch);
  CHECK(stopped.note.empty());
  CHECK(stopped.attempt.empty());
  CHECK_FALSE(Desk::ledger(places_in(scratch.path())).value()[0].gone);
  CHECK(desk_in(scratch).open_checkout(furnished_request(scratch / "work")).error().code == Exit::session);
}

TEST_CASE("a place that is taken opens nothing, and the session goes on", "[session][production]") {
  Scratch scratch;
  (void)begin_in(scratch);
  put(scratch / "work/mine.txt", "mine");
  const auto refused = desk_in(scratch).open_checkout(furnished_request(scratch / "work"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::session);
  CHECK(bytes_of(scratch / "work/mine.txt") == "mine");
  CHECK_FALSE(desk_in(scratch).current()->has_checkout());
  auto failing = request_for(scratch / "other");
  failing.furnish = [](const fs::path&, const fs::path&) { return Status(fail(Exit::io, "no room")); };
  CHECK(desk_in(scratch).open_checkout(failing).error().message == "no room");
  CHECK_FALSE(fs::exists(scratch / "other"));
  CHECK(desk_in(scratch).open_checkout(furnished_request(scratch / "other")));
}

TEST_CASE("no file in clear names what tells", "[session][production]") {
  Scratch scratch;
  (void)begin_in(scratch);
  for (const char* file : {"state/session.json"}) {
    CHECK(bytes_of(scratch / file).find("grad-norm") == std::string::npos);
    CHECK(bytes_of(scratch / file).find("attention") == std::string::npos);
  }
}
