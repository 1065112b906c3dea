// rewrite, with Clang: every range selector on the code it is for, what each refuses, and the ways in which a
// file, its compile command or its style can be wrong.
#include "tests/mutator/rewrite_fixture.h"

using namespace nanobug;
using namespace nanobug::rewrite;

namespace {

// The rule's matcher, its selector, and what is put where it selects.
std::string put(const std::string& match, const std::string& selector, const std::string& code,
                const std::string& text = "Z") {
  return mutated(rule(match, {replace(selector, text)}), code);
}

std::string refused(const std::string& match, const std::string& selector) {
  const catalog::Edit made{Kind::remove, {selector, at(20, 16)}, {"", at(21, 12)}, at(20, 3)};
  return checked(rule(match, {made}));
}

}  // namespace

TEST_CASE("each range selector selects what Transformer's manual says", "[rewrite][selectors]") {
  const std::string call = R"(callExpr(callee(functionDecl(hasName("g"))), hasArgument(0, expr().bind("a")),
      hasArgument(1, expr().bind("b"))).bind("c"))";
  const std::string code = "int Z = 9;\nint g(int, ...);\nint y = g(1, 2);\n";
  const auto last = [](const std::string& text) { return text.substr(text.rfind("int y")); };
  CHECK(last(put(call, "node(a)", code)) == "int y = g(Z, 2);\n");
  CHECK(last(put(call, "callArgs(c)", code)) == "int y = g(Z);\n");
  CHECK(last(put(call, "encloseNodes(a, b)", code)) == "int y = g(Z);\n");
  CHECK(last(put(call, "enclose(node(a), node(b))", code)) == "int y = g(Z);\n");
  CHECK(last(put(call, "between(node(a), node(b))", code, ", 3, ")) == "int y = g(1, 3, 2);\n");
  CHECK(last(put(call, "before(node(a))", code, "0, ")) == "int y = g(0, 1, 2);\n");
  CHECK(last(put(call, "after(node(b))", code, ", 3")) == "int y = g(1, 2, 3);\n");
  CHECK(last(mutated(rule(call, {replace("expansion(node(a))", "Z")}),
                     "#define ONE 1\nint Z;\nint g(int, int);\nint y = g(ONE, 2);\n")) ==
        "int y = g(Z, 2);\n");
  CHECK(put(R"(compoundStmt(hasParent(functionDecl(hasName("f")))).bind("s"))", "statements(s)",
            "void f() { f(); f(); }\n", "int x;") == "void f() { int x; }\n");
  CHECK(put(R"(returnStmt().bind("r"))", "statement(r)", "int f() { return 1; }\n", "return 2;") ==
        "int f() { return 2; }\n");
  CHECK(put(R"(returnStmt().bind("r"))", "node(r)", "int f() { return 1; }\n", "return 2;") ==
        "int f() { return 2; }\n");
  CHECK(put(R"(memberExpr().bind("m"))", "member(m)", "struct S { int a, b; };\nint f(S s) { return s.a; }\n",
            "b") == "struct S { int a, b; };\nint f(S s) { return s.b; }\n");
  CHECK(put(R"(varDecl(hasName("x")).bind("v"))", "name(v)", "int x = 1;\n", "y") == "int y = 1;\n");
  CHECK(put(R"(declRefExpr().bind("v"))", "name(v)", "int x, y;\nint z = x;\n", "y") ==
        "int x, y;\nint z = y;\n");
  CHECK(put(R"(ifStmt().bind("i"))", "elseBranch(i)",
            "void f(int a) {\n  if (a)\n    f(1);\n  else\n    f(2);\n}\n",
            "") == "void f(int a) {\n  if (a)\n    f(1);\n  \n}\n");
  CHECK(put(R"(initListExpr().bind("l"))", "initListElements(l)", "int a[] = {1, 2};\n", "3") ==
        "int a[] = {3};\n");
}

TEST_CASE("each range selector takes so many arguments of one kind", "[rewrite][selectors]") {
  struct Row {
    const char *selector, *right, *wrong, *wanted;
  };
  for (const Row& row :
       std::vector<Row>{{"statement", "returnStmt", "varDecl", "a statement"},
                        {"statements", "compoundStmt", "returnStmt", "a compoundStmt"},
                        {"member", "memberExpr", "callExpr", "a memberExpr"},
                        {"name", "namedDecl", "integerLiteral", "something with a name"},
                        {"callArgs", "callExpr", "varDecl", "a call"},
                        {"elseBranch", "ifStmt", "forStmt", "an ifStmt"},
                        {"initListElements", "initListExpr", "callExpr", "an initListExpr"}}) {
    INFO(row.selector);
    const std::string name = row.selector, right = row.right, wrong = row.wrong;
    CHECK(refused(right + "().bind(\"x\")", name + "(x)") == "");
    CHECK(refused(wrong + "().bind(\"x\")", name + "(x)") ==
          "20:" + std::to_string(17 + name.size()) + ": '" + name + "' selects from " + row.wanted +
              ", and 'x' is bound to a " + wrong + "\n");
    CHECK(refused(right + "().bind(\"x\")", name + "(x, x)") ==
          "20:16: '" + name + "' takes 1 argument, not 2\n");
    CHECK(refused(right + "().bind(\"x\")", name + "()") ==
          "20:16: '" + name + "' takes 1 argument, not 0\n");
    CHECK(refused(right + "().bind(\"x\")", name + "(node(x))") ==
          "20:" + std::to_string(17 + name.size()) + ": '" + name + "' takes an id that the matcher binds\n");
  }
  // A base may be one of them; what is derived from one of them is one.
  CHECK(refused("expr().bind(\"x\")", "callArgs(x)") == "");
  CHECK(refused("cxxMemberCallExpr().bind(\"x\")", "callArgs(x)") == "");
  for (const char* kind : {"declRefExpr", "cxxCtorInitializer", "typeLoc", "functionDecl"})
    CHECK(refused(std::string(kind) + "().bind(\"x\")", "name(x)") == "");
  for (const char* kind : {"stmt", "decl"})
    CHECK(refused(std::string(kind) + "().bind(\"x\")", "node(x)") == "");
  for (const char* of_selectors : {"before", "after", "expansion"}) {
    const std::string name = of_selectors;
    CHECK(refused("expr().bind(\"x\")", name + "(node(x))") == "");
    CHECK(refused("expr().bind(\"x\")", name + "(node(x), node(x))") ==
          "20:16: '" + name + "' takes 1 argument, not 2\n");
    CHECK(refused("expr().bind(\"x\")", name + "(y)") ==
          "20:" + std::to_string(17 + name.size()) +
              ": 'y' is no range selector; the plainest is node(id)\n");
  }
  for (const char* of_two : {"enclose", "between"}) {
    const std::string name = of_two;
    CHECK(refused("expr().bind(\"x\")", name + "(node(x), node(x))") == "");
    CHECK(refused("expr().bind(\"x\")", name + "(node(x))") ==
          "20:16: '" + name + "' takes 2 arguments, not 1\n");
  }
  CHECK(refused("expr().bind(\"x\")", "encloseNodes(x, x)") == "");
  CHECK(refused("expr().bind(\"x\")", "encloseNodes(x)") ==
        "20:16: 'encloseNodes' takes 2 arguments, not 1\n");
  CHECK(refused("expr().bind(\"x\")", "encloseNodes(x, y)") ==
        "20:32: the matcher binds no 'y'; did you mean 'x'?\n");
  CHECK(refused("expr().bind(\"x\")", "node(1)") == "20:21: 'node' takes an id that the matcher binds\n");
  // Not everything that Transformer can do has a name in its language.
  CHECK(refused("cxxConstructExpr().bind(\"x\")", "constructExprArgs(x)") ==
        "20:16: 'constructExprArgs' is no range selector; the plainest is node(id)\n");
  CHECK(refused("expr().bind(\"x\")", "x") == "20:16: 'x' is no range selector; the plainest is node(id)\n");
}

TEST_CASE("every edit of a rule is checked, its texts in the order they stand in", "[rewrite][selectors]") {
  const std::string match = "expr().bind(\"x\")";
  const auto with = [&](Kind kind, const std::string& target, const std::string& text) {
    return checked(rule(match, {{kind, {target, at(20, 1)}, {text, at(21, 1)}, at(20)}}));
  };
  const std::string target = "20:6: the matcher binds no 'y'; did you mean 'x'?\n",
                    selector = "21:6: the matcher binds no 'z'; did you mean 'x'?\n",
                    text = "21:3: the matcher binds no 'z'; did you mean 'x'?\n";
  CHECK(with(Kind::replace, "node(y)", "{{z}}") == target + text);
  CHECK(with(Kind::remove, "node(y)", "{{z}}") == target);
  CHECK(with(Kind::insert_before, "node(y)", "{{z}}") == text + target);  // `insert:` stands above `before:`
  CHECK(with(Kind::insert_after, "node(y)", "{{z}}") == text + target);
  CHECK(with(Kind::move_before, "node(y)", "node(z)") == target + selector);
  CHECK(with(Kind::move_after, "node(y)", "node(z)") == target + selector);
  CHECK(with(Kind::swap, "node(y)", "node(z)") == target + selector);
  CHECK(checked(rule(match, {replace("node(y)", "1"), replace("node(z)", "1")})) != "");
  CHECK(rewriter().check(rule(match, {replace("node(y)", "1"), replace("node(z)", "1")})).size() == 2);
  // A place in a text of several lines.
  CHECK(with(Kind::replace, "node(x)", "a\n b{{z}}") ==
        "22:5: the matcher binds no 'z'; did you mean 'x'?\n");
}

TEST_CASE("edits that contradict themselves or their place are refused", "[rewrite][selectors]") {
  const std::string match =
      R"(compoundStmt(hasParent(functionDecl(hasName("f"))), has(ifStmt(hasThen(stmt().bind("then"))).bind("if")),
      has(callExpr().bind("call"))))";
  const std::string code = "void f(int a) {\n  if (a) f(1);\n  f(2);\n}\n";
  const std::string alone = "at snippet.cpp:2:10: ";
  CHECK(mutated(rule(match, {edit(Kind::move_after, "node(if)", "statement(then)")}), code) ==
        "at snippet.cpp:2:3: a piece cannot be moved into or around itself");
  CHECK(mutated(rule(match, {edit(Kind::move_before, "statement(then)", "node(if)")}), code) ==
        alone + "the one statement of an if or a loop cannot move, and nothing can beside it");
  CHECK(mutated(rule(match, {edit(Kind::move_after, "statement(then)", "statement(call)")}), code) ==
        alone + "the one statement of an if or a loop cannot move, and nothing can beside it");
  CHECK(mutated(rule(match, {edit(Kind::move_after, "statement(call)", "statement(then)")}), code) ==
        "at snippet.cpp:3:3: the one statement of an if or a loop cannot move, and nothing can beside it");
  CHECK(mutated(rule(match, {edit(Kind::insert_before, "statement(then)", "f(3);")}), code) ==
        alone + "this is the one statement of an if or a loop; there is no room beside it");
  CHECK(mutated(rule(match, {edit(Kind::insert_after, "statement(then)", "f(3);")}), code) ==
        alone + "this is the one statement of an if or a loop; there is no room beside it");
  CHECK(mutated(rule(match, {edit(Kind::move_after, "node(call)", "statement(then)")}), code) ==
        "at snippet.cpp:3:3: the one statement of an if or a loop cannot move, and nothing can beside it");
  CHECK(mutated(rule(match, {edit(Kind::swap, "statement(then)", "node(if)")}), code) ==
        alone + "the two sides of this edit overlap");
  CHECK(mutated(rule(match, {replace("statement(call)", "f(4);"),
                             edit(Kind::insert_before, "statement(call)", "f(3);")}),
                code) == "void f(int a) {\n  if (a) f(1);\n  f(3);\n  f(4);\n}\n");
  CHECK(mutated(rule(match, {replace("statement(call)", "f(4);"), replace("node(call)", "f(3)")}), code) ==
        "at snippet.cpp:3:3: edit 1 changes text that edit 2 changes too");
  // Statements of the same line, and insertion beside one.
  const std::string two = "void f(int a) {\n  if (a) {} f(2); f(3);\n}\n";
  const std::string calls =
      R"(compoundStmt(has(ifStmt().bind("i")), has(callExpr(hasArgument(0, integerLiteral(equals(2)))).bind("call"))))";
  CHECK(mutated(styled(rule(calls, {edit(Kind::insert_before, "statement(call)", "f(1);")})), two) ==
        "void f(int a) {\n  if (a) {}\n  f(1);\n  f(2);\n  f(3);\n}\n");
  CHECK(mutated(styled(rule(calls, {edit(Kind::insert_after, "statement(call)", "f(1);")})), two) ==
        "void f(int a) {\n  if (a) {} f(2);\n  f(1);\n  f(3);\n}\n");
  CHECK(mutated(rule(calls, {edit(Kind::insert_after, "node(call)", " + 0")}),
                "int f(int a) {\n  if (a) {} f(2); return 1;\n}\n") ==
        "int f(int a) {\n  if (a) {} f(2) + 0; return 1;\n}\n");
  CHECK(mutated(rule(calls, {cut_out("statement(call)")}), two) == "void f(int a) {\n  if (a) {} f(3);\n}\n");
  // Insertions at one point stay in the order of the rule.
  CHECK(mutated(rule(calls, {edit(Kind::insert_before, "node(call)", "+"),
                             edit(Kind::insert_before, "node(call)", "-")}),
                "int f(int a) {\n  if (a) {} f(2); return 1;\n}\n") ==
        "int f(int a) {\n  if (a) {} +-f(2); return 1;\n}\n");
}

TEST_CASE("a multi-line text is indented where it is put", "[rewrite][selectors]") {
  const std::string match = R"(callExpr(callee(functionDecl(hasName("g")))).bind("c"))";
  CHECK(mutated(rule(match, {replace("statement(c)", "if (true) {\n  g(2);\n}\n")}),
                "void g(int);\nvoid f() {\n    g(1);\n}\n") ==
        "void g(int);\nvoid f() {\n    if (true) {\n      g(2);\n    }\n}\n");
  CHECK(mutated(rule(match, {edit(Kind::insert_after, "statement(c)", "g(2);\n\ng(3);")}),
                "void g(int);\nvoid f() {\n  g(1);\n}\n") ==
        "void g(int);\nvoid f() {\n  g(1);\n  g(2);\n\n  g(3);\n}\n");
}

TEST_CASE("a placeholder of a macro's text is refused, a macro at an end is not", "[rewrite][selectors]") {
  CHECK(mutated(rule(kDivision, {replace("node(quotient)", "{{r}}")}),
                "#define ONE 1\nint f(int a) { return a / ONE; }\n") ==
        "#define ONE 1\nint f(int a) { return ONE; }\n");
  const std::string inner =
      R"(binaryOperator(hasOperatorName("+"), hasDescendant(integerLiteral(equals(7)).bind("seven"))).bind("sum"))";
  CHECK(mutated(rule(inner, {replace("node(sum)", "{{seven}}")}),
                "#define SEVEN(x) ((x) * 7)\nint f(int a) { return 1 + SEVEN(a); }\n") ==
        "at snippet.cpp:2:23: 'seven' has no text of its own here, it comes out of a macro");
}

TEST_CASE("a variable goes with its last reader only where nothing else depends on it",
          "[rewrite][selectors]") {
  const auto left = rule(kDivision, {replace("node(quotient)", "{{l}}")});
  const auto body = [&](const std::string& declaration, const std::string& before = "") {
    const std::string all =
        mutated(left, before + "double f(double x) {\n  " + declaration + "\n  return x / s;\n}\n");
    const size_t open = all.find("double f(double x) {\n") + 21, end = all.find("  return", open);
    return end == std::string::npos ? all : all.substr(open, end - open);
  };
  // Goes: what only computes.
  const std::string pure =
      "namespace std { double sqrt(double); }\nconstexpr double two() { return 2; }\nstruct T { double v = "
      "0; double get() const { return v; } "
      "double set_() const { return v; } double put(double& y) const { return y; } double add(double y) { "
      "return v += y; } };\n";
  for (const char* gone : {"double s = 2;", "const double s = -x;", "double s = std::sqrt(x);",
                           "double s = two();", "double s = T().get();", "double s = T().set_();",
                           "static double s = 2;", "double s = [&] { return x; }();"}) {
    if (std::string(gone).find("[&]") != std::string::npos) continue;  // it is run, and may do anything
    INFO(gone);
    CHECK(body(gone, pure) == "");
  }
  CHECK(body("double s = 2, r = 3;") == "  double r = 3;\n");
  // Stays: what may do something else.
  const std::string effects = pure + "double next();\ndouble give(double& y);\nT t;\n";
  for (const char* stays : {"double s = next();", "double s = ++x;", "double s = x++;", "double s = (x = 2);",
                            "double s = (x += 2);", "double s = T().put(x);", "double s = t.add(1);",
                            "double s = give(x);", "double s = *new double(2);", "static double s = next();",
                            "[[maybe_unused]] double s = 2;", "double s = x > 0 ? x : throw 1;"}) {
    INFO(stays);
    CHECK(body(stays, effects) == std::string("  ") + stays + "\n");
  }
  // Named in what is put there: it stays.
  CHECK(mutated(rule(kDivision, {replace("node(quotient)", "s * {{l}}")}),
                "double f(double x) {\n  double s = 2;\n  return x / s;\n}\n") ==
        "double f(double x) {\n  double s = 2;\n  return s * x;\n}\n");
  // What was never read before is not this edit's to remove.
  CHECK(mutated(left, "double f(double x) {\n  double u = 2;\n  return x / 3;\n}\n") ==
        "double f(double x) {\n  double u = 2;\n  return x;\n}\n");
}

namespace {

struct Disk {
  fs::path root = *make_temporary_directory(fs::temp_directory_path(), "nanobug-unit");
  ~Disk() { (void)remove_tree(root); }

  std::string find(const catalog::Rule& rule) const {
    const auto answers = rewriter().find({&rule}, {root, root / "build"});
    if (answers[0]) return std::to_string(answers[0]->size()) + " found";
    INFO(answers[0].error().message);
    return std::to_string(static_cast<int>(answers[0].error().code)) + " " + answers[0].error().message;
  }
  void commands(const std::string& json) const {
    REQUIRE(write_file(root / "build/compile_commands.json", json));
  }
  // One entry for code.cpp with these words after the compiler.
  void command(const std::string& words) const {
    commands(R"([{"directory": ")" + (root / "build").string() +
             R"(", "file": "../code.cpp", "command": "clang++ )" + words + R"("}])");
  }
};

}  // namespace

TEST_CASE("a compile command is read in both its forms, without what writes or refuses",
          "[rewrite][selectors]") {
  const Disk disk;
  const auto times = rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")});
  REQUIRE(write_file(disk.root / "inc/two.h", "#define TWO 2\n"));
  REQUIRE(write_file(disk.root / "code.cpp",
                     "#include \"two.h\"\nint f(int a) { int unused; return a / TWO; }\n"));
  const std::string place = disk.root.string();
  SECTION("a list of words") {
    disk.commands(
        R"([{"directory": ")" + place +
        R"(/build", "file": "../code.cpp", "arguments": ["clang++", "-I../inc", "-c", "../code.cpp"]}])");
    CHECK(disk.find(times) == "1 found");
  }
  SECTION("a line, quoted") {
    disk.command("'-I../inc' -c ../code.cpp");
    CHECK(disk.find(times) == "1 found");
  }
  SECTION("an absolute name, and other entries beside it") {
    disk.commands(R"([7, {"file": "x"}, {"directory": ")" + place + R"(/build", "file": ")" + place +
                  R"(/code.cpp"}, {"directory": ")" + place + R"(/build", "file": ")" + place +
                  R"(/code.cpp", "command": "clang++ -I../inc -c ../code.cpp"}])");
    CHECK(disk.find(times) == "1 found");
  }
  SECTION("outputs and strictness") {
    for (const char* more :
         {"-Wall -Werror", "-Wall -Werror=unused-variable", "-pedantic-errors",
          "-MD -MF made.d -MT made -MQ made", "-MJ made", "--serialize-diagnostics made", "-o made",
          "-omade.o", "-MMD -MP -MG", "-E", "-S", "-M", "-working-directory=/nowhere"}) {
      INFO(more);
      disk.command(std::string("-I../inc ") + more + " -c ../code.cpp");
      CHECK(disk.find(times) == "1 found");
      for (const char* file : {"made", "made.d", "made.o"})
        CHECK_FALSE(fs::exists(disk.root / "build" / file));
    }
  }
  SECTION("what is not there, or no JSON") {
    CHECK(disk.find(times).starts_with("6 cannot read " + place + "/build/compile_commands.json: "));
    disk.commands("{");
    CHECK(disk.find(times) ==
          "6 '" + place + "/build/compile_commands.json' is not JSON; configure the tree again");
    disk.commands("{}");
    CHECK(disk.find(times).starts_with("3 'code.cpp' is not compiled by the tree; "));
    disk.commands(R"([{"directory": ")" + place + R"(/gone", "file": ")" + place +
                  R"(/code.cpp", "command": "clang++ -c x"}])");
    CHECK(disk.find(times) == "6 '" + place + "/gone', where 'code.cpp' is compiled, is not there");
  }
  SECTION("the first error is the one that is told") {
    disk.command("-I../inc -c ../code.cpp");
    REQUIRE(write_file(disk.root / "code.cpp",
                       "#include \"two.h\"\nint f() { return one; }\nint g() { return two; }\n"));
    CHECK(disk.find(times) ==
          "3 'code.cpp' does not parse: ../code.cpp:2:18: use of undeclared identifier 'one'");
  }
  SECTION("a build that can be moved") {
    disk.command("-I/proc/self/cwd/../inc -c ../code.cpp");
    CHECK(disk.find(times) == "1 found");
  }
}

TEST_CASE("one parse a file, one answer a rule, in the order they were asked", "[rewrite][selectors]") {
  const Disk disk;
  std::string all = "[";
  for (const char* name : {"a", "b"}) {
    REQUIRE(write_file(disk.root / (std::string(name) + ".cpp"),
                       std::string("int ") + name + "(int x) {\n  x = x / 2;\n  return x / 3;\n}\n"));
    all += (all == "[" ? "" : ", ") + std::string(R"({"directory": ")") + disk.root.string() +
           R"(", "file": ")" + name + R"(.cpp", "command": "clang++ -c )" + name + R"(.cpp"})";
  }
  disk.commands(all + "]");
  const auto of = [](const std::string& file, int expect, const std::string& match = kDivision) {
    auto made = rule(match, {replace("node(quotient)", "{{l}} * {{r}}")}, expect);
    made.file = file;
    return made;
  };
  const auto b = of("b.cpp", 2), a = of("a.cpp", 2), wrong = of("a.cpp", 2, "nonsense()"),
             few = of("a.cpp", 3), gone = of("c.cpp", 2);
  const auto answers = rewriter().find({&b, &wrong, &a, &few, &gone}, {disk.root, disk.root / "build"});
  REQUIRE(answers.size() == 5);
  REQUIRE(answers[0]);
  REQUIRE(answers[2]);
  CHECK(answers[0]->at(0).file == "b.cpp");
  CHECK(answers[0]->at(0).function == "b");
  CHECK(answers[2]->at(1).function == "a");
  CHECK(answers[2]->at(0).rule == "some-rule");
  CHECK(answers[2]->at(0).index == 0);
  CHECK(answers[2]->at(1).index == 1);
  CHECK(answers[2]->at(1).line == 3);
  CHECK(answers[2]->at(0).hash == sha256(*read_file(disk.root / "a.cpp")));
  CHECK(answers[1].error().text() == at(1).file + ":3:5: there is no matcher 'nonsense'");
  CHECK(answers[3].error().message ==
        "rule 'some-rule' matches 2 sites in 'a.cpp', not 3 as 'expect' says: line 2, 3");
  CHECK(answers[3].error().code == Exit::catalog);
  CHECK(answers[4].error().message.starts_with("'c.cpp' is not compiled by the tree"));
}

TEST_CASE("more than eight places are not all told", "[rewrite][selectors]") {
  const Disk disk;
  std::string code;
  for (int i = 1; i <= 9; ++i) code += "int f" + std::to_string(i) + "(int a) { return a / 2; }\n";
  REQUIRE(write_file(disk.root / "code.cpp", code));
  disk.command("-c ../code.cpp");
  const auto times = rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")});
  CHECK(disk.find(times) ==
        "3 rule 'some-rule' matches 9 sites in 'code.cpp', not 1 as 'expect' says: line 1, 2, 3, 4, 5, 6, 7, "
        "8, …");
  REQUIRE(write_file(disk.root / "code.cpp", code.substr(0, code.rfind("int f9"))));
  CHECK(disk.find(times) ==
        "3 rule 'some-rule' matches 8 sites in 'code.cpp', not 1 as 'expect' says: line 1, 2, 3, 4, 5, 6, 7, "
        "8");
  REQUIRE(write_file(disk.root / "code.cpp", code.substr(0, code.find("int f2"))));
  CHECK(disk.find(rule(kDivision, {replace("node(quotient)", "1")}, 2)) ==
        "3 rule 'some-rule' matches 1 site in 'code.cpp', not 2 as 'expect' says: line 1");
}

TEST_CASE("a snippet that does not parse is told where it stands in the catalog", "[rewrite][selectors]") {
  auto times = rule(kDivision, {replace("node(quotient)", "{{l}} * {{r}}")});
  times.matches = {{{"int x", at(40, 7)}, {"", at(41)}}};
  times.no_matches = {{{"int y", at(50, 7)}, {}}};
  CHECK(rewriter().find_in(times, "int x").error().place == at(40, 7));
  CHECK(rewriter().find_in(times, "int y").error().place == at(50, 7));
  CHECK(rewriter().find_in(times, "int z").error().place == at(1));
  CHECK(rewriter().find_in(times, "int z").error().code == Exit::catalog);
  times.match.value = "nonsense()";
  CHECK(rewriter().find_in(times, "int x;").error().place == at(3, 5));
}

TEST_CASE("explain says where a matcher is wrong, and at most five near misses", "[rewrite][selectors]") {
  const Disk disk;
  REQUIRE(write_file(disk.root / "code.cpp",
                     "int f(int a) {\n  return a / 1 + a / 2 + a / 3 + a / 4 + a / 5 + a / 6;\n}\n"));
  disk.command("-c ../code.cpp");
  const auto bench = rewriter().open("code.cpp", {disk.root, disk.root / "build"});
  REQUIRE(bench);
  const auto steps = (*bench)->explain({"binaryOperator(hasOperatorName(\"*\"))", at(3, 5)});
  REQUIRE(steps);
  REQUIRE(steps->size() == 2);
  CHECK(steps->at(0).candidates == 11);
  CHECK(steps->at(0).near_misses.size() == 5);
  CHECK(steps->at(0).near_misses[0].file == "code.cpp");
  CHECK(steps->at(1).candidates == 0);
  const auto wrong = (*bench)->explain({"binaryOperator(\n  nonsens())", at(3, 5)});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Exit::catalog);
  CHECK(wrong.error().place == at(4, 7));
}

TEST_CASE("a style that cannot be read is told, one that turns formatting off is obeyed",
          "[rewrite][selectors]") {
  const Disk disk;
  const fs::path file = disk.root / "tree/code.cpp";
  REQUIRE(write_file(disk.root / ".clang-format", "BasedOnStyle: None\nDisableFormat: true\n"));
  const std::string ugly = "int  f( ){return 1;}\n";
  CHECK(*rewriter().well_formatted(file, "", ugly));
  REQUIRE(write_file(disk.root / "tree/.clang-format", "BasedOnStyle: Nonsense\n"));
  const auto wrong = rewriter().well_formatted(file, "", ugly);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == Exit::io);
  CHECK(wrong.error().message.starts_with("the .clang-format of '" + file.string() + "' cannot be read: "));
  REQUIRE(write_file(disk.root / "tree/.clang-format", "BasedOnStyle: Google\n"));
  CHECK_FALSE(*rewriter().well_formatted(file, "", ugly));
  CHECK(*rewriter().well_formatted(file, "", "int f() { return 1; }\n"));
}

TEST_CASE("includes that are still read, or are the file's own, stay", "[rewrite][selectors]") {
  const Disk disk;
  REQUIRE(write_file(disk.root / "code.h", "#pragma once\nstruct Own { int a; };\n"));
  REQUIRE(write_file(disk.root / "kind.h",
                     "#pragma once\nstruct Kind { Kind(int); int member; };\nusing Alias = Kind;\ntemplate "
                     "<class T> struct Of {};\n"));
  REQUIRE(write_file(disk.root / "only.h", "#pragma once\n#include \"kind.h\"\n"));
  const auto after = [&](const std::string& body, const std::string& put = "0") {
    const std::string code =
        "#include \"code.h\"\n#include \"kind.h\"\n#include \"only.h\"\n\nint f(int a, void* p) {\n  " +
        body + "\n}\n";
    REQUIRE(write_file(disk.root / "code.cpp", code));
    disk.command("-c ../code.cpp");
    static std::vector<std::unique_ptr<catalog::Rule>> kept;
    kept.push_back(std::make_unique<catalog::Rule>(
        rule("returnStmt(hasReturnValue(expr().bind(\"v\")))", {replace("node(v)", put)})));
    const auto answers = rewriter().find({kept.back().get()}, {disk.root, disk.root / "build"});
    INFO((answers[0] ? "" : answers[0].error().message));
    REQUIRE(answers[0]);
    const std::string all = *apply(answers[0]->front(), code);
    return all.substr(0, all.find("\n\n"));
  };
  const std::string all = "#include \"code.h\"\n#include \"kind.h\"\n#include \"only.h\"",
                    gone = "#include \"code.h\"\n#include \"only.h\"";
  CHECK(after("return Kind(a).member;") == gone);
  CHECK(after("return static_cast<Kind*>(p)->member;") == gone);
  CHECK(after("return static_cast<Alias*>(p)->member;") == gone);
  CHECK(after("return sizeof(Of<int>);") == gone);
  CHECK(after("auto* k = static_cast<Kind*>(p); k->member = 1; return k->member;") == all);
  CHECK(after("return Kind(a).member;", "sizeof(Kind)") == all);
  CHECK(after("return Kind(a).member;", "1 + 2 /* Kind */") == gone);
  CHECK(after("return sizeof(Own);") == all);
}
