// catalog pages: what lies beside a catalog, a file a rule: pages that a learner reads, snippets that the
// rule is tried on. A row breaks one thing of a page that is right: the first occurrence of `from` becomes
// `to`.
#include "mutator/base/files.h"
#include "mutator/catalog/page.h"
#include "tests/mutator/broken_page.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::catalog;
using nanobug::test::broken;
using nanobug::test::Row;

namespace {

using nanobug::test::told;

const std::string kPage = R"(# D04

## Brief

The loss falls to a thousandth,
on held-out text as well.

It is `loss`, and $x_1$ *stays* as it is.

## Hints

1. The class of bug.
2. The observable,
   on two lines.
3. The function.

## Cause
Two things:
- the first,
- the second
  goes on.

```c++
# not a heading
targets = inputs;
```

And so on.

## Questions

### Why does it fall?

Because it does. It cannot
do otherwise.

### And then?
Then nothing.

## Read next

The paper.
)";

using Errors = std::vector<Error>;

// What is wrong, and what is still to be written.
std::string told(const Errors& errors, const Rule& rule) {
  Errors all = errors;
  all.insert(all.end(), rule.unwritten.begin(), rule.unwritten.end());
  return told(all);
}

Rule read(const std::string& text, std::string* errors = nullptr) {
  Rule rule;
  rule.code.value = "D04";
  Errors found;
  read_page(text, "p", rule, found);
  if (errors)
    *errors = told(found, rule);
  else
    CHECK(told(found, rule) == "");
  return rule;
}

const std::string kOrder = "Brief, Hints, Cause, Questions, Read next";

// clang-format off
const std::vector<Row> kRows = {
    {"another rule's page", "# D04", "# D05", "1:1: this is the page of rule D04, so its title is '# D04', not '# D05'\n"},
    {"no title", "# D04\n", "", "1:1: the page lacks its title, '# D04'\n"},
    {"words before the title", "# D04", "Hello.\n# D04", "1:1: the page begins with its title, '# D04'\n"},
    {"words of no section", "# D04\n", "# D04\nHello.\n", "2:1: what is said here belongs to a section: " + kOrder + "\n"},
    {"a misspelt section", "## Hints", "## Hint",
     "10:1: '## Hint' is no section of a page (there are " + kOrder + ", each with '## '); did you mean 'Hints'?\n"
     "1:1: the page lacks the section '## Hints'\n"},
    {"a section of another level", "## Cause", "# Cause",
     "17:1: '# Cause' is no section of a page (there are " + kOrder + ", each with '## '); did you mean 'Cause'?\n"
     "1:1: the page lacks the section '## Cause'\n"},
    {"a question of no section", "## Questions\n", "",
     "31:1: '### Why does it fall?' is no section of a page (there are " + kOrder + ", each with '## ')\n"
     "36:1: '### And then?' is no section of a page (there are " + kOrder + ", each with '## ')\n"
     "1:1: the page lacks the section '## Questions'\n"},
    {"a section twice", "## Read next", "## Cause", "40:1: '## Cause' is there twice; the first is in line 17\n"},
    {"sections in another order", "## Hints", "## Cause\n\nIt.\n\n## Hints",
     "14:1: '## Hints' stands behind '## Cause'; the order is " + kOrder + "\n"
     "21:1: '## Cause' is there twice; the first is in line 10\n"},
    {"an empty brief", "The loss falls to a thousandth,\non held-out text as well.\n\nIt is `loss`, and $x_1$ *stays* as it is.\n", "",
     "3:1: '## Brief' is empty\n"},
    {"two hints", "3. The function.\n", "",
     "10:1: a page has three hints (the class of bug, the observable to look at, the function); this one has 2\n"},
    {"four hints", "3. The function.\n", "3. The function.\n4. The line.\n",
     "10:1: a page has three hints (the class of bug, the observable to look at, the function); this one has 4\n"},
    {"a hint that is skipped", "3. The function.\n", "4. The function.\n", "15:1: hint 3 is numbered 4\n"},
    {"an empty hint", "3. The function.\n", "3.\n", "15:1: this hint is empty\n"},
    {"hints that are no list", "1. The class of bug.", "The class of bug.", "12:1: hints are a numbered list: '1. …', '2. …', '3. …'\n"},
    {"an answer that is missing", "Because it does. It cannot\ndo otherwise.\n", "",
     "32:1: this question has no answer; write it below\n"},
    {"a question that is empty", "### And then?", "### ", "37:1: this question is empty\n"},
    {"questions without one", "### Why does it fall?\n\nBecause it does. It cannot\ndo otherwise.\n\n### And then?\nThen nothing.\n", "",
     "30:1: there is no question here; write '### …' and its answer below\n"},
    {"words above the questions", "### Why does", "Think.\n\n### Why does",
     "32:1: a question is a heading, '### …', with its answer below\n"},
    {"code that is not closed", "targets = inputs;\n```\n", "targets = inputs;\n",
     "23:1: this block of code is not closed\n1:1: the page lacks the section '## Questions'\n"},
    {"not UTF-8", "thousandth", "th\xEFusandth", "5:23: not UTF-8; save the file in that encoding\n"},
    {"a zero byte", "thousandth", std::string("th\0", 3), "5:23: a zero byte; this file is text\n"},
};
// clang-format on

}  // namespace

TEST_CASE("a page becomes what a learner reads", "[catalog][pages]") {
  const Rule rule = read(kPage);
  CHECK(rule.brief ==
        "The loss falls to a thousandth, on held-out text as well.\n\nIt is `loss`, and $x_1$ *stays* as it "
        "is.");
  REQUIRE(rule.hints.size() == 3);
  CHECK(rule.hints[1].value == "The observable, on two lines.");
  CHECK(rule.hints[1].place == Place{"p", 13, 1});
  CHECK(rule.cause ==
        "Two things:\n- the first,\n- the second goes on.\n\n    # not a heading\n    targets = "
        "inputs;\n\nAnd so on.");
  REQUIRE(rule.questions.size() == 2);
  CHECK(rule.questions[0].question.value == "Why does it fall?");
  CHECK(rule.questions[0].question.place == Place{"p", 32, 1});
  CHECK(rule.questions[0].answer == "Because it does. It cannot do otherwise.");
  CHECK(rule.questions[1].answer == "Then nothing.");
  CHECK(rule.read_next == "The paper.");
}

TEST_CASE("a byte order mark, CRLF and a missing last line end change nothing", "[catalog][pages]") {
  std::string dos = "\xEF\xBB\xBF";
  for (const char c : kPage) dos += c == '\n' ? "\r\n" : std::string(1, c);
  dos.erase(dos.size() - 2);
  const Rule rule = read(dos), plain = read(kPage);
  CHECK(rule.brief == plain.brief);
  CHECK(rule.cause == plain.cause);
  CHECK(rule.read_next == plain.read_next);
  CHECK(rule.hints[2].value == plain.hints[2].value);
}

TEST_CASE("what to read next may be left out", "[catalog][pages]") {
  CHECK(read(kPage.substr(0, kPage.find("## Read next"))).read_next.empty());
}

TEST_CASE("every broken page earns its sentences and places", "[catalog][pages]") {
  for (const Row& row : kRows) {
    INFO(row.what);
    std::string errors;
    read(broken(kPage, row), &errors);
    CHECK(errors == row.errors);
  }
}

TEST_CASE("any beginning of a page is a page or is told what it lacks", "[catalog][pages]") {
  for (size_t size = 0; size < kPage.find("## Read next"); ++size) {
    INFO(size);
    std::string errors;
    read(kPage.substr(0, size), &errors);
    // Whole with the first letter of the first answer; and again with that of the second.
    if (size <= kPage.find("Because it does.")) CHECK_FALSE(errors.empty());
    if (size > kPage.find("Then nothing.")) CHECK(errors.empty());
  }
}

namespace {

Rule snippets(const std::string& text, const std::string& errors = "") {
  Rule rule;
  Errors found;
  read_snippets(text, "p", rule, found);
  CHECK(told(found, rule) == errors);
  return rule;
}

}  // namespace

TEST_CASE("a file of snippets is cut at its marks, and what is above them belongs to each",
          "[catalog][pages]") {
  const Rule rule = snippets(
      "// Shared.\nint g();\n\n// ---- match\n\nint f() {\n  return g();\n}\n\n// ---- becomes\nint f() {}\n"
      "// ---- no match\r\nint h();  // ---- match\n\n\n// ---- match\na\n// ---- becomes\nb");
  REQUIRE(rule.matches.size() == 2);
  CHECK(rule.matches[0].code.value == "// Shared.\nint g();\n\nint f() {\n  return g();\n}\n");
  CHECK(rule.matches[0].code.place == Place{"p", 4, 1});
  CHECK(rule.matches[0].after.value == "// Shared.\nint g();\n\nint f() {}\n");
  CHECK(rule.matches[0].after.place == Place{"p", 10, 1});
  CHECK(rule.matches[1].after.value == "// Shared.\nint g();\n\nb\n");
  REQUIRE(rule.no_matches.size() == 1);
  CHECK(rule.no_matches[0].code.value == "// Shared.\nint g();\n\nint h();  // ---- match\n");
  CHECK(rule.no_matches[0].code.place == Place{"p", 12, 1});
  CHECK(snippets("// ---- no match\n  int h();\n").no_matches.at(0).code.value == "  int h();\n");
}

TEST_CASE("what is wrong with a file of snippets has its place", "[catalog][pages]") {
  snippets("", "1:1: there is no snippet here; a line '// ---- match' begins one\n");
  snippets("int f();\n", "1:1: there is no snippet here; a line '// ---- match' begins one\n");
  snippets("// ---- match\na\n",
           "1:1: a line '// ---- becomes' must follow, and what this snippet becomes\n");
  snippets("a\n// ---- becomes\nb\n",
           "2:1: '// ---- becomes' stands below the snippet of a '// ---- match', and there is none\n");
  snippets("// ---- no match\na\n// ---- becomes\nb\n",
           "3:1: '// ---- becomes' stands below the snippet of a '// ---- match', and there is none\n");
  snippets(
      "// ---- matches\na\n",
      "1:1: 'matches' is no kind of snippet (there are match, becomes, no match); did you mean 'match'?\n");
  snippets("// ---- no match\n\n", "1:1: this snippet is empty\n");
  snippets("a\n// ---- no match\n\xC0\n", "3:1: not UTF-8; save the file in that encoding\n");
}

// ---- files beside a catalog

namespace {

struct Beside {
  fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-pages");
  std::string words = "";  // of the rule, in the catalog

  ~Beside() { (void)remove_tree(directory); }
  void put(const std::string& file, const std::string& text) const {
    REQUIRE(write_file(directory / file, text));
  }
  std::string load() const {
    put("tree/code.cpp", "");
    put("catalog.yaml", R"(tree:
  root: tree
  build: {compile: [make]}
  probes: {compile: [make], program: probes}
  runs: {first: {program: train, series: [loss]}}
  categories: {D: data}
  pages: docs/bugs
  tests: tests/rules
rules:
  - code: D04
    id: a-rule
    title: t
    category: data
    in: tree/code.cpp
    match: returnStmt().bind("r")
    edits: [{remove: statement(r)}]
    seen_by: [p]
)" + words);
    const auto catalog = catalog::load(directory / "catalog.yaml");
    std::string all;
    if (!catalog)
      for (const Error& error : catalog.error()) {
        std::string text = error.text();
        for (size_t at; (at = text.find(directory.string() + "/")) != std::string::npos;)
          text.erase(at, directory.string().size() + 1);
        all += text + "\n";
      }
    return all;
  }
};

}  // namespace

TEST_CASE("a rule has its words in the catalog or on its page", "[catalog][pages]") {
  Beside beside;
  CHECK(
      beside.load() ==
      "catalog.yaml:10:5: rule 'a-rule' has no page; write 'docs/bugs/D04.md', or say it here: brief, hints, "
      "cause, questions\n");
  beside.put("docs/bugs/D04.md", kPage);
  CHECK(beside.load() == "");
  CHECK(catalog::load(beside.directory / "catalog.yaml")->rules.at(0).questions.size() == 2);
  beside.words = "    brief: b\n    hints: [h]\n    cause: c\n";
  CHECK(
      beside.load() ==
      "catalog.yaml:10:5: rule 'a-rule' has its words here and in 'docs/bugs/D04.md'; remove one of them\n");
  fs::remove(beside.directory / "docs/bugs/D04.md");
  CHECK(beside.load() == "");
  beside.words = "    hints: [h]\n";
  CHECK(beside.load() ==
        "catalog.yaml:10:5: rule 'a-rule' lacks the field 'brief'\n"
        "catalog.yaml:10:5: rule 'a-rule' lacks the field 'cause'\n");
}

TEST_CASE("a rule has its snippets in the catalog or in its file", "[catalog][pages]") {
  Beside beside;
  beside.put("docs/bugs/D04.md", kPage);
  beside.put("tests/rules/D04.cpp", "// ---- no match\nint f();\n");
  CHECK(beside.load() == "");
  CHECK(catalog::load(beside.directory / "catalog.yaml")->rules.at(0).no_matches.size() == 1);
  beside.words = "    test: {no_match: [int g();]}\n";
  CHECK(beside.load() ==
        "catalog.yaml:10:5: rule 'a-rule' has its snippets here and in 'tests/rules/D04.cpp'; remove one of "
        "them\n");
}

TEST_CASE("a rule without a test, or without code that it must not change, is not written yet",
          "[catalog][pages]") {
  Beside beside;
  beside.put("docs/bugs/D04.md", kPage);
  const auto unwritten = [&] {
    CHECK(beside.load() == "");
    std::vector<std::string> all;
    const auto loaded = catalog::load(beside.directory / "catalog.yaml");
    for (const Error& error : loaded->rules.at(0).unwritten) all.push_back(error.message);
    return all;
  };
  CHECK(unwritten().empty());  // there is no place for tests: what a session began with has none
  beside.put("tests/rules/README.md", "Tests.");
  CHECK(unwritten() ==
        std::vector<std::string>{"rule 'a-rule' has no test; write 'tests/rules/D04.cpp', with "
                                 "code that it changes and code that it must not"});
  const std::string match = "// ---- match\nint f() { return 1; }\n// ---- becomes\nint f() {}\n";
  beside.put("tests/rules/D04.cpp", match);
  CHECK(unwritten() ==
        std::vector<std::string>{
            "the test of rule 'a-rule' has no '// ---- no match': code that it must not change"});
  beside.put("tests/rules/D04.cpp", match + "// ---- no match\n");
  CHECK(unwritten() == std::vector<std::string>{"this snippet is empty"});
  beside.put("tests/rules/D04.cpp", match + "// ---- no match\nint g();\n");
  CHECK(unwritten().empty());
}

TEST_CASE("errors beside a catalog come behind its own, file by file", "[catalog][pages]") {
  Beside beside;
  beside.put("docs/bugs/D04.md", "# D4\n" + kPage.substr(kPage.find("\n\n## Brief")));
  beside.put("docs/bugs/D05.md", kPage);
  beside.put("docs/bugs/README.md", "Not a page.");
  beside.put("tests/rules/D06.cpp", "");
  beside.put("tests/rules/D04.cpp", "int f();\n");
  CHECK(beside.load() ==
        "docs/bugs/D04.md:1:1: this is the page of rule D04, so its title is '# D04', not '# D4'\n"
        "docs/bugs/D05.md:1:1: no rule has the code 'D05'; rename this file, or remove it\n"
        "tests/rules/D04.cpp:1:1: there is no snippet here; a line '// ---- match' begins one\n"
        "tests/rules/D06.cpp:1:1: no rule has the code 'D06'; rename this file, or remove it\n");
}

TEST_CASE("a file is nobody's only where all rules are known", "[catalog][pages]") {
  Beside beside;
  beside.put("docs/bugs/D04.md", kPage);
  std::string page = kPage;
  beside.put("docs/bugs/D05.md", page.replace(page.find("D04"), 3, "D05"));
  beside.words =
      "  - code: D04\n    id: another\n    title: t\n    category: data\n    in: tree/code.cpp\n"
      "    match: returnStmt().bind(\"r\")\n    edits: [{remove: statement(r)}]\n    seen_by: [p]\n";
  CHECK(beside.load().find("D05") == std::string::npos);
  CHECK_FALSE(beside.load().empty());
  beside.words.replace(beside.words.find("D04"), 3, "D05");
  CHECK(beside.load() == "");
}

TEST_CASE("every rule of this catalog is whole", "[catalog][pages]") {
  const auto catalog =
      catalog::load(fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path() / "catalog.yaml");
  REQUIRE(catalog);
  for (const Rule& rule : catalog->rules) {
    INFO(rule.code.value);
    CHECK(rule.brief.size() > 40);
    CHECK(rule.hints.size() == 3);
    CHECK(rule.questions.size() == 3);
    CHECK((rule.terms.size() >= 3 && rule.terms.size() <= 6));
    CHECK_FALSE(rule.refs.empty());
    if (!rule.forms().empty()) {
      CHECK_FALSE(rule.matches.empty());
      CHECK_FALSE(rule.no_matches.empty());
    }
    for (const Question& one : rule.questions) {
      INFO(one.question.value);
      CHECK(one.question.value.ends_with("?"));
      // Two to five sentences: ends of sentences with a blank or the end behind them.
      int sentences = 0;
      for (size_t i = 0; i < one.answer.size(); ++i)
        sentences += std::string(".?!").find(one.answer[i]) != std::string::npos &&
                     (i + 1 == one.answer.size() || one.answer[i + 1] == ' ' || one.answer[i + 1] == ')');
      CHECK((sentences >= 2 && sentences <= 5));
    }
  }
}
