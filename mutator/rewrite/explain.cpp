// explain: see explain.h.
#include "mutator/rewrite/explain.h"

#include <functional>

namespace nanobug::rewrite {
namespace {

bool at_once(const Expression& call) {
  for (const char* name : {"anyOf", "eachOf", "unless", "optionally", "mapAnyOf"})
    if (call.text == name) return true;
  return call.kind != Expression::Kind::call;
}

bool is_matcher(const Expression& e) {
  return e.kind == Expression::Kind::call;
}

std::string text_of(const std::string& source, const Expression& e) {
  return source.substr(e.span.begin, e.span.end - e.span.begin);
}

using Wrap = std::function<std::string(const std::string&)>;

// Puts calls back together, a matcher argument at a time.
class Peeler {
 public:
  explicit Peeler(const std::string& source) : source_(source) {}

  std::vector<Peeled> steps;

  // `around` puts this call's text into the whole matcher, `shown` into what the reader is shown.
  void grow(const Expression& call, const Wrap& around, const Wrap& shown) {
    const bool whole = at_once(call);
    std::vector<std::string> arguments;
    for (const Expression& argument : call.arguments)
      if (whole || !is_matcher(argument)) arguments.push_back(text_of(source_, argument));
    const std::string bare = written(call, arguments);
    add(shown(bare), around(bare));
    if (whole) return;
    arguments.clear();
    bool first = true;
    for (const Expression& argument : call.arguments) {
      if (is_matcher(argument)) {
        const auto put = [&](const std::string& text) {
          std::vector<std::string> more = arguments;
          more.push_back(text);
          return written(call, more);
        };
        // hasArgument(0) cannot stand without its matcher: it first appears as hasArgument(0, expr()).
        const bool alone = !first || &call == root_;
        grow(
            argument, [&](const std::string& text) { return around(put(text)); },
            [&](const std::string& text) { return alone ? text : shown(put(text)); });
        first = false;
      }
      arguments.push_back(text_of(source_, argument));
    }
  }

  void start(const Expression& tree) {
    root_ = &tree;
    const auto same = [](const std::string& text) { return text; };
    grow(tree, same, same);
  }

 private:
  std::string written(const Expression& call, const std::vector<std::string>& arguments) const {
    std::string text = call.text + "(";
    for (size_t i = 0; i < arguments.size(); ++i) text += (i ? ", " : "") + arguments[i];
    return text + source_.substr(call.close, call.span.end - call.close);
  }

  void add(std::string added, std::string matcher) {
    if (steps.empty() || steps.back().matcher != matcher)
      steps.push_back({std::move(added), std::move(matcher)});
  }

  const std::string& source_;
  const Expression* root_ = nullptr;
};

}  // namespace

std::vector<Peeled> peel(const std::string& matcher, const Expression& tree) {
  Peeler peeler(matcher);
  peeler.start(tree);
  return std::move(peeler.steps);
}

}  // namespace nanobug::rewrite
