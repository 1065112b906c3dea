// A session of the review mode: without a checkout, from start to stop, and as it is kept.
#include <set>

#include "mutator/session/journal.h"
#include "mutator/session/saved.h"
#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;
using session::Desk;

namespace {

session::StartRequest review_request() {
  session::StartRequest request;
  request.pristine = {{"optim.cpp", {"step -= 1;\n"}}};
  request.mutated = {{"optim.cpp", {"step += 1;\n"}}};
  request.injected = {
      {.rule = "goes-uphill", .site = 0, .file = "optim.cpp", .function = "", .changed = {{1, 1}}}};
  request.review = session::Review{.file = "optim.cpp", .shown = {1, 1}, .why = "", .terms = {}};
  request.minutes = 5;
  request.seed = 7;
  return request;
}

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

}  // namespace

TEST_CASE("a review makes no directory, and ends without a word about one", "[session][review]") {
  Scratch scratch;
  const auto begun = desk_in(scratch).start(review_request());
  REQUIRE(begun);
  CHECK(begun->directory.empty());
  CHECK(begun->review == review_request().review);
  CHECK(names_in(scratch.path()) == std::set<std::string>{"data", "state"});
  CHECK(desk_in(scratch).current()->review == begun->review);
  CHECK(bytes_of(scratch / "state/session.json").find("uphill") == std::string::npos);
  CHECK(bytes_of(scratch / "state/session.json").find("optim") == std::string::npos);
  // What it is about can be read again, clean and mutated.
  const fs::path vault = scratch / "data/vault.git";
  CHECK(git_out(vault, {"show", begun->mutated + ":optim.cpp"}) == "step += 1;");
  CHECK(git_out(vault, {"show", begun->pristine + ":optim.cpp"}) == "step -= 1;");

  auto second = desk_in(scratch).start(review_request());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Exit::session);
  CHECK_FALSE(desk_in(scratch).start(furnished_request(scratch / "work")));
  CHECK_FALSE(fs::exists(scratch / "work"));
  CHECK(desk_in(scratch).snapshot("check").error().code == Exit::session);

  REQUIRE(desk_in(scratch).update([](session::Session& s) {
    s.solved = true;
    s.review->why = "it climbs \xff";
    s.review->terms = {"sign"};
  }));
  const auto stopped = stop_in(scratch, "solved");
  CHECK(stopped.note.empty());
  CHECK(stopped.attempt.empty());
  CHECK(names_in(scratch.path()) == std::set<std::string>{"data", "state"});
  CHECK_FALSE(desk_in(scratch).current());
  const auto ledger = Desk::ledger(places_in(scratch.path())).value();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].outcome == "solved");
  CHECK_FALSE(ledger[0].gone);
  REQUIRE(ledger[0].session.review);
  CHECK(ledger[0].session.review->terms == std::vector<std::string>{"sign"});
  CHECK(ledger[0].session.review->why.starts_with("it climbs "));

  // Then a hunt, as ever, under another name.
  const session::Session hunt = start_in(scratch);
  CHECK(hunt.name != begun->name);
  CHECK_FALSE(hunt.review);
  CHECK_FALSE(desk_in(scratch).current()->review);
}

TEST_CASE("a review that was killed while it ended has ended", "[session][review]") {
  Scratch scratch;
  const auto begun = desk_in(scratch).start(review_request());
  REQUIRE(begun);
  session::Journal journal;
  journal.operation = session::Operation::end_without_checkout;
  journal.saved.session = *begun;
  journal.outcome = "stopped";
  journal.ended = begun->started + 5;
  REQUIRE(session::write_journal(scratch / "state/journal", journal));
  CHECK_FALSE(desk_in(scratch).current());
  const auto ledger = Desk::ledger(places_in(scratch.path())).value();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].session.review);
  CHECK_FALSE(ledger[0].gone);
}
