// rewrite: what is said of a rule before a file is read, and what is found in a tree on disk.
#include "tests/mutator/rewrite_fixture.h"

using namespace nanobug;
using namespace nanobug::rewrite;

TEST_CASE("check says what is wrong before a file is read, with its place", "[rewrite]") {
  const auto with = [](const std::string& match, const std::string& target, const std::string& text = "0") {
    catalog::Edit made{Kind::replace, {target, at(20, 16)}, {text, at(21, 12)}, at(20, 3)};
    return checked(rule(match, {made}));
  };
  CHECK(with(kDivision, "node(quotient)", "{{l}} * {{ r }}") == "");
  CHECK(with("cxxOperatorCallEpr()", "node(x)") ==
        "3:5: there is no matcher 'cxxOperatorCallEpr'; did you mean 'cxxOperatorCallExpr'?\n");
  CHECK(with("callExpr(\n  # a comment\n  hasArgumnt(0, expr()))\n.bind(\"c\")", "node(c)") ==
        "5:7: there is no matcher 'hasArgumnt'; did you mean 'hasArgument'?\n");
  CHECK(with("callExpr()\n.bind(\"c\")", "node(c)") == "");
  CHECK(with("expr(traverse(expr())).bind(\"c\")", "node(c)") ==
        "3:10: 'traverse' is not for a catalog; nanobug matches what is spelled in the source anyway\n");
  const std::string wrong = "the matcher does not parse: ";
  CHECK(with("callExpr(hasArgument(\"x\", expr()))", "node(c)") ==
        "3:26: " + wrong + "Incorrect type for arg 1. (Expected = unsigned) != (Actual = String)\n");
  CHECK(with("callExpr(", "node(c)") ==
        "3:13: " + wrong + "Error parsing matcher. Found end-of-code while looking for ')'\n");
  CHECK(with("callExpr(hasName(\"x\"))", "node(c)") ==
        "3:14: " + wrong +
            "Incorrect type for arg 1. (Expected = Matcher<CallExpr>) != (Actual = Matcher<NamedDecl>)\n");
  CHECK(with("floatLiteral(equals(0.1f)).bind(\"c\")", "node(c)") ==
        "3:25: " + wrong +
            "Error parsing numeric literal: <0.1f>; Clang reads neither a sign nor a suffix\n");
  CHECK(with("callExpr().bind(\"c\").bind(\"d\")", "node(c)") ==
        "3:25: " + wrong + "Expected end of code; a matcher takes one .bind\n");
  CHECK(with(kDivision, "nod(l)") == "20:16: 'nod' is no range selector; did you mean 'node'?\n");
  CHECK(with(kDivision, "node(lh)") == "20:21: the matcher binds no 'lh'; did you mean 'l'?\n");
  CHECK(with(kDivision, "node(l, r)") == "20:16: 'node' takes 1 argument, not 2\n");
  CHECK(with(kDivision, "node(l") == "20:22: the range selector does not parse: a ')' is missing\n");
  CHECK(with(kDivision, "between(node(l), node(r))") == "");
  CHECK(with(kDivision, "node(\"l\")") == "");
  CHECK(with(kDivision, "callArgs(quotient)") ==
        "20:25: 'callArgs' selects from a call, and 'quotient' is bound to a binaryOperator\n");
  CHECK(with(kDivision, "node(l)", "a * {{quotien}}") ==
        "21:18: the matcher binds no 'quotien'; did you mean 'quotient'?\n");
  CHECK(with(kDivision, "node(l)", "{{a b}}") ==
        "21:12: '{{a b}}' is no placeholder; write {{id}} with an id the matcher binds\n");
  CHECK(
      with("expr(anyOf(binaryOperator(hasLHS(expr().bind(\"x\"))), callExpr())).bind(\"y\")", "node(y)",
           "{{x}}") ==
      "21:14: 'x' is not bound on every branch of the anyOf at line 3, column 10; bind it on each of them\n");
  CHECK(with("expr(anyOf(binaryOperator(hasLHS(expr().bind(\"x\"))), callExpr(hasArgument(0, "
             "expr().bind(\"x\"))))).bind(\"y\")",
             "node(y)", "{{x}}") == "");
  CHECK(with("expr(unless(hasAncestor(expr().bind(\"x\")))).bind(\"y\")", "node(x)") ==
        "20:21: the matcher binds no 'x'; did you mean 'y'?\n");
  CHECK(with("expr(optionally(hasAncestor(expr().bind(\"x\")))).bind(\"y\")", "node(x)") ==
        "20:21: 'x' is not bound on every branch of the optionally at line 3, column 10; bind it on each of "
        "them\n");
}

namespace {

// A tree on disk with its compile commands; the code goes to code.cpp.
struct Tree {
  explicit Tree(const std::string& code, const std::string& options = "") : root(home() / "styled" / "tree") {
    REQUIRE(write_file(root / "code.cpp", code));
    REQUIRE(write_file(root / "code.h", "#pragma once\ninline int half(int a) { return a / 2; }\n"));
    REQUIRE(write_file(root / "build" / "compile_commands.json",
                       R"([{"directory": ")" + (root / "build").string() +
                           R"(", "file": "../code.cpp", "command": "clang++ -std=c++20 -I.. )" + options +
                           R"( -MD -MF x.d -Wall -Werror -c ../code.cpp -o x.o"}])"));
  }
  Source source() const { return {root, root / "build"}; }
  fs::path root;

  // Compiled once for each of these, in this order.
  void compiled_with(const std::vector<std::string>& options) const {
    std::string entries;
    for (const std::string& each : options)
      entries += (entries.empty() ? "" : ",\n") + std::string("{\"directory\": \"") +
                 (root / "build").string() +
                 "\", \"file\": \"../code.cpp\", \"command\": \"clang++ -std=c++20 -I.. " + each +
                 " -c ../code.cpp -o " + std::to_string(entries.size()) + ".o\"}";
    REQUIRE(write_file(root / "build/compile_commands.json", '[' + entries + ']'));
  }
};

std::string found(const catalog::Rule& rule, const Tree& tree) {
  const auto answers = rewriter().find({&rule}, tree.source());
  REQUIRE(answers.size() == 1);
  if (!answers[0]) return std::to_string(answers[0].error().place->line) + ": " + answers[0].error().message;
  return std::to_string(answers[0]->size()) + " in " + (*answers[0])[0].file;
}

}  // namespace

TEST_CASE("find reads a file as its compile command says, and only that file", "[rewrite]") {
  const auto times = rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")});
  const std::string code =
      "#include \"code.h\"\n#include <vector>\nint f(int a) { int unused; return half(a) / TWO; }\n";
  CHECK(found(times, Tree(code, "-DTWO=2")) == "1 in code.cpp");
  CHECK(found(times, Tree(code)) ==
        "2: 'code.cpp' does not parse: ../code.cpp:3:45: use of undeclared identifier 'TWO'");
}

TEST_CASE("code of another file is not edited", "[rewrite]") {
  const auto drop =
      rule(R"(functionDecl(hasName("f"), hasDescendant(returnStmt().bind("r"))))", {cut_out("node(r)")});
  const Tree tree("int f()\n#include \"body.inc\"\n");
  REQUIRE(write_file(tree.root / "body.inc", "{\n  return 1;\n}\n"));
  const std::string said = found(drop, tree);
  CHECK(said.find("body.inc:2: 'node(r)' selects code outside of 'code.cpp'") != std::string::npos);
}

TEST_CASE("an include goes when the last that read it does", "[rewrite]") {
  const std::string code =
      "#include <cmath>\n#include <limits>\n\n#include \"code.h\"\n\ndouble f(double a) {\n"
      "  const double scale = std::sqrt(a);\n  return a / scale + std::numeric_limits<double>::max();\n}\n";
  const Tree tree(code);
  const auto sites = rewriter().find({[] {
                                       static const auto left =
                                           rule(kDivision, {replace("node(quotient)", "{{l}}")});
                                       return &left;
                                     }()},
                                     tree.source());
  REQUIRE(sites[0]);
  const Site& site = sites[0]->front();
  CHECK(*rewrite::apply(site, code) ==
        "#include <limits>\n\n#include \"code.h\"\n\ndouble f(double a) {\n"
        "  return a + std::numeric_limits<double>::max();\n}\n");
  CHECK(site.line == 8);  // not the variable's, not the include's
  CHECK(site.last_line == 8);
}

TEST_CASE("a count that is not expected is an error with every place", "[rewrite]") {
  const std::string code = "int f(int a) {\n  return a / 2;\n}\n\nint g(int a) {\n  return a / 3;\n}\n";
  CHECK(found(rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")}, 2), Tree(code)) ==
        "2 in code.cpp");
  CHECK(found(rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")}), Tree(code)) ==
        "3: rule 'some-rule' matches 2 sites in 'code.cpp', not 1 as 'expect' says: line 2, 6");
  CHECK(found(rule("whileStmt().bind(\"w\")", {cut_out("node(w)")}), Tree(code)) ==
        "3: rule 'some-rule' matches nothing in 'code.cpp'; 'nanobug rule explain some-rule' shows where its "
        "last "
        "candidate goes");
}

TEST_CASE("a file that is compiled twice is looked at in each of its configurations", "[rewrite]") {
  const std::string code =
      "#ifdef FAST\nint f(int a) {\n  return a / 2;\n}\n#else\nint f(int a) {\n  return a * 3;\n}\n#endif\n"
      "int g(int a) {\n  return -a;\n}\n";
  const Tree tree(code);
  const auto divided = rule(kDivision, {replace("node(quotient)", "{{r}} / {{l}}")});
  const auto multiplied =
      rule("binaryOperator(hasOperatorName(\"*\"), hasLHS(expr().bind(\"l\"))).bind(\"p\")",
           {replace("node(p)", "{{l}}")});
  const auto negated =
      rule("unaryOperator(hasOperatorName(\"-\"), hasUnaryOperand(expr().bind(\"x\"))).bind(\"n\")",
           {replace("node(n)", "{{x}}")});
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{"", "-DFAST"}, {"-DFAST", ""}, {"-DFAST", "-DFAST", ""}}) {
    tree.compiled_with(options);
    // All at once: each is found in the first that has it, and once.
    const auto all = rewriter().find({&divided, &multiplied, &negated}, tree.source());
    const std::vector<std::string> texts = {"  return 2 / a;\n", "  return a;\n", "  return a;\n"};
    for (size_t i = 0; i < all.size(); ++i) {
      INFO((all[i] ? "" : all[i].error().message));
      REQUIRE(all[i]);
      REQUIRE(all[i]->size() == 1);
      CHECK(rewrite::apply((*all[i])[0], code)->find(texts[i]) != std::string::npos);
    }
    // In two files, or in one of two parts.
    auto spread = divided;
    catalog::Part part;
    part.in = {"tree/code.h", at(4, 7)}, part.file = "code.h";
    part.match = divided.match;
    part.edits = {replace("node(quotient)", "{{l}}")};
    spread.also = {part};
    CHECK(found(spread, tree) == "1 in code.cpp");
  }
  tree.compiled_with({"-DSLOW", "-DSLOWER"});
  CHECK(found(divided, tree).find("3: rule 'some-rule' matches nothing in 'code.cpp'") == 0);
  tree.compiled_with({"-DFAST", "-DFAST -DTWICE"});
  CHECK(found(divided, tree) == "1 in code.cpp");
}

TEST_CASE("a file the tree does not compile is named", "[rewrite]") {
  const Tree tree("int x;\n");
  auto other = rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")});
  other.file = "other.cpp";
  REQUIRE(write_file(tree.root / "other.cpp", ""));
  CHECK(found(other, tree) ==
        "2: 'other.cpp' is not compiled by the tree; name a source that is, or a header that one includes");
}

TEST_CASE("explain peels the matcher", "[rewrite]") {
  const Tree tree("int f(int a, int b) {\n  int c = a / b;\n  c = a + 7;\n  return a / 7;\n}\n");
  const auto division = rule(
      R"(binaryOperator(hasOperatorName("/"), hasRHS(integerLiteral(equals(8))), unless(hasParent(callExpr()))).bind("x"))",
      {cut_out("node(x)")});
  const auto bench = rewriter().open("code.cpp", tree.source());
  REQUIRE(bench);
  const auto steps = (*bench)->explain(division.match);
  REQUIRE(steps);
  std::vector<std::string> all;
  for (const Explained& step : *steps) {
    std::string text = std::to_string(step.candidates) + " " + step.matcher + ":";
    for (const Place& place : step.near_misses)
      text += " " + std::to_string(place.line) + ":" + std::to_string(place.column);
    all.push_back(text);
  }
  CHECK(all == std::vector<std::string>{"4 binaryOperator().bind(\"x\"): 3:3 3:7",
                                        "2 hasOperatorName(\"/\"): 2:11", "1 hasRHS(integerLiteral()): 4:10",
                                        "0 hasRHS(integerLiteral(equals(8))):"});
}

TEST_CASE("well_formatted asks clang-format", "[rewrite]") {
  const fs::path file = home() / "styled" / "tree" / "code.cpp";
  CHECK(*rewriter().well_formatted(file, "", "int f() {\n  return 1;\n}\n"));
  CHECK(!*rewriter().well_formatted(file, "", "int f() {return 1;}\n"));
  CHECK(!*rewriter().well_formatted(file, "", "#include \"b.h\"\n#include \"a.h\"\n"));
  // A file that was out of order before may stay so; what changed may not add to it.
  const std::string untidy = "int g() {return 2;}\n\n\n\nint f() {\n  return 1;\n}\n";
  CHECK(*rewriter().well_formatted(file, untidy, "int g() {return 2;}\n\n\n\nint f() {\n  return 3;\n}\n"));
  CHECK(
      !*rewriter().well_formatted(file, untidy, "int g() {return 2;}\n\n\n\nint f() {\n  return   3;\n}\n"));
}
