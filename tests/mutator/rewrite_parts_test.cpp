// rewrite: rules of several parts: several places, several files, headers, every match at once, and variants.
#include "tests/mutator/rewrite_fixture.h"

using namespace nanobug;
using namespace nanobug::rewrite;

namespace {

const std::string kHeader =
    "#pragma once\n\nint scaled(int value, int factor);\ninline int half(int a) { return a / 2; }\n";
const std::string kSource =
    "#include \"scale.h\"\n\nint scaled(int value, int factor) { return value * factor; }\n"
    "int twice(int a) { return scaled(a, 2); }\n";
const std::string kCaller =
    "#include \"scale.h\"\n\nint sum(int a, int b) {\n  const int left = half(a) / 3;\n"
    "  return left + half(b) / 5;\n}\n";

// A tree of a header and two sources on disk. One directory a test: Clang is asked by path.
struct Tree {
  explicit Tree(const std::string& name, const std::string& extra = "") : root(home() / name) {
    texts = {{"scale.h", kHeader}, {"scale.cpp", kSource}, {"sum.cpp", kCaller}};
    if (!extra.empty()) texts["extra.h"] = extra;
    for (const auto& [file, text] : texts) REQUIRE(write_file(root / file, text));
    std::string entries;
    for (const char* file : {"scale.cpp", "sum.cpp"})
      entries += (entries.empty() ? "" : ",") + std::string(R"({"directory": ")") +
                 (root / "build").string() + R"(", "file": "../)" + file +
                 R"(", "arguments": ["clang++", "-std=c++20", "-DTWO=2", "-c", "../)" + file + R"("]})";
    REQUIRE(write_file(root / "build" / "compile_commands.json", "[" + entries + "]"));
  }
  Result<std::vector<Site>> find(const catalog::Rule& rule) const {
    return std::move(rewriter().find({&rule}, {root, root / "build"}).front());
  }
  // What the rule makes of the files that it changes, site by site; or the error.
  std::vector<Texts> mutants(const catalog::Rule& rule) const {
    const auto sites = find(rule);
    if (!sites)
      return {{{"error", std::to_string(sites.error().place->line) + ": " + sites.error().message}}};
    std::vector<Texts> all;
    for (const Site& site : *sites) {
      CHECK(site.index == static_cast<int>(all.size()));
      const auto texts_after = rewrite::apply(std::vector<Site>{site}, texts);
      REQUIRE(texts_after);
      all.push_back(*texts_after);
    }
    return all;
  }
  fs::path root;
  Texts texts;
};

std::string joined(const Texts& texts) {
  std::string all;
  for (const auto& [file, text] : texts) all += "== " + file + "\n" + text;
  return all;
}

catalog::Part part(const std::string& file, const std::string& match, std::vector<catalog::Edit> edits) {
  return {{"tree/" + file, at(40, 7)}, file, {match, at(41, 5)}, std::move(edits), at(40, 3)};
}

catalog::Rule in(const std::string& file, const std::string& match, std::vector<catalog::Edit> edits,
                 int expect = 1) {
  catalog::Rule made = rule(match, std::move(edits), expect);
  made.in.value = "tree/" + file;
  made.file = file;
  return made;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  REQUIRE(text.find(from) != std::string::npos);
  return text.replace(text.find(from), from.size(), to);
}

// A third parameter, which neither file has a use for without the other.
const std::string kDeclared =
    R"(functionDecl(unless(isDefinition()), hasName("scaled"), hasParameter(1, parmVarDecl().bind("p"))))";
catalog::Rule third_parameter() {
  catalog::Rule made =
      in("scale.cpp",
         R"(functionDecl(isDefinition(), hasName("twice"), hasDescendant(callExpr(hasArgument(1,
                             integerLiteral().bind("two"))))))",
         {edit(Kind::insert_after, "node(two)", ", 1")});
  made.also = {part("scale.cpp", R"(functionDecl(isDefinition(), hasName("scaled"),
                                    hasParameter(1, parmVarDecl().bind("p"))))",
                    {edit(Kind::insert_after, "node(p)", ", int shift")}),
               part("scale.h", kDeclared, {edit(Kind::insert_after, "node(p)", ", int shift")})};
  return made;
}

}  // namespace

TEST_CASE("a header is read as the file that is compiled nearest to it", "[rewrite]") {
  const Tree tree("header", "#pragma once\ninline int quarter(int a) { return a / TWO / 2; }\n");
  const auto rule =
      in("extra.h", R"(binaryOperator(hasOperatorName("/"), hasRHS(integerLiteral(equals(2)).bind("two")),
                       hasLHS(binaryOperator())))",
         {replace("node(two)", "3")});
  const auto mutants = tree.mutants(rule);
  REQUIRE(mutants.size() == 1);
  CHECK(joined(mutants[0]) ==
        joined(Texts{{"extra.h", "#pragma once\ninline int quarter(int a) { return a / TWO / 3; }\n"}}));
}

TEST_CASE("parts in several files are one site", "[rewrite]") {
  const Tree tree("spread");
  const auto mutants = tree.mutants(third_parameter());
  REQUIRE(mutants.size() == 1);
  CHECK(joined(mutants[0]) ==
        joined(Texts{{"scale.h", replaced(kHeader, "int factor", "int factor, int shift")},
                     {"scale.cpp", replaced(replaced(kSource, "int factor", "int factor, int shift"),
                                            "(a, 2)", "(a, 2, 1)")}}));
  const auto sites = tree.find(third_parameter());
  CHECK(sites->front().file == "scale.cpp");
  CHECK(sites->front().function == "scaled");
  REQUIRE(sites->front().also.size() == 1);
  CHECK(sites->front().also[0].file == "scale.h");
  CHECK(sites->front().also[0].line == 3);
}

TEST_CASE("a file is read with the header as it becomes", "[rewrite]") {
  const Tree tree("without");
  catalog::Rule alone = third_parameter();
  alone.also.pop_back();  // the header stays
  const auto overloaded = tree.mutants(alone);
  REQUIRE(overloaded.size() == 1);
  CHECK(overloaded[0].at("error").find("with this edit 'scaled' is declared as it was and defined no more") !=
        std::string::npos);
  alone.also.clear();
  const std::string said = tree.mutants(alone)[0].at("error");
  CHECK(said.find("with this edit it does not compile: scale.cpp:4:") != std::string::npos);
}

TEST_CASE("parts of one file are edited together, and what both leave unused goes", "[rewrite]") {
  const Tree tree("together");
  catalog::Rule rule = in("sum.cpp", R"(binaryOperator(hasOperatorName("+"), hasLHS(expr().bind("l")),
                                        hasRHS(expr().bind("r"))).bind("sum"))",
                          {replace("node(sum)", "{{r}}")});
  rule.also = {part("sum.cpp", "integerLiteral(equals(5)).bind(\"five\")", {replace("node(five)", "7")})};
  // The two overlap, for the first takes the text of the second into another place.
  const std::string said = tree.mutants(rule)[0].at("error");
  CHECK(said.find("changes text that the edit in line") != std::string::npos);
  rule.also = {part("sum.cpp", "integerLiteral(equals(3)).bind(\"three\")", {replace("node(three)", "7")})};
  rule.edits = {replace("node(l)", "1")};
  const auto mutants = tree.mutants(rule);
  REQUIRE(mutants.size() == 1);
  CHECK(mutants[0].begin()->second.find("error") == std::string::npos);
}

TEST_CASE("choose: all makes one site of every match", "[rewrite]") {
  const Tree tree("all");
  catalog::Rule rule = in("sum.cpp", R"(callExpr(callee(functionDecl(hasName("half"))),
                                        hasArgument(0, expr().bind("a"))).bind("call"))",
                          {replace("node(call)", "{{a}}")}, 2);
  CHECK(tree.mutants(rule).size() == 2);
  rule.all = true;
  const auto mutants = tree.mutants(rule);
  REQUIRE(mutants.size() == 1);
  CHECK(mutants[0].at("sum.cpp") == replaced(replaced(replaced(kCaller, "half(a)", "a"), "half(b)", "b"),
                                             "#include \"scale.h\"\n\n", ""));
  rule.expect = 3;
  CHECK(tree.mutants(rule)[0].at("error").find("matches 2 sites in 'sum.cpp', not 3") != std::string::npos);
}

TEST_CASE("expect: any takes what there is, and refuses nothing at all", "[rewrite]") {
  const Tree tree("any");
  catalog::Rule rule =
      in("sum.cpp", R"(integerLiteral(equals(3)).bind("n"))", {replace("node(n)", "4")}, catalog::Form::kAny);
  CHECK(tree.mutants(rule).size() == 1);
  rule.match.value = R"(integerLiteral().bind("n"))";
  CHECK(tree.mutants(rule).size() == 2);
  rule.match.value = R"(integerLiteral(equals(99)).bind("n"))";
  CHECK(tree.mutants(rule)[0].at("error").find("matches nothing in 'sum.cpp'") != std::string::npos);
}

TEST_CASE("variants are sites of their own, after the rule's", "[rewrite]") {
  const Tree tree("variants");
  catalog::Rule rule = in("sum.cpp", R"(integerLiteral(equals(3)).bind("n"))", {replace("node(n)", "4")});
  catalog::Form other;
  static_cast<catalog::Part&>(other) =
      part("scale.h", R"(integerLiteral(equals(2)).bind("n"))", {replace("node(n)", "3")});
  rule.variants = {other};
  const auto mutants = tree.mutants(rule);
  REQUIRE(mutants.size() == 2);
  CHECK(joined(mutants[0]) == joined(Texts{{"sum.cpp", replaced(kCaller, "3", "4")}}));
  CHECK(joined(mutants[1]) == joined(Texts{{"scale.h", replaced(kHeader, "a / 2", "a / 3")}}));
  // A variant that matches nothing is wrong, however many sites the others have.
  rule.variants[0].match.value = R"(integerLiteral(equals(99)).bind("n"))";
  CHECK(tree.mutants(rule)[0].at("error").starts_with("41: rule 'some-rule' matches nothing in 'scale.h'"));
}

TEST_CASE("a part beside the first matches once", "[rewrite]") {
  const Tree tree("once");
  catalog::Rule rule = in("sum.cpp", R"(integerLiteral(equals(3)).bind("n"))", {replace("node(n)", "4")});
  rule.also = {part("sum.cpp", R"(callExpr(hasArgument(0, expr().bind("a"))).bind("call"))",
                    {replace("node(call)", "{{a}}")})};
  CHECK(tree.mutants(rule)[0].at("error") ==
        "41: rule 'some-rule' matches 2 sites in 'sum.cpp', not 1, as a part of 'also' must: line 4, 5");
  rule.also[0].file = "scale.h", rule.also[0].match.value = "whileStmt().bind(\"call\")";
  rule.also[0].edits = {cut_out("node(call)")};
  CHECK(tree.mutants(rule)[0].at("error").starts_with("41: rule 'some-rule' matches nothing in 'scale.h'"));
}

TEST_CASE("a matcher of any part is checked before a file is read", "[rewrite]") {
  catalog::Rule rule = third_parameter();
  rule.also[0].match.value = "functionDcl()";
  CHECK(checked(rule) == "41:5: there is no matcher 'functionDcl'; did you mean 'functionDecl'?\n");
  rule = third_parameter();
  rule.variants = {static_cast<catalog::Form&>(rule)};
  rule.variants[0].edits[0].target.value = "node(tow)";
  CHECK(checked(rule).find("the matcher binds no 'tow'; did you mean 'two'?") != std::string::npos);
}

TEST_CASE("a snippet is the file of each part that matches in it", "[rewrite]") {
  const catalog::Rule rule = third_parameter();
  CHECK(mutated(rule,
                "int scaled(int v, int f);\nint scaled(int v, int f) { return v * f; }\n"
                "int twice(int a) { return scaled(a, 2); }\n") ==
        "int scaled(int v, int f, int shift);\nint scaled(int v, int f, int shift) { return v * f; }\n"
        "int twice(int a) { return scaled(a, 2, 1); }\n");
  CHECK(mutated(rule,
                "int scaled(int v, int f) { return v * f; }\nint twice(int a) { return scaled(a, 2); }\n") ==
        "int scaled(int v, int f, int shift) { return v * f; }\nint twice(int a) { return scaled(a, 2, 1); "
        "}\n");
  CHECK(mutated(rule, "int scaled(int v, int f) { return v * f; }\n") == "no site");
}
