// draw: a function of the catalog, the options and the seed.
#include <random>
#include <set>

#include "mutator/coach/draw.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;

namespace {

catalog::Catalog catalog_of(const std::vector<std::string>& ids) {
  catalog::Catalog catalog;
  for (const std::string& id : ids) {
    catalog::Rule rule;
    rule.id.value = id;
    rule.category = id < "f" ? "training" : "data";
    rule.pack = {id < "c" ? "first" : "second"};
    rule.difficulty = id == "a" ? 1 : 2;
    catalog.rules.push_back(rule);
  }
  return catalog;
}

std::vector<std::string> ids_of(const std::vector<const catalog::Rule*>& rules) {
  std::vector<std::string> ids;
  for (const catalog::Rule* rule : rules) ids.push_back(rule->id.value);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a decoy is not drawn, and its pack is none", "[coach][draw]") {
  catalog::Catalog catalog = catalog_of({"a", "b", "g"});
  catalog.rules[1].decoy = true;
  catalog.rules[2].decoy = true;
  CHECK(ids_of(*matching(catalog, {})) == Ids{"a"});
  CHECK(matching(catalog, {.category = "data"}).error().code == Exit::usage);
  catalog.tree.categories = {{"D", "data"}, {"T", "training"}, {"C", "cuda"}};
  CHECK(categories_with_bugs(catalog) == Ids{"training"});
}

TEST_CASE("options narrow the draw, unknown ones get a suggestion", "[coach][draw]") {
  const catalog::Catalog catalog = catalog_of({"a", "b", "c", "g", "h"});
  CHECK(ids_of(*matching(catalog, {})) == Ids{"a", "b", "c", "g", "h"});
  CHECK(ids_of(*matching(catalog, {.pack = "first"})) == Ids{"a", "b"});
  CHECK(ids_of(*matching(catalog, {.category = "data"})) == Ids{"g", "h"});
  CHECK(ids_of(*matching(catalog, {.difficulty = 1})) == Ids{"a"});
  CHECK(ids_of(*matching(catalog, {.pack = "second", .category = "training", .difficulty = 2})) == Ids{"c"});
  CHECK(to_options({}).empty());
  CHECK(to_options({.pack = "second", .category = "training", .difficulty = 2}) ==
        "--pack second --category training --difficulty 2");
  const auto refused = [&](const Wanted& wanted) {
    const auto rules = matching(catalog, wanted);
    REQUIRE_FALSE(rules);
    CHECK(rules.error().code == Exit::usage);
    return rules.error().message;
  };
  CHECK(refused({.category = "trainign"}) == "there is no category 'trainign'; did you mean 'training'?");
  CHECK(refused({.category = "poetry"}) == "there is no category 'poetry'; it may be data or training");
  CHECK(refused({.pack = "frist"}) == "there is no pack 'frist'; did you mean 'first'?");
  CHECK(refused({.pack = "first", .category = "data"}) ==
        "no bug matches these options; 'nanobug list' shows them all");
}

TEST_CASE("a seed draws the same, and all are drawn", "[coach][draw]") {
  const catalog::Catalog catalog = catalog_of({"a", "b", "c", "g", "h"});
  const auto all = *matching(catalog, {});
  std::map<std::string, int> first;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const auto order = ids_of(draw_order(all, seed));
    ++first[order.front()];
    // The catalog's order has no say in it, nor has what the options leave out.
    const auto reversed = std::vector<const catalog::Rule*>(all.rbegin(), all.rend());
    CHECK(ids_of(draw_order(reversed, seed)) == order);
    auto without = all;
    std::erase_if(without, [&](const auto* rule) { return rule->id.value == order.back(); });
    CHECK(ids_of(draw_order(without, seed)) == Ids(order.begin(), order.end() - 1));
  }
  REQUIRE(first.size() == 5);
  for (const auto& [id, times] : first) CHECK(times > 60);  // 100 expected, its standard deviation 9
}

TEST_CASE("a site is drawn by the seed too", "[coach][draw]") {
  const catalog::Catalog catalog = catalog_of({"a"});
  std::map<size_t, int> drawn;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CHECK(draw_site(catalog.rules[0], 1, seed) == 0);
    CHECK(draw_site(catalog.rules[0], 3, seed) == draw_site(catalog.rules[0], 3, seed));
    ++drawn[draw_site(catalog.rules[0], 3, seed)];
  }
  REQUIRE(drawn.size() == 3);
  CHECK(drawn.rbegin()->first == 2);
  for (const auto& [site, times] : drawn) CHECK(times > 50);
}

TEST_CASE("without a seed one is found that draws what is not solved", "[coach][draw]") {
  const catalog::Catalog catalog = catalog_of({"a", "b", "c", "g", "h"});
  const auto all = *matching(catalog, {});
  std::mt19937 random(3);
  std::set<std::string> seen;
  for (int round = 0; round < 100; ++round) {
    const std::uint64_t seed = fresh_seed(all, {"a", "b", "c"}, std::ref(random));
    CHECK(seed < 1'000'000);
    seen.insert(draw_order(all, seed).front()->id.value);
  }
  CHECK(seen == std::set<std::string>{"g", "h"});
  // All solved: any of them.
  seen.clear();
  for (int round = 0; round < 100; ++round)
    seen.insert(
        draw_order(all, fresh_seed(all, {"a", "b", "c", "g", "h"}, std::ref(random))).front()->id.value);
  CHECK(seen.size() == 5);
}
