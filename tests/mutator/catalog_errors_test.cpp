// catalog errors: one broken catalog a row, with the exact sentences and places it earns. A row changes one
// thing of a catalog that is right: the first occurrence of `from` becomes `to`.
#include "mutator/base/files.h"
#include "mutator/catalog/catalog.h"
#include "tests/probes/catch.h"

using namespace nanobug;

namespace {

const std::string kGood = R"(tree:
  root: tree
  build:
    configure: [cmake, "{source}"]
    compile: [cmake, --build, "{build}"]
    directory: build
    library: lib/libtiny.so
  probes:
    compile: [make, "{probes_build}"]
    program: bin/probes
    headers: ["*.h"]
    time_limit: 20
    observables: {sums: what is added up}
  parity:
    - id: parity.curve
      observable: the curve
      program: bin/train
      args: [--metrics, "{metrics}"]
      compare: {loss: 1e-6}
  runs: {first: {program: bin/train, args: ["{metrics}"], series: [loss]}}
rules:
  - id: first-rule
    title: A title
    category: numerics
    priority: 2
    in: tree/code.cpp
    match: |
      returnStmt(
        has(expr().bind("x")))
    expect: 1
    edits:
      - replace: node(x)
        with: "{{x}} + 1"
    brief: The symptom.
    hints: [one, two]
    cause: The cause.
    seen_by: [code.half]
    test:
      match:
        - code: int f() { return 1; }
          after: int f() { return 2; }
      no_match: [int f();]
  - id: second-rule
    title: Another
    category: data
    in: tree/code.cpp
    match: returnStmt().bind("r")
    edits: [{remove: statement(r)}]
    brief: b
    hints: [h]
    cause: c
    seen_by: [p]
)";

struct Row {
  const char* what;
  std::string from, to;
  std::string errors;  // "line:column: sentence", one a line
};

// clang-format off
const std::vector<Row> kRows = {
    // ---- YAML
    {"a tab", "  root: tree", "\troot: tree", "2:1: a tab indents this line; YAML indents with spaces\n"},
    {"a list that is not closed", "hints: [h]", "hints: [h", "51:10: not YAML: end of sequence flow not found\n"},
    {"a quote that is not closed", "brief: b\n", "brief: 'b\n", 
     "43:5: rule 'second-rule' lacks the field 'hints'\n43:5: rule 'second-rule' lacks the field 'cause'\n"
     "43:5: rule 'second-rule' lacks the field 'seen_by'\n49:12: this quote is not closed\n"},
    {"wrong indentation", "    title: Another", "   title: Another", "44:4: not YAML: end of sequence not found\n"},
    {"not UTF-8", "A title", "A t\xEFtle", "23:15: not UTF-8; save the file in that encoding\n"},
    {"an overlong character", "A title", "\xC0\xAFx", "23:12: not UTF-8; save the file in that encoding\n"},
    {"a zero byte", "A title", std::string("A\0t", 3), "23:13: a zero byte; a catalog is text\n"},
    {"an alias", "seen_by: [p]", "seen_by: &x [*x]",
     "52:14: anchors (&name) are not read in a catalog; write the value out\n"
     "52:18: aliases (*name) are not read in a catalog; write the value out\n"
     "52:18: 'an entry of seen_by' must be text, not nothing\n"},
    {"an unknown alias", "seen_by: [p]", "seen_by: [*y]", "52:15: not YAML: the referenced anchor is not defined\n"},
    {"a tag", "brief: b\n", "brief: !!str b\n", "49:12: tags (!name) are not read in a catalog; remove it\n"},
    {"a second document", "  - id: second-rule", "---\n  - id: second-rule",
     "43:1: a second document begins here; the catalog is one YAML document, so remove this and everything after it, or "
     "the line '---' above it\n"},
    {"too deep", "hints: [h]", "hints: " + std::string(40, '[') + std::string(40, ']'),
     "50:41: nested deeper than 32 levels; no part of a catalog is\n"},
    {"a key that is a list", "brief: b\n", "[a]: b\n    brief: b\n", "49:5: a field's name must be text, not a list\n"},
    {"a duplicate field", "    cause: c\n", "    cause: c\n    cause: d\n",
     "52:5: the field 'cause' is given twice; the first is in line 51\n"},
    // ---- the whole
    {"no rules", "rules:", "rule:", "1:1: the catalog lacks the field 'rules'\n"
                                     "21:1: the catalog has no field 'rule'; did you mean 'rules'?\n"},
    {"a duplicate rule", "id: second-rule", "id: first-rule",
     "43:9: there is already a rule 'first-rule', in line 22; give this one another id\n"},
    // ---- the head
    {"an unknown field of the head", "  runs: {", "  run: 1\n  runs: {", "20:3: tree has no field 'run'; did you mean 'runs'?\n"},
    {"an unknown placeholder", "{probes_build}", "{probe_build}",
     "9:22: 'compile' has no placeholder {probe_build} (there are {source}, {build}, {project}, {probes_build}); did you "
     "mean 'probes_build'?\n"},
    {"a placeholder of another command", "{build}", "{metrics}",
     "5:32: 'compile' has no placeholder {metrics} (there are {source}, {build}, {project})\n"},
    {"a placeholder of the last program only", "args: [--metrics, \"{metrics}\"]\n",
     "args: [--metrics, \"{metrics}\"]\n      before: [{program: a, args: [\"{scratch}\", \"{metrics}\"]}]\n",
     "19:50: 'args' has no placeholder {metrics} (there are {source}, {build}, {scratch})\n"},
    {"a step without a program", "args: [--metrics, \"{metrics}\"]\n",
     "args: [--metrics, \"{metrics}\"]\n      before: [{args: [a]}]\n",
     "19:16: an entry of 'before' lacks the field 'program'\n"},
    {"steps that are no list", "args: [--metrics, \"{metrics}\"]\n", "args: [--metrics, \"{metrics}\"]\n      before: soon\n",
     "19:15: 'before' must be a list of mappings, not text\n"},
    {"outputs that are a path", "  build:\n", "  outputs: [runs, a/b]\n  build:\n",
     "3:19: 'outputs' must be names of directories at the top of the tree, not 'a/b'\n"},
    {"an absolute path", "lib/libtiny.so", "/lib/libtiny.so", "7:14: 'library' must be a relative path, not '/lib/libtiny.so'\n"},
    {"a path that leaves", "program: bin/probes", "program: bin/../../probes",
     "10:14: 'program' may not leave its directory with '..': 'bin/../../probes'\n"},
    {"a glob that leaves", "\"*.h\"", "\"../*.h\"", "11:16: 'headers' may not leave its directory with '..': '../*.h'\n"},
    {"no compile command", "    compile: [make, \"{probes_build}\"]\n", "", "9:5: tree.probes lacks the field 'compile'\n"},
    {"an empty command", "[cmake, --build, \"{build}\"]", "[]", "5:14: 'compile' is an empty list\n"},
    {"a time that is no number", "time_limit: 20", "time_limit: soon",
     "12:17: 'time_limit' must be a number of seconds above 0 and at most 86400, not 'soon'\n"},
    {"no time at all", "time_limit: 20", "time_limit: 0",
     "12:17: 'time_limit' must be a number of seconds above 0 and at most 86400, not '0'\n"},
    {"a tolerance that allows anything", "loss: 1e-6", "loss: 10",
     "19:23: 'loss' must be a relative difference from 0 to 1, not '10'\n"},
    {"nothing to compare", "{loss: 1e-6}", "{}", "19:16: 'compare' is an empty mapping\n"},
    {"nothing of a run compared", "compare: {loss: 1e-6}", "time_limit: 3",
     "15:7: an entry of tree.parity compares nothing; give it 'compare', 'stdout', 'leaves' or 'then'\n"},
    {"a field of another step", "compare: {loss: 1e-6}", "then: [{program: a, observable: b}]",
     "19:27: an entry of 'then' has no field 'observable'\n"},
    {"further steps that are no list", "compare: {loss: 1e-6}", "then: soon",
     "15:7: an entry of tree.parity compares nothing; give it 'compare', 'stdout', 'leaves' or 'then'\n"
     "19:13: 'then' must be a list of mappings, not text\n"},
    {"text compared in another way", "compare: {loss: 1e-6}", "stdout: roughly",
     "19:15: 'stdout' must be exact, or a regular expression with a group for what is compared, not 'roughly'\n"},
    {"text compared by what is no expression", "compare: {loss: 1e-6}", "stdout: '(loss'",
     "19:16: 'stdout' must be exact, or a regular expression with a group for what is compared, not '(loss'\n"},
    {"left behind elsewhere", "compare: {loss: 1e-6}", "leaves: [a/b]",
     "19:16: 'leaves' must be names of files in {scratch}, not 'a/b'\n"},
    {"no rank at all", "compare: {loss: 1e-6}", "ranks: 0\n      leaves: [a]",
     "19:14: 'ranks' must be a whole number from 1 to 8, not '0'\n"},
    {"an unknown input", "  parity:\n    - id: parity.curve\n      observable", "  inputs: {lines: a}\n  parity:\n    - id: parity.curve\n      input: line\n      observable",
     "17:14: 'input' names 'line', which is not one of tree.inputs; did you mean 'lines'?\n"},
    {"an input that is a path", "  parity:", "  inputs: {a/b: c}\n  parity:",
     "14:12: 'inputs' must be names of files in {scratch}, not 'a/b'\n"},
    {"parity that is no list", "  parity:\n    - id: parity.curve\n      observable", "  parity:\n      id: parity.curve\n      observable",
     "15:7: 'parity' must be a list of mappings, not a mapping\n"},
    {"an observable that is a list", "what is added up", "[a]", "13:25: 'sums' must be text, not a list\n"},
    // ---- a rule
    {"an unknown field", "    hints: [h]", "    hint: [h]", "43:5: rule 'second-rule' lacks the field 'hints'\n"
                                                            "50:5: rule 'second-rule' has no field 'hint'; did you mean 'hints'?\n"},
    {"a rule without an id", "  - id: second-rule\n    title", "  - title", "43:5: a rule lacks the field 'id'\n"},
    {"an empty field", "cause: c", "cause:", "51:5: rule 'second-rule' has nothing in the field 'cause'; give it a value or remove it\n"},
    {"a blank field", "cause: c", "cause: \" \"", "51:13: 'cause' is empty\n"},
    {"a bad id", "id: second-rule", "id: Second_rule",
     "43:9: 'Second_rule' is no id; use small letters, digits and single hyphens, a letter first\n"},
    {"an unknown category", "category: data", "category: dta",
     "45:15: 'dta' is no category (there are training, architecture, data, inference, numerics, distributed, cuda); did "
     "you mean 'data'?\n"},
    {"a number out of range", "priority: 2", "priority: 4", "25:15: 'priority' must be a whole number from 1 to 3, not '4'\n"},
    {"a number in quotes", "priority: 2", "priority: \"2\"", "25:16: 'priority' must be a whole number from 1 to 3, not '2'\n"},
    {"a fraction", "priority: 2", "priority: 1.5", "25:15: 'priority' must be a whole number from 1 to 3, not '1.5'\n"},
    {"no site expected", "expect: 1", "expect: 0", "30:13: 'expect' must be a whole number from 1 to 1000, not '0'\n"},
    {"text for a list", "hints: [h]", "hints: h", "50:12: 'hints' must be a list of text, not text\n"},
    {"a list of lists", "hints: [h]", "hints: [[h]]", "50:13: 'an entry of hints' must be text, not a list\n"},
    {"no hints", "hints: [h]", "hints: []", "50:12: 'hints' is an empty list\n"},
    {"a file outside the tree", "in: tree/code.cpp", "in: trees/code.cpp",
     "26:9: 'in' names 'trees/code.cpp', which is not below tree.root, 'tree'\n"},
    {"the tree itself", "in: tree/code.cpp", "in: tree", "26:9: 'in' names 'tree', which is not below tree.root, 'tree'\n"},
    {"a file above the tree", "in: tree/code.cpp", "in: tree/../code.cpp",
     "26:9: 'in' may not leave its directory with '..': 'tree/../code.cpp'\n"},
    {"an absolute file", "in: tree/code.cpp", "in: /code.cpp", "26:9: 'in' must be a relative path, not '/code.cpp'\n"},
    {"a folded matcher", "match: |", "match: >",
     "28:7: 'match' is code over several lines, which YAML joins here; write it as a literal block, 'match: |' and the "
     "lines below\n"},
    {"a matcher over two plain lines", "match: returnStmt().bind(\"r\")", "match: returnStmt()\n      .bind(\"r\")",
     "47:12: 'match' is code over several lines, which YAML joins here; write it as a literal block, 'match: |' and the "
     "lines below\n"},
    {"a rule that is text", "  - id: second-rule", "  - text\n  - id: second-rule", "43:5: a rule must be a mapping, not text\n"},
    // ---- edits
    {"no edit", "[{remove: statement(r)}]", "[]", "48:12: 'edits' is an empty list\n"},
    {"an edit that is text", "[{remove: statement(r)}]", "[remove]", "48:13: an edit of rule 'second-rule' must be a mapping, not text\n"},
    {"an edit without an action", "[{remove: statement(r)}]", "[{with: x}]",
     "48:13: an edit needs one of replace, remove, insert, move, swap\n"},
    {"a misspelt action", "[{remove: statement(r)}]", "[{remov: statement(r)}]",
     "48:13: an edit needs one of replace, remove, insert, move, swap\n"
     "48:14: an edit of rule 'second-rule' has no field 'remov'; did you mean 'remove'?\n"},
    {"two actions", "[{remove: statement(r)}]", "[{remove: node(r), insert: x}]",
     "48:31: an edit does one thing, here 'remove' and 'insert'; write two entries\n"},
    {"a field of another action", "[{remove: statement(r)}]", "[{remove: node(r), with: x}]",
     "48:31: an edit of rule 'second-rule' has no field 'with'\n"},
    {"replace without a template", "        with: \"{{x}} + 1\"\n", "", "32:9: an edit of rule 'first-rule' lacks the field 'with'\n"},
    {"insert without a side", "[{remove: statement(r)}]", "[{insert: f();}]",
     "48:13: 'insert' needs 'before: SELECTOR' or 'after: SELECTOR'\n"},
    {"move to two sides", "[{remove: statement(r)}]", "[{move: node(r), before: node(r), after: node(r)}]",
     "48:53: 'move' takes 'before' or 'after', not both\n"},
    {"a placeholder that is not closed", "{{x}} + 1", "1 + {{x",
     "33:20: the template opens '{{' and does not close it with '}}'; for two braces of C++ write '{ {'\n"},
    {"a placeholder in a placeholder", "{{x}} + 1", "{{ {{x}}",
     "33:16: the template opens '{{' and does not close it with '}}'; for two braces of C++ write '{ {'\n"},
    // ---- a rule's tests
    {"a test without its outcome", "          after: int f() { return 2; }\n", "",
     "40:11: an entry of test.match lacks the field 'after'\n"},
    {"tests that are no list", "no_match: [int f();]", "no_match: int f();", "42:17: 'no_match' must be a list of code, not text\n"},
    {"an unknown kind of test", "no_match: [int f();]", "nomatch: [int f();]",
     "42:7: 'test' has no field 'nomatch'; did you mean 'no_match'?\n"},
    // ---- several at once, in the order of the file
    {"three things", "category: numerics\n    priority: 2\n    in: tree/code.cpp", "category: x\n    priority: 0\n    in: /x",
     "24:15: 'x' is no category (there are training, architecture, data, inference, numerics, distributed, cuda)\n"
     "25:15: 'priority' must be a whole number from 1 to 3, not '0'\n"
     "26:9: 'in' must be a relative path, not '/x'\n"},
};
// clang-format on

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
  for (const Row& row : kRows) {
    INFO(row.what);
    std::string text = kGood;
    const size_t at = text.find(row.from);
    REQUIRE(at != std::string::npos);
    text.replace(at, row.from.size(), row.to);
    std::string errors = errors_of(catalog::parse(text, "c.yaml"));
    // yaml-cpp names the anchor from 0.8 on.
    if (const size_t at = errors.find("not defined: y"); at != std::string::npos)
      errors.replace(at, 14, "not defined");
    CHECK(errors == row.errors);
  }
}

TEST_CASE("files that are no catalog at all", "[catalog]") {
  const std::string empty = "0:0: the catalog is empty; it needs 'tree' and 'rules'\n";
  CHECK(errors_of(catalog::parse("", "c.yaml")) == empty);
  CHECK(errors_of(catalog::parse("# nothing\n", "c.yaml")) == empty);
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
        "26:9: 'in' names 'tree/code.cpp', and there is no such file\n"
        "46:9: 'in' names 'tree/code.cpp', and there is no such file\n");
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
        "26:9: 'in' leads through the symlink 'tree/code.cpp'; name the file itself\n"
        "46:9: 'in' leads through the symlink 'tree/code.cpp'; name the file itself\n";
  }
  SECTION("a directory on its way, which is the tree's root too") {
    fs::create_directory_symlink("elsewhere", directory / "tree");
    expected =
        "2:3: 'tree.root' leads through the symlink 'tree'; name the file itself\n"
        "26:9: 'in' leads through the symlink 'tree'; name the file itself\n"
        "46:9: 'in' leads through the symlink 'tree'; name the file itself\n";
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
