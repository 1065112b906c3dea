// grade: diffs that git applies, series that agree or do not, symptoms by their class.
#include <cmath>
#include <limits>
#include <random>

#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "mutator/grade/mutants.h"
#include "mutator/grade/symptom.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::grade;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

workshop::RunReport report(const std::vector<double>& losses) {
  workshop::RunReport made;
  for (double loss : losses) made.records.push_back({{"loss", loss}});
  return made;
}

// A loss that falls from 5 to about `end` over 100 steps.
std::vector<double> falling(double end) {
  std::vector<double> losses;
  for (int i = 0; i < 100; ++i) losses.push_back(end + (5 - end) * std::exp(-i / 10.0));
  return losses;
}

}  // namespace

TEST_CASE("git applies a unified diff and gets the other text", "[grade]") {
  const fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-diff");
  REQUIRE(run({.argv = {"git", "init", "-q"}, .directory = place})->good());
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    // Short lines from a small alphabet, so that the two share many in many ways; sometimes no newline at the
    // end.
    const auto text = [&] {
      std::string lines;
      for (int i = static_cast<int>(random() % 30); i > 0; --i)
        lines += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
      if (random() % 3 == 0) lines += "tail";
      return lines;
    };
    const std::string before = text();
    std::string after = before;
    for (int edit = 0; edit < 3; ++edit) {
      const size_t at = after.empty() ? 0 : random() % after.size();
      if (random() % 2)
        after.insert(at, "x\n");
      else
        after.erase(at, random() % 5);
    }
    const std::string diff = unified_diff("file", before, after);
    REQUIRE(diff.empty() == (before == after));
    if (diff.empty() || before.empty() || after.empty()) continue;
    REQUIRE(write_unsynced(place / "file", before));
    REQUIRE(write_unsynced(place / "diff", diff));
    const auto forth = run({.argv = {"git", "apply", "diff"}, .directory = place});
    INFO(diff << forth->err);
    REQUIRE(forth->good());
    REQUIRE(*read_file(place / "file") == after);
    REQUIRE(run({.argv = {"git", "apply", "-R", "diff"}, .directory = place})->good());
    REQUIRE(*read_file(place / "file") == before);
  }
  (void)remove_tree(place);
}

TEST_CASE("a symptom has its class", "[grade]") {
  const auto clean = report(falling(1));
  CHECK(describe(clean, clean, "loss").kind == "unchanged");
  CHECK(describe(clean, clean, "loss").silence == 1);
  CHECK(describe(report(falling(1.1)), clean, "loss").kind == "drifts");
  CHECK(describe(report(falling(2)), clean, "loss").kind == "slower");
  CHECK(describe(report(falling(4.5)), clean, "loss").kind == "stuck");
  CHECK(describe(report(falling(9)), clean, "loss").kind == "diverges");
  CHECK(describe(report(falling(0.1)), clean, "loss").kind == "too good");
  CHECK(describe(report(falling(-3)), clean, "loss").kind == "below zero");
  // Silence is what is left of the distance between the ends, in units of what training gains: 4 - (2 - 1) =
  // 3 of 4.
  CHECK(describe(report(falling(2)), clean, "loss").silence == Approx(0.75).margin(1e-3));
  auto nan = falling(1);
  nan[17] = kNan;
  CHECK(describe(report(nan), clean, "loss").kind == "nan");
  CHECK(describe(report(nan), clean, "loss").visible_from == 17);
  auto cut = report({5, 4});
  cut.finished.signal = 11;
  CHECK(describe(cut, clean, "loss").kind == "crash");
  cut.finished = {};
  cut.finished.timed_out = true;
  CHECK(describe(cut, clean, "loss").kind == "hang");
}
