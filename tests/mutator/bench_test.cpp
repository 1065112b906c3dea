// bench: what the maintainer's bench says of a matcher: what comes nearest to it at a line, and why not
// nearer.
#include "mutator/rewrite/bench.h"

#include "tests/mutator/rewrite_fixture.h"

using namespace nanobug;
using namespace nanobug::rewrite;

namespace {

// A file of one's own, parsed and held.
struct Held {
  explicit Held(const std::string& code) {
    REQUIRE(write_file(root / "code.cpp", code));
    REQUIRE(write_file(root / "build/compile_commands.json",
                       R"([{"directory": ")" + (root / "build").string() +
                           R"(", "file": "../code.cpp", "command": "clang++ -std=c++20 -c ../code.cpp"}])"));
    auto opened = rewriter().open("code.cpp", {root, root / "build"});
    REQUIRE(opened);
    bench = std::move(*opened);
  }
  ~Held() { (void)remove_tree(root); }

  Nearest at(const std::string& matcher, int line) const {
    auto nearest = bench->nearest({matcher, nanobug::rewrite::at(3, 5)}, line);
    INFO(matcher << (nearest ? "" : nearest.error().text()));
    REQUIRE(nearest);
    return std::move(*nearest);
  }
  Error wrong(const std::string& matcher, int line) const {
    const auto nearest = bench->nearest({matcher, nanobug::rewrite::at(3, 5)}, line);
    REQUIRE_FALSE(nearest);
    return nearest.error();
  }

  fs::path root = *make_temporary_directory(fs::temp_directory_path(), "nanobug-bench");
  std::unique_ptr<Bench> bench;
};

const std::string kCode = R"(// one
struct Row { int slice(int from, int to) const; };
int count(const Row& row, int n);

int make(const Row& row, int begin, int end) {
  if (end < 0) return 0;
  int total = row.slice(begin, end);
  total += row.slice(1, 2) + count(row, 7);
  return total / (end - begin);
}
)";

std::string node(const std::optional<Seen>& seen) {
  if (!seen) return "nothing";
  return std::to_string(seen->line) + ":" + std::to_string(seen->column) + " " + seen->kind + " " +
         seen->text;
}

}  // namespace

TEST_CASE("at a line: the nearest node, what refuses it, what is there instead", "[rewrite][bench]") {
  const Held held(kCode);
  struct Case {
    std::string matcher;
    int line;
    std::string nearest, refused_by, asked, answer;
    Nearest::Missing missing = Nearest::Missing::no;
  };
  using Missing = Nearest::Missing;
  const std::string slice = "7:15 cxxMemberCallExpr row.slice(begin, end)";
  const std::vector<Case> cases = {
      // Another node where the matcher wants one of a kind.
      {R"(cxxMemberCallExpr(hasArgument(0, integerLiteral(equals(1)))))", 7, slice,
       "hasArgument(0, integerLiteral())", "7:25 declRefExpr begin", ""},
      // A node of the kind that says no: its name, its operator, its number of arguments, its value, its
      // type.
      {R"(cxxMemberCallExpr(callee(cxxMethodDecl(hasName("take")))))", 7, slice,
       "callee(cxxMethodDecl(hasName(\"take\")))", "2:14 cxxMethodDecl int slice(int from, int to) const",
       "its name is 'Row::slice'"},
      {R"(binaryOperator(hasOperatorName("*")))", 9, "9:10 binaryOperator total / (end - begin)",
       "hasOperatorName(\"*\")", "9:10 binaryOperator total / (end - begin)", "its operator is '/'"},
      {R"(callExpr(argumentCountIs(3)).bind("call"))", 7, slice, "argumentCountIs(3)", slice,
       "it has 2 arguments"},
      {R"(cxxMemberCallExpr(hasArgument(1, integerLiteral(equals(1)))))", 8,
       "8:12 cxxMemberCallExpr row.slice(1, 2)", "hasArgument(1, integerLiteral(equals(1)))",
       "8:25 integerLiteral 2", ""},
      {R"(declRefExpr(hasType(asString("float"))))", 9, "9:10 declRefExpr total",
       "hasType(asString(\"float\"))", "0:0 qualType int", "its type is 'int'"},
      // allOf is as good as not there, and may come with one matcher more.
      {R"(callExpr(allOf(argumentCountIs(2), callee(functionDecl(hasName("count"))))))", 7, slice,
       "callee(functionDecl(hasName(\"count\")))", "2:14 cxxMethodDecl int slice(int from, int to) const",
       "its name is 'Row::slice'"},
      // One that looks for a node and finds none.
      {R"(cxxMemberCallExpr(hasAncestor(forStmt())))", 7, slice, "hasAncestor(forStmt())", slice, "",
       Missing::around},
      {R"(declStmt(hasDescendant(stringLiteral())))", 7, "7:3 declStmt int total = row.slice(begin, end);",
       "hasDescendant(stringLiteral())", "7:3 declStmt int total = row.slice(begin, end);", "",
       Missing::below},
      {R"(callExpr(hasAnyArgument(integerLiteral())))", 7, slice, "hasAnyArgument(integerLiteral())", slice,
       "", Missing::beside},
      {R"(cxxMemberCallExpr(hasArgument(4, expr())))", 7, slice, "hasArgument(4, expr())", slice, "",
       Missing::beside},
      // The ancestor that is there is not the one.
      {R"(returnStmt(hasAncestor(functionDecl(hasName("other")))))", 9,
       "9:3 returnStmt return total / (end - begin)", "hasAncestor(functionDecl(hasName(\"other\")))",
       "5:1 functionDecl int make(const Row& row, int begin, int end) { if (end < 0) return 0; in …",
       "its name is 'make'"},
      // Alternatives refuse as one.
      {R"(callExpr(anyOf(argumentCountIs(3), argumentCountIs(4))))", 7, slice,
       "anyOf(argumentCountIs(3), argumentCountIs(4))", slice, ""},
      // A node that reaches over the line, where none begins on it.
      {R"(functionDecl(hasName("nobody")))", 8,
       "5:1 functionDecl int make(const Row& row, int begin, int end) { if (end < 0) return 0; in …",
       "hasName(\"nobody\")",
       "5:1 functionDecl int make(const Row& row, int begin, int end) { if (end < 0) return 0; in …",
       "its name is 'make'"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.matcher);
    const Nearest nearest = held.at(one.matcher, one.line);
    CHECK(node(nearest.node) == one.nearest);
    CHECK(nearest.refused_by == one.refused_by);
    CHECK(node(nearest.asked) == one.asked);
    CHECK(nearest.answer == one.answer);
    CHECK(nearest.missing == one.missing);
    CHECK_FALSE(nearest.passed.empty());
  }
}

TEST_CASE("at a line: of several candidates the one that goes furthest", "[rewrite][bench]") {
  const Held held(kCode);
  const Nearest nearest =
      held.at(R"(callExpr(argumentCountIs(2), hasArgument(1, integerLiteral(equals(8)))))", 8);
  // count(row, 7) and row.slice(1, 2) both have two arguments and a number for the second.
  CHECK(nearest.passed ==
        std::vector<std::string>{"callExpr()", "argumentCountIs(2)", "hasArgument(1, integerLiteral())"});
  const Nearest one = held.at(
      R"(callExpr(argumentCountIs(2), hasArgument(1, integerLiteral()), callee(functionDecl(hasName("count"))), unless(expr())))",
      8);
  CHECK(node(one.node) == "8:30 callExpr count(row, 7)");
  CHECK(one.refused_by == "unless(expr())");
}

TEST_CASE("at a line: it matches, or nothing of its kind is there", "[rewrite][bench]") {
  const Held held(kCode);
  const Nearest matches = held.at(R"(binaryOperator(hasOperatorName("/")))", 9);
  CHECK(node(matches.node) == "9:10 binaryOperator total / (end - begin)");
  CHECK(matches.refused_by.empty());
  CHECK_FALSE(matches.asked);
  const Nearest none = held.at("forStmt(hasBody(stmt()))", 7);
  CHECK_FALSE(none.node);
  std::vector<std::string> there;
  for (const Seen& seen : none.there) there.push_back(node(seen));
  CHECK(there == std::vector<std::string>{"7:3 varDecl int total = row.slice(begin, end)",
                                          "7:3 declStmt int total = row.slice(begin, end);",
                                          "7:15 cxxMemberCallExpr row.slice(begin, end)",
                                          "7:15 memberExpr row.slice", "7:15 declRefExpr row",
                                          "7:25 declRefExpr begin", "7:32 declRefExpr end"});
}

TEST_CASE("at a line: a line that cannot be asked about is one sentence", "[rewrite][bench]") {
  const Held held(kCode);
  const std::string matcher = "forStmt()";
  CHECK(held.wrong(matcher, 1).message ==
        "line 1 of 'code.cpp' holds no code; name the line where the code begins");
  CHECK(held.wrong(matcher, 4).message ==
        "line 4 of 'code.cpp' holds no code; name the line where the code begins");
  CHECK(held.wrong(matcher, 10).message ==
        "nothing that a matcher sees begins on line 10 of 'code.cpp'; name the line where the statement or "
        "declaration begins");
  CHECK(held.wrong(matcher, 11).message == "'code.cpp' has 10 lines, so there is no line 11");
  CHECK(held.wrong(matcher, 0).message == "'code.cpp' has 10 lines, so there is no line 0");
  for (const int line : {0, 1, 4, 10, 11}) CHECK(held.wrong(matcher, line).code == Exit::usage);
  const Error nonsense = held.wrong("forStmt(\n  hasBdoy(stmt()))", 7);
  CHECK(nonsense.code == Exit::catalog);
  CHECK(nonsense.place == nanobug::rewrite::at(4, 7));
}

TEST_CASE("a file that is not compiled cannot be opened", "[rewrite][bench]") {
  const Held held("int x;\n");
  const auto opened = rewriter().open("gone.cpp", {held.root, held.root / "build"});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Exit::catalog);
  CHECK(opened.error().message.starts_with("'gone.cpp' is not compiled by the tree"));
}
