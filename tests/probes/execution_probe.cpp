// The calculator against Python's answers, and against a second evaluator of another kind.

#include "nanochat/execution.h"

#include <cmath>
#include <cstdlib>
#include <map>

#include "nanochat/common.h"
#include "probe.h"

using nanochat::use_calculator;
using Result = std::optional<std::string>;

namespace {

struct Case {
  std::string expression;
  Result result;
};

void check_all(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(c.expression);
    CHECK(use_calculator(c.expression).value_or("nothing") == c.result.value_or("nothing"));
  }
}

// Shunting-yard over doubles: an operator is computed once one of lower or equal rank, or the end, follows
// it. NaN if something is divided by zero or no longer exact.
class ShuntingYard {
 public:
  static double evaluate(const std::string& text) {
    ShuntingYard yard;
    for (size_t i = 0; i < text.size();) {
      if (std::isdigit(text[i])) {
        char* end = nullptr;
        yard.values_.push_back(std::strtod(&text[i], &end));
        i = static_cast<size_t>(end - text.data());
        continue;
      }
      if (text[i] == ')') {
        yard.reduce('(');
        yard.operators_.pop_back();
      } else {
        if (text[i] != '(') yard.reduce(text[i]);
        yard.operators_.push_back(text[i]);
      }
      ++i;
    }
    yard.reduce(')');
    return yard.values_.at(0);
  }

 private:
  // Computes what has to be before `next`; '(' stands for everything back to the parenthesis.
  void reduce(char next) {
    static const std::map<char, int> rank = {{'(', 0}, {')', 0}, {'+', 1}, {'-', 1}, {'*', 2}, {'/', 2}};
    while (!operators_.empty() && operators_.back() != '(' && rank.at(operators_.back()) >= rank.at(next)) {
      const double b = values_.back();
      values_.pop_back();
      double& a = values_.back();
      const char op = operators_.back();
      a = op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : b != 0.0 ? a / b : std::nan("");
      if (std::abs(a) > 1e15) a = std::nan("");
      operators_.pop_back();
    }
  }
  std::vector<double> values_;
  std::vector<char> operators_;
};

std::string random_expression(nanochat::Rng& rng, int depth, const std::string& operators) {
  if (depth == 0 || rng.below(5) == 0) {
    std::string number = std::to_string(rng.below(40) + 1);
    return number;
  }
  const char op = operators[static_cast<size_t>(rng.below(static_cast<int64_t>(operators.size())))];
  const std::string inside =
      random_expression(rng, depth - 1, operators) + op + random_expression(rng, depth - 1, operators);
  return rng.below(2) == 0 ? "(" + inside + ")" : inside;
}

std::string repeat(const std::string& text, int64_t times) {
  std::string all;
  for (int64_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("execution.integers", "[calculator]") {
  check_all({
      {"1+2", "3"},
      {"7-10", "-3"},
      {"6*7", "42"},
      {"2+3*4", "14"},
      {"2*3+4", "10"},
      {"(2+3)*4", "20"},
      {"2*(3+4)", "14"},
      {"10-4-3", "3"},
      {"10-(4-3)", "9"},
      {"2-3+4", "3"},
      {"2-3*4+5", "-5"},
      {"((((7))))", "7"},
      {" 12  + 30 ", "42"},
      {"0", "0"},
      {"00", "0"},
      {"-0", "0"},
      {"1000000*1000000", "1000000000000"},
  });
}

TEST_CASE("execution.signs", "[calculator]") {
  check_all({
      {"-5", "-5"},
      {"+5", "5"},
      {"--5", "5"},
      {"-+-+5", "5"},
      {"- - -5", "-5"},
      {"3--2", "5"},
      {"3-+2", "1"},
      {"-2*3", "-6"},
      {"2*-3", "-6"},
      {"-2*-3", "6"},
      {"6/-3", "-2.0"},
      {"-(2+3)", "-5"},
      {"-2-3", "-5"},
      {"-1.5", "-1.5"},
      {"--1.5", "1.5"},
      {"-0.0", "-0.0"},
  });
}

TEST_CASE("execution.doubles", "[calculator]") {
  check_all({
      {"7/2", "3.5"},
      {"6/2", "3.0"},
      {"0/5", "0.0"},
      {"-7/2", "-3.5"},
      {"8/4/2", "1.0"},
      {"8/(4/2)", "4.0"},
      {"8/4*2", "4.0"},
      {"8*4/2", "16.0"},
      {"1/3", "0.3333333333333333"},
      {"2/3", "0.6666666666666666"},
      {"0.1+0.2", "0.30000000000000004"},
      {"1.5+1.5", "3.0"},
      {"2*1.5", "3.0"},
      {"1.5*2", "3.0"},
      {"5-0.5", "4.5"},
      {"0.5-5", "-4.5"},
      {"1+0.5", "1.5"},
      {"3.0", "3.0"},
      {"3.", "3.0"},
      {".5", "0.5"},
      {"007.5", "7.5"},
      {"9/4.5", "2.0"},
      {"4.5/9", "0.5"},
      {"1.25*4", "5.0"},
      {"100.0", "100.0"},
      {"3.10", "3.1"},
  });
}

TEST_CASE("execution.exponents", "[calculator]") {
  // Python writes an exponent from 1e16 on and below 1e-4.
  check_all({
      {"10000000000000000.0", "1e+16"},
      {"9999999999999998.0", "9999999999999998.0"},
      {"-10000000000000000.0", "-1e+16"},
      {"-9999999999999998.0", "-9999999999999998.0"},
      {"123456789.0*1000000000", "1.23456789e+17"},
      {"0.0001", "0.0001"},
      {"0.00012345", "0.00012345"},
      {"0.00001", "1e-05"},
      {"-0.00001", "-1e-05"},
      {"-0.0001", "-0.0001"},
      {"0.0000125", "1.25e-05"},
      {"1/1000000", "1e-06"},
  });
}

TEST_CASE("execution.int64", "[calculator]") {
  check_all({
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775806+1", "9223372036854775807"},
      {"9223372036854775807+1", std::nullopt},
      {"-9223372036854775807-1", "-9223372036854775808"},
      {"-9223372036854775807-2", std::nullopt},
      {"-(-9223372036854775807-1)", std::nullopt},
      {"9223372036854775808", std::nullopt},
      {"3037000500*3037000500", std::nullopt},
      {"3037000499*3037000499", "9223372030926249001"},
      {"9007199254740993", "9007199254740993"},
      {"9007199254740992/1", "9007199254740992.0"},
      {"-9007199254740992/1", "-9007199254740992.0"},
      {"9007199254740993/1", std::nullopt},
      {"-9007199254740993/1", std::nullopt},
      {"1/9007199254740993", std::nullopt},
      {"9007199254740993/1.0", "9007199254740992.0"},
      {"9007199254740993+0.0", "9007199254740992.0"},
  });
}

TEST_CASE("execution.commas", "[calculator]") {
  check_all({
      {"1,234+1", "1235"},
      {"1,234,567", "1234567"},
      {"12,345.5", "12345.5"},
      {"2*1,000", "2000"},
      {"1,23", std::nullopt},
      {"1,2345", std::nullopt},
      {"1,,234", std::nullopt},
      {",123", std::nullopt},
      {"1, 234", std::nullopt},
      {"1,234,", std::nullopt},
      {"1,23a", std::nullopt},
  });
}

TEST_CASE("execution.no_result", "[calculator]") {
  for (const std::string text :
       {"",       " ",     "1/0",   "1/0.0",  "1/(2-2)",  "0/0",     "1+1/0", "(1/0)*0",
        "-(1/0)", "2**3",  "2* *3", "7//2",   "7/ /2",    "1 2",     "1+",    "*1",
        "1*",     "1/",    "-",     "(",      ")",        "()",      "(1",    "1)",
        "(1))",   "1..2",  "1.2.3", ".",      "-.",       "1e5",     "0x10",  "007",
        "01",     "-01",   "abc",   "1+a",    "1;2",      "1=1",     "5%2",   "__import__('os')",
        "1\n",    "1\t+1", "2(3)",  "(2)(3)", "\xc3\xa9", "1+\"a\"", "1..",   "print(1)",
        "1_000"}) {
    CAPTURE(text);
    CHECK_FALSE(use_calculator(text));
  }
  CHECK_FALSE(use_calculator(std::string("1\0", 2)));
  // What is too large for a double.
  CHECK_FALSE(use_calculator(repeat("9", 400) + ".0"));
  const std::string large = "1" + repeat("0", 200) + ".0";
  CHECK(use_calculator(large) == Result("1e+200"));
  CHECK_FALSE(use_calculator(large + "*" + large));
  CHECK_FALSE(use_calculator("0*(" + large + "*" + large + ")"));
  CHECK_FALSE(use_calculator(large + "/(1/" + large + ")"));
  CHECK_FALSE(use_calculator(repeat(large + "*1" + repeat("0", 18) + "*1" + repeat("0", 18) + "*", 2) + "1"));
}

TEST_CASE("execution.count", "[calculator]") {
  check_all({
      {R"("strawberry".count("r"))", "3"},
      {R"('strawberry'.count('r'))", "3"},
      {R"('strawberry'.count("rr"))", "1"},
      {R"("banana".count("ana"))", "1"},
      {R"("aaaa".count("aa"))", "2"},
      {R"("aaaaa".count("aa"))", "2"},
      {R"("abc".count("x"))", "0"},
      {R"("".count("x"))", "0"},
      {R"("abc".count("abcd"))", "0"},
      {R"("abc".count("abc"))", "1"},
      {R"("Aa".count("a"))", "1"},
      {R"("abc".count(""))", "4"},
      {R"("".count(""))", "1"},
      {"\"na\xc3\xafve\".count(\"\")", "6"},
      {"\"na\xc3\xafve\".count(\"\xc3\xaf\")", "1"},
      {R"("a,b,c".count(","))", "2"},
      {R"("it's".count("'"))", "1"},
      {R"( "ab ab" . count ( "b" ) )", "2"},
      {R"("a b".count(" "))", "1"},
      {R"("aab".count("a")+1)", "3"},
      {R"(2*("aab".count("a")+1))", "6"},
      {R"(-"aab".count("a"))", "-2"},
      {R"("aab".count("a")/4)", "0.5"},
      {R"("(1".count("("))", "1"},
  });
  for (const std::string text : {R"("abc")",
                                 R"("abc".upper())",
                                 R"("abc".count)",
                                 R"("abc".count()",
                                 R"("abc".count())",
                                 R"("abc".count("a")",
                                 R"("abc".count("a"))"
                                 ")",
                                 R"("abc".count('a"))",
                                 R"("abc.count("a"))",
                                 R"('abc".count("a"))",
                                 R"("abc"count("a"))",
                                 R"(abc.count("a"))",
                                 R"("abc".count(a))",
                                 R"("abc".count(1))",
                                 R"("a\"c".count("a"))",
                                 R"("ac".count("\\"))",
                                 R"("ac".count("a","c"))",
                                 R"("ac".Count("a"))",
                                 "\"a\nb\".count(\"a\")",
                                 "\"a\rb\".count(\"a\")",
                                 R"("a" "b".count("a"))"}) {
    CAPTURE(text);
    CHECK_FALSE(use_calculator(text));
  }
}

TEST_CASE("execution.part", "[calculator]") {
  // A piece of a longer text: what comes after it is none of the calculator's business.
  const std::string_view text = "1+23 4.5*(6)'7'.count('7')";
  CHECK(use_calculator(text.substr(0, 3)) == "3");
  CHECK(use_calculator(text.substr(0, 4)) == "24");
  CHECK(use_calculator(text.substr(2, 1)) == "2");
  CHECK(use_calculator(text.substr(5, 1)) == "4");
  CHECK(use_calculator(text.substr(8, 3)) == std::nullopt);
  CHECK(use_calculator(text.substr(9, 3)) == "6");
  CHECK(use_calculator(text.substr(9, 2)) == std::nullopt);
  CHECK(use_calculator(text.substr(12, 13)) == std::nullopt);
}

TEST_CASE("execution.limits", "[calculator]") {
  const int64_t longest = static_cast<int64_t>(nanochat::kMaxExpressionBytes);
  CHECK(use_calculator("1" + repeat(" ", longest - 1)) == Result("1"));
  CHECK_FALSE(use_calculator("1" + repeat(" ", longest)));
  CHECK(use_calculator("1" + repeat("+1", longest / 2 - 1)) == Result(std::to_string(longest / 2)));
  const int64_t deepest = nanochat::kMaxExpressionDepth;
  const auto parentheses = [](int64_t depth) { return repeat("(", depth) + "3" + repeat(")", depth); };
  CHECK(use_calculator(parentheses(deepest)) == Result("3"));
  CHECK_FALSE(use_calculator(parentheses(deepest + 1)));
  CHECK(use_calculator(repeat("+", deepest) + "3") == Result("3"));
  CHECK_FALSE(use_calculator(repeat("+", deepest + 1) + "3"));
  CHECK(use_calculator(repeat("-", deepest) + "3") == Result(deepest % 2 == 0 ? "3" : "-3"));
  CHECK_FALSE(use_calculator(repeat("-", deepest + 1) + "3"));
  CHECK_FALSE(use_calculator("-" + parentheses(deepest)));
  // What stands beside each other is not deep.
  const std::string wide = "-" + parentheses(deepest - 1);
  CHECK(use_calculator(wide + wide + wide) == Result("-9"));
}

TEST_CASE("execution.random_integers", "[calculator]") {
  nanochat::Rng rng(5);
  for (int round = 0; round < 400; ++round) {
    const std::string text = random_expression(rng, 4, "+-*");
    const double value = ShuntingYard::evaluate(text);
    if (std::isnan(value)) continue;
    CAPTURE(text);
    CHECK(use_calculator(text) == Result(std::to_string(static_cast<int64_t>(value))));
  }
}

TEST_CASE("execution.random_doubles", "[calculator]") {
  nanochat::Rng rng(6);
  int64_t checked = 0;
  for (int round = 0; round < 400; ++round) {
    std::string text = random_expression(rng, 3, "+-*/");
    const double value = ShuntingYard::evaluate(text);
    text += "+0.0";
    CAPTURE(text, value);
    const Result result = use_calculator(text);
    if (std::isnan(value)) continue;
    REQUIRE(result);
    ++checked;
    CHECK(std::strtod(result->c_str(), nullptr) == value);
    CHECK((result->find('.') != std::string::npos || result->find('e') != std::string::npos));
    // As few digits as bring the same number back.
    char digits[40];
    int precision = 1;
    do {
      std::snprintf(digits, sizeof digits, "%.*e", precision - 1, value);
    } while (std::strtod(digits, nullptr) != value && ++precision < 18);
    std::string significant;
    for (const char c : result->substr(0, result->find('e'))) {
      if (std::isdigit(c) && (c != '0' || !significant.empty())) significant += c;
    }
    significant.erase(significant.find_last_not_of('0') + 1);
    CHECK(static_cast<int>(significant.size()) <= precision);
  }
  CHECK(checked > 200);
}
