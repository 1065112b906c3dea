// case: see case.h.
#include "tests/properties/case.h"

#include "tests/properties/context.h"

namespace nanobug::properties {
namespace {

std::string function(const std::string& name, size_t context, const std::string& expression) {
  const Context& around = contexts()[context];
  return "int " + name + "() {\n  " + around.before + expression + around.after + "\n}\n";
}

const Edit* edit_of(const Case& trial, int mark) {
  for (const Edit& edit : trial.edits)
    if (edit.target == mark || (edit.kind == Edit::Kind::swap && edit.other == mark)) return &edit;
  return nullptr;
}

// A node that takes the place of another one brings its own parentheses along. Superfluous ones that stood
// there may stay; else a pair is there where one is needed, and no other.
Expr in_place_of(const Expr& old, Expr value, int needed) {
  value.least += value.extra;
  value.extra = old.extra ? old.extra + (level(old) < needed ? 1 : 0) : 0;
  return value;
}

Expr changed(const Case& trial, const Expr& node, int needed) {
  const Edit* edit = node.mark ? edit_of(trial, node.mark) : nullptr;
  if (edit && edit->kind == Edit::Kind::replace)
    return in_place_of(node, filled(edit->form, trial.source), needed);
  if (edit) {
    Expr other = *find(trial.source, edit->target == node.mark ? edit->other : edit->target);
    other.extra = 0;
    return in_place_of(node, std::move(other), needed);
  }
  Expr result = node;
  for (size_t i = 0; i < node.kids.size(); ++i)
    result.kids[i] = changed(trial, node.kids[i], level_needed(node, i));
  return result;
}

}  // namespace

Expr result_of(const Case& trial) {
  return changed(trial, trial.source, contexts()[trial.context].needed);
}

std::string source_of(const Case& trial, const std::string& name, Places* places) {
  const std::string expression = text_of(trial.source, contexts()[trial.context].needed, places);
  const std::string text = function(name, trial.context, expression);
  if (places) {
    const size_t shift = text.find("{\n  ") + 4 + contexts()[trial.context].before.size();
    for (auto* map : {&places->node, &places->around})
      for (auto& [mark, span] : *map) span.begin += shift, span.end += shift;
  }
  return text;
}

std::string full_source_of(const Case& trial, const std::string& name) {
  return function(name, trial.context, "(" + full_text_of(trial.source) + ")");
}

std::string full_result_of(const Case& trial, const std::string& name) {
  return function(name, trial.context, "(" + full_text_of(result_of(trial)) + ")");
}

std::string plain_result_of(const Case& trial, const std::string& name) {
  return function(name, trial.context, text_of(result_of(trial), contexts()[trial.context].needed));
}

catalog::Rule rule_of(const Case& trial, const std::string& name) {
  using Kind = catalog::Edit::Kind;
  const Place here{"catalog.yaml", 1, 1};
  const auto selector = [](int mark) { return "node(m" + std::to_string(mark) + ")"; };
  catalog::Rule rule;
  rule.id = {name, here};
  rule.place = here;
  rule.in = {"tree/code.cpp", here};
  rule.file = "code.cpp";
  rule.match = {matcher_for(name, trial.context, trial.source), here};
  rule.expect = 1;
  for (const Edit& edit : trial.edits) {
    const bool swap = edit.kind == Edit::Kind::swap;
    rule.edits.push_back({swap ? Kind::swap : Kind::replace,
                          {selector(edit.target), here},
                          {swap ? selector(edit.other) : text_of(edit.form, 1), here},
                          here});
  }
  return rule;
}

bool reads_as_declaration(const Case& trial) {
  return !may_stand(trial.context, result_of(trial));
}

bool would_paste(const Case& trial) {
  Places places;
  text_of(result_of(trial), contexts()[trial.context].needed, &places);
  return places.kept_apart;
}

std::set<std::string> features_of(const Case& trial) {
  static const std::vector<std::string> gaps = {"", "tight", "blank", "newline", "comment", "line comment"};
  std::set<std::string> features;
  const auto of_tree = [&](const Expr& root, const std::string& where) {
    walk(root, [&](const Expr& node) {
      if (node.word) features.insert(where + "alternative token");
      if (node.extra) features.insert(where + "superfluous parentheses");
      for (const Gap gap : node.gaps)
        if (gap != Gap::natural) features.insert(where + gaps[static_cast<size_t>(gap)]);
      if (node.op == Op::binary || node.op == Op::prefix || node.op == Op::postfix)
        features.insert(where +
                        (node.op == Op::binary   ? "binary "
                         : node.op == Op::prefix ? "prefix "
                                                 : "postfix ") +
                        node.text);
      static const std::map<Op, std::string> names = {
          {Op::conditional, "?:"}, {Op::cast, "C cast"},  {Op::functional, "functional cast"},
          {Op::braces, "braces"},  {Op::call, "call"},    {Op::method, "method"},
          {Op::member, "member"},  {Op::subscript, "[]"}, {Op::apply, "call operator"},
          {Op::size, "sizeof"},    {Op::lambda, "lambda"}};
      if (const auto found = names.find(node.op); found != names.end())
        features.insert(where + (node.text.starts_with("id<") ? "template call" : found->second));
    });
  };
  of_tree(trial.source, "");
  for (const Edit& edit : trial.edits) {
    if (edit.kind == Edit::Kind::swap)
      features.insert("swap");
    else
      of_tree(edit.form, "with: ");
  }
  if (trial.edits.size() > 1) features.insert("two edits");
  if (trial.context) features.insert("in: " + contexts()[trial.context].before + "…");
  return features;
}

}  // namespace nanobug::properties
