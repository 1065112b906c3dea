// pack: the catalog's collections, and what is written down of who opens an answer key.
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

TEST_CASE("packs are listed and shown without spoilers", "[packs]") {
  const Tiny tiny;
  const json listed = tiny.user.ask({"pack", "list"});
  REQUIRE(listed.size() == 1);
  CHECK(listed[0]["name"] == "tiny");
  CHECK(listed[0]["bugs"] == 2);
  CHECK(listed[0]["minutes"] == 10);
  CHECK(listed[0]["at_once"] == 1);
  CHECK(listed[0]["solved"] == 0);
  CHECK(has(tiny.user.nanobug({"pack", "list"}).out, listed[0]["about"].get<std::string>()));
  const json shown = tiny.user.ask({"pack", "show", "TINY"});
  CHECK(shown["entries"].size() == 2);
  CHECK(shown["entries"][1]["code"] == "T01");
  CHECK(shown["entries"][1]["run"] == "descent");
  const std::string page = tiny.user.nanobug({"pack", "show", "tiny"}).out;
  CHECK(has(page, "| N01 | A statistic is a little off | numerics | * | 5 | 1 | descent |\n"));
  for (const std::string& text : {page, shown.dump()})
    for (const char* spoiler : {"uphill", "divides", "stats.cpp", "mean", "gradient"})
      CHECK_FALSE(has(text, spoiler));
}

TEST_CASE("an answer key is the catalog's: place, diff, cause, answers", "[packs]") {
  const Tiny tiny;
  const std::string key = tiny.user.nanobug({"pack", "show", "tiny", "--answers"}).out;
  INFO(key);
  for (const char* code : {"N01", "T01"}) {
    const std::string patch = tiny.user.nanobug({"patch", "show", code}).out;
    REQUIRE_FALSE(patch.empty());
    CHECK(has(key, "```diff\n" + patch + "```\n"));
  }
  CHECK(has(key, "## T01, descent-goes-uphill: An example does not converge"));
  CHECK(has(key, "in tiny::step"));
  CHECK(has(key, "The update goes along the gradient instead of against it."));
  CHECK(has(key, "**What would a negative learning rate do?**"));
  CHECK(has(key, "which of the two is wrong."));
  const json data = tiny.user.ask({"pack", "show", "tiny", "--answers"});
  CHECK(data["answers"].size() == 2);
  CHECK(data["answers"][0]["places"][0]["diff"] == tiny.user.nanobug({"patch", "show", "N01"}).out);
}

TEST_CASE("who opens an answer key during its session has given it up; a page gives nothing up", "[packs]") {
  const Tiny tiny;
  tiny.start({"T01"});
  tiny.user.nanobug({"pack", "show", "tiny"});
  tiny.user.nanobug({"pack", "list"});
  CHECK(tiny.user.ask({"status"})["revealed"] == false);
  const Finished opened = tiny.user.nanobug({"pack", "show", "tiny", "--answers"});
  CHECK(has(opened.err, "recorded as revealed"));
  CHECK(tiny.user.ask({"status"})["revealed"] == true);
  CHECK(tiny.user.ask({"stop"})["outcome"] == "revealed");
}

TEST_CASE("an answer key that holds another bug gives nothing up", "[packs]") {
  const Tiny tiny;
  replace_in(tiny.catalog, "    refs: [tiny-1]\n    pack: [tiny]\n", "    refs: [tiny-1]\n");
  tiny.start({"N01"});
  CHECK_FALSE(has(tiny.user.nanobug({"pack", "show", "tiny", "--answers"}).err, "recorded"));
  CHECK(tiny.user.ask({"status"})["revealed"] == false);
}

TEST_CASE("a pack's name in a rule's place draws from it", "[packs]") {
  const Tiny tiny;
  replace_in(tiny.catalog, "    refs: [tiny-1]\n    pack: [tiny]\n", "    refs: [tiny-1]\n");
  for (const char* seed : {"1", "2", "3"}) {
    tiny.start({"Tiny", "--seed", seed});
    CHECK(has(tiny.user.nanobug({"status"}).out, std::string("--seed ") + seed + " --pack tiny"));
    tiny.user.nanobug({"stop"});
    CHECK(tiny.user.ask({"reveal"})["code"] == "T01");
  }
}
