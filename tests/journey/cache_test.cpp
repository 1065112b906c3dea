// cache: shown, pruned, and pruning itself; what an open session needs stays.
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

struct Cached : Tiny {
  // With room for next to nothing.
  Finished nanobug_in_1K(std::vector<std::string> words) const {
    words.insert(words.begin(), {"env", "NANOBUG_CACHE_SIZE=1K", NANOBUG_PROGRAM});
    return user.command(words);
  }
  // Another version of the project, built.
  void change_project(const std::string& comment) const {
    replace_in(place / "project/tree/stats.h", "#pragma once\n", "#pragma once  // " + comment + "\n");
    CHECK(nanobug_in_1K({"rule", "check"}).exit_code == 0);
    replace_in(place / "project/tree/stats.h", "  // " + comment + "\n", "\n");
  }
  size_t trees() const { return user.ask({"cache"})["trees"].size(); }
};

}  // namespace

TEST_CASE("the cache is shown and pruned", "[paths]") {
  const Cached tiny;
  CHECK(tiny.user.ask({"cache"})["trees"].empty());
  tiny.user.ask({"start", "mean-divides-by-one-less", "--dir", (tiny.place / "work").string()});
  const json cache = tiny.user.ask({"cache"});
  REQUIRE(cache["trees"].size() == 1);
  CHECK(cache["trees"][0]["needed"] == true);
  CHECK(cache["trees"][0]["mutants"] == 1);
  CHECK(cache["trees"][0]["bytes"] > 10000);
  CHECK(cache["bytes"] > cache["trees"][0]["mutant_bytes"]);
  CHECK(cache["limit"] == 3221225472);
  const Finished words = tiny.user.nanobug({"cache"});
  CHECK(words.out.find("clean tree " + cache["trees"][0]["key"].get<std::string>().substr(0, 8)) !=
        std::string::npos);
  CHECK(words.err.find("NANOBUG_CACHE_SIZE") != std::string::npos);
  CHECK(tiny.user.nanobug({"cache", "-q"}).err.empty());

  // Within the limit nothing goes; all that is not needed goes on demand.
  CHECK(tiny.user.ask({"cache", "prune"})["bytes"] == 0);
  const json pruned = tiny.user.ask({"cache", "prune", "--all"});
  CHECK(pruned["trees"] == 0);
  CHECK(pruned["mutants"] == 1);
  CHECK(pruned["bytes"] > 0);
  CHECK(tiny.trees() == 1);
  const Finished quiet = tiny.user.nanobug({"cache", "prune", "-q"});
  CHECK((quiet.out + quiet.err).empty());
  CHECK(tiny.user.nanobug({"cache", "prnue"}).exit_code == 2);
  CHECK(tiny.user.nanobug({"cache", "--all"}).exit_code == 2);
  const Finished nonsense = tiny.user.command({"env", "NANOBUG_CACHE_SIZE=much", NANOBUG_PROGRAM, "cache"});
  CHECK(nonsense.exit_code == 2);
  CHECK(nonsense.err.find("much") != std::string::npos);
}

TEST_CASE("builds of old versions go by themselves, but not an open session's", "[paths]") {
  const Cached tiny;
  tiny.change_project("one");
  CHECK(tiny.trees() == 1);
  tiny.change_project("two");
  CHECK(tiny.trees() == 1);
  tiny.user.ask({"start", "mean-divides-by-one-less", "--dir", (tiny.place / "work").string()});
  tiny.change_project("three");
  CHECK(tiny.trees() >= 2);
  // What the session stands on is there: nothing is built again.
  const Finished check = tiny.user.nanobug({"check"});
  CHECK(check.exit_code == 1);
  CHECK(check.err.find("built once") == std::string::npos);
}
