// score: twelve sessions, each line of whose score was worked out by hand from score.h.
#include "mutator/coach/score.h"

#include <map>

#include "mutator/coach/tally.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;
using session::Session;

namespace {

catalog::Rule rule_of(const std::string& category, const std::vector<std::string>& terms, size_t questions) {
  catalog::Rule rule;
  rule.category = category;
  for (const std::string& term : terms) rule.terms.push_back({term, {}});
  rule.questions.resize(questions);
  return rule;
}

const catalog::Rule kRule = rule_of("architecture", {"residual", "gradient", "attention branch"}, 3);

// Begun at 1000, for ten minutes; solved that many seconds later, unless it was not.
Session session_of(std::int64_t seconds) {
  Session s;
  s.started = 1000, s.minutes = 10;
  s.solved = seconds > 0, s.solved_at = seconds > 0 ? 1000 + seconds : 0;
  return s;
}

// hypothesis, hints, claims, questions, cause, symptoms, minutes
using Points = std::vector<int>;

Points points(const Session& session, const std::vector<const catalog::Rule*>& rules = {&kRule},
              std::int64_t now = 9000) {
  const Score score = score_of(session, rules, now);
  Points all;
  int sum = 0;
  for (const ScoreLine& line : score.lines) {
    all.push_back(line.points);
    sum += line.points;
    CHECK(line.points >= 0);
    CHECK(line.points <= line.of);
    CHECK_FALSE(line.why.empty());
  }
  CHECK(score.points() == sum);
  return all;
}

std::string why(const Session& session, const std::string& name) {
  for (const ScoreLine& line : score_of(session, {&kRule}, 9000).lines)
    if (line.name == name) return line.why;
  return "";
}

}  // namespace

TEST_CASE("the parts of a score are 40, 30, 20 and 10", "[coach][score]") {
  const Score score = score_of(session_of(60), {&kRule}, 0);
  CHECK(score.of("process") == 40);
  CHECK(score.of("knowledge") == 30);
  CHECK(score.of("communication") == 20);
  CHECK(score.of("speed") == 10);
  CHECK(questions_asked({&kRule, &kRule}) == 6);
}

TEST_CASE("a session without a fault is worth 100", "[coach][score]") {
  Session s = session_of(600);
  s.events = {{1010, kHypothesis, "architecture", "gradients of the attention branch are zero"},
              {1200, kClaim, "gpt.cpp:34, right", "the residual is gone"}};
  s.grades = {3, 3, 3};
  CHECK(points(s) == Points{10, 15, 15, 30, 14, 6, 10});
  CHECK(why(s, "cause") == "what you wrote names residual, gradient, attention branch");
  CHECK(why(s, "minutes") == "10:00 of 10:00");
}

TEST_CASE("solved without a word has neither knowledge nor communication", "[coach][score]") {
  CHECK(points(session_of(60)) == Points{0, 15, 15, 0, 0, 0, 10});
}

TEST_CASE("hints, wrong claims and time cost what score.h says", "[coach][score]") {
  Session s = session_of(750);
  s.hints = 2, s.wrong_claims = 1;
  s.grades = {3, -1, 1};
  // 30 * 4 / 9 = 13.3; a quarter of the time over: 10 * (1200 - 750) / 600 = 7.5
  CHECK(points(s) == Points{0, 5, 10, 13, 0, 0, 7});
  CHECK(why(s, "questions") == "you gave yourself 4 of 9; 1 not graded");
  s.hints = 4, s.wrong_claims = 9, s.solved_at = 1000 + 1201;
  s.grades = {0, 0, 1};
  CHECK(points(s) == Points{0, 0, 0, 3, 0, 0, 0});
}

TEST_CASE("a surprise has no class, so whichever was named stands, but none does not", "[coach][score]") {
  Session s = session_of(60);
  s.options = "--surprise";
  s.events = {{1001, kHypothesis, "data", "the batches repeat"}};
  CHECK(points(s) == Points{10, 15, 15, 0, 0, 6, 10});
  CHECK(why(s, "hypothesis") == "data, of a bug that has no class, before any hint");
  s.events = {{1001, kHint, "1 of 3", ""}, {1002, kHypothesis, "data", ""}};
  CHECK(points(s)[0] == 5);
  s.events = {{1001, kHypothesis, "none", ""}};
  CHECK(points(s)[0] == 3);
  CHECK(why(s, "hypothesis") == "you said none, and there was a bug");
}

TEST_CASE("a hypothesis after a hint, and a wrong one", "[coach][score]") {
  Session s = session_of(60);
  s.events = {{1001, kHint, "1 of 3", ""}, {1002, kHypothesis, "architecture", ""}};
  CHECK(points(s) == Points{5, 15, 15, 0, 0, 0, 10});
  s.events = {{1001, kHypothesis, "data", "the batches repeat"}, {1002, kHypothesis, "architecture", ""}};
  CHECK(points(s) == Points{3, 15, 15, 0, 0, 6, 10});  // the first one counts
  CHECK(why(s, "hypothesis") == "you said data, it was architecture");
  CHECK(why(s, "cause") ==
        "what you wrote names none of the key terms; also worth naming: residual, gradient, "
        "attention branch");
}

TEST_CASE("one key term of two is half; symptoms come before the first claim", "[coach][score]") {
  Session s = session_of(60);
  s.events = {{1001, kClaim, "gpt.cpp:1, wrong", ""}, {1002, kNote, "", "the gradients vanish"}};
  CHECK(points(s) == Points{0, 15, 15, 0, 7, 0, 10});
  s.events[0].kind = kRun;  // who looks at a run first has not claimed anything
  CHECK(points(s) == Points{0, 15, 15, 0, 7, 6, 10});
}

TEST_CASE("what is written after the answer does not count", "[coach][score]") {
  Session s = session_of(60);
  s.events = {{1061, kNote, "", "residual, gradient"}, {1062, kHypothesis, "architecture", ""}};
  CHECK(points(s) == Points{0, 15, 15, 0, 0, 0, 10});
  Session revealed = session_of(0);
  revealed.revealed = true;
  revealed.events = {
      {1001, kNote, "", "the gradient vanishes"}, {1002, kReveal, "", ""}, {1003, kNote, "", "residual"}};
  revealed.grades = {2, 2, 2};
  CHECK(points(revealed) == Points{0, 0, 0, 20, 7, 6, 0});
}

TEST_CASE("a session that was stopped has what it wrote", "[coach][score]") {
  Session s = session_of(0);
  s.events = {{1001, kHypothesis, "architecture", "residual and gradient"}};
  CHECK(points(s) == Points{10, 0, 0, 0, 14, 6, 0});
  CHECK(why(s, "claims") == "it was not found");
}

TEST_CASE("the class of a decoy is none", "[coach][score]") {
  Session s = session_of(60);
  s.decoy = true;
  s.events = {{1001, kHypothesis, kNothing, ""}};
  CHECK(points(s) == Points{10, 15, 15, 0, 0, 0, 10});
  s.events[0].about = "architecture";
  CHECK(points(s) == Points{3, 15, 15, 0, 0, 0, 10});
  CHECK(why(s, "hypothesis") == "you said architecture, it was none");
}

TEST_CASE("several bugs share the hints' cost, and each one's class is right", "[coach][score]") {
  const catalog::Rule other = rule_of("data", {"shuffle"}, 1);
  Session s = session_of(60);
  s.bugs.resize(2);
  s.hints = 3;  // 15 - 15 / 2
  s.events = {{1001, kHypothesis, "data", "the shuffle, and a residual"}};
  s.grades = {3, 0, 0, 3};
  CHECK(points(s, {&kRule, &other}) == Points{10, 8, 15, 15, 14, 6, 10});
}

TEST_CASE("what a session cannot have is left out of its total", "[coach][score]") {
  const catalog::Rule bare = rule_of("data", {}, 0), one = rule_of("data", {"shuffle"}, 1);
  CHECK(score_of(session_of(60), {&kRule}, 0).of() == 100);
  CHECK(points(session_of(60), {&bare}) == Points{0, 15, 15, 0, 10});  // neither questions nor cause
  CHECK(score_of(session_of(60), {&bare}, 0).of() == 56);
  Session s = session_of(60);
  s.events = {{1001, kNote, "", "it is shuffled twice"}};
  CHECK(points(s, {&one}) == Points{0, 15, 15, 0, 14, 6, 10});    // it has no second term to name
  CHECK(points(session_of(60), {}) == Points{0, 15, 15, 0, 10});  // gone from the catalog
  // A review shows no symptoms to write down.
  s.review = session::Review{};
  CHECK(points(s, {&one}) == Points{0, 15, 15, 0, 14, 10});
  CHECK(score_of(s, {&one}, 0).of() == 94);
}

TEST_CASE("a word is no symptom", "[coach][score]") {
  Session s = session_of(60);
  s.events = {{1001, kNote, "", "eps"}, {1002, kHypothesis, "data", "loss falls"}};
  CHECK(points(s)[5] == 0);
  CHECK(why(s, "symptoms") == "a word or two before the first claim or check; three say something");
  s.events.push_back({1003, kNote, "", "the loss stays"});
  CHECK(points(s)[5] == 6);
}

TEST_CASE("what is written when the answer is known counts nothing, in the same second too",
          "[coach][score]") {
  Session s = session_of(60);
  s.events = {{1060, kCheck, "all", ""}, {1060, kNote, "", "residual, gradient"}};
  CHECK(points(s)[4] == 0);
  s.events = {{1060, kAnswer, "line 3, right", "residual, gradient"}, {1060, kNote, "", "attention branch"}};
  CHECK(points(s)[4] == 14);
  // A decoy's check tells the answer.
  Session decoy = session_of(0);
  decoy.decoy = true;
  decoy.events = {{1010, kCheck, "all", ""}};
  note_check(decoy, true, 30, 30, 1010);
  decoy.events.push_back({1010, kAnswer, "none, right", "residual, gradient"});
  CHECK(outcome_of(decoy) == "revealed");
  CHECK(points(decoy)[4] == 0);
  CHECK(before_the_answer(decoy).size() == 1);
  CHECK(learner_seconds(decoy, 5000) == 10);
}

TEST_CASE("nanobug's own seconds and a pause cost no speed", "[coach][score]") {
  Session s = session_of(40'000);
  s.events = {{1100, kHint, "1 of 3", ""}, {1000 + 39'500, kRun, "pretraining", ""}};
  s.machine_seconds = 30;  // 100 + 500 - 30
  CHECK(points(s) == Points{0, 15, 15, 0, 0, 0, 10});
  CHECK(why(s, "minutes") == "9:30 of 10:00");
}

// hypothesis, hints, claims, evidence, questions, cause, symptoms, minutes
TEST_CASE("in production what was asked for is worth ten of the forty", "[coach][score]") {
  Session s = session_of(120);
  s.production = session::Production{
      .cheapest = {"grad-norm", "val-loss"}, .cheapest_minutes = 1, .checkout = "code", .open_minutes = 5};
  CHECK(score_of(s, {&kRule}, 0).of("process") == 40);
  CHECK(points(s) == Points{0, 10, 10, 0, 0, 0, 0, 10});
  CHECK(why(s, "evidence") == "nothing was asked for");

  // 4 of 6 minutes: 6 * 4 / 6 = 4; the first that tells costs 2 where 1 would have done. The checkout is no
  // evidence, but its minutes are on the clock: 120 + 11 * 60 = 13:00 of 10:00, and 10 * (1200 - 780) / 600.
  s.asked = {{1001, "documents", 2, false},
             {1002, "batch", 2, true},
             {1003, "weights", 2, true},
             {1004, "code", 5, false}};
  CHECK(points(s) == Points{0, 10, 10, 4, 0, 0, 0, 7});
  CHECK(why(s, "evidence") ==
        "4 of 6: 4 of 6 minutes for what tells; 0 of 4: grad-norm or val-loss would have told for 1 minute");
  CHECK(why(s, "minutes") == "13:00 of 10:00");

  s.asked = {{1001, "val-loss", 1, true}, {1002, "documents", 2, false}};  // 6 * 1 / 3, and 4
  s.hints = 1, s.wrong_claims = 3;
  CHECK(points(s) == Points{0, 5, 0, 6, 0, 0, 0, 10});
  CHECK(why(s, "evidence") ==
        "2 of 6: 1 of 3 minutes for what tells; 4 of 4: the first that told was as cheap as any");

  s.asked = {{1001, "documents", 2, false}};
  CHECK(points(s)[3] == 0);
  CHECK(why(s, "evidence") ==
        "0 of 6: 0 of 2 minutes for what tells; 0 of 4: grad-norm or val-loss would have told");
  s.asked = {{1001, "code", 5, false}};
  CHECK(points(s)[3] == 0);
}

TEST_CASE("a right run is no evidence of its own, and costs no points", "[coach][score]") {
  Session s = session_of(60);
  s.production = session::Production{.cheapest = {"val-loss"},
                                     .cheapest_minutes = 1,
                                     .checkout = "code",
                                     .open_minutes = 5,
                                     .clean = "clean"};
  s.asked = {{1001, "clean", 3, false}, {1002, "val-loss", 1, true}};
  CHECK(points(s)[3] == 10);
  s.asked.resize(1);
  CHECK(points(s)[3] == 0);
}

TEST_CASE("of a decoy in production counts how little it took", "[coach][score]") {
  Session s = session_of(60);
  s.production = session::Production{
      .cheapest = {}, .cheapest_minutes = 0, .checkout = "code", .open_minutes = 5, .clean = "clean"};
  s.decoy = true;
  CHECK(points(s)[3] == 0);
  CHECK(why(s, "evidence") == "nothing was asked for");
  s.asked = {{1001, "clean", 3, false}};
  CHECK(points(s)[3] == 10);
  s.asked.push_back({1001, "batch", 2, false});  // 2 of 10 minutes
  CHECK(points(s)[3] == 8);
  CHECK(why(s, "evidence") == "2 of 10 minutes for what shows that nothing is wrong");
  s.asked.push_back({1002, "tests", 11, false});
  CHECK(points(s)[3] == 0);
  s.asked.pop_back();
  s.solved = false, s.solved_at = 0, s.revealed = true;  // given away
  CHECK(points(s)[3] == 0);
  CHECK(why(s, "evidence") == "it was not found");
}

TEST_CASE("a term that two bugs have in common is named once", "[coach][score]") {
  const catalog::Rule other = rule_of("data", {"gradient", "order"}, 0);
  Session s = session_of(60);
  s.events = {{1010, kNote, "", "the gradient is gone, and so is its order"}};
  for (const ScoreLine& line : score_of(s, {&kRule, &other}, 9000).lines)
    if (line.name == "cause") CHECK(line.why.starts_with("what you wrote names gradient, order"));
}

TEST_CASE("what a bug does is a map to what it is, counted over the catalog", "[coach][score]") {
  catalog::Catalog catalog;
  const auto add = [&](const char* outcome, const char* category) {
    catalog.rules.push_back(rule_of(category, {}, 0));
    catalog.rules.back().outcome = outcome;
  };
  add("crash", "data"), add("poor model", "data"), add("poor model", "training");
  add("poor model", "training"), add("", "training");  // a decoy
  add("poor model", "architecture");
  const auto& all = catalog.rules;
  CHECK(classes_by_outcome(catalog, {&all[1]}) ==
        std::vector<std::string>{
            "4 bugs with the outcome 'poor model', by class: training 2, architecture 1, data 1."});
  CHECK(classes_by_outcome(catalog, {&all[2], &all[0], &all[5]}) ==
        std::vector<std::string>{
            "4 bugs with the outcome 'poor model', by class: training 2, architecture 1, data 1.",
            "1 bug with the outcome 'crash', by class: data 1."});
  CHECK(classes_by_outcome(catalog, {&all[4]}).empty());
  CHECK(classes_by_outcome(catalog, {}).empty());
}
