// units: what a file's unit is made of, and that sites and certificates are kept by it.
#include "mutator/workshop/units.h"

#include "mutator/grade/certificate.h"
#include "mutator/grade/mutants.h"
#include "tests/mutator/judged.h"

using namespace nanobug;
using workshop::Units;

namespace {

// A project whose clean tree is made anew as often as it is edited.
struct Versions : Judged {
  workshop::Workshop workshop = shop();

  workshop::Clean made() {
    std::string all;
    const auto files = workshop::list_files(project / "tree");
    REQUIRE(files);
    for (const std::string& file : *files) all += file + *read_file(project / "tree" / file);
    auto clean = workshop.clean(project / "tree", sha256(all), {});
    if (!clean) FAIL(clean.error().message);
    return *clean;
  }
  Units units() { return Units::of(workshop, made()); }
};

}  // namespace

TEST_CASE("a unit is a file and what it is compiled with", "[workshop][units]") {
  Versions versions;
  const fs::path tree = versions.project / "tree";
  REQUIRE(write_unsynced(tree / "notes.txt", "one\n"));
  const Units before = versions.units();
  const auto same = [&](const std::string& file) { return versions.units().key(file) == before.key(file); };
  CHECK(before.key("stats.cpp") != before.key("descend.cpp"));
  CHECK(before.key("stats.cpp") != before.key("stats.h"));
  SECTION("another source") {
    edit(tree / "descend.cpp", "double x = 0;", "double x = 1;");
    CHECK(same("stats.cpp"));
    CHECK_FALSE(same("descend.cpp"));
    CHECK_FALSE(same("stats.h"));  // which it includes
  }
  SECTION("a header of both") {
    edit(tree / "stats.h", "// One step", "// A step");
    CHECK_FALSE(same("stats.cpp"));
    CHECK_FALSE(same("descend.cpp"));
  }
  SECTION("a header that nobody includes yet may stand in the way of another") {
    REQUIRE(write_unsynced(tree / "cstdio", "#include_next <cstdio>\n"));
    CHECK_FALSE(same("stats.cpp"));
  }
  SECTION("what CMake reads") {
    edit(tree / "CMakeLists.txt", "-Wall", "-Wall -Wshadow");
    CHECK_FALSE(same("stats.cpp"));
  }
  SECTION("how the tree is formatted") {
    REQUIRE(write_unsynced(tree / ".clang-format", "BasedOnStyle: LLVM\n"));
    CHECK_FALSE(same("stats.cpp"));
  }
  SECTION("a text that goes into nothing") {
    REQUIRE(write_unsynced(tree / "notes.txt", "two\n"));
    CHECK(same("stats.cpp"));
    CHECK_FALSE(same("notes.txt"));  // nothing is known of it: it is the whole tree's
  }
  SECTION("a record that is damaged") {
    REQUIRE(write_unsynced(versions.made().tree.parent_path() / "units.json", "{\"stats.cpp\": 1"));
    CHECK(same("stats.cpp"));
  }
}

TEST_CASE("sites that were found are known after an edit elsewhere", "[grade][units]") {
  Versions versions;
  const catalog::Rule& rule = versions.catalog.rules.front();
  REQUIRE(rule.file == "stats.cpp");
  const workshop::Clean clean = versions.made();
  REQUIRE(grade::Mutants(versions.catalog, versions.workshop, clean).sites(rule));
  // What the index says is believed: a mark in it shows who was asked.
  const rewrite::Index index(versions.workshop.cache() / "sites");
  const std::string key = rewrite::Index::key(rule, {{rule.file, *read_file(clean.tree / rule.file)}},
                                              Units::of(versions.workshop, clean).key(rule.file));
  auto marked = index.look_up(key);
  REQUIRE(marked);
  marked->front().function = "marked";
  REQUIRE(index.keep(key, *marked));
  const auto function = [&] {
    const auto sites = grade::Mutants(versions.catalog, versions.workshop, versions.made()).sites(rule);
    REQUIRE(sites);
    return sites->front().function;
  };
  edit(versions.project / "tree/descend.cpp", "double x = 0;", "double x = 1;");
  CHECK(function() == "marked");
  edit(versions.project / "tree/stats.h", "// One step", "// A step");
  CHECK(function() == "tiny::mean");
}

TEST_CASE("a certificate stands after an edit elsewhere", "[grade][units]") {
  Versions versions;
  const catalog::Rule& rule = versions.catalog.rules.front();
  REQUIRE(rule.file == "stats.cpp");
  const fs::path kept = versions.workshop.cache() / "certificates", tree = versions.project / "tree";
  const auto proofs = [&] {  // how many there are, after it is asked for
    grade::Mutants mutants(versions.catalog, versions.workshop, versions.made());
    const auto certificates = grade::certify(mutants, rule, {});
    REQUIRE(certificates);
    REQUIRE(certificates->size() == 1);
    CHECK(certificates->front().holds());
    return std::distance(fs::directory_iterator(kept), fs::directory_iterator());
  };
  REQUIRE(proofs() == 1);
  edit(tree / "descend.cpp", "double x = 0;", "double x = 1;");
  CHECK(proofs() == 1);
  SECTION("what is compiled with the mutant") {
    edit(tree / "stats.cpp", "namespace tiny {", "namespace tiny {\n");
    CHECK(proofs() == 2);
  }
  SECTION("a public header") {
    edit(tree / "stats.h", "// One step", "// A step");
    CHECK(proofs() == 2);
  }
  SECTION("the probes") {
    edit(versions.project / "probes/probes.cpp",
         "// probes: the protocol of a probe program, by hand: a line of JSON for the library that is "
         "judged, and one when",
         "// probes: the protocol of a probe program, by hand: a line of JSON for the library that is "
         "judged, and one when\n");
    CHECK(proofs() == 2);
  }
}
