// catalog, the seam: heads that a stranger writes. What may be left out, what may judge, what is the tree's.
#include "mutator/catalog/catalog.h"
#include "tests/probes/catch.h"

using namespace nanobug;

namespace {

const std::string kHead = R"(tree:
  root: .
  build: {compile: [make]}
  tests: [{id: all, run: [make, check]}]
)";
const std::string kRules = R"(rules:
  - code: P01
    id: first-rule
    title: A title
    in: src/code.c
    match: returnStmt().bind("r")
    edits: [{remove: statement("r")}]
    brief: b
    hints: [h]
    cause: c
    seen_by: [all]
)";

std::string errors_of(const std::string& text) {
  const auto catalog = catalog::parse(text, "c.yaml");
  std::string all;
  if (!catalog)
    for (const Error& error : catalog.error()) all += error.text().substr(7) + '\n';
  return all;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  REQUIRE(text.find(from) != std::string::npos);
  return text.replace(text.find(from), from.size(), to);
}

catalog::Tree tree_of(const std::string& head) {
  INFO(errors_of(head + kRules));
  const auto catalog = catalog::parse(head + kRules, "c.yaml");
  REQUIRE(catalog);
  return catalog->tree;
}

}  // namespace

TEST_CASE("a head needs a root, a build and something that judges", "[catalog][seam]") {
  const auto catalog = catalog::parse(kHead + kRules, "c.yaml");
  INFO(errors_of(kHead + kRules));
  REQUIRE(catalog);
  CHECK(catalog->tree.runs.empty());
  CHECK(catalog->run_of(catalog->rules[0]) == nullptr);
  CHECK(catalog->tree.probes.program.empty());
  // A class is the letter of a code.
  CHECK(catalog->rules[0].category == "P");
  CHECK(catalog->tree.categories == std::vector<catalog::Category>{{"P", "P"}});
  CHECK(catalog->rules[0].file == "src/code.c");
  CHECK(errors_of(with(kHead, "  tests: [{id: all, run: [make, check]}]\n", "") + kRules) ==
        "2:3: tree has nothing that judges it; give it 'tests', 'probes' or 'parity'\n");
  // A directory of snippets, as the field once was, judges nothing.
  CHECK(errors_of(with(kHead, "[{id: all, run: [make, check]}]", "tests/rules") + kRules) ==
        "2:3: tree has nothing that judges it; give it 'tests', 'probes' or 'parity'\n");
}

TEST_CASE("what judges is a list, of commands and of probes", "[catalog][seam]") {
  const catalog::Tree tree = tree_of(with(kHead, "[{id: all, run: [make, check]}]", R"(
    - id: unit
      run: [ctest, --output-junit, "{report}"]
      observables: {"parse*": how text is read, "*": all else}
      sources: ["tests/*"]
      time_limit: 7
    - {id: smoke, run: [./smoke, "{build}"], observable: that it starts}
    - probes: {source: probes, compile: [make], program: p, observables: {a: b}}
  snippets: tests/rules)"));
  REQUIRE(tree.tests.size() == 2);
  CHECK(tree.tests[0].reports());
  CHECK(tree.tests[0].time_limit_s == 7);
  CHECK(tree.tests[0].place == Place{"c.yaml", 5, 7});
  CHECK_FALSE(tree.tests[1].reports());
  CHECK(tree.tests[1].time_limit_s == 60);
  CHECK(tree.probes.program == "p");
  CHECK(tree.snippets == "tests/rules");
  CHECK(tree.observables() == std::vector<catalog::Observable>{{"a", "b"},
                                                               {"how text is read", "how text is read"},
                                                               {"all else", "all else"},
                                                               {"that it starts", "that it starts"}});
  CHECK(tree.judges("tests/parse/one.c"));
  CHECK_FALSE(tree.judges("src/tests/one.c"));
}

TEST_CASE("what is wrong with what judges", "[catalog][seam]") {
  const auto said = [](const std::string& tests) {
    return errors_of(with(kHead, "[{id: all, run: [make, check]}]", tests) + kRules);
  };
  CHECK(said("[{run: [make]}]") == "4:11: an entry of 'tests' lacks the field 'id'\n");
  CHECK(said("[{id: a}]") == "4:11: an entry of 'tests' lacks the field 'run'\n");
  CHECK(said("[{id: a, run: [\"{metrics}\"]}]") ==
        "4:26: 'run' has no placeholder {metrics} (there are {source}, {build}, {project}, {report})\n");
  CHECK(said("[{id: a, run: [b]}, {id: a, run: [c]}]") ==
        "4:35: there is already a test 'a', in line 4; give this one another id\n");
  CHECK(said("[{id: a, run: [b], observables: {x: y}}]") ==
        "4:29: 'observables' are of the cases of a report, and 'run' leaves none at {report}; say "
        "'observable'\n");
  CHECK(said("[{id: a, probes: {compile: [a], program: b}}]") ==
        "4:12: an entry of 'tests' that has 'probes' has nothing else; remove 'id'\n");
  CHECK(said("[{probes: {compile: [a], program: b}}, {probes: {compile: [a], program: b}}]") ==
        "2:3: there are probes more than once; 'tree.probes' or one entry of 'tests' has them\n");
  CHECK(said("[]") == "4:10: 'tests' is an empty list\n");
}

TEST_CASE("what is nanobug's is no part of a tree at its own place", "[catalog][seam]") {
  const std::string more =
      "  pages: docs/bugs\n  snippets: tests/rules\n  guide: docs/guide.md\n  outputs: [\"*.o\", app]\n";
  const catalog::Tree tree = tree_of(kHead + more);
  for (const char* ours : {"c.yaml", "docs/bugs", "docs/bugs/P01.md", "tests/rules/P01.c", "docs/guide.md",
                           "patches/P01.patch", ".git/config", "build/x", "a.o", "app"}) {
    INFO(ours);
    CHECK_FALSE(tree.has(ours));
  }
  for (const char* theirs : {"src/c.yaml", "docs/bugs.md", "docs/README.md", "tests/a.c", "src/a.o",
                             "src/app", "Makefile", "apps"}) {
    INFO(theirs);
    CHECK(tree.has(theirs));
  }
  // Where the root is a directory below, nothing of it is nanobug's unless it lies there.
  const catalog::Tree below =
      tree_of(with(with(kHead, "root: .", "root: src"), "  build:", more + "  build:"));
  CHECK(below.hidden.empty());
  const catalog::Tree beside =
      tree_of(with(with(kHead, "root: .", "root: src"), "  build:", "  pages: src/bugs\n  build:"));
  CHECK(beside.hidden == std::vector<std::string>{"bugs"});
}

TEST_CASE("a head with classes has them all named", "[catalog][seam]") {
  const std::string head = kHead + "  categories: {P: parsing}\n";
  CHECK(errors_of(head + kRules).find("rule 'first-rule' lacks the field 'category'\n") != std::string::npos);
  CHECK(errors_of(head + with(kRules, "    in:", "    category: parsing\n    in:")) == "");
}
