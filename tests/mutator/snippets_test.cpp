// snippets: what a rule makes of its own tests is remembered where it holds, and only there.
#include "mutator/grade/snippets.h"

#include "tests/mutator/judged.h"

using namespace nanobug;
using namespace nanobug::grade;

namespace {

catalog::Rule halved(const Judged& judged) {
  catalog::Rule rule;
  rule.place = {(judged.project / "catalog.yaml").string(), 1, 1};
  rule.id.value = "r";
  rule.in.value = "tree/stats.cpp";
  rule.match.value = R"(binaryOperator(hasOperatorName("/"), hasRHS(expr().bind("by"))))";
  rule.edits = {{catalog::Edit::Kind::replace, {"node(by)", {}}, {"g({{by}},  2)", {}}, {}}};
  rule.matches = {{{"int g(int, int);\nint f(int n) { return 4 / n; }\n", {"c", 1, 1}},
                   {"int g(int, int);\nint f(int n) { return 4 / g(n, 2); }\n", {"c", 2, 2}}}};
  rule.no_matches = {{{"int f(int n) { return 4 * n; }\n", {"c", 3, 3}}, {}}};
  return rule;
}

// The tiny project, of which nothing is built: snippets need no tree.
struct Bench {
  Judged judged;
  workshop::Workshop shop = judged.shop();
  Mutants mutants{judged.catalog, shop, {}};

  std::string said(const catalog::Rule& rule) {
    Snippets snippets(mutants);
    const auto errors = snippets.check(rule);
    if (!errors) return errors.error().text();
    std::string all;
    for (const Error& error : *errors) all += error.text() + '\n';
    return all;
  }
  size_t kept() const {
    std::error_code none;
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(shop.cache() / "sites", none), fs::directory_iterator()));
  }
};

constexpr char kAfter[] =
    "c:2:2: the snippet above becomes another text than this one (-: as written here, +: what it becomes)\n"
    "@@ -1,3 +1,2 @@\n int g(int, int);\n int f(int n) { return 4 / g(n, 2); }\n-\n\n";

}  // namespace

TEST_CASE("snippets that come out right are remembered, and no others", "[grade][snippets]") {
  Bench bench;
  catalog::Rule rule = halved(bench.judged);
  CHECK(bench.said(rule) == "");
  CHECK(bench.kept() == 1);
  CHECK(bench.said(rule) == "");
  CHECK(bench.kept() == 1);
  SECTION("another text") {
    rule.matches[0].after.value += "\n";
    CHECK(bench.said(rule) == kAfter);
    CHECK(bench.said(rule) == kAfter);
  }
  SECTION("none that should match") {
    rule.matches[0].code.value = rule.no_matches[0].code.value;
    CHECK(bench.said(rule) == "c:1:1: this snippet should match\n");
  }
  SECTION("one that should not") {
    rule.no_matches[0].code.value = "int g(int, int);\nint h(int n) { return n / 2; }\n";
    CHECK(bench.said(rule) == "c:3:3: this snippet should not match\n");
  }
  SECTION("one that should not, and cannot be read") {
    rule.no_matches[0].code.value = "int h(int n) { return nn; }\n";
    CHECK(bench.said(rule).starts_with("c:3:3: this snippet should not match: "));
  }
  SECTION("a matcher that does not parse") {
    rule.match = {"binaryOperator(", {"c", 4, 4}};
    CHECK(bench.said(rule).starts_with("c:4:"));
  }
  CHECK(bench.kept() == 1);
}

TEST_CASE("snippets that are remembered are not tried again", "[grade][snippets]") {
  Bench bench;
  catalog::Rule rule = halved(bench.judged);
  rule.matches[0].after.value += "\n";
  CHECK(bench.said(rule) == kAfter);
  const std::string style =
      ".clang-format\n" + *read_file(bench.judged.project / "tree/.clang-format") + "\n";
  REQUIRE(bench.mutants.index().keep(rewrite::Index::key_of_snippets(rule, style), {}));
  CHECK(bench.said(rule) == "");  // so it was said
}

TEST_CASE("another style is another question", "[grade][snippets]") {
  Bench bench;
  const catalog::Rule rule = halved(bench.judged);
  const fs::path tree = bench.judged.project / "tree/.clang-format";
  CHECK(bench.said(rule) == "");
  REQUIRE(write_file(tree,
                     "BasedOnStyle: Google\nSpacesInParens: Custom\nSpacesInParensOptions: {Other: true}\n"));
  CHECK(bench.said(rule).find("g( n, 2 )") != std::string::npos);
  // The parents' count too.
  REQUIRE(write_file(tree, "BasedOnStyle: InheritParentConfig\n"));
  REQUIRE(write_file(bench.judged.project / ".clang-format", "BasedOnStyle: Google\n"));
  CHECK(bench.said(rule) == "");
  REQUIRE(write_file(bench.judged.project / ".clang-format",
                     "BasedOnStyle: Google\nSpacesInParens: Custom\nSpacesInParensOptions: {Other: true}\n"));
  CHECK(bench.said(rule).find("g( n, 2 )") != std::string::npos);
}

TEST_CASE("what Clang says of a snippet has the lines of the file that it stands in", "[grade][snippets]") {
  Bench bench;
  catalog::Rule rule = halved(bench.judged);
  const fs::path file = bench.judged.path / "N01.cpp";
  const auto said = [&](const std::string& shared, int mark) {
    REQUIRE(write_unsynced(file, shared + "// ---- no match\n\n\nint f(int n) {\n  return 4 * m;\n}\n\n"));
    rule.no_matches[0].code = {(shared.empty() ? "" : "int g(int, int);\nint k;\n\n") +
                                   std::string("int f(int n) {\n  return 4 * m;\n}\n"),
                               {file.string(), mark, 1}};
    const std::string all = bench.said(rule);
    return all.substr(all.find("does not parse"));
  };
  CHECK(said("", 1).starts_with("does not parse: N01.cpp:5:14: "));
  CHECK(said("\nint g(int, int);\nint k;\n\n\n", 6).starts_with("does not parse: N01.cpp:10:14: "));
  REQUIRE(write_unsynced(file, "\nint g(int, double double);\n// ---- no match\nint f();\n"));
  rule.no_matches[0].code = {"int g(int, double double);\n\nint f();\n", {file.string(), 3, 1}};
  CHECK(bench.said(rule).find("does not parse: N01.cpp:2:19: ") != std::string::npos);
}
