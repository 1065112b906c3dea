// The calculator: a parser that computes as it goes. Contracts are in the header.

#include "nanochat/execution.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>
#include <variant>

namespace nanochat {

namespace {

using Number = std::variant<int64_t, double>;
using Result = std::optional<Number>;  // empty: there is none, and there will be none

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

double as_double(const Number& x) {
  return std::visit([](auto value) { return static_cast<double>(value); }, x);
}

Result finite(double x) {
  return std::isfinite(x) ? Result(x) : std::nullopt;
}

Result add(const Number& a, const Number& b) {
  const auto *i = std::get_if<int64_t>(&a), *j = std::get_if<int64_t>(&b);
  if (!i || !j) return finite(as_double(a) + as_double(b));
  int64_t sum = 0;
  return __builtin_add_overflow(*i, *j, &sum) ? std::nullopt : Result(sum);
}

Result subtract(const Number& a, const Number& b) {
  const auto *i = std::get_if<int64_t>(&a), *j = std::get_if<int64_t>(&b);
  if (!i || !j) return finite(as_double(a) - as_double(b));
  int64_t difference = 0;
  return __builtin_sub_overflow(*i, *j, &difference) ? std::nullopt : Result(difference);
}

Result multiply(const Number& a, const Number& b) {
  const auto *i = std::get_if<int64_t>(&a), *j = std::get_if<int64_t>(&b);
  if (!i || !j) return finite(as_double(a) * as_double(b));
  int64_t product = 0;
  return __builtin_mul_overflow(*i, *j, &product) ? std::nullopt : Result(product);
}

Result divide(const Number& a, const Number& b) {
  if (as_double(b) == 0.0) return std::nullopt;
  if (std::holds_alternative<int64_t>(a) && std::holds_alternative<int64_t>(b)) {
    // Python divides the integers themselves; up to here that is the same as dividing doubles.
    constexpr int64_t limit = int64_t{1} << 53;
    for (const int64_t value : {std::get<int64_t>(a), std::get<int64_t>(b)}) {
      if (value > limit || value < -limit) return std::nullopt;
    }
  }
  return finite(as_double(a) / as_double(b));
}

Result negate(const Number& x) {
  if (const auto* i = std::get_if<int64_t>(&x)) return subtract(int64_t{0}, *i);
  return -std::get<double>(x);
}

// How often `part` occurs in `text`, from left to right, without overlapping.
int64_t count_of(std::string_view text, std::string_view part) {
  if (part.empty()) {  // before every character, and at the end; a character may have more bytes
    const auto starts_character = [](char c) {
      return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    };
    return 1 + std::count_if(text.begin(), text.end(), starts_character);
  }
  int64_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

// One function for each rule of the grammar, from what binds least to what binds most:
//   sum     = product { ("+" | "-") product }
//   product = signed { ("*" | "/") signed }
//   signed  = { "+" | "-" } atom
//   atom    = number | "(" sum ")" | string "." "count" "(" string ")"
class Calculator {
 public:
  explicit Calculator(std::string_view text) : text_(text) {}

  Result run() {
    const Result result = sum();
    skip_spaces();
    return at_ == text_.size() ? result : std::nullopt;
  }

 private:
  Result sum() {
    Result left = product();
    while (left) {
      const bool plus = eat("+");
      if (!plus && !eat("-")) break;
      const Result right = product();
      if (!right) return std::nullopt;
      left = plus ? add(*left, *right) : subtract(*left, *right);
    }
    return left;
  }

  Result product() {
    Result left = signed_atom();
    while (left) {
      const bool times = eat("*");
      if (!times && !eat("/")) break;
      const Result right = signed_atom();
      if (!right) return std::nullopt;
      left = times ? multiply(*left, *right) : divide(*left, *right);
    }
    return left;
  }

  Result signed_atom() {
    if (eat("+")) return nested(&Calculator::signed_atom);
    if (!eat("-")) return atom();
    const Result positive = nested(&Calculator::signed_atom);
    return positive ? negate(*positive) : std::nullopt;
  }

  Result atom() {
    if (eat("(")) {
      const Result inside = nested(&Calculator::sum);
      return eat(")") ? inside : std::nullopt;
    }
    if (const std::optional<std::string_view> text = string()) {
      if (!eat(".") || !eat("count") || !eat("(")) return std::nullopt;
      const std::optional<std::string_view> part = string();
      if (!part || !eat(")")) return std::nullopt;
      return count_of(*text, *part);
    }
    return number();
  }

  // Each level takes stack from the program, and a model may write any number of parentheses.
  Result nested(Result (Calculator::*rule)()) {
    if (depth_ == kMaxExpressionDepth) return std::nullopt;
    ++depth_;
    const Result result = (this->*rule)();
    --depth_;
    return result;
  }

  std::optional<std::string_view> string() {
    skip_spaces();
    const char quote = peek();
    if (quote != '"' && quote != '\'') return std::nullopt;
    const size_t close = text_.find(quote, at_ + 1);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view content = text_.substr(at_ + 1, close - at_ - 1);
    if (content.find_first_of("\\\n\r") != std::string_view::npos) return std::nullopt;
    at_ = close + 1;
    return content;
  }

  Result number() {
    skip_spaces();
    std::string digits = take_digits();
    while (at_thousands_separator() && !digits.empty()) {
      ++at_;
      digits += take_digits();
    }
    if (peek() != '.') return integer(digits);
    ++at_;
    const std::string fraction = take_digits();
    if (digits.empty() && fraction.empty()) return std::nullopt;
    digits += "." + fraction;
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value,
                                              std::chars_format::fixed);
    return error == std::errc() ? Result(value) : std::nullopt;
  }

  // In Python, a zero in front once meant base eight and is refused since.
  static Result integer(const std::string& digits) {
    const bool zeros_in_front =
        digits.starts_with('0') && digits.find_first_not_of('0') != std::string::npos;
    int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && !zeros_in_front ? Result(value) : std::nullopt;
  }

  std::string take_digits() {
    const size_t start = at_;
    while (is_digit(peek())) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  // A comma, three digits, and then no further one.
  bool at_thousands_separator() const {
    if (peek() != ',') return false;
    const std::string_view group = text_.substr(at_ + 1, 4);
    const auto digits = std::find_if_not(group.begin(), group.end(), is_digit) - group.begin();
    return digits == 3;
  }

  void skip_spaces() {
    while (peek() == ' ') ++at_;
  }

  bool eat(std::string_view word) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

// As Python's repr: the fewest digits that read back as the same double, a point in any case, and
// an exponent only for what is very large or very small.
std::string print(double x) {
  const double size = std::abs(x);
  const bool plain = size == 0.0 || (size >= 1e-4 && size < 1e16);
  char buffer[32];
  const auto [end, error] =
      std::to_chars(buffer, buffer + sizeof buffer, x,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer, end);
  if (plain && text.find('.') == std::string::npos) text += ".0";
  return text;
}

}  // namespace

std::optional<std::string> use_calculator(std::string_view expression) {
  if (expression.size() > kMaxExpressionBytes) return std::nullopt;
  const Result result = Calculator(expression).run();
  if (!result) return std::nullopt;
  if (const auto* whole = std::get_if<int64_t>(&*result)) return std::to_string(*whole);
  return print(std::get<double>(*result));
}

}  // namespace nanochat
