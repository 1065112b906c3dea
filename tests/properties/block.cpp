// block: see block.h.
#include "tests/properties/block.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>

namespace nanobug::properties {
namespace {

using Form = Statement::Form;
using Kind = catalog::Edit::Kind;

std::string number(const Statement& statement) {
  return std::to_string(statement.number);
}
std::string called(const Statement& statement) {
  return "f1(" + number(statement) + ")";
}

// The head of a compound statement, or all of a simple one.
std::string head(const Statement& statement, bool full) {
  if (statement.macro && !full) {
    if (statement.form == Form::call) return "CALL(" + number(statement) + ")";
    if (statement.form == Form::branch) return "WHEN(" + number(statement) + ")";
    if (statement.form == Form::loop) return "AS_LONG_AS(" + number(statement) + ")";
  }
  switch (statement.form) {
    case Form::call:
      return called(statement) + ";";
    case Form::assign:
      return "a = " + called(statement) + ";";
    case Form::variable:
      return "int n" + number(statement) + " = " + called(statement) + ";";
    case Form::leave:
      return "return " + called(statement) + ";";
    case Form::branch:
      return "if (" + called(statement) + ")";
    case Form::loop:
      return "while (" + called(statement) + ")";
    case Form::counted:
      return "for (int i = 0; " + called(statement) + "; ++i)";
    case Form::loop_behind:
      return "do";
    case Form::choice:
      return "switch (" + called(statement) + ")";
    case Form::label:
      return "case " + number(statement) + ":";
    case Form::hole:
      return "{{m" + std::to_string(statement.mark) + "}}" + (statement.number ? ";" : "");
    case Form::block:
      return "";
  }
  return "";
}

class Writer {
 public:
  explicit Writer(bool full) : full_(full) {}

  void write(const List& list, const std::string& indent) {
    for (size_t i = 0; i < list.size(); ++i) {
      const Statement& statement = list[i];
      const bool beside = !full_ && statement.beside && i > 0 && on_line(statement) && !ends_in_comment();
      if (beside) text.pop_back(), text += " ";
      if (!full_ && statement.spaced && !beside && i > 0) text += "\n";
      above(statement, indent);
      write(statement, beside ? "" : indent, indent);
      below(statement);
    }
  }

  std::string text;

 private:
  // May it stand behind something else?
  static bool on_line(const Statement& statement) {
    return !statement.above && !statement.pragma && !statement.guarded;
  }

  void above(const Statement& statement, const std::string& indent) {
    if (!full_ && statement.guarded) text += "#if 1\n";
    if (!full_ && statement.above) text += indent + "// above " + number(statement) + "\n";
    if (statement.pragma) text += "#pragma clang loop unroll(disable)\n";
  }

  void below(const Statement& statement) {
    if (!full_ && statement.guarded) text += "#else\n;\n#endif\n";
  }

  // Nothing may follow a directive, or what ends in a comment.
  bool ends_in_comment() const {
    const size_t line = text.rfind('\n', text.size() - 2) + 1;
    return text[line] == '#' || text.find("//", line) != std::string::npos;
  }

  void end(const Statement& statement) {
    if (!full_ && statement.behind) text += "  // behind " + number(statement);
    text += "\n";
  }

  void body(const Statement& statement, size_t which, const std::string& indent) {
    const List& list = statement.lists[which];
    if (!full_ && statement.bare[which] && list.size() == 1) {
      const std::string inner = indent + "  ";
      if (list[0].beside && on_line(list[0])) {
        text += " ";
        likely(list[0]), write(list[0], "", indent);
        return;
      }
      text += "\n";
      above(list[0], inner);
      if (list[0].likely) text += inner + "[[likely]] ";
      write(list[0], list[0].likely ? "" : inner, inner);
      below(list[0]);
      return;
    }
    text += statement.form == Form::block ? "{\n" : " {\n";
    write(list, indent + "  ");
    text += indent + "}";
  }

  void likely(const Statement& statement) {
    if (statement.likely) text += "[[likely]] ";
  }

  bool is_bare(const Statement& statement, size_t which) const {
    return !full_ && statement.bare[which] && statement.lists[which].size() == 1;
  }

  void write(const Statement& statement, const std::string& first, const std::string& indent) {
    text += first + head(statement, full_);
    if (statement.lists.empty()) return end(statement);
    body(statement, 0, indent);
    if (statement.form == Form::loop_behind) {
      text += (is_bare(statement, 0) ? indent : " ") + "while (" + called(statement) + ");";
    } else if (statement.lists.size() == 2) {
      text += (is_bare(statement, 0) ? indent : " ") + "else";
      body(statement, 1, indent);
      if (is_bare(statement, 1)) return;
    } else if (is_bare(statement, 0)) {
      return;
    }
    end(statement);
  }

  bool full_;
};

std::string function(const std::string& name, const List& list, bool full) {
  Writer writer(full);
  writer.write(list, "  ");
  return "int " + name + "() {\n" + writer.text + "}\n";
}

// ---- what the edit does to the tree

struct Found {
  List* list = nullptr;
  size_t index = 0;
};

Found find(List& list, int mark) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].mark == mark) return {&list, i};
    for (List& inner : list[i].lists)
      if (const Found found = find(inner, mark); found.list) return found;
  }
  return {};
}

void fill(Statement& form, const Statement& value) {
  if (form.form == Form::hole) {
    form = value;
    form.mark = 0;
    return;
  }
  for (List& list : form.lists)
    for (Statement& each : list) fill(each, value);
}

List result_of(const Block& trial) {
  List body = trial.body;
  const StatementEdit& edit = trial.edit;
  const Found target = find(body, edit.target);
  const Statement value = (*target.list)[target.index];
  const auto put = [&](const Found& at, bool before, Statement statement) {
    at.list->insert(at.list->begin() + static_cast<long>(at.index) + !before, std::move(statement));
  };
  switch (edit.kind) {
    case Kind::remove:
      target.list->erase(target.list->begin() + static_cast<long>(target.index));
      break;
    case Kind::insert_before:
    case Kind::insert_after:
      put(target, edit.kind == Kind::insert_before, edit.with);
      break;
    case Kind::replace: {
      Statement with = edit.with;
      fill(with, value);
      // A pragma stays above what takes its loop's place; above anything else it would not compile.
      if (with.form == Form::loop || with.form == Form::loop_behind || with.form == Form::counted)
        with.pragma = value.pragma;
      (*target.list)[target.index] = with;
      break;
    }
    case Kind::move_before:
    case Kind::move_after:
      target.list->erase(target.list->begin() + static_cast<long>(target.index));
      put(find(body, edit.other), edit.kind == Kind::move_before, value);
      break;
    case Kind::swap: {
      const Found other = find(body, edit.other);
      std::swap((*target.list)[target.index], (*other.list)[other.index]);
      break;
    }
  }
  return body;
}

// The one statement of an unbraced body, or the first behind a label: there is no room beside it.
bool is_bound(const List& list, int mark, bool bare) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].mark == mark) return bare || (i > 0 && list[i - 1].form == Form::label);
    for (size_t l = 0; l < list[i].lists.size(); ++l)
      if (is_bound(list[i].lists[l], mark, list[i].bare[l])) return true;
  }
  return false;
}

bool has_directives(const Statement& statement) {
  if (statement.macro || statement.pragma || statement.guarded) return true;
  for (const List& list : statement.lists)
    if (std::any_of(list.begin(), list.end(), has_directives)) return true;
  return false;
}

// ---- the rule

std::string matcher(const Statement& statement) {
  const std::string call = "callExpr(hasArgument(0, integerLiteral(equals(" + number(statement) + "))))";
  std::string text;
  switch (statement.form) {
    case Form::call:
      text = call;
      break;
    case Form::assign:
      text = "binaryOperator(hasRHS(" + call + "))";
      break;
    case Form::variable:
      text = "declStmt(hasSingleDecl(varDecl(hasInitializer(" + call + "))))";
      break;
    case Form::leave:
      text = "returnStmt(hasReturnValue(" + call + "))";
      break;
    case Form::branch:
      text = "ifStmt(hasCondition(" + call + "))";
      break;
    case Form::loop:
      text = "whileStmt(hasCondition(" + call + "))";
      break;
    case Form::loop_behind:
      text = "doStmt(hasCondition(" + call + "))";
      break;
    case Form::counted:
      text = "forStmt(hasCondition(" + call + "))";
      break;
    case Form::choice:
      text = "switchStmt(hasCondition(" + call + "))";
      break;
    default:
      text = "compoundStmt(hasAnySubstatement(" + matcher(statement.lists[0][0]) + "))";
  }
  return statement.mark ? text + ".bind(\"m" + std::to_string(statement.mark) + "\")" : text;
}

catalog::Rule rule_of(const Block& trial, const std::string& name) {
  Block copy = trial;
  const Place here{"catalog.yaml", 1, 1};
  const auto selector = [&](int mark) {
    return catalog::Text{"statement(m" + std::to_string(mark) + ")", here};
  };
  const auto at = [&](int mark) {
    const Found found = find(copy.body, mark);
    return "hasDescendant(" + matcher((*found.list)[found.index]) + ")";
  };
  catalog::Rule rule;
  rule.id = {name, here};
  rule.place = here;
  rule.in = {"tree/code.cpp", here};
  rule.file = "code.cpp";
  rule.expect = 1;
  const StatementEdit& edit = trial.edit;
  rule.match = {"functionDecl(hasName(\"" + name + "\"), " + at(edit.target) +
                    (edit.other ? ", " + at(edit.other) : "") + ")",
                here};
  catalog::Text with{"", here};
  if (edit.other) {
    with = selector(edit.other);
  } else if (edit.kind != Kind::remove) {
    Writer writer(false);
    writer.write({edit.with}, "");
    with.value = writer.text;
  }
  rule.edits = {{edit.kind, selector(edit.target), with, here}};
  return rule;
}

// The comments of every statement that the edit does not touch are there still, once.
Verdict comments_kept(const Block& trial, const std::string& after) {
  Verdict verdict = Verdict::holds;
  const std::function<void(const List&)> look = [&](const List& list) {
    for (const Statement& statement : list) {
      const bool touched = statement.mark && statement.mark == trial.edit.target;
      const bool gone = touched && (trial.edit.kind == Kind::remove || trial.edit.kind == Kind::replace);
      if (gone) continue;
      for (const char* where : {"// above ", "// behind "}) {
        if (!(where[3] == 'a' ? statement.above : statement.behind && statement.lists.empty())) continue;
        const std::string comment = where + number(statement) + "\n";
        const size_t found = after.find(comment);
        if (found == std::string::npos || after.find(comment, found + 1) != std::string::npos)
          verdict = Verdict::reaches;
      }
      for (const List& inner : statement.lists) look(inner);
    }
  };
  look(trial.body);
  return verdict;
}

std::set<std::string> features_of(const Block& trial) {
  static const char* kinds[] = {"replace",     "remove",     "insert_before", "insert_after",
                                "move_before", "move_after", "swap"};
  static const char* forms[] = {"call", "assignment", "variable", "if",   "while",  "do",
                                "for",  "block",      "switch",   "case", "return", "hole"};
  std::set<std::string> features = {kinds[static_cast<size_t>(trial.edit.kind)]};
  const std::function<void(const List&, const std::string&)> look = [&](const List& list,
                                                                        const std::string& where) {
    for (const Statement& statement : list) {
      if (statement.form != Form::call) features.insert(where + forms[static_cast<size_t>(statement.form)]);
      if (statement.likely) features.insert(where + "[[likely]]");
      if (statement.above || statement.behind) features.insert(where + "comment");
      if (statement.beside) features.insert(where + "beside");
      if (statement.macro) features.insert(where + "macro");
      if (statement.pragma) features.insert(where + "pragma");
      if (statement.guarded) features.insert(where + "#if");
      if (statement.spaced) features.insert(where + "blank line");
      for (size_t i = 0; i < statement.lists.size(); ++i) {
        if (statement.bare[i]) features.insert(where + "no braces");
        look(statement.lists[i], where);
      }
    }
  };
  look(trial.body, "");
  if (!trial.edit.other && trial.edit.kind != Kind::remove) look({trial.edit.with}, "with: ");
  return features;
}

// The statements between #if and #endif that one is inside of, from the outermost.
std::optional<std::vector<int>> branches_around(const List& list, int mark) {
  for (const Statement& statement : list) {
    if (statement.mark == mark) return std::vector<int>();
    for (const List& inner : statement.lists)
      if (auto around = branches_around(inner, mark)) {
        if (statement.guarded) around->insert(around->begin(), statement.number);
        return around;
      }
  }
  return std::nullopt;
}

}  // namespace

Question question_of(const Block& trial, const std::string& before, const std::string& after) {
  Question question;
  question.source = function(before, trial.body, false);
  question.full_source = function(before, trial.body, true);
  question.full_result = function(after, result_of(trial), true);
  question.plain_result = function(before, result_of(trial), false);
  question.rule = rule_of(trial, before);
  List body = trial.body;
  for (const int mark : {trial.edit.target, trial.edit.other}) {
    if (!mark) continue;
    const Found found = find(body, mark);
    if (is_bound(body, mark, false) || has_directives((*found.list)[found.index])) question.may_refuse = true;
  }
  // What goes from one branch of the preprocessor to another changes other configurations.
  if (trial.edit.other && branches_around(body, trial.edit.target) != branches_around(body, trial.edit.other))
    question.may_refuse = true;
  question.features = features_of(trial);
  question.look = [trial](const std::string& text) { return comments_kept(trial, text); };
  return question;
}

}  // namespace nanobug::properties
