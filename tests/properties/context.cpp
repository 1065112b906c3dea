// context: see context.h.
#include "tests/properties/context.h"

namespace nanobug::properties {
namespace {

// `name(condition, …).bind("m1")`
std::string made(std::string name, const std::vector<std::string>& conditions, int mark) {
  name += "(";
  for (size_t i = 0; i < conditions.size(); ++i) name += (i ? ", " : "") + conditions[i];
  name += ")";
  return mark ? name + ".bind(\"m" + std::to_string(mark) + "\")" : name;
}

bool is_class(const Expr& node) {
  return fits(node.type, Type::v);
}

// Is the operator one of V's own?
bool overloaded(const Expr& node) {
  if (node.op == Op::subscript || node.op == Op::apply || node.op == Op::postfix || node.op == Op::prefix)
    return is_class(node.kids[0]) && node.text != "&";
  if (node.op != Op::binary) return false;
  return is_class(node.kids[0]) && (node.text != "," || is_class(node.kids[1]));
}

struct Form {
  std::string name;                     // of the node's matcher
  std::vector<std::string> conditions;  // that hold of it anyway
  std::vector<std::string> ways;        // to each kid; @ stands for the kid's matcher
};

std::vector<std::string> arguments(size_t first, size_t count) {
  std::vector<std::string> ways;
  for (size_t i = 0; i < count; ++i) ways.push_back("hasArgument(" + std::to_string(first + i) + ", @)");
  return ways;
}

Form form_of(const Expr& node) {
  const std::string sign = "\"" + node.text + "\"";
  if (overloaded(node))
    return {
        "cxxOperatorCallExpr", {"hasOverloadedOperatorName(" + sign + ")"}, arguments(0, node.kids.size())};
  if (is_class(node) && (node.op == Op::cast || node.op == Op::functional || node.op == Op::braces))
    return {"expr", {}, {}};  // of several kinds
  switch (node.op) {
    case Op::prefix:
    case Op::postfix:
      return {"unaryOperator", {"hasOperatorName(" + sign + ")"}, {"hasUnaryOperand(@)"}};
    case Op::binary:
      return {"binaryOperator", {"hasOperatorName(" + sign + ")"}, {"hasLHS(@)", "hasRHS(@)"}};
    case Op::conditional:
      return {
          "conditionalOperator", {}, {"hasCondition(@)", "hasTrueExpression(@)", "hasFalseExpression(@)"}};
    case Op::braces:
      return {"cxxFunctionalCastExpr", {}, {"hasSourceExpression(initListExpr(hasInit(0, @)))"}};
    case Op::cast:
      return {"cStyleCastExpr", {}, {"hasSourceExpression(@)"}};
    case Op::functional:
      return {"cxxFunctionalCastExpr", {}, {"hasSourceExpression(@)"}};
    case Op::call:
      return {"callExpr", {}, arguments(0, node.kids.size())};
    case Op::method: {
      Form form{"cxxMemberCallExpr", {}, arguments(0, node.kids.size() - 1)};
      form.ways.insert(form.ways.begin(), "on(@)");
      return form;
    }
    case Op::member:
      return {"memberExpr", {}, {"hasObjectExpression(@)"}};
    case Op::subscript:
      return {"arraySubscriptExpr", {}, {"hasBase(@)", "hasIndex(@)"}};
    case Op::literal:
      return {"integerLiteral", {"equals(" + node.text + ")"}, {}};
    case Op::name:
      return {"declRefExpr", {"to(varDecl(hasName(" + sign + ")))"}, {}};
    default:
      return {"expr", {}, {}};
  }
}

bool has_marks(const Expr& root) {
  bool found = false;
  walk(root, [&](const Expr& node) { found = found || node.mark; });
  return found;
}

std::string with(std::string way, const std::string& matcher) {
  return way.replace(way.find('@'), 1, matcher);
}

Form form_in_template(const Expr& node) {
  const std::string sign = "hasOperatorName(\"" + node.text + "\")";
  if (node.op == Op::binary) return {"binaryOperation", {sign}, {"hasLHS(@)", "hasRHS(@)"}};
  if (node.op == Op::prefix)
    return {"mapAnyOf(unaryOperator, cxxOperatorCallExpr).with", {sign}, {"hasUnaryOperand(@)"}};
  return form_of(node);
}

std::string matcher(const Expr& node, bool dependent) {
  const Form form = dependent ? form_in_template(node) : form_of(node);
  std::vector<std::string> conditions = form.conditions;
  for (size_t i = 0; i < node.kids.size(); ++i)
    if (has_marks(node.kids[i]))
      conditions.push_back(with(form.ways.at(i), matcher(node.kids[i], dependent)));
  return made(form.name, conditions, node.mark);
}

}  // namespace

const std::vector<Context>& contexts() {
  static const std::vector<Context> all = {
      {"return ", ";", 1, "returnStmt(hasReturnValue(@))"},
      {"if (", ") f0();", 1, "ifStmt(hasCondition(@))", true},
      {"while (", ") f0();", 1, "whileStmt(hasCondition(@))", true},
      {"do f0(); while (", ");", 1, "doStmt(hasCondition(@))", true},
      {"for (; ", ";) f0();", 1, "forStmt(hasCondition(@))", true},
      {"switch (", ") { default: f0(); }", 1, "switchStmt(hasCondition(@))"},
      {"int n = ", "; return n;", 2, "varDecl(hasName(\"n\"), hasInitializer(@))"},
      {"int k[] = {0, ", ", 2}; use(k);", 2,
       "varDecl(hasName(\"k\"), hasInitializer(initListExpr(hasInit(1, @))))"},
      {"f9(", ");", 2, "callExpr(callee(functionDecl(hasName(\"f9\"))), hasArgument(0, @))"},
      {"gg = ", ";", 2,
       "binaryOperator(hasOperatorName(\"=\"), hasLHS(declRefExpr(to(varDecl(hasName(\"gg\"))))), "
       "hasRHS(@))"},
      {"", ";", 1, "compoundStmt(hasAnySubstatement(@))"},
      {"{ if (a) {} else ", "; }", 1, "ifStmt(hasElse(@))"}};
  return all;
}

bool may_stand(size_t context, const Expr& expression) {
  const std::string& before = contexts()[context].before;
  if (!before.empty() && !before.ends_with("else ")) return true;
  const Op first = first_of(expression).op;
  return expression.extra || expression.least || (first != Op::functional && first != Op::braces);
}

bool can_be_bound(const Expr& node, size_t kid, bool dependent) {
  // Of `p[t]` Clang does not know which of the two is the pointer.
  if (dependent && node.op == Op::subscript) return false;
  return kid < form_of(node).ways.size();
}

std::string matcher_for(const std::string& function, size_t context, const Expr& expression, bool dependent) {
  return "functionDecl(hasName(\"" + function + "\"), hasDescendant(" +
         with(contexts()[context].matcher, matcher(expression, dependent)) + "))";
}

}  // namespace nanobug::properties
