// collection: a pack's page gives nothing away, its answer key everything.
#include "mutator/coach/collection.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

namespace {

catalog::Rule rule(const std::string& code, const std::string& id, std::vector<std::string> packs) {
  catalog::Rule one;
  one.code.value = code, one.id.value = id, one.title.value = "Title of " + code;
  one.pack = std::move(packs), one.category = "training", one.minutes = 10, one.difficulty = 2;
  one.brief = "Brief of " + code + ".\n", one.cause = "Cause of " + code + ".";
  one.questions.push_back({{"Why " + code + "?", {}}, "Because of " + code + "."});
  return one;
}

catalog::Catalog catalog_of(std::vector<catalog::Pack> packs) {
  catalog::Catalog catalog;
  catalog.tree.packs = std::move(packs);
  catalog.tree.runs.push_back({"plain", {}, {}});
  catalog.rules = {rule("T01", "first-id", {"small", "large"}), rule("T02", "decoy-id", {"large"}),
                   rule("T03", "third-id", {"large"})};
  catalog.rules[1].decoy = true;
  return catalog;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a catalog's collections are those of its head, in its order", "[coach][collection]") {
  const auto all = collections_of(catalog_of(
      {{.name = "small", .about = "a few", .bugs = 1}, {.name = "large", .about = "", .bugs = 2}}));
  REQUIRE(all.size() == 2);
  CHECK(all[0].pack.about == "a few");
  CHECK(all[0].bugs.size() == 1);
  CHECK(all[1].bugs.size() == 2);
  CHECK(all[1].bugs[1]->code.value == "T03");
  CHECK(all[1].decoys.size() == 1);
  CHECK(all[1].minutes == 20);  // a decoy's are none
}

TEST_CASE("where the head lists none, they are what rules name", "[coach][collection]") {
  const auto all = collections_of(catalog_of({}));
  REQUIRE(all.size() == 2);
  CHECK(all[0].pack.name == "large");
  CHECK(all[1].pack.name == "small");
}

TEST_CASE("a collection is found by its name, capitals or not", "[coach][collection]") {
  const auto catalog = catalog_of({});
  CHECK(collection(catalog, "LARGE")->pack.name == "large");
  CHECK(collection(catalog, "lagre").error().message == "there is no pack 'lagre'; did you mean 'large'?");
  CHECK(collection(catalog, "x").error().code == Exit::usage);
}

TEST_CASE("a page names codes and titles, and nothing that gives a bug away", "[coach][collection]") {
  const auto catalog = catalog_of({{.name = "large", .about = "all of it", .bugs = 2}});
  const std::string page = page_of(*collection(catalog, "large"), catalog);
  CHECK(has(page, "# large\n\nall of it\n"));
  CHECK(has(page, "2 bugs, about 20 minutes. `nanobug start large` draws 2 of them at once."));
  CHECK(has(page, "| T01 | Title of T01 | training | ** | 10 | 1 | plain |\n"));
  CHECK(has(page, "| T03 | "));
  CHECK_FALSE(has(page, "T02"));  // that there is a decoy, and which, is an answer too
  for (const char* spoiler : {"first-id", "third-id", "Brief", "Cause", "Because"})
    CHECK_FALSE(has(page, spoiler));
}

TEST_CASE("an answer key has all of it, decoys last", "[coach][collection]") {
  const auto catalog = catalog_of({});
  const std::string key = answer_key(
      *collection(catalog, "large"),
      {{"first-id", {{"a.cpp:3, in f", "-old\n+new ```\n"}}}, {"third-id", {{"b.cpp:5", "-x\n+y\n"}}}});
  for (const char* code : {"T01", "T02", "T03"})
    for (const char* part : {"Brief of ", "Cause of ", "Why ", "Because of ", "Title of "})
      CHECK(has(key, std::string(part) + code));
  CHECK(has(key, "## T01, first-id: Title of T01"));
  CHECK(has(key, "`a.cpp:3, in f`\n\n````diff\n-old\n+new ```\n````\n"));  // what is fenced ends no fence
  CHECK(has(key, "`b.cpp:5`\n\n```diff\n-x\n+y\n```\n"));
  CHECK(key.find("## T03") < key.find("## T02"));
  CHECK(has(key.substr(key.find("## T02")), "A decoy: nothing is wrong."));
  CHECK_FALSE(has(key.substr(0, key.find("## T02")), "A decoy"));
}
