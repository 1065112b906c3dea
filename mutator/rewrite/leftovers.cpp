// leftovers: see leftovers.h.
#include "mutator/rewrite/leftovers.h"

#include <algorithm>
#include <map>

namespace nanobug::rewrite {
namespace {

using namespace clang;
using namespace clang::ast_matchers;

// Can the callee change what this argument stands for?
bool only_reads(QualType parameter, const Expr* argument) {
  if (parameter->isRValueReferenceType())
    return argument && isa<MaterializeTemporaryExpr>(argument->IgnoreImpCasts());
  if (!parameter->isReferenceType() && !parameter->isPointerType()) return true;
  return parameter->getPointeeType().isConstQualified();
}

template <class Call>
bool arguments_only_read(const FunctionDecl& callee, const Call& call, unsigned first) {
  for (unsigned i = 0; i < callee.getNumParams() && i + first < call.getNumArgs(); ++i)
    if (!only_reads(callee.getParamDecl(i)->getType(), call.getArg(i + first))) return false;
  return !callee.isVariadic() || callee.getBuiltinID() != 0;
}

// A call that can be left out: it answers, and what it is given stays as it was. Free functions outside `std`
// are not trusted (they may draw random numbers or print); a const member function is, unless its name ends
// in `_`, which is how tensor libraries mark the ones that write.
bool only_computes(const CallExpr& call) {
  const FunctionDecl* callee = call.getDirectCallee();
  if (!callee || call.getType()->isVoidType()) return false;
  if (const auto* method = dyn_cast<CXXMethodDecl>(callee)) {
    const auto* operation = dyn_cast<CXXOperatorCallExpr>(&call);
    if (operation && operation->isAssignmentOp()) return false;
    const bool silent = method->isConst() && !(method->getIdentifier() && method->getName().ends_with("_"));
    return silent && arguments_only_read(*callee, call, operation ? 1 : 0);
  }
  const auto& builtins = callee->getASTContext().BuiltinInfo;
  const unsigned builtin = callee->getBuiltinID();  // std::sqrt is ::sqrt, whose only effect is errno
  const bool known = (builtin && (builtins.isConst(builtin) || builtins.isPure(builtin) ||
                                  builtins.isConstWithoutErrnoAndExceptions(builtin))) ||
                     callee->isInStdNamespace() || callee->isConstexpr() || callee->hasAttr<ConstAttr>() ||
                     callee->hasAttr<PureAttr>() || isa<CXXOperatorCallExpr>(call);
  return known && arguments_only_read(*callee, call, 0);
}

bool only_computes(const Stmt* tree, const ASTContext& context) {
  if (!tree || isa<LambdaExpr>(tree)) return true;  // making a lambda does not run it
  if (const auto* expression = dyn_cast<Expr>(tree)) {
    if (expression->isInstantiationDependent()) return false;
    if (isa<CXXNewExpr, CXXDeleteExpr, CXXThrowExpr, CoawaitExpr, CoyieldExpr, StmtExpr>(expression))
      return false;
    if (const auto* unary = dyn_cast<UnaryOperator>(expression); unary && unary->isIncrementDecrementOp())
      return false;
    if (const auto* binary = dyn_cast<BinaryOperator>(expression); binary && binary->isAssignmentOp())
      return false;
    if (const auto* call = dyn_cast<CallExpr>(expression); call && !only_computes(*call)) return false;
    if (const auto* made = dyn_cast<CXXConstructExpr>(expression);
        made && !arguments_only_read(*made->getConstructor(), *made, 0))
      return false;
  }
  return std::all_of(tree->child_begin(), tree->child_end(),
                     [&](const Stmt* child) { return only_computes(child, context); });
}

class Surveyor : public MatchFinder::MatchCallback {
 public:
  explicit Surveyor(Unit& unit) : unit_(unit) {}

  void run(const MatchFinder::MatchResult& match) override {
    if (const auto* use = match.Nodes.getNodeAs<DeclRefExpr>("use")) {
      if (const auto offset = unit_.offset(use->getLocation())) uses_[use->getDecl()].push_back(*offset);
    } else if (const auto* statement = match.Nodes.getNodeAs<DeclStmt>("statement")) {
      declaration(*statement);
    } else if (const auto* function = match.Nodes.getNodeAs<FunctionDecl>("function")) {
      const auto begin = unit_.offset(function->getBeginLoc()), end = unit_.offset(function->getEndLoc());
      if (begin && end)
        result_.functions.push_back({function->getQualifiedNameAsString(), {*begin, *end + 1}});
    }
  }

  Survey finish() {
    for (auto& [variable, description] : declared_) {
      description.uses = uses_[variable];
      if (!description.uses.empty())
        result_.variables.push_back(description);  // one never read was so before
    }
    return std::move(result_);
  }

 private:
  void declaration(const DeclStmt& statement) {
    if (!statement.isSingleDecl() || statement.getBeginLoc().isMacroID()) return;
    const auto* variable = dyn_cast<VarDecl>(statement.getSingleDecl());
    if (!variable || !variable->hasLocalStorage() || variable->hasAttrs()) return;
    if (!only_computes(variable->getInit(), unit_.context())) return;
    const auto begin = unit_.offset(statement.getBeginLoc()), end = unit_.offset(statement.getEndLoc());
    if (begin && end) declared_[variable] = {variable->getNameAsString(), {*begin, *end + 1}, {}};
  }

  Unit& unit_;
  Survey result_;
  std::map<const ValueDecl*, Variable> declared_;
  std::map<const ValueDecl*, std::vector<unsigned>> uses_;
};

}  // namespace

std::string Survey::function_at(unsigned offset) const {
  const Function* innermost = nullptr;
  for (const Function& function : functions)
    if (function.span.contains(offset) && (!innermost || function.span.begin >= innermost->span.begin))
      innermost = &function;
  return innermost ? innermost->name : "";
}

Survey survey(Unit& unit) {
  Surveyor surveyor(unit);
  MatchFinder finder;
  finder.addMatcher(declRefExpr(to(varDecl())).bind("use"), &surveyor);
  finder.addMatcher(declStmt(hasParent(compoundStmt())).bind("statement"), &surveyor);
  finder.addMatcher(functionDecl(isDefinition(), unless(cxxMethodDecl(ofClass(cxxRecordDecl(isLambda())))))
                        .bind("function"),
                    &surveyor);
  finder.matchAST(unit.context());
  Survey result = surveyor.finish();
  result.includes = read_includes(unit);
  return result;
}

std::vector<Span> unused_after(const Survey& survey, std::vector<Span> gone,
                               const std::vector<std::string>& added) {
  std::vector<Span> unused;
  const auto is_gone = [&](unsigned offset) {
    return std::any_of(gone.begin(), gone.end(), [&](const Span& span) { return span.contains(offset); });
  };
  const auto is_added = [&](const std::string& name) {
    return std::any_of(added.begin(), added.end(),
                       [&](const std::string& text) { return mentions(text, name); });
  };
  for (bool again = true; again;) {
    again = false;
    for (const Variable& variable : survey.variables) {
      if (is_gone(variable.statement.begin) || is_added(variable.name)) continue;
      if (!std::all_of(variable.uses.begin(), variable.uses.end(), is_gone)) continue;
      unused.push_back(variable.statement);
      gone.push_back(variable.statement);
      again = true;
    }
  }
  return unused;
}

}  // namespace nanobug::rewrite
