// rewrite: every kind of edit against the exact text it makes, and every refusal against its sentence.
#include "tests/mutator/rewrite_fixture.h"

using namespace nanobug;
using namespace nanobug::rewrite;

TEST_CASE("replace puts an expression in the place of another", "[rewrite]") {
  CHECK(mutated(rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")}),
                "int f(int a, int b) { return a / b; }\n") == "int f(int a, int b) { return a * b; }\n");
}

TEST_CASE("parentheses appear where precedence needs them and nowhere else", "[rewrite]") {
  const auto times = rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")});
  CHECK(mutated(times, "int f(int a, int b) { return (a + b) / b; }\n") ==
        "int f(int a, int b) { return (a + b) * b; }\n");
  CHECK(mutated(times, "int f(int a, int b) { return a / (b - a); }\n") ==
        "int f(int a, int b) { return a * (b - a); }\n");
  CHECK(mutated(times, "int f(int a, int b) { return f(a, b) / -b; }\n") ==
        "int f(int a, int b) { return f(a, b) * -b; }\n");
  const auto plus = rule(kDivision, {replace("node(quotient)", "{{l}} + {{r}}")});
  CHECK(mutated(plus, "int f(int a, int b) { return 2 * (a / b); }\n") ==
        "int f(int a, int b) { return 2 * (a + b); }\n");
  CHECK(mutated(plus, "int f(int a, int b) { return a / b * 2; }\n") ==
        "int f(int a, int b) { return (a + b) * 2; }\n");
  CHECK(mutated(plus, "int f(int a, int b) { return f((a / b), 1); }\n") ==
        "int f(int a, int b) { return f((a + b), 1); }\n");
  CHECK(mutated(plus, "int f(int a, int b) { return 2 - (a ? b : a) / b; }\n") ==
        "int f(int a, int b) { return 2 - ((a ? b : a) + b); }\n");
  const auto left = rule(kDivision, {replace("node(quotient)", "{{l}}")});
  CHECK(mutated(left, "int f(int a, int b) { return 2 * ((a + b) / b); }\n") ==
        "int f(int a, int b) { return 2 * (a + b); }\n");
  CHECK(mutated(left, "int f(int a, int b) { return ((a + b) / b); }\n") ==
        "int f(int a, int b) { return (a + b); }\n");
}

TEST_CASE("removing a statement takes its comments and its blank line", "[rewrite]") {
  const auto drop =
      rule(R"(callExpr(callee(functionDecl(hasName("drop")))).bind("call"))", {cut_out("statement(call)")});
  CHECK(mutated(drop, R"(void drop();
void keep();
void f() {
  keep();

  // Why this is
  // dropped here.
  drop();  // and a word behind
           // that goes on

  keep();
}
)") == R"(void drop();
void keep();
void f() {
  keep();

  keep();
}
)");
  CHECK(mutated(drop, "void drop();\nvoid f() {\n  drop();\n\n  f();\n}\n") ==
        "void drop();\nvoid f() {\n  f();\n}\n");
  CHECK(mutated(drop, "void drop();\nvoid f() {\n  f();\n\n  // x\n  drop();\n}\n") ==
        "void drop();\nvoid f() {\n  f();\n}\n");
  CHECK(mutated(drop, "void drop();\nvoid f() {\n  f();  // of f\n  drop();\n  f();\n}\n") ==
        "void drop();\nvoid f() {\n  f();  // of f\n  f();\n}\n");
}

TEST_CASE("a variable nobody reads any more goes too, and what only it read", "[rewrite]") {
  const auto left = rule(kDivision, {replace("node(quotient)", "{{l}}")});
  CHECK(mutated(left, R"(double root(double);
double f(double x, double n) {
  const double more = n + 1;
  // The scale.
  const double scale = more * more;
  return x / scale;
}
)") == R"(double root(double);
double f(double x, double n) {
  return x;
}
)");
  // Its initialiser may do something: it stays.
  CHECK(mutated(left,
                "double next();\ndouble f(double x) {\n  const double s = next();\n  return x / s;\n}\n") ==
        "double next();\ndouble f(double x) {\n  const double s = next();\n  return x;\n}\n");
  // Read elsewhere: it stays.
  CHECK(mutated(left, "double f(double x) {\n  double s = 2;\n  x += s;\n  return x / s;\n}\n") ==
        "double f(double x) {\n  double s = 2;\n  x += s;\n  return x;\n}\n");
}

TEST_CASE("insert puts a statement on its own line, indented", "[rewrite]") {
  const std::string match = R"(callExpr(callee(functionDecl(hasName("g")))).bind("call"))";
  const std::string code =
      "void g(int);\nvoid f() {\n  if (true) {\n    // why\n    g(1);  // behind\n  }\n}\n";
  CHECK(mutated(rule(match, {edit(Kind::insert_before, "statement(call)", "g(2);")}), code) ==
        "void g(int);\nvoid f() {\n  if (true) {\n    g(2);\n    // why\n    g(1);  // behind\n  }\n}\n");
  CHECK(mutated(rule(match, {edit(Kind::insert_after, "statement(call)", "if (true) {\n  g(2);\n}\n")}),
                code) ==
        "void g(int);\nvoid f() {\n  if (true) {\n    // why\n    g(1);  // behind\n    if (true) {\n      "
        "g(2);\n    }\n"
        "  }\n}\n");
}

TEST_CASE("move takes the statement with its comment", "[rewrite]") {
  const std::string match = R"(compoundStmt(has(callExpr(callee(functionDecl(hasName("a")))).bind("a")), )"
                            R"(has(callExpr(callee(functionDecl(hasName("c")))).bind("c"))))";
  const std::string code =
      "void a();\nvoid b();\nvoid c();\nvoid f() {\n  b();\n\n  // first\n  a();\n\n  b();\n  c();  // "
      "last\n}\n";
  CHECK(mutated(rule(match, {edit(Kind::move_after, "statement(a)", "statement(c)")}), code) ==
        "void a();\nvoid b();\nvoid c();\nvoid f() {\n  b();\n\n  b();\n  c();  // last\n  // first\n  "
        "a();\n}\n");
  CHECK(mutated(rule(match, {edit(Kind::move_before, "statement(c)", "statement(a)")}), code) ==
        "void a();\nvoid b();\nvoid c();\nvoid f() {\n  b();\n\n  c();  // last\n  // first\n  a();\n\n  "
        "b();\n}\n");
  CHECK(mutated(rule(match, {edit(Kind::swap, "statement(a)", "statement(c)")}), code) ==
        "void a();\nvoid b();\nvoid c();\nvoid f() {\n  b();\n\n  c();  // last\n\n  b();\n  // first\n  "
        "a();\n}\n");
}

TEST_CASE("arguments lose, change and trade places with their commas", "[rewrite]") {
  const std::string match =
      R"(callExpr(callee(functionDecl(hasName("g"))), hasArgument(0, expr().bind("a")), )"
      R"(hasArgument(1, expr().bind("b")), hasArgument(2, expr().bind("c"))))";
  const std::string code = "int g(int, int = 0, int = 0);\nint f(int x) { return g(x + 1, 2, (3)); }\n";
  const auto with = [&](std::vector<catalog::Edit> edits) {
    const std::string all = mutated(rule(match, std::move(edits)), code);
    const size_t call = all.find("return");
    return call == std::string::npos ? all : all.substr(call + 7, all.find(';', call) - call - 7);
  };
  CHECK(with({cut_out("node(a)")}) == "g(2, (3))");
  CHECK(with({cut_out("node(b)")}) == "g(x + 1, (3))");
  CHECK(with({cut_out("node(b)"), cut_out("node(a)")}) == "g((3))");
  CHECK(with({edit(Kind::swap, "node(a)", "node(b)")}) == "g(2, x + 1, (3))");
  CHECK(with({edit(Kind::move_after, "node(a)", "node(b)")}) == "g(2, x + 1, (3))");
  CHECK(with({edit(Kind::move_before, "node(b)", "node(a)")}) == "g(2, x + 1, (3))");
}

TEST_CASE("swapped operands keep their meaning", "[rewrite]") {
  const auto swap =
      rule(R"(binaryOperator(hasOperatorName("-"), hasLHS(expr().bind("l")), hasRHS(expr().bind("r"))))",
           {edit(Kind::swap, "node(l)", "node(r)")});
  CHECK(mutated(swap, "int f(int a, int b) { return a - (b + 1); }\n") ==
        "int f(int a, int b) { return b + 1 - a; }\n");
  CHECK(mutated(swap, "int f(int a, int b) { return b + 1 - a; }\n") ==
        "int f(int a, int b) { return a - (b + 1); }\n");
}

TEST_CASE("several edits are one transaction", "[rewrite]") {
  const auto both = rule(R"(functionDecl(hasName("f"), hasParameter(0, parmVarDecl().bind("p")),
      hasDescendant(returnStmt(hasReturnValue(expr().bind("value"))))))",
                         {replace("name(p)", "input"), replace("node(value)", "g(input)")});
  CHECK(mutated(both, "int g(int);\nint f(int x) { return g(1 + 1); }\n") ==
        "int g(int);\nint f(int input) { return g(input); }\n");
}

TEST_CASE("the text is formatted like the file", "[rewrite]") {
  const auto longer = styled(
      rule(kDivision, {replace("node(quotient)", "a_long_function_name( {{l}},{{r}},{{l}}, {{r}} )")}));
  CHECK(mutated(longer, R"(int a_long_function_name(int, int, int, int);
int another(int first_argument, int second_argument, int a_third_argument) {
  int x = first_argument / (second_argument + a_third_argument);  // this
  x += 1;                                                         // that
  return x;
}
)") == R"(int a_long_function_name(int, int, int, int);
int another(int first_argument, int second_argument, int a_third_argument) {
  int x = a_long_function_name(first_argument, second_argument + a_third_argument, first_argument,
                               second_argument + a_third_argument);  // this
  x += 1;                                                            // that
  return x;
}
)");
  // A file that is not formatted stays so where nothing changes.
  const auto times = styled(rule(kDivision, {replace("node(quotient)", "{{l}}*{{r}}")}));
  CHECK(mutated(times, "int  g( );\n\n\n\n\nint f(int a) {\n  return a/2;\n}\nint  h( );\n") ==
        "int  g( );\n\n\n\n\nint f(int a) {\n  return a * 2;\n}\nint  h( );\n");
}

TEST_CASE("a template's code is one site, however often it is instantiated", "[rewrite]") {
  const auto times = rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")});
  const std::string code =
      "template <class T>\nT f(T a, T b) {\n  return a / b;\n}\nint x = f(1, 2) + f<short>(1, 2);\n";
  const auto sites = rewriter().find_in(times, code);
  REQUIRE(sites);
  REQUIRE(sites->size() == 1);
  CHECK((*sites)[0].edits == std::vector<Replacement>{{static_cast<unsigned>(code.find('/')), 1, "*"}});
  CHECK((*sites)[0].line == 3);
  CHECK((*sites)[0].last_line == 3);
  CHECK((*sites)[0].function == "f");
  CHECK((*sites)[0].bound.at("quotient") == "a / b");
  CHECK((*sites)[0].bound.at("r") == "b");
}

TEST_CASE("a site names the qualified function around it and the lines that change", "[rewrite]") {
  const auto drop =
      rule(R"(callExpr(callee(functionDecl(hasName("drop")))).bind("call"))", {cut_out("statement(call)")});
  const auto sites = rewriter().find_in(drop,
                                        "void drop();\nnamespace n {\nstruct S {\n  void f() {\n    auto g = "
                                        "[] {\n      drop();\n      drop();\n"
                                        "    };\n    g();\n  }\n};\n}  // namespace n\n");
  REQUIRE(sites);
  REQUIRE(sites->size() == 2);
  CHECK((*sites)[0].function == "n::S::f");
  CHECK((*sites)[0].line == 6);
  CHECK((*sites)[1].line == 7);
  CHECK((*sites)[1].last_line == 7);
  CHECK((*sites)[1].index == 1);
}

TEST_CASE("line ends and characters of the file are kept", "[rewrite]") {
  const auto drop =
      rule(R"(callExpr(callee(functionDecl(hasName("drop")))).bind("call"))",
           {edit(Kind::insert_before, "statement(call)", "drop();\ndrop();"), cut_out("statement(call)")});
  CHECK(mutated(drop, "void drop();\r\nvoid f() {\r\n  // é\r\n  drop();\r\n}\r\n") ==
        "void drop();\r\nvoid f() {\r\n  drop();\r\n  drop();\r\n}\r\n");
  const auto text = rule(R"(stringLiteral().bind("s"))", {replace("node(s)", "\"grün\"")});
  const std::string code = "const char* s = \"grïn\";\n";  // ï and ü share their first byte
  const auto sites = rewriter().find_in(text, code);
  REQUIRE(sites);
  CHECK((*sites)[0].edits == std::vector<Replacement>{{static_cast<unsigned>(code.find("ï")), 2, "ü"}});
  CHECK(mutated(rule(kDivision, {replace("node(quotient)", "{{r}}")}),
                "\xEF\xBB\xBFint f(int a, int b) { return a / b; }\n") ==
        "\xEF\xBB\xBFint f(int a, int b) { return b; }\n");
}

TEST_CASE("what cannot be edited is refused by name and place", "[rewrite]") {
  const auto times = rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")});
  CHECK(mutated(times, "#define HALF(x) ((x) / 2)\nint f(int a) { return HALF(a); }\n") ==
        "at snippet.cpp:2:23: 'node(quotient)' selects text of the macro HALF, which stands elsewhere; match "
        "code outside "
        "of macros");
  CHECK(mutated(times, "#define SAME(x) (x)\nint f(int a) { return SAME(a / 2); }\n") ==
        "#define SAME(x) (x)\nint f(int a) { return SAME(a * 2); }\n");
  CHECK(mutated(times, "int f(int a) { return a / b; }\n") ==
        "'snippet.cpp' does not parse: snippet.cpp:1:27: use of undeclared identifier 'b'");
  CHECK(mutated(times, "int f(int a) { return a * 2; }\n") == "no site");
  const auto nested =
      rule(R"(binaryOperator(hasOperatorName("/"), hasLHS(expr().bind("l"))).bind("quotient"))",
           {replace("node(l)", "b"), replace("node(quotient)", "1")});
  CHECK(mutated(nested, "int f(int a) { return a / 2; }\n") ==
        "at snippet.cpp:1:23: edit 2 changes text that edit 1 changes too");
  const auto same = rule(kDivision, {replace("node(quotient)", "{{l}} / {{r}}")});
  CHECK(mutated(same, "int f(int a) { return a / 2; }\n") ==
        "at snippet.cpp:1:23: the edits change nothing here");
  const auto drop =
      rule(R"(callExpr(callee(functionDecl(hasName("drop")))).bind("call"))", {cut_out("statement(call)")});
  CHECK(mutated(drop, "void drop();\nvoid f(int a) {\n  if (a)\n    drop();\n  f(0);\n}\n") ==
        "at snippet.cpp:4:5: this is the one statement of an if or a loop, and the next would take its "
        "place; remove the "
        "whole of it, or replace the statement");
}
