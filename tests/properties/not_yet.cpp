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

// Does the type hang on the parameter of the template? What a cast makes has a type of its own, and a
// lambda's always does.
bool depends(const Expr& node) {
  if (node.op == Op::cast || node.op == Op::functional || node.op == Op::braces || node.op == Op::size)
    return false;
  if (node.op == Op::lambda) return true;
  return node.text == "a" || node.text == "d" || std::any_of(node.kids.begin(), node.kids.end(), depends);
}

bool changes_dependence(const Case& trial) {
  if (!trial.dependent) return false;
  return std::any_of(trial.edits.begin(), trial.edits.end(), [&](const Edit& edit) {
    if (edit.kind == Edit::Kind::remove) return depends(*find(trial.source, edit.target));
    const Expr now =
        edit.kind == Edit::Kind::swap ? *find(trial.source, edit.other) : filled(edit.form, trial.source);
    return depends(*find(trial.source, edit.target)) != depends(now);
  });
}

bool casts_placeholder(const Case& trial) {
  return any(trial, [](const Expr& node) {
    return (node.op == Op::cast || node.op == Op::size) && node.kids[0].op == Op::hole;
  });
}

bool lambda_in_subscript(const Case& trial) {
  bool found = false;
  const auto look = [&](const Expr& node) {
    found = found || (node.op == Op::subscript && first_of(node.kids[1]).op == Op::lambda);
  };
  walk(trial.source, look);
  walk(result_of(trial), look);
  return found;
}

bool removes_in_parentheses(const Case& trial) {
  return std::any_of(trial.edits.begin(), trial.edits.end(), [&](const Edit& edit) {
    if (edit.kind != Edit::Kind::remove) return false;
    const Expr& argument = *find(trial.source, edit.target);
    return argument.extra || (argument.op == Op::binary && argument.text == ",");
  });
}

struct Kind {
  const char* name;
  bool (*holds)(const Case&);
};

constexpr Kind kKinds[] = {
    {"a cast or sizeof of a placeholder", casts_placeholder},
    {"an argument in parentheses that is taken out", removes_in_parentheses},
    {"a lambda in a subscript", lambda_in_subscript},
    {"a type that begins or ceases to depend on a template's parameter", changes_dependence}};

bool share_lines(const List& list) {
  return std::any_of(list.begin(), list.end(), [](const Statement& each) {
    return each.beside || std::any_of(each.lists.begin(), each.lists.end(), share_lines);
  });
}

bool has_pragma(const List& list, int mark) {
  return std::any_of(list.begin(), list.end(), [mark](const Statement& each) {
    const auto inside = [mark](const List& inner) { return has_pragma(inner, mark); };
    return (each.mark == mark && each.pragma) || std::any_of(each.lists.begin(), each.lists.end(), inside);
  });
}

}  // namespace

std::string not_yet(const Case& trial) {
  for (const Kind& kind : kKinds)
    if (kind.holds(trial)) return kind.name;
  return "";
}

std::string not_yet(const Block& trial) {
  if (share_lines(trial.body)) return "statements that share a line";
  const bool around = trial.edit.kind == catalog::Edit::Kind::replace && !trial.edit.with.lists.empty();
  return around && has_pragma(trial.body, trial.edit.target)
             ? "a loop with a pragma that is put into something"
             : "";
}

}  // namespace nanobug::properties
