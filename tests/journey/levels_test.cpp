// levels: the hunts, with three, four and five bugs at once. A draw is begun, and its bugs are taken out one
// after another, in whatever order, by the plain patches of the catalog.
#include <algorithm>
#include <random>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const fs::path kProject = NANOBUG_PROJECT;

json start(const User& user, int level, unsigned long seed) {
  return user.ask({"start", "--level", std::to_string(level), "--seed", std::to_string(seed)});
}

// Takes the bug of that code out of the checkout: whichever of its patches lies on it.
bool take_out(const User& user, const fs::path& checkout, const std::string& code) {
  for (int site = 1;; ++site) {
    const fs::path patch =
        kProject / "patches" / (code + (site == 1 ? "" : "-" + std::to_string(site)) + ".patch");
    if (!fs::exists(patch)) return false;
    // Another bug may lie within the lines that the patch shows around its own.
    if (user.command({"git", "apply", "-R", "-p2", "-C1", patch.string()}, checkout).good()) return true;
  }
}

void play(int level, unsigned long seed) {
  INFO("level " << level << ", seed " << seed);
  const User user("", /*shared_cache=*/true);
  // Which they are is an answer, given once a session is over; the same seed puts them there again.
  start(user, level, seed);
  user.ask({"stop"});
  std::vector<std::string> codes;
  const json answers = user.ask({"reveal"});
  for (const json& bug : answers["bugs"]) codes.push_back(bug["code"]);
  const json begun = start(user, level, seed);
  const size_t bugs = static_cast<size_t>(level) + 2;
  CHECK(begun["bugs"].size() == bugs);
  REQUIRE(codes.size() == bugs);
  const fs::path dir = begun["dir"].get<std::string>();
  for (const auto& [file, clean] : mutated_files(dir))
    CHECK(leaks(user, dir, clean, text_of(dir / file)) == std::vector<std::string>{});

  std::mt19937_64 random(seed);
  std::shuffle(codes.begin(), codes.end(), random);
  for (size_t left = bugs; left > 0; --left) {
    const json checked = user.ask({"check"}, 1);
    INFO(checked.dump(2));
    CHECK(checked["left"] == left);
    INFO(codes[left - 1]);
    REQUIRE(take_out(user, dir, codes[left - 1]));
  }
  CHECK(mutated_files(dir).empty());
  CHECK(solved(user));
  const json stop = user.ask({"restore"});
  CHECK(stop["outcome"] == "solved");
  CHECK(git_tree(user, dir) == stop["tree"].get<std::string>());
  CHECK(git_tree(user, dir) == git_tree(user, kProject / "reference_model"));
  CHECK(user.ask({"progress"})["rules_solved"] == bugs);
}

}  // namespace

TEST_CASE("a draw of each level", "[levels]") {
  for (const int level : {1, 2, 3}) play(level, test_seed());
}

// Twenty of each.
#define LEVEL_TEST(level)                                                      \
  TEST_CASE("twenty draws of level " #level, "[level" #level "]") {            \
    for (unsigned long i = 0; i < 20; ++i) play(level, 100 * test_seed() + i); \
  }
LEVEL_TEST(1)
LEVEL_TEST(2)
LEVEL_TEST(3)
