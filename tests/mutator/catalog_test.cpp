// catalog: a whole file into values, every value with its place.
#include "mutator/catalog/catalog.h"

#include "mutator/base/files.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::catalog;

namespace {

const std::string kData = (fs::path(__FILE__).parent_path() / "data" / "catalog" / "catalog.yaml").string();

}  // namespace

TEST_CASE("the head says how the tree is built, run and judged", "[catalog]") {
  const auto catalog = load(kData);
  REQUIRE(catalog);
  const Tree& tree = catalog->tree;
  CHECK(tree.root == "tree");
  CHECK(catalog->tree_directory() == fs::path(kData).parent_path() / "tree");
  CHECK(tree.build.configure ==
        std::vector<std::string>{"cmake", "-S", "{source}", "-B", "{build}", "-G", "Ninja"});
  CHECK(tree.build.compile == std::vector<std::string>{"cmake", "--build", "{build}"});
  CHECK(tree.build.directory == "build");
  CHECK(tree.build.library == "lib/libtiny.so");
  CHECK(tree.probes.program == "bin/probes");
  CHECK(tree.probes.headers == std::vector<std::string>{"*.h"});
  CHECK(tree.probes.time_limit_s == 20);
  CHECK(tree.probes.observables == std::vector<catalog::Observable>{{"sums", "what the tree adds up"}});
  REQUIRE(tree.parity.size() == 1);
  CHECK(tree.parity[0].observable == "the curve");
  REQUIRE(tree.parity[0].steps.size() == 1);
  const Compared& step = tree.parity[0].steps[0];
  CHECK(step.program == "bin/train");
  CHECK(step.args == std::vector<std::string>{"--steps", "20", "--metrics", "{metrics}"});
  CHECK(step.series == std::map<std::string, double>{{"loss", 1e-6}, {"grad_norm", 0}});
  CHECK_FALSE(step.text);
  CHECK(step.ranks == 1);
  CHECK(tree.parity[0].time_limit_s == 1.5);
  CHECK(tree.runs.at(0).series == std::vector<std::string>{"loss", "lr"});
  CHECK(tree.runs.at(0).program.time_limit_s == 120);
  CHECK(tree.categories.size() == 7);
  CHECK(tree.categories.at(5) == Category{"X", "distributed"});
}

TEST_CASE("a parity run is a list of steps, each with what is compared of it", "[catalog]") {
  std::string text = *read_file(kData);
  const size_t begin = text.find("  parity:"), end = text.find("  runs:");
  REQUIRE(begin < end);
  text.replace(begin, end - begin, R"(  inputs:
    lines: |
      one
      two
  parity:
    - id: parity.chat
      observable: a chat
      before: [{program: bin/train, args: ["{scratch}/m"]}, {program: bin/tune}]
      program: bin/chat
      ranks: 2
      input: lines
      stdout: exact
      leaves: [m, n]
      then:
        - {program: bin/eval, args: ["{metrics}"], compare: {loss: 0}}
        - {program: bin/prove}
        - {program: bin/help, stdout: "^--(.*)$"}
)");
  const auto catalog = parse(text, "c.yaml");
  REQUIRE(catalog);
  CHECK(catalog->tree.inputs == std::map<std::string, std::string>{{"lines", "one\ntwo\n"}});
  const Parity& parity = catalog->tree.parity[0];
  REQUIRE(parity.before.size() == 2);
  CHECK(parity.before[0].args == std::vector<std::string>{"{scratch}/m"});
  CHECK(parity.before[1].program == "bin/tune");
  REQUIRE(parity.steps.size() == 4);
  CHECK(parity.steps[0].program == "bin/chat");
  CHECK(parity.steps[0].ranks == 2);
  CHECK(parity.steps[0].input == "lines");
  CHECK(parity.steps[0].text);
  CHECK(parity.steps[0].picks.empty());
  CHECK(parity.steps[0].leaves == std::vector<std::string>{"m", "n"});
  CHECK(parity.steps[0].series.empty());
  CHECK(parity.steps[1].program == "bin/eval");
  CHECK(parity.steps[1].series == std::map<std::string, double>{{"loss", 0}});
  CHECK(parity.steps[1].ranks == 1);
  CHECK_FALSE(parity.steps[1].text);
  CHECK(parity.steps[2].program == "bin/prove");
  CHECK(parity.steps[3].text);
  CHECK(parity.steps[3].picks == "^--(.*)$");
}

TEST_CASE("a rule carries everything, with its places", "[catalog]") {
  const auto catalog = load(kData);
  REQUIRE(catalog);
  REQUIRE(catalog->rules.size() == 2);
  const Rule& rule = catalog->rules[0];
  CHECK(rule.id.value == "half-doubled");
  CHECK(rule.id.place == Place{kData, 23, 9});
  CHECK(rule.refs == std::vector<std::string>{"X1"});
  CHECK(rule.pack == std::vector<std::string>{"basics", "sums"});
  CHECK(rule.category == "numerics");
  CHECK(rule.priority == 2);
  CHECK(rule.difficulty == 3);
  CHECK(rule.minutes == 15);
  CHECK(rule.in.value == "tree/code.cpp");
  CHECK(rule.file == "code.cpp");
  CHECK(rule.match.value == "binaryOperator(\n  hasOperatorName(\"/\")).bind(\"x\")\n");
  CHECK(rule.match.place == Place{kData, 33, 7});
  CHECK(rule.expect == 2);
  REQUIRE(rule.edits.size() == 6);
  using Kind = Edit::Kind;
  const auto shape = [&](size_t i) {
    return std::tuple(rule.edits[i].kind, rule.edits[i].target.value, rule.edits[i].with.value);
  };
  CHECK(shape(0) == std::tuple(Kind::replace, "node(x)", "{{x}} * 2"));
  CHECK(shape(1) == std::tuple(Kind::remove, "statement(y)", ""));
  CHECK(shape(2) == std::tuple(Kind::insert_before, "node(x)", "f();"));
  CHECK(shape(3) == std::tuple(Kind::insert_after, "node(x)", "g();"));
  CHECK(shape(4) == std::tuple(Kind::move_after, "node(x)", "node(y)"));
  CHECK(shape(5) == std::tuple(Kind::swap, "node(x)", "node(y)"));
  CHECK(rule.edits[0].with.place == Place{kData, 38, 16});
  CHECK(rule.brief == "The sum is wrong.");
  CHECK(rule.hints.size() == 2);
  CHECK(rule.hints[1].value == "the sums");
  REQUIRE(rule.questions.size() == 1);
  CHECK(rule.questions[0].question.value == "Why?");
  CHECK(rule.questions[0].answer == "It is.");
  CHECK(rule.seen_by[0].value == "code.half");
  CHECK(rule.seen_by[0].place == Place{kData, 54, 15});
  REQUIRE(rule.matches.size() == 1);
  CHECK(rule.matches[0].code.value == "\nint f(int a) { return a / 2; }\n");
  CHECK(rule.matches[0].code.place == Place{kData, 58, 13});  // its first line is blank
  CHECK(rule.matches[0].after.value == "int f(int a) { return a * 2; }\n");
  REQUIRE(rule.no_matches.size() == 1);
  CHECK(rule.no_matches[0].code.value == "int f();");
}

TEST_CASE("what a rule does not say has its usual value", "[catalog]") {
  const auto catalog = load(kData);
  REQUIRE(catalog);
  const Rule& rule = catalog->rules[1];
  CHECK(std::tuple(rule.priority, rule.difficulty, rule.minutes, rule.expect) == std::tuple(1, 1, 20, 1));
  CHECK(rule.questions.empty());
  CHECK(rule.match.place == Place{kData, 73, 12});
}

TEST_CASE("a rule is found by code, id or ref, and a misspelt one is guessed", "[catalog]") {
  const auto catalog = load(kData);
  REQUIRE(catalog);
  const Rule *first = &catalog->rules[0], *other = &catalog->rules[1];
  CHECK(catalog->find("other") == other);
  CHECK(catalog->find("nothing") == nullptr);
  for (const char* name : {"half-doubled", "N01", "n01", "X1", "x1", "Half-Doubled"}) {
    INFO(name);
    REQUIRE(find_rule(*catalog, name));
    CHECK(*find_rule(*catalog, name) == first);
  }
  CHECK(*find_rule(*catalog, "D01") == other);
  const auto sentence = [&](const std::string& name) {
    const auto found = find_rule(*catalog, name);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == Exit::usage);
    return found.error().message;
  };
  CHECK(sentence("half-doubeld") == "there is no bug 'half-doubeld'; did you mean 'half-doubled'?");
  CHECK(sentence("zzz") == "there is no bug 'zzz'; 'nanobug list' shows them");
  CHECK(sentence("N0") == "there is no bug 'N0'; did you mean 'N01'?");
  CHECK(sentence("") == "there is no bug ''; 'nanobug list' shows them");
}

TEST_CASE("a ref of several rules names none of them", "[catalog]") {
  Catalog catalog = *load(kData);
  catalog.rules[1].refs = {"A3", "X1"};
  const auto both = find_rule(catalog, "X1");
  REQUIRE_FALSE(both);
  CHECK(both.error().code == Exit::usage);
  CHECK(both.error().message == "'X1' is several bugs: N01, D01; name one of them");
  CHECK(*find_rules(catalog, "x1") == std::vector<const Rule*>{&catalog.rules[0], &catalog.rules[1]});
  CHECK(*find_rules(catalog, "d01") == std::vector<const Rule*>{&catalog.rules[1]});
  CHECK_FALSE(find_rules(catalog, "X2"));
  CHECK(*find_rule(catalog, "a3") == &catalog.rules[1]);
  // A code is its rule's, whatever it is a ref of.
  catalog.rules[1].refs = {"N01"};
  CHECK(*find_rule(catalog, "N01") == &catalog.rules[0]);
}

const std::string kRest =
    "    title: t\n    category: data\n    seen_by: [p]\n    brief: b\n    hints: [h]\n    cause: c\n";

// The data's head with one rule.
std::string with_rule(const std::string& rule) {
  const std::string all = *read_file(kData);
  return all.substr(0, all.find("\nrules:") + 1) + "rules:\n  - code: D01\n    id: a-rule\n" + rule;
}

TEST_CASE("a form has parts, and a variant the rule's file unless it names its own", "[catalog]") {
  const auto catalog = parse(with_rule(kRest + R"(    in: tree/a.cpp
    match: first()
    expect: 3
    choose: all
    edits: [{remove: node(x)}]
    also:
      - {match: second(), edits: [{remove: node(y)}]}
      - {in: tree/sub/./a.h, match: first(), edits: [{swap: node(y), with: node(z)}]}
    variants:
      - {match: third(), expect: any, edits: [{remove: node(x)}]}
      - in: tree/b.cpp
        match: third()
        edits: [{remove: node(x)}]
        also: [{match: fourth(), edits: [{remove: node(x)}]}]
    run: pretraining
    terms: [one word, another]
)"),
                             "c.yaml");
  REQUIRE(catalog);
  const Rule& rule = catalog->rules.at(0);
  const auto where = [](const Part& part) { return std::tuple(part.in.value, part.file, part.match.value); };
  using Where = std::tuple<std::string, std::string, std::string>;
  CHECK(where(rule) == Where{"tree/a.cpp", "a.cpp", "first()"});
  CHECK((rule.expect == 3 && rule.all));
  REQUIRE(rule.also.size() == 2);
  CHECK(where(rule.also[0]) == Where{"tree/a.cpp", "a.cpp", "second()"});
  CHECK(where(rule.also[1]) == Where{"tree/sub/./a.h", "sub/a.h", "first()"});
  CHECK(rule.also[1].edits.at(0).kind == Edit::Kind::swap);
  REQUIRE(rule.variants.size() == 2);
  CHECK(where(rule.variants[0]) == Where{"tree/a.cpp", "a.cpp", "third()"});
  CHECK((rule.variants[0].expect == Form::kAny && !rule.variants[0].all));
  CHECK(where(rule.variants[1]) == Where{"tree/b.cpp", "b.cpp", "third()"});
  CHECK(where(rule.variants[1].also.at(0)) == Where{"tree/b.cpp", "b.cpp", "fourth()"});
  CHECK(rule.forms() == std::vector<const Form*>{&rule, &rule.variants[0], &rule.variants[1]});
  CHECK(catalog->run_of(rule) == &catalog->tree.runs.at(0));
  CHECK(rule.terms.at(1).value == "another");
}

TEST_CASE("a rule may have variants alone, and a decoy nothing at all", "[catalog]") {
  const auto varied = parse(
      with_rule(kRest + "    in: tree/a.cpp\n    variants: [{match: a(), edits: [{remove: node(x)}]}]\n"),
      "c");
  REQUIRE(varied);
  const Rule& rule = varied->rules.at(0);
  CHECK(rule.forms() == std::vector<const Form*>{&rule.variants.at(0)});
  CHECK(rule.variants[0].file == "a.cpp");
  std::string decoy = kRest + "    decoy: true\n";
  decoy.replace(decoy.find("    seen_by: [p]\n"), 17, "");
  const auto nothing = parse(with_rule(decoy), "c");
  REQUIRE(nothing);
  CHECK(nothing->rules.at(0).decoy);
  CHECK(nothing->rules.at(0).forms().empty());
  const auto same = parse(
      with_rule(decoy + "    in: tree/a.cpp\n    match: a()\n    edits: [{swap: node(x), with: node(y)}]\n"),
      "c");
  REQUIRE(same);
  CHECK(same->rules.at(0).forms().size() == 1);
}

TEST_CASE("a byte order mark and CRLF are read as if they were not there", "[catalog]") {
  std::string text = *read_file(kData), dos = "\xEF\xBB\xBF";
  for (const char c : text) dos += c == '\n' ? "\r\n" : std::string(1, c);
  const auto catalog = parse(dos, "c.yaml");
  REQUIRE(catalog);
  CHECK(catalog->rules[0].match.value == "binaryOperator(\n  hasOperatorName(\"/\")).bind(\"x\")\n");
  CHECK(catalog->rules[0].match.place == Place{"c.yaml", 33, 7});
  CHECK(catalog->rules[0].id.place == Place{"c.yaml", 23, 9});
}

TEST_CASE("a catalog may be its head alone", "[catalog]") {
  const std::string whole = *read_file(kData);
  const auto head = parse(whole.substr(0, whole.find("\nrules:")) + '\n', "c.yaml");
  REQUIRE(head);
  CHECK(head->rules.empty());
  CHECK(head->tree.root == "tree");
  CHECK(has_rules(*head).error().code == Exit::catalog);
  CHECK(find_rules(*head, "T01").error().message == has_rules(*head).error().message);
  CHECK(has_rules(*load(kData)));
}
