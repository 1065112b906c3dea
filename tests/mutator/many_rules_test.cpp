// many rules: the catalogs that the benchmarks make are whole, whatever the project's own comes to name.
#include "tools/benchmarks/many_rules.h"

#include <set>

#include "mutator/catalog/catalog.h"
#include "tests/mutator/session_bench.h"
#include "tests/probes/catch.h"

using namespace nanobug;

TEST_CASE("catalogs of any number of rules, made of the project's own", "[catalog][many]") {
  const size_t count = GENERATE(100, 400);
  const fs::path project = fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path();
  const test::Scratch scratch;
  const auto file = make_many_rules(project, count, scratch / "project");
  REQUIRE(file);
  const auto catalog = catalog::load(*file);
  INFO((catalog ? "" : catalog.error().front().text()));
  REQUIRE(catalog);
  REQUIRE(catalog->rules.size() == count);
  CHECK(catalog->tree.guide.value.empty());  // it speaks of rules that are not there
  std::set<std::string> codes, ids;
  for (const catalog::Rule& rule : catalog->rules) {
    CHECK_FALSE(rule.decoy);
    CHECK(codes.insert(rule.code.value).second);
    CHECK(ids.insert(rule.id.value).second);
  }
}
