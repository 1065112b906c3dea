// explain: see explain.h.
#include "mutator/rewrite/explain.h"

#include <memory>

namespace nanobug::rewrite {
namespace {

bool is_one_of(const std::string& name, std::initializer_list<const char*> names) {
  for (const char* other : names)
    if (name == other) return true;
  return false;
}

bool at_once(const Expression& call) {
  return call.kind != Expression::Kind::call ||
         is_one_of(call.text, {"anyOf", "eachOf", "unless", "optionally", "mapAnyOf"});
}

// Those that do not stand with one inner matcher: the second is `anything()` until its turn comes.
bool takes_two(const Expression& call) {
  return is_one_of(call.text,
                   {"allOf", "hasOperands", "forEachArgumentWithParam", "forEachArgumentWithParamType"});
}

bool is_matcher(const Expression& e) {
  return e.kind == Expression::Kind::call;
}

std::string text_of(const std::string& source, const Expression& e) {
  return source.substr(e.span.begin, e.span.end - e.span.begin);
}

// A call with these of its arguments, `.bind("x")` included.
std::string written(const std::string& source, const Expression& call, std::vector<std::string> arguments) {
  if (takes_two(call) && arguments.size() == 1 && call.arguments.size() > 1)
    arguments.push_back("anything()");
  std::string text = call.text + "(";
  for (size_t i = 0; i < arguments.size(); ++i) text += (i ? ", " : "") + arguments[i];
  return text + source.substr(call.close, call.span.end - call.close);
}

// Blanks in a row as one, but for those in strings.
std::string squeezed(const std::string& text) {
  std::string line;
  char quote = 0;
  for (const char c : text) {
    if (quote ? c == quote : c == '"' || c == '\'') quote = quote ? 0 : c;
    if (quote || c != ' ' || (!line.empty() && line.back() != ' ' && line.back() != '(')) line += c;
  }
  return line;
}

// Puts calls back together, a matcher argument at a time.
class Peeler {
 public:
  explicit Peeler(const std::string& source) : source_(std::make_shared<std::string>(source)) {}

  std::vector<Peeled> steps;

  void start(const Expression& tree) {
    root_ = &tree;
    const auto same = [](const std::string& text) { return text; };
    grow(tree, -1, same, same, same);
  }

 private:
  // `around` puts this call's text into the whole matcher, `shown` into what the reader is shown, `beside`
  // into the call that it is an argument of.
  void grow(const Expression& call, int parent, const Wrap& around, const Wrap& shown, const Wrap& beside) {
    const bool whole = at_once(call);
    std::vector<std::string> arguments;
    for (const Expression& argument : call.arguments)
      if (whole || !is_matcher(argument)) arguments.push_back(text_of(*source_, argument));
    const std::string bare = written(*source_, call, arguments);
    const int own = static_cast<int>(steps.size());
    steps.push_back({squeezed(shown(bare)), around(bare), &call, parent, around, beside});
    if (whole) return;
    arguments.clear();
    bool first = true;
    for (const Expression& argument : call.arguments) {
      if (is_matcher(argument)) {
        const Wrap put = [source = source_, &call, arguments](const std::string& text) {
          std::vector<std::string> more = arguments;
          if (!text.empty()) more.push_back(text);
          return written(*source, call, more);
        };
        // hasArgument(0) cannot stand without its matcher: it first appears as hasArgument(0, expr()).
        const bool alone = !first || &call == root_;
        grow(
            argument, own, [around, put](const std::string& text) { return around(put(text)); },
            [shown, put, alone](const std::string& text) { return alone ? text : shown(put(text)); }, put);
        first = false;
      }
      arguments.push_back(text_of(*source_, argument));
    }
  }

  std::shared_ptr<const std::string> source_;
  const Expression* root_ = nullptr;
};

}  // namespace

std::vector<Peeled> peel(const std::string& matcher, const Expression& tree) {
  Peeler peeler(matcher);
  peeler.start(tree);
  return std::move(peeler.steps);
}

}  // namespace nanobug::rewrite
