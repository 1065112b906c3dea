// The mutation operators: what each writes instead, and what they leave alone.
#include <algorithm>
#include <set>

#include "tests/mutator/rewrite_fixture.h"

namespace nanobug::rewrite {
namespace {

using Mutants = std::vector<std::string>;

// A tree of one file, formatted in a style of its own.
struct File {
  explicit File(const std::string& text) : code(text), root(home() / "styled" / "operated") {
    REQUIRE(write_file(root / "code.cpp", code));
    REQUIRE(write_file(root / "build" / "compile_commands.json",
                       R"([{"directory": ")" + (root / "build").string() +
                           R"(", "file": "../code.cpp", "command": "clang++ -std=c++20 -c ../code.cpp"}])"));
  }

  std::vector<Spot> spots() const {
    const auto all = rewriter().spots("code.cpp", {root, root / "build"});
    if (!all) FAIL(all.error().text());
    return *all;
  }

  // The text that it becomes, or why it does not.
  std::string mutated(const Spot& spot) const {
    const auto operated = rule(as_match(spot), {});
    const auto answers = rewriter().find({&operated}, {root, root / "build"});
    if (!answers[0]) return "declined: " + answers[0].error().message;
    REQUIRE(answers[0]->size() == 1);
    const auto text = apply(answers[0]->front(), code);
    REQUIRE(text);
    return *text;
  }

  std::string code;
  fs::path root;
};

Mutants lines_of(const std::string& text) {
  Mutants lines;
  for (size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
    lines.push_back(text.substr(begin, text.find('\n', begin) - begin));
  return lines;
}

// The lines of `after` that are new, without their indentation; "-" where there are none.
std::string what_is_new(const std::string& before, const std::string& after) {
  if (after.starts_with("declined: ")) return "declined";
  Mutants old = lines_of(before);
  std::string text;
  for (const std::string& line : lines_of(after)) {
    const auto known = std::find(old.begin(), old.end(), line);
    if (known == old.end())
      text += (text.empty() ? "" : " ") + line.substr(std::min(line.find_first_not_of(' '), line.size()));
    else
      old.erase(known);
  }
  return text.empty() ? "-" : text;
}

// "operator: line it makes" of every mutant, in the order of the text.
Mutants mutants_of(const std::string& code) {
  const File file(code);
  Mutants all;
  for (const Spot& spot : file.spots()) all.push_back(spot.op + ": " + what_is_new(code, file.mutated(spot)));
  return all;
}

// Only those of one operator.
Mutants of(const std::string& op, const std::string& code) {
  Mutants lines;
  for (const std::string& line : mutants_of(code))
    if (line.starts_with(op + ": ")) lines.push_back(line.substr(op.size() + 2));
  return lines;
}

// As much of LibTorch as the operators look at.
const std::string kTensor = R"(struct Tensor {
  Tensor sum(long dim, bool keepdim) const;
  Tensor slice(long dim, long start, long end) const;
  Tensor clone() const;
  Tensor detach() const;
  Tensor add(double value) const;
  Tensor& add_(double value);
  long size(long dim) const;
  void fill_(double value);
};
Tensor operator+(const Tensor&, const Tensor&);
Tensor operator-(const Tensor&, const Tensor&);
Tensor operator-(const Tensor&);
Tensor& operator*=(Tensor&, double);
Tensor& operator/=(Tensor&, double);
)";

std::string body(const std::string& statements) {
  return kTensor + "Tensor f(Tensor x, Tensor y, long n) {\n" + statements + "\n}\n";
}

}  // namespace

TEST_CASE("every mutant of a small function", "[rewrite][operators]") {
  CHECK(mutants_of("int f(int a, int b) {\n  if (a < b) return 3;\n  return a + b;\n}\n") ==
        Mutants{"guard: -", "condition: if (a >= b) return 3;", "relation: if (a <= b) return 3;",
                "integer: if (a < b) return 4;", "sign: if (a < b) return -3;", "arithmetic: return a - b;"});
}

TEST_CASE("a spot names its place, and a rule finds it there", "[rewrite][operators]") {
  const File file("int f(int a) {\n  return a * 2;\n}\n");
  const auto spots = file.spots();
  REQUIRE(spots.size() == 3);
  CHECK(spots[0] == Spot{"arithmetic", 2, 10, 1});
  CHECK(as_match(spots[0]) == "operator(\"arithmetic\", 2, 10)");
  CHECK(as_match({"sign", 3, 4, 2}) == "operator(\"sign\", 3, 4, 2)");
  CHECK(file.mutated(spots[0]) == "int f(int a) {\n  return a / 2;\n}\n");
  CHECK(file.mutated({"arithmetic", 2, 11, 1}) ==
        "declined: rule 'some-rule': the operator 'arithmetic' changes nothing at that place of 'code.cpp'");
}

TEST_CASE("what a rule may say of an operator", "[rewrite][operators]") {
  const auto said = [](const std::string& match) { return checked(rule(match, {})); };
  CHECK(said("operator(\"relation\", 2, 7)").empty());
  CHECK(said("operator(\"relaton\", 2, 7)") ==
        "3:14: there is no operator 'relaton'; did you mean 'relation'?\n");
  for (const char* wrong :
       {"operator(\"relation\")", "operator(\"relation\", 2, 0)", "operator(\"relation\", 2, x)",
        "operator(\"relation\", 2, 7, 1, 1)", "operator(\"relation\", 2.5, 7)"})
    CHECK(said(wrong).find("an operator is named by its name and its place") != std::string::npos);
}

TEST_CASE("tensors: operators, dimensions, parts, copies", "[rewrite][operators]") {
  CHECK(of("arithmetic", body("  return x + y;")) == Mutants{"return x - y;"});
  CHECK(of("assignment", body("  x *= 2.0;\n  return x;")) == Mutants{"x /= 2.0;"});
  CHECK(of("sign", body("  return -x;")) == Mutants{"return x;"});
  CHECK(of("dimension", body("  return x.sum(-1, true);")) == Mutants{"return x.sum(-2, true);"});
  CHECK(of("boolean", body("  return x.sum(n, /*keepdim=*/true);")) ==
        Mutants{"return x.sum(n, /*keepdim=*/false);"});
  CHECK(of("part", body("  return x.slice(0, n, 2 * n);")) ==
        Mutants{"return x.slice(0, n + 1, 2 * n);", "return x.slice(0, n, 2 * n + 1);"});
  CHECK(of("part", body("  return x.slice(0, n < 3 ? n : 1 * n, n);")) ==
        Mutants{"return x.slice(0, (n < 3 ? n : 1 * n) + 1, n);",
                "return x.slice(0, n < 3 ? n : 1 * n, n + 1);"});
  CHECK(of("arguments", body("  return x.slice(0, n, 2 * n);")) ==
        Mutants{"return x.slice(n, 0, 2 * n);", "return x.slice(0, 2 * n, n);"});
  CHECK(of("copy", body("  return x.clone().detach();")) ==
        Mutants{"return x.clone();", "return x.detach();"});
  CHECK(of("in-place", body("  x.add_(1.0);\n  x.fill_(1.0);\n  return x;")) == Mutants{"x.add(1.0);"});
}

TEST_CASE("fields, references, quotients", "[rewrite][operators]") {
  const std::string record = "struct Config {\n  long heads, layers;\n  double rate;\n  long width;\n};\n";
  CHECK(of("field", record + "long f(Config c) {\n  return c.heads + c.width;\n}\n") ==
        Mutants{"return c.layers + c.width;", "return c.heads + c.heads;"});
  CHECK(of("field", record + "double f(Config c) {\n  return c.rate;\n}\n").empty());
  CHECK(of("reference",
           "struct P {\n  long v;\n};\nvoid f(P (&all)[3]) {\n  for (auto& one : all) one.v = 1;\n}\n") ==
        Mutants{"for (auto one : all) one.v = 1;"});
  CHECK(
      of("reference",
         "long f(long (&all)[3]) {\n  long s = 0;\n  for (const auto& one : all) s += one;\n  return s;\n}\n")
          .empty());
  CHECK(of("division", "double f(long a, long b) {\n  return static_cast<double>(a) / b;\n}\n") ==
        Mutants{"return a / b;"});
  // The other side makes it one of floating numbers anyway.
  CHECK(of("division", "double f(long a, double b) {\n  return static_cast<double>(a) / b;\n}\n").empty());
}

TEST_CASE("conditions are turned as a person would write them", "[rewrite][operators]") {
  CHECK(of("condition", body("  while (n) --n;\n  return n == 1 ? x : y;")) ==
        Mutants{"while (!n) --n;", "return n != 1 ? x : y;"});
  CHECK(of("condition",
           "int f(bool a, bool b) {\n  if (!a) return 1;\n  if (a && b) return 2;\n  return 3;\n}\n") ==
        Mutants{"if (a) return 1;", "if (!(a && b)) return 2;"});
  CHECK(of("logical", "int f(bool a, bool b, bool c) {\n  return a && b || c;\n}\n") ==
        Mutants{"return a && b && c;", "return a || b || c;"});
}

TEST_CASE("a loop is left, or goes on", "[rewrite][operators]") {
  CHECK(of("jump",
           "int f(const int (&all)[9], int n) {\n  int s = 0;\n  for (int one : all) {\n    if (one < 0) "
           "continue;\n"
           "    while (true) {\n      if (s++ > n) break;\n    }\n    s += one;\n  }\n  return s;\n}\n") ==
        Mutants{"if (one < 0) break;", "if (s++ > n) continue;"});
  // A switch is not left for its loop's next turn; what a lambda does in a loop is its own.
  CHECK(of("jump",
           "void g(int);\nvoid f(int n) {\n  do {\n    switch (n) {\n      case 1: g(1); break;\n      "
           "default: g(2);"
           "\n    }\n    const auto all = [&] {\n      for (;;) {\n        g(3);\n        break;\n      }\n  "
           "  };\n"
           "    all();\n  } while (n-- > 0);\n}\n") == Mutants{"continue;"});
}

TEST_CASE("a statement goes with its line, its comment and its loop", "[rewrite][operators]") {
  const File file(
      body("  // All of it.\n  x.fill_(\n      1.0);\n  for (long i = 0; i < n; ++i) y.fill_(0.0);\n  "
           "return x;"));
  Mutants gone;
  for (const Spot& spot : file.spots())
    if (spot.op == "statement") gone.push_back(file.mutated(spot));
  CHECK(gone == Mutants{body("  for (long i = 0; i < n; ++i) y.fill_(0.0);\n  return x;"),
                        body("  // All of it.\n  x.fill_(\n      1.0);\n  return x;")});
}

TEST_CASE("numbers keep their base and their suffix", "[rewrite][operators]") {
  CHECK(of("integer", "unsigned long f() { return 0xffUL + 1'999u; }\n") ==
        Mutants{"unsigned long f() { return 0x100UL + 1'999u; }",
                "unsigned long f() { return 0xffUL + 2000u; }"});
  CHECK(of("scale", "double f() { return 0.5 + 1e-6 + 0.0; }\n") ==
        Mutants{"double f() { return 0.55 + 1e-6 + 0.0; }", "double f() { return 0.5 + 1.1e-06 + 0.0; }"});
  CHECK(of("sign", "double f() { return -2.0; }\n") == Mutants{"double f() { return 2.0; }"});
}

TEST_CASE("the argument of a macro has mutants, its body and its message have none", "[rewrite][operators]") {
  const std::string check =
      "void torchCheckFail(const char* file, int line, int value);\n"
      "#define TORCH_CHECK(cond, ...) if (!(cond)) { torchCheckFail(__FILE__, 7, ##__VA_ARGS__); }\n";
  CHECK(mutants_of(check + "int f(int a) {\n  TORCH_CHECK(a > 0 && a < 9, a + 1);\n  return a;\n}\n") ==
        Mutants{
            "guard: -", "condition: TORCH_CHECK(!(a > 0 && a < 9), a + 1);",
            "logical: TORCH_CHECK(a > 0 || a < 9, a + 1);", "relation: TORCH_CHECK(a >= 0 && a < 9, a + 1);",
            "integer: TORCH_CHECK(a > 1 && a < 9, a + 1);", "relation: TORCH_CHECK(a > 0 && a <= 9, a + 1);",
            "integer: TORCH_CHECK(a > 0 && a < 10, a + 1);", "sign: TORCH_CHECK(a > 0 && a < -9, a + 1);"});
}

TEST_CASE("what is thrown, asserted, declared and typed has no mutants", "[rewrite][operators]") {
  CHECK(mutants_of("static_assert(1 + 1 == 2);\n"
                   "int declared(int a = 3);\n"
                   "enum Small { kOne = 1 };\n"
                   "template <int n> struct Of {};\n"
                   "Of<7> made;\n"
                   "// a < b\n"
                   "const char* words = \"a < b\";\n"
                   "void f() { throw 1 + 2; }\n")
            .empty());
}

TEST_CASE("every operator has a sentence and an example here", "[rewrite][operators]") {
  const std::set<std::string> all(operators().begin(), operators().end());
  CHECK(all.size() == operators().size());
  CHECK(all.size() >= 16);
}

}  // namespace nanobug::rewrite
