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
  CHECK(rule.id.place == Place{kData, 21, 9});
  CHECK(rule.refs == std::vector<std::string>{"X1"});
  CHECK(rule.pack == std::vector<std::string>{"basics", "sums"});
  CHECK(rule.category == "numerics");
  CHECK(rule.priority == 2);
  CHECK(rule.difficulty == 3);
  CHECK(rule.minutes == 15);
  CHECK(rule.in.value == "tree/code.cpp");
  CHECK(rule.file == "code.cpp");
  CHECK(rule.match.value == "binaryOperator(\n  hasOperatorName(\"/\")).bind(\"x\")\n");
  CHECK(rule.match.place == Place{kData, 31, 7});
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
  CHECK(rule.edits[0].with.place == Place{kData, 36, 16});
  CHECK(rule.brief == "The sum is wrong.");
  CHECK(rule.hints.size() == 2);
  CHECK(rule.hints[1].value == "the sums");
  REQUIRE(rule.questions.size() == 1);
  CHECK(rule.questions[0].question.value == "Why?");
  CHECK(rule.questions[0].answer == "It is.");
  CHECK(rule.seen_by[0].value == "code.half");
  CHECK(rule.seen_by[0].place == Place{kData, 52, 15});
  REQUIRE(rule.matches.size() == 1);
  CHECK(rule.matches[0].code.value == "\nint f(int a) { return a / 2; }\n");
  CHECK(rule.matches[0].code.place == Place{kData, 56, 13});  // its first line is blank
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
  CHECK(rule.match.place == Place{kData, 70, 12});
}

TEST_CASE("rules are found by id, and a misspelt one is guessed", "[catalog]") {
  const auto catalog = load(kData);
  REQUIRE(catalog);
  CHECK(catalog->find("other") == &catalog->rules[1]);
  CHECK(catalog->find("nothing") == nullptr);
  CHECK(*find_rule(*catalog, "half-doubled") == &catalog->rules[0]);
  CHECK(find_rule(*catalog, "half-doubled").has_value());
  const auto close = find_rule(*catalog, "half-doubeld");
  CHECK(close.error().code == Exit::usage);
  CHECK(close.error().message == "there is no rule 'half-doubeld'; did you mean 'half-doubled'?");
  CHECK(find_rule(*catalog, "zzz").error().message == "there is no rule 'zzz'; 'nanobug list' shows them");
}

TEST_CASE("a byte order mark and CRLF are read as if they were not there", "[catalog]") {
  std::string text = *read_file(kData), dos = "\xEF\xBB\xBF";
  for (const char c : text) dos += c == '\n' ? "\r\n" : std::string(1, c);
  const auto catalog = parse(dos, "c.yaml");
  REQUIRE(catalog);
  CHECK(catalog->rules[0].match.value == "binaryOperator(\n  hasOperatorName(\"/\")).bind(\"x\")\n");
  CHECK(catalog->rules[0].match.place == Place{"c.yaml", 31, 7});
  CHECK(catalog->rules[0].id.place == Place{"c.yaml", 21, 9});
}
