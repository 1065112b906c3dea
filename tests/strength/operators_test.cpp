// The mutation operators: what each writes instead, and what they leave alone.
#include <algorithm>
#include <set>

#include "tests/probes/catch.h"
#include "tools/strength/enumerate.h"

namespace nanobug::strength {
namespace {

// "operator: line it makes" of every mutant, in the order of the text.
std::vector<std::string> mutants_of(const std::string& code) {
  const auto mutants = enumerate_code(code);
  if (!mutants) return {mutants.error().text()};
  std::vector<std::string> all;
  for (const Mutant& mutant : *mutants) all.push_back(mutant.op + ": " + mutant.after);
  return all;
}

// Only those of one operator.
std::vector<std::string> of(const std::string& op, const std::string& code) {
  std::vector<std::string> lines;
  for (const std::string& line : mutants_of(code))
    if (line.starts_with(op + ": ")) lines.push_back(line.substr(op.size() + 2));
  return lines;
}

using Lines = std::vector<std::string>;

// As much of LibTorch as the operators look at.
const std::string kTensor = R"(struct Tensor {
  Tensor sum(long dim, bool keepdim) const;
  Tensor slice(long dim, long start, long end) const;
  long size(long dim) const;
  void fill_(double value);
};
Tensor operator+(const Tensor&, const Tensor&);
Tensor operator/(const Tensor&, double);
Tensor operator-(const Tensor&);
Tensor& operator*=(Tensor&, double);
)";

std::string body(const std::string& statements) {
  return kTensor + "Tensor f(Tensor x, Tensor y, long n) {\n" + statements + "\n}\n";
}

}  // namespace

TEST_CASE("every mutant of a small function", "[strength]") {
  CHECK(mutants_of("int f(int a, int b) {\n  if (a < b) return 3;\n  return a + b;\n}\n") ==
        Lines{"guard: ;", "condition: if (!(a < b)) return 3;", "relation: if (a <= b) return 3;",
              "integer: if (a < b) return 4;", "sign: if (a < b) return -3;", "arithmetic: return a - b;"});
}

TEST_CASE("a mutant knows its place", "[strength]") {
  const std::string code = "int f(int a) {\n  return a * 2;\n}\n";
  const auto mutants = enumerate_code(code);
  REQUIRE(mutants);
  const Mutant& first = mutants->front();
  CHECK(first.id == "snippet.cpp:2:12:arithmetic");
  CHECK(first.before == "return a * 2;");
  CHECK(mutated(first, code) == "int f(int a) {\n  return a / 2;\n}\n");
}

TEST_CASE("tensors: operators, dimensions, parts", "[strength]") {
  CHECK(of("arithmetic", body("return x + y;")) == Lines{"return x - y;"});
  CHECK(of("assignment", body("x *= 2.0;\nreturn x;")) == Lines{"x /= 2.0;"});
  CHECK(of("sign", body("return -x;")) == Lines{"return x;"});
  CHECK(of("dimension", body("return x.sum(-1, true);")) == Lines{"return x.sum(-2, true);"});
  CHECK(of("boolean", body("return x.sum(n, /*keepdim=*/true);")) ==
        Lines{"return x.sum(n, /*keepdim=*/false);"});
  CHECK(of("part", body("return x.slice(0, n, 2 * n);")) ==
        Lines{"return x.slice(0, n + 1, 2 * n);", "return x.slice(0, n, 2 * n + 1);"});
  CHECK(of("arguments", body("return x.slice(0, n, 2 * n);")) ==
        Lines{"return x.slice(n, 0, 2 * n);", "return x.slice(0, 2 * n, n);"});
}

TEST_CASE("statements, guards and conditions keep the lines that follow where they are", "[strength]") {
  const std::string code = body("x.fill_(\n    1.0);\nfor (;;) {\n  if (n > 3)\n    break;\n}\nreturn x;");
  const auto mutants = enumerate_code(code);
  REQUIRE(mutants);
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  int removed = 0;
  for (const Mutant& mutant : *mutants) {
    CHECK(lines(mutated(mutant, code)) == lines(code));
    removed += mutant.op == "statement" || mutant.op == "guard";
  }
  CHECK(removed == 2);
  CHECK(of("condition", body("while (n) --n;\nreturn n == 1 ? x : y;")) ==
        Lines{"while (!(n)) --n;", "return !(n == 1) ? x : y;"});
}

TEST_CASE("numbers keep their base and their suffix", "[strength]") {
  CHECK(of("integer", "unsigned long f() { return 0xffUL + 1'999u; }\n") ==
        Lines{"unsigned long f() { return 0x100UL + 1'999u; }",
              "unsigned long f() { return 0xffUL + 2000u; }"});
  CHECK(of("scale", "double f() { return 0.5 + 1e-6 + 0.0; }\n") ==
        Lines{"double f() { return 0.55 + 1e-6 + 0.0; }", "double f() { return 0.5 + 1.1e-06 + 0.0; }"});
  CHECK(of("sign", "double f() { return -2.0; }\n") == Lines{"double f() { return 2.0; }"});
}

TEST_CASE("the argument of a macro has mutants, its body and its message have none", "[strength]") {
  const std::string check =
      "void torchCheckFail(const char* file, int line, int value);\n"
      "#define TORCH_CHECK(cond, ...) if (!(cond)) { torchCheckFail(__FILE__, 7, ##__VA_ARGS__); }\n";
  CHECK(mutants_of(check + "void f(int a) {\n  TORCH_CHECK(a > 0 && a < 9, a + 1);\n}\n") ==
        Lines{"condition: TORCH_CHECK(!(a > 0 && a < 9), a + 1);", "guard: TORCH_CHECK(true, a + 1);",
              "relation: TORCH_CHECK(a >= 0 && a < 9, a + 1);",
              "integer: TORCH_CHECK(a > 1 && a < 9, a + 1);", "logical: TORCH_CHECK(a > 0 || a < 9, a + 1);",
              "relation: TORCH_CHECK(a > 0 && a <= 9, a + 1);",
              "integer: TORCH_CHECK(a > 0 && a < 10, a + 1);", "sign: TORCH_CHECK(a > 0 && a < -9, a + 1);"});
}

TEST_CASE("what is thrown, asserted, declared and typed has no mutants", "[strength]") {
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

TEST_CASE("two operators that make the same text are one mutant", "[strength]") {
  // A dimension one less and an integer one more both make -2 of -1.
  const auto lines = mutants_of(body("return x.sum(-1, n);"));
  CHECK(std::set<std::string>(lines.begin(), lines.end()).size() == lines.size());
  CHECK(of("integer", body("return x.sum(-1, n);")).empty());
}

}  // namespace nanobug::strength
