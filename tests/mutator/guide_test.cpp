// guide: the page of symptoms. A row breaks one thing of a page that is right: the first occurrence of `from`
// becomes `to`. Then the project's own page: everything it names is there, and it gives no bug away.
#include "mutator/catalog/guide.h"

#include <regex>
#include <set>

#include "mutator/base/files.h"
#include "tests/mutator/broken_page.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::catalog;
using nanobug::test::broken;
using nanobug::test::Row;
using nanobug::test::told;

namespace {

const fs::path kProject = fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path();

const std::string kPage = R"(# Trouble

What to do,
in short.

## It explodes

The loss rises
fast.

### Other words

diverges; blows
up; NaN

### Likely

- A rate: too large.
- A sign,
  turned round.

### Look at

- code: a/step.cpp step, Loop::run
- metrics: loss,
  norm
- check: sums
- run: first
- try: half the rate,
  then a tenth.

### Drills

N01 N02

### Not so

Clipping is no cure.

## It stands still

Nothing moves.

### Likely

- Frozen.

### Look at

- try: one batch.
)";

// Two bugs, a decoy, a run with two series, an observable.
Catalog small() {
  Catalog catalog;
  catalog.tree.root = "tree";
  catalog.tree.probes.observables = {{"sums", "what is added up"}};
  catalog.tree.runs = {{"first", {}, {"loss"}}};
  Parity parity;
  parity.steps.emplace_back().series["norm"] = 0;
  catalog.tree.parity = {parity};
  for (const char* code : {"N01", "N02", "N03"}) {
    Rule rule;
    rule.code.value = code;
    rule.decoy = rule.code.value == "N03";
    catalog.rules.push_back(rule);
  }
  return catalog;
}

Guide read(const std::string& text, std::string* errors = nullptr) {
  std::vector<Error> found;
  Guide guide = read_guide(text, "p", small(), found);
  if (errors)
    *errors = told(found);
  else
    CHECK(told(found) == "");
  return guide;
}

std::vector<std::string> values(const std::vector<Text>& texts) {
  std::vector<std::string> all;
  for (const Text& text : texts) all.push_back(text.value);
  return all;
}

using Words = std::vector<std::string>;

const std::string kOrder = "Other words, Likely, Look at, Drills, Not so";

// clang-format off
const std::vector<Row> kRows = {
    {"no title", "# Trouble\n", "", "2:1: the page begins with its title, '# …'\n"},
    {"nothing but symptoms", "# Trouble\n\nWhat to do,\nin short.\n\n", "", "1:1: the page lacks its title, '# …'\n"},
    {"words before the title", "# Trouble", "Hello.\n# Trouble", "1:1: the page begins with its title, '# …'\n"},
    {"a symptom without a name", "## It explodes", "## ", "6:1: this symptom has no name\n"},
    {"a symptom without a meaning", "The loss rises\nfast.\n", "", "6:1: '## It explodes' does not say what it means; write that below\n"},
    {"a symptom twice", "## It stands still", "## It explodes", "40:1: '## It explodes' is there twice; the first is in line 6\n"},
    {"a misspelt section", "### Likely", "### Likly",
     "16:1: '### Likly' is no section of a symptom (there are " + kOrder + ", each with '### '); did you mean 'Likely'?\n"
     "6:1: the symptom 'It explodes' lacks the section '### Likely'\n"},
    {"a section of another level", "### Drills", "#### Drills",
     "32:1: '#### Drills' is no section of a symptom (there are " + kOrder + ", each with '### '); did you mean 'Drills'?\n"},
    {"a section twice", "### Not so", "### Drills", "36:1: '### Drills' is there twice; the first is in line 32\n"},
    {"sections in another order", "### Other words", "### Not so",
     "16:1: '### Likely' stands behind '### Not so'; the order is " + kOrder + "\n"
     "36:1: '### Not so' is there twice; the first is in line 11\n"},
    {"a section before any symptom", "## It explodes\n", "### Likely\n",
     "6:1: '### Likely' belongs to no symptom; a symptom is a heading, '## …'\n"
     "11:1: '### Other words' belongs to no symptom; a symptom is a heading, '## …'\n"
     "16:1: '### Likely' belongs to no symptom; a symptom is a heading, '## …'\n"
     "22:1: '### Look at' belongs to no symptom; a symptom is a heading, '## …'\n"
     "32:1: '### Drills' belongs to no symptom; a symptom is a heading, '## …'\n"
     "36:1: '### Not so' belongs to no symptom; a symptom is a heading, '## …'\n"},
    {"an empty section", "Clipping is no cure.\n", "", "36:1: '### Not so' is empty\n"},
    {"a section that is missing", "### Look at\n\n- try: one batch.\n", "",
     "40:1: the symptom 'It stands still' lacks the section '### Look at'\n"},
    {"words where a list is", "- A rate: too large.", "A rate.", "18:1: '### Likely' is a list: '- …'\n"},
    {"a place without a kind", "- run: first", "- the first run",
     "28:3: a place to look at begins with 'code:', 'metrics:', 'check:', 'run:' or 'try:'\n"},
    {"a place of an unknown kind", "- run: first", "- runs: first",
     "28:3: a place to look at begins with 'code:', 'metrics:', 'check:', 'run:' or 'try:'\n"},
    {"a place that names nothing", "- run: first", "- run:", "28:3: 'run:' names nothing\n"},
    {"a file without functions", "a/step.cpp step, Loop::run", "a/step.cpp",
     "24:9: name functions behind the file: '- code: FILE function, function'\n"},
    {"a series nobody writes", "metrics: loss,\n  norm", "metrics: loss,\n  nrom", "26:3: there is no series 'nrom'; did you mean 'norm'?\n"},
    {"a series twice", "metrics: loss,\n  norm", "metrics: loss,\n  loss", "26:3: 'loss' is there twice\n"},
    {"an unknown observable", "check: sums", "check: sum", "27:10: there is no observable 'sum'; did you mean 'sums'?\n"},
    {"an unknown run", "run: first", "run: second", "28:8: there is no run 'second'\n"},
    {"an unknown drill", "N01 N02", "N01, N04", "34:6: there is no rule 'N04'; did you mean 'N01'?\n"},
    {"a decoy for a drill", "N01 N02", "N01 N02\nN03", "35:1: 'N03' is a decoy, which shows nothing\n"},
    {"a drill twice", "N01 N02", "N01 N02 N01", "34:9: 'N01' is there twice\n"},
    {"one drill", "N01 N02", "N01", "34:1: one drill alone gives its bug away; name another, or leave the section out\n"},
    {"a block of code that is not closed", "The loss rises", "```\nThe loss rises",
     "8:1: this block of code is not closed\n6:1: the symptom 'It explodes' lacks the section '### Likely'\n"
     "6:1: the symptom 'It explodes' lacks the section '### Look at'\n"},
};
// clang-format on

const Catalog& project() {
  static const Catalog catalog = [] {
    auto loaded = load(kProject / "catalog.yaml");
    REQUIRE(loaded);
    return std::move(*loaded);
  }();
  return catalog;
}

std::string page() {
  return *read_file(kProject / project().tree.guide.value);
}

}  // namespace

TEST_CASE("a guide is read whole, each name with its place", "[catalog][guide]") {
  const Guide guide = read(kPage);
  CHECK(guide.about == "What to do, in short.");
  REQUIRE(guide.symptoms.size() == 2);
  const Symptom& first = guide.symptoms[0];
  CHECK(first.name.value == "It explodes");
  CHECK(first.name.place == Place{"p", 6, 1});
  CHECK(first.meaning == "The loss rises fast.");
  CHECK(first.other_words == Words{"diverges", "blows up", "NaN"});
  CHECK(first.likely == Words{"A rate: too large.", "A sign, turned round."});
  REQUIRE(first.code.size() == 1);
  CHECK(first.code[0].file.value == "a/step.cpp");
  CHECK(first.code[0].file.place == Place{"p", 24, 9});
  CHECK(values(first.code[0].functions) == Words{"step", "Loop::run"});
  CHECK(first.code[0].functions[1].place == Place{"p", 24, 26});
  CHECK(values(first.metrics) == Words{"loss", "norm"});
  CHECK(first.metrics[1].place == Place{"p", 26, 3});
  CHECK(values(first.observables) == Words{"sums"});
  CHECK(values(first.runs) == Words{"first"});
  CHECK(first.tries == Words{"half the rate, then a tenth."});
  CHECK(values(first.drills) == Words{"N01", "N02"});
  CHECK(first.drills[1].place == Place{"p", 34, 5});
  CHECK(first.not_so == "Clipping is no cure.");
  const Symptom& second = guide.symptoms[1];
  CHECK(second.likely == Words{"Frozen."});
  CHECK(
      (second.other_words.empty() && second.code.empty() && second.drills.empty() && second.not_so.empty()));
}

TEST_CASE("whatever is wrong with a guide has its sentence and its place", "[catalog][guide]") {
  for (const Row& row : kRows) {
    INFO(row.what);
    std::string errors;
    read(broken(kPage, row), &errors);
    CHECK(errors == row.errors);
  }
  std::string errors;
  read("", &errors);
  CHECK(errors ==
        "1:1: the page lacks its title, '# …'\n1:1: there is no symptom here; write '## …' and what it means "
        "below\n");
  read("# T\n\nWords.\n", &errors);
  CHECK(errors == "1:1: there is no symptom here; write '## …' and what it means below\n");
  std::vector<Error> found;
  read_guide(std::string("# T\0", 4), "p", small(), found);
  CHECK(found.size() == 1);
}

TEST_CASE("a guide's files and functions are looked for in the tree", "[catalog][guide]") {
  const fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-guide");
  fs::create_directories(directory / "tree/a");
  Catalog catalog = small();
  catalog.file = directory / "catalog.yaml";
  const auto missing = [&](const std::string& text) {
    REQUIRE(write_unsynced(directory / "tree/a/step.cpp", text));
    return told(missing_code(read(kPage), catalog));
  };
  CHECK(missing("void step(int x);\nint Loop::run() {}\n") == "");
  CHECK(missing("void steps(int x);\nint Loop::run() {}\n") ==
        "24:20: 'a/step.cpp' has no function 'step'\n");
  CHECK(missing("void one_step(int x);\nint step;\nint Loop::run() {}\n") ==
        "24:20: 'a/step.cpp' has no function 'step'\n");
  fs::remove(directory / "tree/a/step.cpp");
  CHECK(told(missing_code(read(kPage), catalog)) == "24:9: the tree has no file 'a/step.cpp'\n");
  (void)remove_tree(directory);
}

TEST_CASE("a guide that is named has to be there", "[catalog][guide]") {
  Catalog catalog = small();
  catalog.file = "/nowhere/catalog.yaml";
  catalog.tree.guide = {"docs/trouble.md", {"/nowhere/catalog.yaml", 3, 10}};
  const auto guide = load_guide(catalog);
  REQUIRE_FALSE(guide);
  REQUIRE(guide.error().size() == 1);
  CHECK(guide.error()[0].text() ==
        "/nowhere/catalog.yaml:3:10: there is no 'docs/trouble.md', which tree.guide names; write it, or "
        "remove "
        "'guide'");
}

TEST_CASE("everything that the project's guide names is there", "[catalog][guide][places]") {
  const auto guide = load_guide(project());
  if (!guide)
    for (const Error& error : guide.error()) FAIL_CHECK(error.text());
  REQUIRE(guide);
  CHECK(guide->symptoms.size() >= 38);
  for (const Error& error : missing_code(*guide, project())) FAIL_CHECK(error.text());
  size_t drills = 0;
  for (const Symptom& symptom : guide->symptoms) {
    INFO(symptom.name.value);
    CHECK_FALSE(symptom.code.empty());
    CHECK_FALSE(symptom.tries.empty());
    CHECK_FALSE(symptom.observables.empty());
    CHECK_FALSE(symptom.runs.empty());
    drills += symptom.drills.empty() ? 0 : 1;
  }
  CHECK(drills >= guide->symptoms.size() - 2);  // where to begin, and what does not build
}

TEST_CASE("the options that the project's guide names are options of a program", "[catalog][guide][places]") {
  std::string programs;
  for (const char* directory : {"reference_model/programs", "mutator/cli"})
    for (const auto& entry : fs::directory_iterator(kProject / directory))
      if (entry.is_regular_file()) programs += *read_file(entry.path());
  const std::string text = page();
  const std::regex option("--([a-z][a-z-]+)");
  std::set<std::string> options;
  for (std::sregex_iterator at(text.begin(), text.end(), option), end; at != end; ++at)
    options.insert((*at)[1]);
  CHECK(options.size() >= 10);
  for (const std::string& name : options) {
    INFO(name);
    const bool known = name == "build" || programs.find("\"" + name + "\"") != std::string::npos ||
                       programs.find("--" + name + "\"") != std::string::npos;
    CHECK(known);  // 'cmake --build' is CMake's
  }
}

TEST_CASE("the project's guide names no rule by its id, no line, no page of a bug",
          "[catalog][guide][places]") {
  const std::string text = page();
  for (const Rule& rule : project().rules) {
    INFO(rule.code.value);
    CHECK(text.find(rule.id.value) == std::string::npos);
  }
  CHECK_FALSE(std::regex_search(text, std::regex(R"(\.(cpp|h):\d)")));
  CHECK(text.find("bugs/") == std::string::npos);
  CHECK(text.find("catalog.yaml") == std::string::npos);
}
