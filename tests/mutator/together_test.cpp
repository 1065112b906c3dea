// together: which observers are a bug's own, and what a verdict says of it while others are there.
#include <random>

#include "mutator/grade/together.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::grade;
using Own = std::vector<std::vector<std::string>>;

namespace {

Sight sees(std::set<std::string> probes) {
  return {.probes = std::move(probes)};
}

Sight parts(std::map<std::string, int> runs, std::set<std::string> probes = {}) {
  return {.probes = std::move(probes), .runs = std::move(runs), .runs_known = true};
}

// What a tree with these bugs shows, if each shows there as it does alone: a probe fails where one of them
// makes it fail, and a series parts where the first of them parts.
Verdict verdict_of(const std::vector<Sight>& bugs) {
  Verdict verdict;
  for (int i = 0; i < 12; ++i) {
    const std::string probe = "p" + std::to_string(i);
    const bool fails =
        std::any_of(bugs.begin(), bugs.end(), [&](const Sight& bug) { return bug.probes.contains(probe); });
    verdict.probes.push_back(
        {probe, "o", fails ? workshop::ProbeAnswer::How::failed : workshop::ProbeAnswer::How::passed});
  }
  for (const char* run : {"r0", "r1"}) {
    ParityAnswer answer{.id = run};
    for (const char* series : {"loss", "grad norm"}) {
      int first = -1;
      for (const Sight& bug : bugs)
        if (const auto at = bug.runs.find(std::string(run) + " 0 " + series); at != bug.runs.end())
          first = first < 0 ? at->second : std::min(first, at->second);
      if (first >= 0) answer.partings.push_back({0, series, first});
    }
    answer.how = answer.partings.empty() ? ParityAnswer::How::agrees : ParityAnswer::How::differs;
    verdict.parity.push_back(answer);
  }
  return verdict;
}

}  // namespace

TEST_CASE("a bug owns the probes that only it makes fail", "[grade][together]") {
  CHECK(own_observers({sees({"a", "b"}), sees({"b", "c"})}) == Own{{"a"}, {"c"}});
  CHECK(own_observers({sees({"a", "b"}), sees({"b"})}) == Own{{"a"}, {}});  // the second is hidden
  CHECK(own_observers({sees({"a", "b"}), sees({"a"}), sees({"b"})}) == Own{{}, {}, {}});
  CHECK(own_observers({sees({"a"})}) == Own{{"a"}});
}

TEST_CASE("those that a rule names come first, and a few are enough", "[grade][together]") {
  std::set<std::string> many;
  for (int i = 10; i < 40; ++i) many.insert("p" + std::to_string(i));
  const Own own = own_observers({sees(many), sees({"q"})}, {{"p37", "p12"}, {}});
  CHECK(own[0].size() == 8);
  CHECK(own[0][0] == "p12");
  CHECK(own[0][1] == "p37");
  CHECK(own[0][2] == "p10");
}

TEST_CASE("where no probe is its own, a bug owns the record where it parts before the others",
          "[grade][together]") {
  CHECK(own_observers({parts({{"r 0 loss", 0}}), parts({{"r 0 loss", 2}, {"r 0 lr", 1}})}) ==
        Own{{"r 0 loss 0"}, {"r 0 lr 1"}});
  CHECK(own_observers({parts({{"r 0 loss", 1}}), parts({{"r 0 loss", 1}})}) == Own{{}, {}});
  // Where another one was not asked, nothing is known of its records.
  CHECK(own_observers({parts({{"r 0 loss", 0}}), sees({"a"})}) == Own{{}, {"a"}});
  // A probe that is its own tells enough.
  CHECK(own_observers({parts({{"r 0 loss", 0}}, {"a"}), parts({}, {"b"})}) == Own{{"a"}, {"b"}});
}

TEST_CASE("a bug is there as long as one of its own fails", "[grade][together]") {
  Verdict verdict = verdict_of({sees({"p1"}), parts({{"r0 0 grad norm", 3}})});
  CHECK(is_there({"p1"}, verdict));
  CHECK(is_there({"p2", "p1"}, verdict));
  CHECK_FALSE(is_there({"p2"}, verdict));
  CHECK(is_there({"r0 0 grad norm 3"}, verdict));
  CHECK(is_there({"r0 0 grad norm 5"}, verdict));
  CHECK_FALSE(is_there({"r0 0 grad norm 2"}, verdict));
  CHECK_FALSE(is_there({"r0 1 grad norm 3"}, verdict));
  CHECK_FALSE(is_there({"r1 0 loss 0"}, verdict));
}

TEST_CASE("what was not asked, because something hung, counts as failing", "[grade][together]") {
  Verdict verdict = verdict_of({});
  verdict.probes[3].how = workshop::ProbeAnswer::How::unasked;
  verdict.parity[1].how = ParityAnswer::How::not_run;
  CHECK(is_there({"p3"}, verdict));
  CHECK(is_there({"r1 0 loss 0"}, verdict));
  CHECK_FALSE(is_there({"p4"}, verdict));
}

TEST_CASE("what this machine cannot ask has no say, and all of it says nothing until all is right",
          "[grade][together]") {
  Verdict verdict = verdict_of({});
  verdict.parity[0].how = ParityAnswer::How::excluded;
  CHECK_FALSE(is_there({"gone", "p1"}, verdict));
  CHECK(is_there({"gone"}, verdict));
  CHECK(is_there({"r0 0 loss 1"}, verdict));
  verdict.solved = true;
  CHECK_FALSE(is_there({"gone"}, verdict));
}

TEST_CASE("whichever of them are fixed, what is left is counted right", "[grade][together]") {
  std::mt19937 random(1);
  const auto draw = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  int told = 0;
  for (int trial = 0; trial < 400; ++trial) {
    std::vector<Sight> bugs(static_cast<size_t>(2 + draw(4)));
    for (Sight& bug : bugs) {
      bug.runs_known = draw(4) > 0;
      for (int i = draw(4); i > 0; --i) bug.probes.insert("p" + std::to_string(draw(12)));
      for (const char* series : {"r0 0 loss", "r0 0 grad norm", "r1 0 loss"})
        if (draw(2) == 0) bug.runs[series] = draw(6);
    }
    const Own own = own_observers(bugs);
    for (unsigned present = 0; present < 1u << bugs.size(); ++present) {
      std::vector<Sight> left;
      for (size_t i = 0; i < bugs.size(); ++i)
        if (present >> i & 1u) left.push_back(bugs[i]);
      const Verdict verdict = verdict_of(left);
      for (size_t i = 0; i < bugs.size(); ++i) {
        if (own[i].empty()) continue;
        CHECK(is_there(own[i], verdict) == ((present >> i & 1u) == 1));
        ++told;
      }
    }
  }
  CHECK(told > 1000);
}
