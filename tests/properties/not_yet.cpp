// not_yet: the kinds of trials that the rewriter does not get right yet. They are not drawn; what is mended
// is taken out here.
#include "tests/properties/block.h"
#include "tests/properties/case.h"

#include <algorithm>
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

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {{"a cast or sizeof of a placeholder", [](const Case& trial) {
                                           return any(trial, [](const Expr& node) {
                                             return (node.op == Op::cast || node.op == Op::size) &&
                                                    node.kids[0].op == Op::hole;
                                           });
                                         }}};
  return all;
}

bool share_lines(const List& list) {
  return std::any_of(list.begin(), list.end(), [](const Statement& each) {
    return each.beside || std::any_of(each.lists.begin(), each.lists.end(), share_lines);
  });
}

}  // namespace

std::string not_yet(const Case& trial) {
  for (const Kind& kind : kinds())
    if (kind.holds(trial)) return kind.name;
  return "";
}

std::string not_yet(const Block& trial) {
  return share_lines(trial.body) ? "statements that share a line" : "";
}

}  // namespace nanobug::properties
