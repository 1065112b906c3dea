// not_yet: the kinds of trials that the rewriter does not get right yet. They are not drawn; what is mended
// is taken out here.
#include "tests/properties/block.h"
#include "tests/properties/case.h"

#include <functional>
#include <vector>

namespace nanobug::properties {
namespace {

// Does one node of the source or of a template say so?
bool any(const Case& trial, const std::function<bool(const Expr&)>& says) {
  bool found = false;
  const auto look = [&](const Expr& node) { found = found || says(node); };
  walk(trial.source, look);
  for (const Edit& edit : trial.edits)
    if (edit.kind == Edit::Kind::replace) walk(edit.form, look);
  return found;
}

struct Kind {
  const char* name;
  std::function<bool(const Case&)> holds;
};

std::function<bool(const Case&)> with(const std::function<bool(const Expr&)>& says) {
  return [says](const Case& trial) { return any(trial, says); };
}

bool is_binary(const Expr& node, const std::string& sign) {
  return node.op == Op::binary && node.text == sign;
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"alternative tokens", with([](const Expr& node) { return node.word; })},
      {"tokens that would paste", would_paste},
      {"an operator behind ++ or --", with([](const Expr& node) { return node.op == Op::postfix; })},
      {"C casts", with([](const Expr& node) { return node.op == Op::cast; })},
      {"the comma operator", with([](const Expr& node) { return is_binary(node, ","); })},
      {"text that ends in }",
       with([](const Expr& node) { return node.op == Op::braces || node.op == Op::lambda; })},
      {"< without a blank before it", with([](const Expr& node) {
         return is_binary(node, "<") && !node.gaps.empty() && node.gaps[0] == Gap::none;
       })},
      {"> and >>",
       with([](const Expr& node) { return node.op == Op::binary && node.text.starts_with(">"); })},
      {"sizeof", with([](const Expr& node) { return node.op == Op::size; })},
      {"template arguments", with([](const Expr& node) { return node.text.starts_with("id<"); })},
      {"a statement that begins like a declaration", reads_as_declaration}};
  return all;
}

}  // namespace

std::string not_yet(const Case& trial) {
  for (const Kind& kind : kinds())
    if (kind.holds(trial)) return kind.name;
  return "";
}

}  // namespace nanobug::properties
