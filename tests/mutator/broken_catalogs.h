// broken catalogs: one thing wrong in each, with the sentences and places that it earns. A row changes one thing of a
// catalog that is right: the first occurrence of `from` becomes `to`.
#pragma once

#include <string>
#include <vector>

namespace nanobug::test {

inline const std::string kGood = R"(tree:
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
  categories: {N: numerics, D: data}
  patterns: [leak, off by one]
  outcomes: [crash, poor model]
rules:
  - code: N01
    id: first-rule
    title: A title
    category: numerics
    pattern: leak
    outcome: crash
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
  - code: D01
    id: second-rule
    title: Another
    category: data
    pattern: off by one
    outcome: poor model
    in: tree/code.cpp
    match: returnStmt().bind("r")
    edits: [{remove: statement(r)}]
    brief: b
    hints: [h]
    cause: c
    seen_by: [p]
)";

struct BrokenCatalog {
  const char* what;
  std::string from, to;
  std::string errors;  // "line:column: sentence", one a line
};

// clang-format off
inline const std::vector<BrokenCatalog> kBroken = {
    // ---- YAML
    {"a tab", "  root: tree", "\troot: tree", "2:1: a tab indents this line; YAML indents with spaces\n"},
    {"a list that is not closed", "hints: [h]", "hints: [h", "60:10: not YAML: a comma is missing here, or a '[' above is not closed\n"},
    {"a quote that is not closed", "brief: b\n", "brief: 'b\n", 
     "49:5: rule 'second-rule' lacks the field 'hints'\n49:5: rule 'second-rule' lacks the field 'cause'\n"
     "49:5: rule 'second-rule' lacks the field 'seen_by'\n58:12: this quote is not closed\n"},
    {"wrong indentation", "    title: Another", "   title: Another", "51:4: not YAML: this line is not indented like the lines that it belongs to\n"},
    {"not UTF-8", "A title", "A t\xEFtle", "27:15: not UTF-8; save the file in that encoding\n"},
    {"an overlong character", "A title", "\xC0\xAFx", "27:12: not UTF-8; save the file in that encoding\n"},
    {"a zero byte", "A title", std::string("A\0t", 3), "27:13: a zero byte; this file is text\n"},
    {"an alias", "seen_by: [p]", "seen_by: &x [*x]",
     "61:14: anchors (&name) are not read in a catalog; write the value out\n"
     "61:18: aliases (*name) are not read in a catalog; write the value out\n"
     "61:18: 'an entry of seen_by' must be text, not nothing\n"},
    {"an unknown alias", "seen_by: [p]", "seen_by: [*y]", "61:15: not YAML: there is no '&' for this '*'; text that begins with one needs quotes\n"},
    {"a tag", "brief: b\n", "brief: !!str b\n", "58:12: tags (!name) are not read in a catalog; remove it\n"},
    {"a second document", "  - code: D01\n    id: second-rule", "---\n  - code: D01\n    id: second-rule",
     "49:1: a second document begins here; the catalog is one YAML document, so remove this and everything after it, or "
     "the line '---' above it\n"},
    {"too deep", "hints: [h]", "hints: " + std::string(40, '[') + std::string(40, ']'),
     "59:41: nested deeper than 32 levels; no part of a catalog is\n"},
    {"a key that is a list", "brief: b\n", "[a]: b\n    brief: b\n", "58:5: a field's name must be text, not a list\n"},
    {"a template without quotes", "brief: b\n", "brief: {{b}}\n",
     "58:12: 'brief' must be text, not a mapping\n58:13: a field's name must be text, not a mapping; text with braces needs quotes: \"{{x}}\"\n"},
    {"a duplicate field", "    cause: c\n", "    cause: c\n    cause: d\n",
     "61:5: the field 'cause' is given twice; the first is in line 60\n"},
    // ---- the whole
    {"another name for the rules", "rules:", "rule:", "24:1: the catalog has no field 'rule'; did you mean 'rules'?\n"},
    {"a duplicate rule", "id: second-rule", "id: first-rule",
     "50:9: there is already a rule 'first-rule', in line 26; give this one another id\n"},
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
     "17:14: 'input' names 'line', which is not one of tree.inputs (there are lines); did you mean 'lines'?\n"},
    {"an input that is a path", "  parity:", "  inputs: {a/b: c}\n  parity:",
     "14:12: 'inputs' must be names of files in {scratch}, not 'a/b'\n"},
    {"parity that is no list", "  parity:\n    - id: parity.curve\n      observable", "  parity:\n      id: parity.curve\n      observable",
     "15:7: 'parity' must be a list of mappings, not a mapping\n"},
    {"two parity runs of one name", "      compare: {loss: 1e-6}\n",
     "      compare: {loss: 1e-6}\n    - {id: parity.curve, observable: a, program: b, stdout: exact}\n",
     "20:12: there is already a parity run 'parity.curve', in line 15; give this one another id\n"},
    {"a parity run whose name is a sentence", "id: parity.curve", "id: the curve",
     "15:11: 'the curve' is no id; use letters, digits, and single dots, hyphens or underscores between them\n"},
    {"a run twice", "runs: {first: {", "runs: {first: {program: a, series: [loss]}, first: {",
     "20:47: the field 'first' is given twice; the first is in line 20\n"},
    {"no run", "runs: {first: {program: bin/train, args: [\"{metrics}\"], series: [loss]}}", "runs: {}",
     "20:9: 'runs' is an empty mapping\n"},
    {"a category without a letter", "{N: numerics,", "{num: numerics,",
     "21:16: 'num' is no letter of a category; use one capital\n"
     "28:15: 'category' names 'numerics', which is not one of tree.categories (there are data)\n"},
    {"a category of two letters", "D: data}", "D: data, E: data}",
     "21:41: 'categories' gives data two letters, D and E; remove one\n"
     "49:11: the code 'D01' is not of data, whose codes begin with E\n"},
    {"an observable that is a list", "what is added up", "[a]", "13:25: 'sums' must be text, not a list\n"},
    // ---- a rule
    {"an unknown field", "    hints: [h]", "    hint: [h]", "49:5: rule 'second-rule' lacks the field 'hints'\n"
                                                            "59:5: rule 'second-rule' has no field 'hint'; did you mean 'hints'?\n"},
    {"a rule without an id", "    id: second-rule\n", "", "49:5: rule 'D01' lacks the field 'id'\n"},
    {"an empty field", "cause: c", "cause:", "60:5: rule 'second-rule' has nothing in the field 'cause'; give it a value or remove it\n"},
    {"a blank field", "title: Another", "title: \" \"", "51:13: 'title' is empty\n"},
    {"a field that a terminal would obey", "title: Another", "title: \"A\\e[31m\"",
     "51:13: 'title' has a control character in it, 0x1b; leave it out\n"},
    {"a title of two lines", "title: Another", "title: \"A\\nB\"",
     "51:13: 'title' is one line; write it without a line break\n"},
    {"a bad id", "id: second-rule", "id: Second_rule",
     "50:9: 'Second_rule' is no id; use small letters, digits and single hyphens, a letter first\n"},
    {"an unknown category", "category: data", "category: dta",
     "52:15: 'category' names 'dta', which is not one of tree.categories (there are numerics, data); did you mean 'data'?\n"},
    {"a number out of range", "priority: 2", "priority: 4", "31:15: 'priority' must be a whole number from 1 to 3, not '4'\n"},
    {"a number in quotes", "priority: 2", "priority: \"2\"", "31:16: 'priority' must be a whole number from 1 to 3, not '2'\n"},
    {"a fraction", "priority: 2", "priority: 1.5", "31:15: 'priority' must be a whole number from 1 to 3, not '1.5'\n"},
    {"no site expected", "expect: 1", "expect: 0", "36:13: 'expect' must be a whole number from 1 to 1000 or 'any', not '0'\n"},
    {"text for a list", "hints: [h]", "hints: h", "59:12: 'hints' must be a list of text, not text\n"},
    {"a list of lists", "hints: [h]", "hints: [[h]]", "59:13: 'an entry of hints' must be text, not a list\n"},
    {"no hints", "hints: [h]", "hints: []", "59:12: 'hints' is an empty list\n"},
    {"a file outside the tree", "in: tree/code.cpp", "in: trees/code.cpp",
     "32:9: 'in' names 'trees/code.cpp', which is not below tree.root, 'tree'\n"},
    {"the tree itself", "in: tree/code.cpp", "in: tree", "32:9: 'in' names 'tree', which is not below tree.root, 'tree'\n"},
    {"a file above the tree", "in: tree/code.cpp", "in: tree/../code.cpp",
     "32:9: 'in' may not leave its directory with '..': 'tree/../code.cpp'\n"},
    {"an absolute file", "in: tree/code.cpp", "in: /code.cpp", "32:9: 'in' must be a relative path, not '/code.cpp'\n"},
    {"a folded matcher", "match: |", "match: >",
     "34:7: 'match' is code over several lines, which YAML joins here; write it as a literal block, 'match: |' and the "
     "lines below\n"},
    {"a matcher over two plain lines", "match: returnStmt().bind(\"r\")", "match: returnStmt()\n      .bind(\"r\")",
     "56:12: 'match' is code over several lines, which YAML joins here; write it as a literal block, 'match: |' and the "
     "lines below\n"},
    {"a rule that is text", "  - code: D01\n    id: second-rule", "  - text\n  - code: D01\n    id: second-rule", "49:5: a rule must be a mapping, not text\n"},
    {"a rule without a code", "  - code: D01\n    id: second", "  - id: second", "49:5: rule 'second-rule' lacks the field 'code'\n"},
    {"a code that is none", "code: D01", "code: D1",
     "49:11: 'D1' is no code; use the category's letter and two or three digits, as in A03\n"},
    {"a code of another category", "code: D01", "code: N02",
     "49:11: the code 'N02' is not of data, whose codes begin with D\n"},
    {"a code twice", "  - code: D01\n    id: second-rule\n    title: Another\n    category: data\n",
     "  - code: N01\n    id: second-rule\n    title: Another\n    category: numerics\n",
     "49:11: there is already a rule 'N01', in line 25; give this one another code\n"},
    {"a pattern that the head does not list", "pattern: leak\n", "pattern: leek\n",
     "29:14: 'pattern' names 'leek', which is not one of tree.patterns (there are leak, off by one); did you mean 'leak'?\n"},
    {"a pattern where the head lists none", "  patterns: [leak, off by one]\n", "",
     "28:14: 'pattern' names 'leak', which is not one of tree.patterns, which the head does not have\n"
     "52:14: 'pattern' names 'off by one', which is not one of tree.patterns, which the head does not have\n"},
    {"a pack that the head does not list",
     "  patterns: [leak, off by one]\n  outcomes: [crash, poor model]\nrules:\n  - code: N01\n",
     "  packs: {basics: {about: a}}\n  patterns: [leak, off by one]\n  outcomes: [crash, poor model]\nrules:\n  - code: N01\n    pack: [basic]\n",
     "27:12: 'pack' names 'basic', which is not one of tree.packs (there are basics); did you mean 'basics'?\n"},
    {"a pack without words", "  patterns: [leak, off by one]\n", "  packs: {basics: {bugs: 2}}\n  patterns: [leak, off by one]\n",
     "22:19: an entry of tree.packs lacks the field 'about'\n"},
    {"a pack of no bugs", "  patterns: [leak, off by one]\n",
     "  packs: {basics: {about: a, bugs: 0}}\n  patterns: [leak, off by one]\n",
     "22:36: 'bugs' must be a whole number from 1 to 9, not '0'\n"},
    {"diagnostics that go nowhere", "  patterns: [leak, off by one]\n",
     "  diagnostics: {options: [--all], programs: [bin/train]}\n  patterns: [leak, off by one]\n",
     "22:16: 'options' of tree.diagnostics must name {diagnostics}, the file to write\n"},
    {"diagnostics into metrics", "  patterns: [leak, off by one]\n",
     "  diagnostics: {options: [\"{metrics}\"], programs: [bin/train]}\n  patterns: [leak, off by one]\n",
     "22:16: 'options' of tree.diagnostics must name {diagnostics}, the file to write\n"
     "22:28: 'options' has no placeholder {metrics} (there are {source}, {build}, {scratch}, {diagnostics})\n"},
    {"evidence of a run without a series", "  patterns: [leak, off by one]\n",
     "  evidence: {loss: {words: the loss}}\n  patterns: [leak, off by one]\n",
     "22:20: an entry of tree.evidence needs 'series', or another 'from'\n"},
    {"a series of the tests", "  patterns: [leak, off by one]\n",
     "  evidence: {tests: {words: the tests, from: tests, series: loss}}\n  patterns: [leak, off by one]\n",
     "22:21: an entry of tree.evidence has a 'series' only where it is from the run; remove one\n"},
    {"two checkouts", "  patterns: [leak, off by one]\n",
     "  evidence: {code: {words: c, from: checkout}, repo: {words: r, from: checkout}}\n  patterns: [leak, off by one]\n",
     "2:3: 'evidence' has more than one entry from the checkout; remove all but one\n"},
    {"evidence with capitals", "  patterns: [leak, off by one]\n",
     "  evidence: {Loss: {words: l, series: loss}}\n  patterns: [leak, off by one]\n", 
     "22:14: 'Loss' is no name of evidence; use small letters, digits and hyphens\n"},
    {"evidence that costs an hour and more", "  patterns: [leak, off by one]\n",
     "  evidence: {loss: {words: l, series: loss, price: 61}}\n  patterns: [leak, off by one]\n",
     "22:52: 'price' must be a whole number from 0 to 60, not '61'\n"},
    {"a plan without parts", "  patterns: [leak, off by one]\n", "  plans: {p: {about: a}}\n  patterns: [leak, off by one]\n",
     "22:14: an entry of tree.plans lacks the field 'parts'\n"},
    {"a part of a plan with neither days nor bugs", "  patterns: [leak, off by one]\n",
     "  plans: {p: {about: a, parts: [{about: b}]}}\n  patterns: [leak, off by one]\n",
     "22:33: an entry of 'parts' has neither 'days' nor 'bugs'; give it one of them\n"},
    {"a part of a plan with both days and bugs", "  patterns: [leak, off by one]\n",
     "  plans: {p: {about: a, parts: [{about: b, days: [[N01]], bugs: [D01]}]}}\n  patterns: [leak, off by one]\n",
     "22:33: an entry of 'parts' has both 'days' and 'bugs'; give it one of them\n"},
    {"days that are no lists", "  patterns: [leak, off by one]\n",
     "  plans: {p: {about: a, parts: [{about: b, days: [N01, D01]}]}}\n  patterns: [leak, off by one]\n",
     "22:51: 'a day' must be a list of text, not text\n22:56: 'a day' must be a list of text, not text\n"},
    {"a plan of an id", "  patterns: [leak, off by one]\n",
     "  plans: {p: {about: a, parts: [{about: b, bugs: [first-rule]}]}}\n  patterns: [leak, off by one]\n",
     "22:51: 'first-rule' is no code; use the category's letter and two or three digits, as in A03\n"},
    {"a plan of a rule that there is not", "  patterns: [leak, off by one]\n",
     "  plans: {p: {about: a, parts: [{about: b, bugs: [N02]}]}}\n  patterns: [leak, off by one]\n",
     "22:51: there is no rule 'N02' for the plan 'p'; name one by its code\n"},
    {"a bug twice in a plan", "  patterns: [leak, off by one]\n",
     "  plans: {p: {about: a, parts: [{about: b, bugs: [N01]}, {about: c, days: [[D01], [N01]]}]}}\n  patterns: [leak, off by one]\n",
     "22:84: 'N01' is in the plan 'p' already, in line 22; remove one\n"},
    {"a decoy in a plan", "  patterns: [leak, off by one]\n  outcomes: [crash, poor model]\nrules:\n  - code: N01\n    id: first-rule\n    title: A title\n    category: numerics\n    pattern: leak\n    outcome: crash\n",
     "  plans: {p: {about: a, parts: [{about: b, bugs: [N01]}]}}\n  patterns: [leak, off by one]\n  outcomes: [crash, poor model]\nrules:\n  - code: N01\n    id: first-rule\n    title: A title\n    category: numerics\n    decoy: true\n",
     "22:51: 'N01' is a decoy; the plan 'p' needs a bug that can be found\n43:5: a decoy computes what the clean tree computes, so it has no 'seen_by'; remove it\n"},
    {"a plan with a pack's name", "  patterns: [leak, off by one]\n",
     "  packs: {p: {about: a}}\n  plans: {p: {about: a, parts: [{about: b, bugs: [N01]}]}}\n  patterns: [leak, off by one]\n",
     "23:11: there is a pack 'p' already, and it is a plan by itself; give this one another name\n"},
    {"no pattern", "    pattern: leak\n", "", "25:5: rule 'first-rule' lacks the field 'pattern'\n"},
    {"an outcome that the head does not list", "outcome: crash\n", "outcome: boom\n",
     "30:14: 'outcome' names 'boom', which is not one of tree.outcomes (there are crash, poor model)\n"},
    {"a run that the head does not have", "seen_by: [p]", "seen_by: [p]\n    run: frist",
     "62:10: 'run' names 'frist', which is not one of tree.runs (there are first); did you mean 'first'?\n"},
    {"nothing that sees it", "    seen_by: [p]\n", "", "49:5: rule 'second-rule' lacks the field 'seen_by'\n"},
    {"an observer twice", "seen_by: [p]", "seen_by: [p, q, p]", "61:21: 'seen_by' names 'p' twice; remove one\n"},
    {"an answer that is missing", "    seen_by: [p]", "    questions: [{question: why}]\n    seen_by: [p]",
     "61:17: an entry of 'questions' lacks the field 'answer'\n"},
    {"words in part", "    cause: c\n", "", "49:5: rule 'second-rule' lacks the field 'cause'\n"},
    // ---- a rule's forms
    {"any number of sites", "expect: 1", "expect: some", "36:13: 'expect' must be a whole number from 1 to 1000 or 'any', not 'some'\n"},
    {"nothing to choose from", "expect: 1", "choose: all",
     "36:5: 'choose' says which of several matches; here 'expect' is 1, so remove it\n"},
    {"another way to choose", "expect: 1", "expect: 2\n    choose: some", "37:13: 'choose' is one of seed, all, not 'some'\n"},
    {"no match at all", "    match: returnStmt().bind(\"r\")\n", "", "49:5: rule 'second-rule' lacks the field 'match'\n"},
    {"edits of variants only", "    match: returnStmt().bind(\"r\")\n",
     "    variants: [{match: a(), edits: [{remove: node(r)}]}]\n",
     "57:5: rule 'second-rule' has 'edits' and lacks the field 'match' that it belongs to\n"},
    {"a variant that is the rule", "    seen_by: [p]\n",
     "    seen_by: [p]\n    variants:\n      - match: 'returnStmt( ).bind(\"r\")'\n        edits: [{remove: statement(r)}]\n",
     "63:9: this variant is the form in line 49 again; remove one\n"},
    {"a variant twice", "    seen_by: [p]\n",
     "    seen_by: [p]\n    variants:\n      - {match: a(), edits: [{remove: node(r)}]}\n      - {match: a(), edits: [{remove: node(r)}]}\n",
     "64:9: this variant is the form in line 63 again; remove one\n"},
    {"a variant without an edit", "    seen_by: [p]\n", "    seen_by: [p]\n    variants: [{match: a()}]\n",
     "62:16: a variant lacks the field 'edits'\n"},
    {"a variant of nowhere", "    in: tree/code.cpp\n    match: returnStmt().bind(\"r\")\n    edits: [{remove: statement(r)}]\n",
     "    variants: [{match: a(), edits: [{remove: node(r)}]}]\n", "55:16: a variant lacks the field 'in'\n"},
    {"a part outside the tree", "    seen_by: [p]\n",
     "    seen_by: [p]\n    also: [{in: code.h, match: a(), edits: [{remove: node(r)}]}]\n",
     "62:17: 'in' names 'code.h', which is not below tree.root, 'tree'\n"},
    {"a part that is the form's", "    seen_by: [p]\n",
     "    seen_by: [p]\n    also: [{match: returnStmt().bind(\"r\"), edits: [{insert: x, before: node(r)}]}]\n",
     "62:12: this part matches what the one in line 49 matches; put its edits there\n"},
    {"a part of a part", "    seen_by: [p]\n", "    seen_by: [p]\n    also: [{match: a(), edits: [{remove: node(r)}], also: []}]\n",
     "62:53: an entry of 'also' has no field 'also'\n"},
    // ---- decoys
    {"a decoy that something sees", "seen_by: [code.half]", "decoy: true",
     "29:5: a decoy computes what the clean tree computes, so it has no 'pattern'; remove it\n"
     "30:5: a decoy computes what the clean tree computes, so it has no 'outcome'; remove it\n"},
    {"a decoy with an observer", "    pattern: off by one\n    outcome: poor model\n", "    decoy: true\n",
     "60:5: a decoy computes what the clean tree computes, so it has no 'seen_by'; remove it\n"},
    {"a decoy that only names a file",
     "    pattern: off by one\n    outcome: poor model\n    in: tree/code.cpp\n    match: returnStmt().bind(\"r\")\n    edits: [{remove: statement(r)}]\n"
     "    brief: b\n    hints: [h]\n    cause: c\n    seen_by: [p]\n",
     "    decoy: true\n    in: tree/code.cpp\n    brief: b\n    hints: [h]\n    cause: c\n",
     "54:5: a decoy without 'match' changes no file; remove 'in'\n"},
    {"a decoy that is perhaps one", "    seen_by: [p]", "    decoy: perhaps\n    seen_by: [p]", "61:12: 'decoy' must be true or false, not 'perhaps'\n"},
    // ---- edits
    {"no edit", "[{remove: statement(r)}]", "[]", "57:12: 'edits' is an empty list\n"},
    {"an edit that is text", "[{remove: statement(r)}]", "[remove]", "57:13: an edit must be a mapping, not text\n"},
    {"an edit without an action", "[{remove: statement(r)}]", "[{with: x}]",
     "57:13: an edit needs one of replace, remove, insert, move, swap\n"},
    {"a misspelt action", "[{remove: statement(r)}]", "[{remov: statement(r)}]",
     "57:13: an edit needs one of replace, remove, insert, move, swap\n"
     "57:14: an edit has no field 'remov'; did you mean 'remove'?\n"},
    {"two actions", "[{remove: statement(r)}]", "[{remove: node(r), insert: x}]",
     "57:31: an edit does one thing, here 'remove' and 'insert'; write two entries\n"},
    {"a field of another action", "[{remove: statement(r)}]", "[{remove: node(r), with: x}]",
     "57:31: an edit has no field 'with'\n"},
    {"replace without a template", "        with: \"{{x}} + 1\"\n", "", "38:9: an edit lacks the field 'with'\n"},
    {"insert without a side", "[{remove: statement(r)}]", "[{insert: f();}]",
     "57:13: 'insert' needs 'before: SELECTOR' or 'after: SELECTOR'\n"},
    {"move to two sides", "[{remove: statement(r)}]", "[{move: node(r), before: node(r), after: node(r)}]",
     "57:53: 'move' takes 'before' or 'after', not both\n"},
    {"a placeholder that is not closed", "{{x}} + 1", "1 + {{x",
     "39:20: the template opens '{{' and does not close it with '}}'; for two braces of C++ write '{ {'\n"},
    {"a placeholder in a placeholder", "{{x}} + 1", "{{ {{x}}",
     "39:16: the template opens '{{' and does not close it with '}}'; for two braces of C++ write '{ {'\n"},
    // ---- a rule's tests
    {"a test without its outcome", "          after: int f() { return 2; }\n", "",
     "46:11: an entry of test.match lacks the field 'after'\n"},
    {"tests that are no list", "no_match: [int f();]", "no_match: int f();", "48:17: 'no_match' must be a list of text, not text\n"},
    {"an unknown kind of test", "no_match: [int f();]", "nomatch: [int f();]",
     "48:7: 'test' has no field 'nomatch'; did you mean 'no_match'?\n"},
    // ---- several at once, in the order of the file
    {"three things", "category: numerics\n    pattern: leak\n    outcome: crash\n    priority: 2\n    in: tree/code.cpp", "category: x\n    pattern: leak\n    outcome: crash\n    priority: 0\n    in: /x",
     "28:15: 'category' names 'x', which is not one of tree.categories (there are numerics, data)\n"
     "31:15: 'priority' must be a whole number from 1 to 3, not '0'\n"
     "32:9: 'in' must be a relative path, not '/x'\n"},
};
// clang-format on

// The catalog of a row.
inline std::string broken(const BrokenCatalog& row) {
  std::string text = kGood;
  return text.replace(text.find(row.from), row.from.size(), row.to);
}

}  // namespace nanobug::test
