// tally and practice: what counts in a session, and what a ledger of them adds up to.
#include "mutator/coach/tally.h"
#include "mutator/coach/practice.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

namespace {

using Rules = std::set<std::string>;

session::Session session_of(const std::string& rule = "r") {
  session::Session s;
  s.started = 1000;
  s.minutes = 2;
  s.injected = {{.rule = rule, .site = 0, .file = "f", .function = "", .changed = {{1, 1}, {5, 5}}}};
  return s;
}

}  // namespace

TEST_CASE("the clock is the learner's: nanobug's own seconds are not on it", "[coach][tally]") {
  session::Session s = session_of();
  CHECK(learner_seconds(s, 1075) == 75);
  note_machine(s, 30);
  CHECK(learner_seconds(s, 1075) == 45);
  CHECK(learner_seconds(s, 990) == 0);  // a clock that was set back
  CHECK(over_time(s, 1150) == 0);
  CHECK(state_of(s, 1150) == "open");
  CHECK(over_time(s, 1151) == 1);
  CHECK(state_of(s, 1151) == "over time");
  CHECK(cost_of(s, 1215) == "3:05 (1:05 over time), no hint, no wrong claim");
}

TEST_CASE("whether nothing may be wrong is told by what was asked for, not by what was drawn",
          "[coach][tally]") {
  session::Session s = session_of();
  for (const char* options : {"", "--pack cs336 --difficulty 2", "--mode review", "--decoys 0.5"}) {
    s.options = options;
    for (const bool decoy : {false, true}) {
      s.decoy = decoy;
      CHECK(may_be_decoy(s));
    }
  }
  for (const char* options : {"--decoys 0", "--mode production --decoys 0", "--surprise"}) {
    s.options = options;
    CHECK_FALSE(may_be_decoy(s));
  }
  s.options = "";
  s.bugs.resize(2);
  CHECK_FALSE(may_be_decoy(s));
  s.bugs.clear();
  s.named = true;
  CHECK_FALSE(may_be_decoy(s));
}

TEST_CASE("a hint is pointed to while one is to be had", "[coach][tally]") {
  session::Session s = session_of();
  CHECK(way_on(s) == "'nanobug hint' gives the next hint.\n");
  s.no_hints = true;
  CHECK(way_on(s).empty());
  s.no_hints = false;
  s.revealed = true;
  CHECK(way_on(s).empty());
}

TEST_CASE("a pause of an hour in which nothing was asked is not counted", "[coach][tally]") {
  session::Session s = session_of();
  CHECK(learner_seconds(s, 1000 + 3599) == 3599);
  CHECK(paused_seconds(s, 1000 + 3599) == 0);
  CHECK(learner_seconds(s, 1000 + 3600) == 0);
  CHECK(paused_seconds(s, 1000 + 3600) == 3600);
  // Ten minutes in the evening, eight in the morning.
  note_event(s, {1000 + 600, kHint, "1 of 3", ""});
  note_event(s, {1000 + 36'600, kRun, "pretraining", ""});
  CHECK(learner_seconds(s, 1000 + 36'600 + 480) == 600 + 480);
  CHECK(paused_seconds(s, 1000 + 36'600 + 480) == 36'000);
  CHECK(cost_of(s, 1000 + 37'080) ==
        "18:00 (16:00 over time, without a pause of 600 minutes), no hint, no wrong claim");
  note_check(s, true, 1, 1, 1000 + 37'080);
  CHECK(learner_seconds(s, 1000 + 99'999) == 1080);  // what comes afterwards is neither
  note_event(s, {1000 + 200'000, kNote, "", "late"});
  CHECK(learner_seconds(s, 1000 + 300'000) == 1080);
  // Who has two hours may think for one.
  session::Session longer = session_of();
  longer.minutes = 120;
  CHECK(learner_seconds(longer, 1000 + 7199) == 7199);
  CHECK(learner_seconds(longer, 1000 + 7200) == 0);
  for (size_t i = 0; i < kMostEvents + 5; ++i) note_event(longer, {2000, kRun, "", ""});
  CHECK(longer.events.size() == kMostEvents);
}

TEST_CASE("a decoy is solved by an answer and not by a check, which tells it", "[coach][tally]") {
  session::Session s = session_of();
  s.decoy = true;
  note_check(s, false, 10, 30, 1030);  // the learner broke something
  CHECK(outcome_of(s) == "stopped");
  session::Session answered = s;
  note_check(s, true, 30, 30, 1040);
  CHECK(outcome_of(s) == "revealed");
  CHECK(has_event(s, kReveal));
  CHECK(learner_seconds(s, 9999) == 40);  // the clock stands still then
  note_reply(s, true, "nothing", {}, 1050);
  CHECK(outcome_of(s) == "revealed");
  note_reply(answered, true, "nothing", {}, 1050);
  CHECK(outcome_of(answered) == "solved");
  note_check(answered, true, 30, 30, 1060);
  CHECK(outcome_of(answered) == "solved");
  CHECK(learner_seconds(answered, 9999) == 50);
}

TEST_CASE("the first solved check fixes time, hints and claims", "[coach][tally]") {
  session::Session s = session_of();
  note_hint(s);
  note_claim(s, false);
  note_claim(s, true);
  note_check(s, false, 10, 30, 1030);
  CHECK(s.probes_agree_last == 10);
  CHECK(s.probes_total_last == 30);
  note_machine(s, 9);
  note_check(s, true, 20, 30, 1130);
  CHECK(outcome_of(s) == "solved");
  CHECK(cost_of(s, 9999) == "2:01 (0:01 over time), 1 hint, 1 wrong claim");
  note_hint(s);
  note_claim(s, false);
  note_machine(s, 50);
  note_check(s, false, 12, 30, 2000);
  note_check(s, true, 20, 30, 3000);
  note_reveal(s);
  CHECK(outcome_of(s) == "solved");
  CHECK_FALSE(s.revealed);
  CHECK(s.checks == 2);
  CHECK(s.solved_at == 1130);
  CHECK(cost_of(s, 9999) == "2:01 (0:01 over time), 1 hint, 1 wrong claim");
  CHECK(hints_shown(s) == 2);  // the ladder goes on
  CHECK(s.probes_agree_last == 20);
}

TEST_CASE("revealed stays revealed", "[coach][tally]") {
  session::Session s = session_of();
  note_reveal(s);
  note_check(s, true, 20, 30, 1100);
  CHECK(outcome_of(s) == "revealed");
  CHECK(state_of(s, 5000) == "revealed");
  CHECK_FALSE(s.solved);
  CHECK(outcome_of(session_of()) == "stopped");
  // Nobody claims what they were told.
  note_claim(s, false);
  note_claim(s, Rules{});
  note_reply(s, false, "", {}, 1200);
  CHECK(s.wrong_claims == 0);
}

TEST_CASE("a session of several bugs is located when each of them is", "[coach][tally]") {
  session::Session s = session_of();
  s.bugs.resize(2);
  s.bugs[0].rule = "r", s.bugs[1].rule = "s";
  note_claim(s, Rules{"s"});
  CHECK(places_found(s) == 1);
  CHECK_FALSE(s.located);
  note_claim(s, Rules{});
  CHECK(s.wrong_claims == 1);
  note_claim(s, Rules{"r"});
  CHECK(places_found(s) == 2);
  CHECK(s.located);
  CHECK(s.wrong_claims == 1);
  // What was found once stays found.
  note_claim(s, Rules{"r"});
  CHECK(s.located);
  s.solved = true;
  note_claim(s, Rules{});
  CHECK(s.wrong_claims == 1);
}

TEST_CASE("practice adds up", "[coach][practice]") {
  catalog::Catalog catalog;
  for (const auto& [id, category] :
       {std::pair("r", "data"), std::pair("s", "data"), std::pair("t", "training")}) {
    catalog::Rule rule;
    rule.id.value = id, rule.category = category;
    catalog.rules.push_back(rule);
  }
  std::vector<session::Record> ledger;
  const auto add = [&](const std::string& rule, const std::string& outcome,
                       std::int64_t seconds) -> session::Session& {
    session::Record record{session_of(rule), 1000 + seconds, outcome, {}, false};
    if (outcome == "solved") note_check(record.session, true, 0, 0, 1000 + seconds);
    record.ended = 1000 + seconds + 500;  // the learner looked around before they stopped
    if (outcome != "solved") record.ended -= 500;
    ledger.push_back(record);
    return ledger.back().session;
  };
  add("r", "solved", 60).hints = 2;
  add("r", "solved", 40).machine_seconds = 10;
  add("t", "revealed", 200).wrong_claims = 3;
  add("gone", "stopped", 5);
  const Progress progress = progress_of(ledger, catalog);
  CHECK(progress.all.sessions == 4);
  CHECK(progress.all.solved == 2);
  CHECK(progress.all.revealed == 1);
  CHECK(progress.all.stopped == 1);
  CHECK(progress.all.over_time == 1);
  CHECK(progress.all.seconds == 60 + 30 + 200 + 5);
  CHECK(progress.all.solved_seconds == 60 + 30);
  CHECK(mean_to_solve(progress.all) == "0:45");
  CHECK(mean_to_solve(progress.by_category.at("training")) == "-");
  CHECK(progress.all.hints == 2);
  CHECK(progress.all.wrong_claims == 3);
  REQUIRE(progress.by_category.size() == 3);
  CHECK(progress.by_category.at("data").sessions == 2);
  CHECK(progress.by_category.at("data").seconds == 90);
  CHECK(progress.by_category.at("training").wrong_claims == 3);
  CHECK(progress.by_category.at("gone from the catalog").stopped == 1);
  CHECK(progress.solved_rules == std::map<std::string, int>{{"r", 2}});
  CHECK(progress.rules == 3);
  CHECK(progress.rules_solved == 1);
  CHECK(solved_ids(ledger) == std::set<std::string>{"r"});
}

TEST_CASE("what is paid for evidence is on the clock", "[coach][tally]") {
  session::Session s = session_of();
  s.asked = {{1010, "grad-norm", 1, true}, {1020, "code", 5, false}};
  CHECK(paid_seconds(s) == 360);
  CHECK(learner_seconds(s, 1030) == 390);
  CHECK(state_of(s, 1030) == "over time");
  CHECK(cost_of(s, 1030) ==
        "6:30 (4:30 over time, with 6 minutes for what was asked), no hint, no wrong claim");
  CHECK(mode_of(s) == "hunt");
  s.production.emplace();
  CHECK(mode_of(s) == "production");
}
