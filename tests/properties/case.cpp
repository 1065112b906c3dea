// case: see case.h.
#include "tests/properties/case.h"

#include <algorithm>
#include <cctype>

#include "tests/properties/context.h"

namespace nanobug::properties {
namespace {

std::string function(const std::string& name, const Case& trial, const std::string& expression) {
  const Context& around = contexts()[trial.context];
  const std::string head =
      trial.dependent ? "template <class T> int " + name + "(T a, T d)" : "int " + name + "()";
  return head + " {\n  " + around.before + expression + around.after + "\n}\n";
}

constexpr int kAlways = 100;  // a level that nothing has

bool is_assignment(const Expr& node) {
  return node.op == Op::binary && level(node) == 2;
}

const Edit* edit_of(const Case& trial, int mark) {
  for (const Edit& edit : trial.edits)
    if (edit.target == mark || (edit.kind == Edit::Kind::swap && edit.other == mark)) return &edit;
  return nullptr;
}

bool is_removed(const Case& trial, const Expr& node) {
  const Edit* edit = node.mark ? edit_of(trial, node.mark) : nullptr;
  return edit && edit->kind == Edit::Kind::remove;
}

// A node that takes the place of another one brings its own parentheses along. Superfluous ones that stood
// there may stay; else a pair is there where one is needed, and no other.
Expr in_place_of(const Expr& old, Expr value, int needed) {
  value.least += value.extra;
  value.put = true;
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
  result.kids.clear();
  for (size_t i = 0; i < node.kids.size(); ++i)
    if (!is_removed(trial, node.kids[i]))
      result.kids.push_back(changed(trial, node.kids[i], level_needed(node, i)));
  return result;
}

std::string source_of(const Case& trial, const std::string& name, Places& places) {
  const Context& around = contexts()[trial.context];
  const std::string text = function(name, trial, text_of(trial.source, around.needed, &places));
  const size_t shift = text.find("{\n  ") + 4 + around.before.size();
  for (auto& [mark, span] : places) span.begin += shift, span.end += shift;
  return text;
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
  rule.match = {matcher_for(name, trial.context, trial.source, trial.dependent), here};
  rule.expect = 1;
  for (const Edit& edit : trial.edits) {
    const bool swap = edit.kind == Edit::Kind::swap, remove = edit.kind == Edit::Kind::remove;
    rule.edits.push_back({swap     ? Kind::swap
                          : remove ? Kind::remove
                                   : Kind::replace,
                          {selector(edit.target), here},
                          {swap     ? selector(edit.other)
                           : remove ? ""
                                    : text_of(edit.form, 1),
                           here},
                          here});
  }
  return rule;
}

// Is everything but the targets, with the parentheses and blanks around them, as it was?
bool keeps_the_rest(const Case& trial, const std::string& before, const Places& places,
                    const std::string& after) {
  std::vector<Span> targets;
  for (const Edit& edit : trial.edits) {
    if (edit.kind == Edit::Kind::remove) return true;  // a comma goes along: the tree says enough
    targets.push_back(places.at(edit.target));
    if (edit.kind == Edit::Kind::swap) targets.push_back(places.at(edit.other));
  }
  std::sort(targets.begin(), targets.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
  const auto blank = [&](size_t at) { return std::isspace(static_cast<unsigned char>(before[at])) != 0; };
  size_t from = 0, at = 0;  // in `before`, in `after`
  for (const Span& target : targets) {
    size_t end = target.begin;
    while (end > from && blank(end - 1)) --end;
    const size_t found = after.find(before.substr(from, end - from), at);
    if (found == std::string::npos || (from == 0 && found > 0)) return false;
    at = found + end - from;
    from = target.end;
    while (from < before.size() && blank(from)) ++from;
  }
  const std::string rest = before.substr(from);
  if (after.size() >= at + rest.size() && after.ends_with(rest)) return true;
  // Where a part of the target stays and the line of the rest of it goes, so does that line's comment.
  const bool one_stays = trial.edits.size() == 1 && trial.edits[0].kind == Edit::Kind::replace &&
                         trial.edits[0].form.op == Op::hole;
  const size_t line = std::min(rest.find('\n'), rest.size()), comment = rest.find("//");
  if (!one_stays || comment > line) return false;
  const std::string code = rest.substr(0, comment), below = rest.substr(line);
  const size_t found = after.find(code.substr(0, code.find_last_not_of(' ') + 1), at);
  return found != std::string::npos && after.ends_with(below) && after.size() >= found + below.size();
}

// Parentheses outside of comments.
size_t opened(const std::string& text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 2, "//") == 0)
      at = text.find('\n', at);
    else if (text.compare(at, 2, "/*") == 0)
      at = text.find("*/", at) + 1;
    else
      count += text[at] == '(';
  }
  return count;
}

std::set<std::string> features_of(const Case& trial) {
  static const std::vector<std::string> gaps = {"", "tight", "blank", "newline", "comment", "line comment"};
  std::set<std::string> features;
  const auto of_tree = [&](const Expr& root, const std::string& where) {
    walk(root, [&](const Expr& node) {
      if (node.word) features.insert(where + "alternative token");
      if (!node.macro.empty()) features.insert(where + "macro");
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
    else if (edit.kind == Edit::Kind::remove)
      features.insert("remove");
    else
      of_tree(edit.form, "with: ");
  }
  if (trial.dependent) features.insert("template");
  if (trial.edits.size() > 1) features.insert("two edits");
  if (trial.context) features.insert("in: " + contexts()[trial.context].before + "…");
  return features;
}

}  // namespace

Expr result_of(const Case& trial) {
  return changed(trial, trial.source, contexts()[trial.context].needed);
}

Question question_of(const Case& trial, const std::string& before, const std::string& after) {
  const auto full = [&](const std::string& name, const Expr& expression) {
    return function(name, trial, "(" + full_text_of(expression) + ")");
  };
  const Expr result = result_of(trial);
  const Context& around = contexts()[trial.context];
  const bool asked =
      !may_stand(trial.context, result) || (around.is_condition && result.put && is_assignment(result));
  const int needed = asked ? kAlways : around.needed;
  Question question;
  Places places;
  question.source = source_of(trial, before, places);
  question.full_source = full(before, trial.source);
  question.full_result = full(after, result);
  question.plain_result = function(before, trial, text_of(result, needed));
  question.rule = rule_of(trial, before);
  walk(trial.source, [&](const Expr& node) {
    if (node.mark && !node.macro.empty()) question.may_refuse = true;  // its text stands elsewhere
  });
  question.may_not_match = trial.dependent;
  question.features = features_of(trial);
  question.look = [trial, places, source = question.source,
                   plain = question.plain_result](const std::string& text) {
    if (!keeps_the_rest(trial, source, places, text)) return Verdict::reaches;
    return opened(text) > opened(plain) ? Verdict::brackets : Verdict::holds;
  };
  return question;
}

}  // namespace nanobug::properties
