// many rules: the catalogs that the benchmarks make are whole, whatever the project's own comes to name.
#include "tools/benchmarks/many_rules.h"

#include <set>

#include "mutator/catalog/catalog.h"
#include "tests/mutator/session_bench.h"
#include "tests/probes/catch.h"

using namespace nanobug;

TEST_CASE("a catalog of 400 rules, made of the project's own", "[catalog][many]") {
  const fs::path project = fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path();
  const test::Scratch scratch;
  const auto file = make_many_rules(project, 400, scratch / "project");
  REQUIRE(file);
  const auto catalog = catalog::load(*file);
  INFO((catalog ? "" : catalog.error().front().text()));
  REQUIRE(catalog);
  REQUIRE(catalog->rules.size() == 400);
  std::set<std::string> codes, ids;
  for (const catalog::Rule& rule : catalog->rules) {
    CHECK_FALSE(rule.decoy);
    CHECK(codes.insert(rule.code.value).second);
    CHECK(ids.insert(rule.id.value).second);
  }
}
