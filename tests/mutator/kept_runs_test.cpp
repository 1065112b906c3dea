// kept_runs: which runs of a session are kept, and that they come back to the bit.
#include "mutator/grade/kept_runs.h"

#include <cmath>
#include <limits>

#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::grade;

namespace {

struct Kept {
  fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-runs");
  fs::path file = directory / "runs/session.cbor";
  ~Kept() { (void)remove_tree(directory); }
};

KeptRun run_of(const std::string& run, const std::string& tree, double loss) {
  KeptRun kept{.run = run, .tree = tree, .at = 7, .own = {}, .clean = {}};
  kept.own.records = {{{"loss", loss}}};
  kept.clean.records = {{{"loss", 1.5}}};
  return kept;
}

}  // namespace

TEST_CASE("of each run the first of the bug and the last of the learner's are kept", "[grade][kept-runs]") {
  const Kept place;
  CHECK(read_kept_runs(place.file).empty());
  for (const auto& [run, tree, loss] :
       std::vector<std::tuple<std::string, std::string, double>>{{"a", "mutated", 1},
                                                                 {"a", "mutated", 2},
                                                                 {"a", "mine", 3},
                                                                 {"a", "mine-2", 4},
                                                                 {"b", "mine", 5},
                                                                 {"b", "mutated", 6}})
    REQUIRE(keep_run(place.file, run_of(run, tree, loss), "mutated"));
  std::vector<std::string> kept;
  for (const KeptRun& one : read_kept_runs(place.file))
    kept.push_back(one.run + " " + one.tree + " " +
                   std::to_string(static_cast<int>(one.own.series("loss").at(0))));
  CHECK(kept == std::vector<std::string>{"a mutated 1", "a mine-2 4", "b mine 5", "b mutated 6"});
}

TEST_CASE("what a run showed comes back to the bit", "[grade][kept-runs]") {
  const Kept place;
  KeptRun kept = run_of("chat", "mutated", std::numeric_limits<double>::quiet_NaN());
  kept.own.records.push_back({{"loss", std::numeric_limits<double>::infinity()}, {"lr", 0.1 + 0.2}});
  kept.own.finished.out = std::string("any \xFF bytes\0 too", 16);
  kept.own.finished.signal = 11;
  kept.own.finished.timed_out = true;
  kept.clean.finished.out = std::string(1 << 20, 'x');
  kept.clean.finished.exit_code = 3;
  REQUIRE(keep_run(place.file, kept, "mutated"));
  const auto back = read_kept_runs(place.file);
  REQUIRE(back.size() == 1);
  CHECK(std::isnan(back[0].own.series("loss").at(0)));
  CHECK(std::isinf(back[0].own.series("loss").at(1)));
  CHECK(back[0].own.series("lr") == std::vector<double>{0.1 + 0.2});
  CHECK(back[0].own.finished.out == kept.own.finished.out);
  CHECK(back[0].own.finished.signal == 11);
  CHECK(back[0].own.finished.timed_out);
  CHECK(back[0].clean.finished.exit_code == 3);
  CHECK(back[0].clean.finished.out.size() == 64u << 10);  // cut
  CHECK(back[0].at == 7);
}

TEST_CASE("a damaged file of runs is none, and is written anew", "[grade][kept-runs]") {
  const Kept place;
  REQUIRE(keep_run(place.file, run_of("a", "mutated", 1), "mutated"));
  const std::string whole = *read_file(place.file);
  for (size_t length = 0; length < whole.size(); ++length) {
    REQUIRE(write_unsynced(place.file, whole.substr(0, length)));
    CHECK(read_kept_runs(place.file).empty());
  }
  for (const char* other : {"\x80", "\xA0", "\x81\xA0", "\x01", "text"}) {
    REQUIRE(write_unsynced(place.file, other));
    CHECK(read_kept_runs(place.file).empty());
  }
  REQUIRE(keep_run(place.file, run_of("a", "mutated", 1), "mutated"));
  CHECK(read_kept_runs(place.file).size() == 1);
}
