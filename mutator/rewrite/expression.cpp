// expression: see expression.h.
#include "mutator/rewrite/expression.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <optional>

namespace nanobug::rewrite {
namespace {

struct Wrong {
  std::string message;
  unsigned offset;
};

class Parser {
 public:
  explicit Parser(std::string_view source) : source_(source) {}

  std::optional<Wrong> wrong;

  Expression whole() {
    Expression result = expression();
    blanks();
    if (!wrong && at_ < source_.size()) stop("there is text behind the end of the expression");
    return result;
  }

 private:
  void stop(std::string message) {
    if (!wrong) wrong = Wrong{std::move(message), at_};
  }

  void blanks() {
    while (at_ < source_.size() && std::isspace(static_cast<unsigned char>(source_[at_]))) ++at_;
  }

  bool eat(char c) {
    blanks();
    if (at_ >= source_.size() || source_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string word() {
    const unsigned begin = at_;
    while (at_ < source_.size() && is_word(source_[at_])) ++at_;
    return std::string(source_.substr(begin, at_ - begin));
  }

  Expression expression() {
    blanks();
    Expression result;
    result.span.begin = at_;
    if (++depth_ > 100) stop("nested too deep");
    if (wrong) return result;
    if (at_ >= source_.size()) {
      stop("the expression ends where more is expected");
    } else if (source_[at_] == '"' || source_[at_] == '\'') {
      string(result);
    } else if (std::isdigit(static_cast<unsigned char>(source_[at_]))) {
      result.kind = Expression::Kind::number;
      while (at_ < source_.size() && (is_word(source_[at_]) || source_[at_] == '.'))
        result.text += source_[at_++];
    } else if (is_word(source_[at_])) {
      result.text = word();
      result.name = {result.span.begin, at_};
      if (eat('(')) call(result);
    } else {
      stop(std::string("'") + source_[at_] + "' cannot stand here");
    }
    --depth_;
    if (result.kind != Expression::Kind::call) result.span.end = at_;
    return result;
  }

  void string(Expression& result) {
    result.kind = Expression::Kind::string;
    const char quote = source_[at_];
    const size_t end = source_.find(quote, at_ + 1);
    if (end == std::string_view::npos) return stop("the string is not closed");
    result.text = source_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
  }

  std::vector<Expression> list(unsigned& close) {
    std::vector<Expression> items;
    blanks();
    while (!wrong && at_ < source_.size() && source_[at_] != ')') {
      items.push_back(expression());
      if (wrong || !eat(',')) break;
    }
    blanks();
    close = at_;
    if (!wrong && !eat(')')) stop("a ')' is missing");
    return items;
  }

  void call(Expression& result) {
    result.kind = Expression::Kind::call;
    result.arguments = list(result.close);
    result.span.end = at_;
    while (!wrong && eat('.')) {
      blanks();
      const std::string name = word();
      if (!eat('(')) return stop("a '(' is missing");
      unsigned close = 0;
      std::vector<Expression> items = list(close);
      result.span.end = at_;
      if (name == "bind" && items.size() == 1 && items[0].kind == Expression::Kind::string) {
        if (!result.bound.empty()) return stop("a matcher takes one .bind");
        result.bound = items[0].text;
        result.bound_span = items[0].span;
      } else if (name == "with") {
        result.chained = std::move(items);
      } else if (!wrong) {
        return stop("only .bind(\"id\") and .with(…) can follow a matcher");
      }
    }
    const unsigned end = result.span.end;
    at_ = end;
  }

  std::string_view source_;
  unsigned at_ = 0;
  int depth_ = 0;
};

void merge(std::vector<Binding>& into, std::vector<Binding> more) {
  for (Binding& binding : more) {
    const auto same =
        std::find_if(into.begin(), into.end(), [&](const Binding& b) { return b.id == binding.id; });
    if (same == into.end())
      into.push_back(std::move(binding));
    else if (binding.always)
      same->always = true;
  }
}

}  // namespace

Result<Expression> parse_expression(std::string_view source, unsigned* where) {
  Parser parser(source);
  Expression result = parser.whole();
  if (!parser.wrong) return result;
  if (where) *where = parser.wrong->offset;
  return fail(Exit::catalog, parser.wrong->message);
}

std::string one_line(std::string_view source) {
  std::string line(source);
  char quote = 0;
  bool comment = false;
  for (char& c : line) {
    if (c == '\n')
      comment = false, quote = 0;
    else if (!comment && !quote && c == '#')
      comment = true;
    else if (!comment && !quote && (c == '"' || c == '\''))
      quote = c;
    else if (!comment && quote == c)
      quote = 0;
    if (comment || c == '\n' || c == '\r') c = ' ';
  }
  return line;
}

std::vector<Binding> bindings(const Expression& matcher) {
  std::vector<Binding> result;
  if (matcher.kind != Expression::Kind::call || matcher.text == "unless") return result;
  const bool branches = matcher.text == "anyOf" || matcher.text == "eachOf";
  if (!matcher.bound.empty()) result.push_back({matcher.bound, matcher.text, true, {}});
  std::vector<std::vector<Binding>> parts;
  for (const auto* list : {&matcher.arguments, &matcher.chained})
    for (const Expression& argument : *list) parts.push_back(bindings(argument));
  for (const auto& part : parts)
    for (Binding binding : part) {
      const auto binds = [&](const std::vector<Binding>& other) {
        return std::any_of(other.begin(), other.end(),
                           [&](const Binding& b) { return b.id == binding.id && b.always; });
      };
      const bool all = !branches || std::all_of(parts.begin(), parts.end(), binds);
      if (binding.always && (!all || matcher.text == "optionally")) {
        binding.always = false;
        binding.branch = matcher.name;
      }
      merge(result, {binding});
    }
  return result;
}

}  // namespace nanobug::rewrite
