// report: what a verdict tells the learner.
#include "mutator/coach/report.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

namespace {

// So many probes and program runs, of which so many fail.
grade::Verdict verdict_of(int probes, int failing, int programs, int differing) {
  grade::Verdict verdict;
  for (int i = 0; i < probes; ++i) {
    verdict.probes.push_back({});
    if (i < failing) verdict.probes.back().how = workshop::ProbeAnswer::How::failed;
  }
  for (int i = 0; i < programs; ++i)
    verdict.parity.push_back(
        {.observable = "a run",
         .how = i >= differing ? grade::ParityAnswer::How::agrees : grade::ParityAnswer::How::differs});
  for (int i = 0; i < (failing > 0) + (differing > 0); ++i)
    verdict.wrong.push_back("wrong " + std::to_string(i));
  verdict.solved = verdict.wrong.empty();
  return verdict;
}

session::Session begun() {
  session::Session s;
  s.started = 1000, s.minutes = 20;
  return s;
}

session::Session solved() {
  session::Session s = begun();
  s.solved = true, s.solved_at = 1121, s.hints = 1;
  return s;
}

}  // namespace

TEST_CASE("what is upstream comes first, what follows is one line", "[coach][report]") {
  using Lines = std::vector<std::string>;
  CHECK(upstream({"a"}, false) == Lines{"- a"});
  CHECK(upstream({"a", "b", "c", "d"}, false) == Lines{"- a", "- b", "- c", "- d"});
  CHECK(upstream({"a", "b", "c", "d", "e"}, false) ==
        Lines{"- a", "- b", "- c", "and 2 more that follow; --all lists them"});
  CHECK(upstream({"a", "b", "c", "d", "e"}, true) == Lines{"- a", "- b", "- c", "- d", "- e"});
  CHECK(upstream(Lines(16, "x"), false).size() == 4);
  CHECK(upstream(Lines(16, "x"), false).back() == "and 13 more that follow; --all lists them");
}

TEST_CASE("how far it is, and how far it was", "[coach][report]") {
  session::Session s = begun();
  const grade::Verdict verdict = verdict_of(490, 12, 10, 3);
  CHECK(standing_of(verdict).probes_agree == 478);
  CHECK(standing_of(verdict).probes == 490);
  CHECK(standing_of(verdict).programs_agree == 7);
  CHECK(standing_of(verdict).programs == 10);
  Report report = report_of(verdict, s, s, false);
  CHECK(report.headline == "Not yet.");
  CHECK(report.body ==
        "478 of 490 probes agree with the clean tree, and 7 of 10 program runs. What differs, causes first:\n"
        "  - wrong 0\n  - wrong 1\n'nanobug hint' gives the next hint.\n");
  session::Session alone = s;  // no hint is to be had
  alone.no_hints = true;
  CHECK(report_of(verdict, s, alone, false).body.ends_with("  - wrong 1\n"));
  s.probes_agree_last = 312, s.probes_total_last = 490;
  CHECK(report_of(verdict, s, s, false)
            .body.starts_with("478 of 490 probes agree with the clean tree (312 last time), and 7 of 10 "
                              "program runs."));
  // Every program run agrees: said, because the loss will not help any more.
  report = report_of(verdict_of(490, 2, 10, 0), s, s, false);
  CHECK(
      report.body.ends_with("  - wrong 0\nAll program runs agree: what still differs does not show in these "
                            "short runs, but may in a longer one.\n'nanobug hint' gives the next hint.\n"));
  CHECK(report_of(verdict_of(490, 2, 0, 0), s, s, false).body.find("program runs") == std::string::npos);
}

TEST_CASE("a session has one outcome, whatever a later check finds", "[coach][report]") {
  const grade::Verdict right = verdict_of(495, 0, 1, 0), wrong = verdict_of(495, 1, 1, 1);
  grade::Verdict broken;
  broken.builds = false, broken.build_message = "x.cpp:1: error: no";
  CHECK(report_of(right, begun(), solved(), false).headline == "Solved: 2:01, 1 hint, no wrong claim.");
  CHECK(report_of(right, begun(), solved(), false).body ==
        "495 probes and 1 program run agree with the clean tree.");
  CHECK(report_of(right, solved(), solved(), false).headline == "Solved at 2:01; it is still right.");
  CHECK(report_of(wrong, solved(), solved(), false).headline ==
        "Solved at 2:01; as it stands now it differs.");
  CHECK(report_of(broken, begun(), begun(), false).headline == "Not yet: the checkout does not build.");
  CHECK(report_of(broken, begun(), begun(), false).body == "x.cpp:1: error: no");
  CHECK(report_of(broken, solved(), solved(), false).headline ==
        "Solved at 2:01; as it stands now it does not build.");
  session::Session revealed = begun();
  revealed.revealed = true;
  CHECK(report_of(right, revealed, revealed, false).headline == "It is right now.");
  CHECK(report_of(right, revealed, revealed, false).body.ends_with("so the session counts as revealed."));
}

TEST_CASE("what else there is to know stands below", "[coach][report]") {
  grade::Verdict verdict = verdict_of(10, 1, 1, 0);
  verdict.cut_short = true;
  verdict.own_build = "Your own build is older than your sources.";
  verdict.excluded = {"a probe", "a run"};
  const std::string body = report_of(verdict, begun(), begun(), false).body;
  CHECK(
      body.ends_with("Something hung, so what comes after it was not asked.\n"
                     "Your own build is older than your sources.\n"
                     "Not asked, because the clean tree itself does not pass it on this machine:\n"
                     "  - a probe\n  - a run\n"));
  grade::Verdict right = verdict_of(10, 0, 1, 0);
  right.excluded = {"a probe"};
  CHECK(report_of(right, begun(), solved(), false).body ==
        "10 probes and 1 program run agree with the clean tree.\n"
        "Not asked, because the clean tree itself does not pass it on this machine:\n  - a probe\n");
}
