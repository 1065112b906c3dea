// catalog errors: each broken catalog earns the exact sentences and places that stand beside it.
#include "mutator/base/files.h"
#include "mutator/catalog/catalog.h"
#include "tests/mutator/broken_catalogs.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using test::kGood;

namespace {

std::string errors_of(const tl::expected<catalog::Catalog, std::vector<Error>>& catalog) {
  std::string all;
  if (catalog) return all;
  for (const Error& error : catalog.error()) {
    REQUIRE(error.place);
    CHECK(error.code == Exit::catalog);
    all += std::to_string(error.place->line) + ":" + std::to_string(error.place->column) + ": " +
           error.message + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("the catalog that the rows break is right", "[catalog]") {
  CHECK(errors_of(catalog::parse(kGood, "c.yaml")) == "");
}

TEST_CASE("every broken catalog earns its sentences and places", "[catalog]") {
  for (const test::BrokenCatalog& row : test::kBroken) {
    INFO(row.what);
    REQUIRE(kGood.find(row.from) != std::string::npos);
    const std::string text = test::broken(row);
    CHECK(errors_of(catalog::parse(text, "c.yaml")) == row.errors);
  }
}

TEST_CASE("files that are no catalog at all", "[catalog]") {
  const std::string empty = "0:0: the catalog is empty; it needs 'tree' and 'rules'\n";
  CHECK(errors_of(catalog::parse("", "c.yaml")) == empty);
  CHECK(errors_of(catalog::parse("# nothing\n", "c.yaml")) == empty);
  CHECK(errors_of(catalog::parse("# a\rtree: {}\r", "c.yaml")) ==
        "0:0: the lines end with carriage returns alone; end them with line feeds\n");
  CHECK(errors_of(catalog::parse("tree: {}\rrules: []\r", "c.yaml")) ==
        "0:0: the lines end with carriage returns alone; end them with line feeds\n");
  CHECK(errors_of(catalog::parse("# nothing\r", "c.yaml")) == empty);
  CHECK(errors_of(catalog::parse("text", "c.yaml")) == "1:1: the catalog must be a mapping, not text\n");
  CHECK(errors_of(catalog::parse("- a\n", "c.yaml")) == "1:1: the catalog must be a mapping, not a list\n");
  // A thousand million laughs: refused at the first alias, in no time and no memory.
  std::string bomb = "a0: &a0 x\n";
  for (int i = 1; i < 10; ++i) {
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 9; ++k) bomb += "*a" + std::to_string(i - 1) + ", ";
    bomb += "]\n";
  }
  const auto laughs = catalog::parse(bomb, "c.yaml");
  REQUIRE(!laughs);
  CHECK(laughs.error().front().text() == "c.yaml:1:1: the catalog lacks the field 'tree'");
  CHECK(errors_of(catalog::parse(std::string(100000, '['), "c.yaml")).find("nested deeper") !=
        std::string::npos);
}

TEST_CASE("load looks at the disk too", "[catalog]") {
  const fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-catalog");
  const fs::path file = directory / "catalog.yaml";
  CHECK(catalog::load(file).error()[0].text() ==
        file.string() + ": there is no catalog; run nanobug in the directory that holds it");
  REQUIRE(write_file(file, kGood));
  CHECK(errors_of(catalog::load(file)) ==
        "32:9: 'in' names 'tree/code.cpp', and there is no such file\n"
        "55:9: 'in' names 'tree/code.cpp', and there is no such file\n");
  REQUIRE(write_file(directory / "tree" / "code.cpp", ""));
  CHECK(errors_of(catalog::load(file)) == "");
  (void)remove_tree(directory);
}

TEST_CASE("a symlink on the way to a file of the tree is refused with its place", "[catalog]") {
  const fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-catalog");
  const fs::path file = directory / "catalog.yaml";
  REQUIRE(write_file(file, kGood));
  REQUIRE(write_file(directory / "elsewhere" / "code.cpp", ""));
  std::string expected;
  SECTION("the file itself") {
    fs::create_directory(directory / "tree");
    fs::create_symlink("../elsewhere/code.cpp", directory / "tree" / "code.cpp");
    expected =
        "32:9: 'in' leads through the symlink 'tree/code.cpp'; name the file itself\n"
        "55:9: 'in' leads through the symlink 'tree/code.cpp'; name the file itself\n";
  }
  SECTION("a directory on its way, which is the tree's root too") {
    fs::create_directory_symlink("elsewhere", directory / "tree");
    expected =
        "2:3: 'tree.root' leads through the symlink 'tree'; name the file itself\n"
        "32:9: 'in' leads through the symlink 'tree'; name the file itself\n"
        "55:9: 'in' leads through the symlink 'tree'; name the file itself\n";
  }
  SECTION("the probes' sources") {
    REQUIRE(write_file(directory / "tree" / "code.cpp", ""));
    fs::create_directory_symlink("elsewhere", directory / "probes");
    std::string text = kGood;
    text.replace(text.find("    program: bin/probes"), 0, "    source: probes\n");
    REQUIRE(write_file(file, text));
    expected = "2:3: 'tree.probes.source' leads through the symlink 'probes'; name the file itself\n";
  }
  CHECK(errors_of(catalog::load(file)) == expected);
  (void)remove_tree(directory);
}
