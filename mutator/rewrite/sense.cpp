// sense: see sense.h.
#include "mutator/rewrite/sense.h"

#include <clang/AST/RecursiveASTVisitor.h>

namespace nanobug::rewrite {
namespace {

using namespace clang;

// Is it read there when the expression is evaluated? What is only named (its size, its address, a lambda's
// capture by reference) is not.
class Reads : public RecursiveASTVisitor<Reads> {
 public:
  explicit Reads(const ValueDecl& of) : of_(of) {}

  bool found = false;

  bool TraverseLambdaExpr(LambdaExpr*) { return true; }
  bool TraverseUnaryExprOrTypeTraitExpr(UnaryExprOrTypeTraitExpr*) { return true; }
  bool TraverseCXXNoexceptExpr(CXXNoexceptExpr*) { return true; }
  bool TraverseDecltypeTypeLoc(DecltypeTypeLoc) { return true; }
  bool TraverseUnaryOperator(UnaryOperator* operation) {
    return operation->getOpcode() == UO_AddrOf || RecursiveASTVisitor::TraverseUnaryOperator(operation);
  }
  bool VisitImplicitCastExpr(ImplicitCastExpr* cast) {
    if (cast->getCastKind() == CK_LValueToRValue) found = found || is_it(cast->getSubExpr());
    return true;
  }
  bool VisitCallExpr(CallExpr* call) {
    for (const Expr* argument : call->arguments()) found = found || is_read_as_a_whole(argument);
    return true;
  }
  bool VisitCXXConstructExpr(CXXConstructExpr* made) {
    for (const Expr* argument : made->arguments()) found = found || is_read_as_a_whole(argument);
    return true;
  }

 private:
  bool is_it(const Expr* expression) const {
    expression = expression->IgnoreParens();
    if (const auto* name = dyn_cast<DeclRefExpr>(expression)) return name->getDecl() == &of_;
    const auto* member = dyn_cast<MemberExpr>(expression);
    return member && member->getMemberDecl() == &of_ &&
           isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts());
  }
  bool is_read_as_a_whole(const Expr* argument) const {
    return argument->getType()->isRecordType() && is_it(argument->IgnoreImplicit());
  }

  const ValueDecl& of_;
};

bool reads(Expr* expression, const ValueDecl& of) {
  Reads visitor(of);
  visitor.TraverseStmt(expression);
  return visitor.found;
}

class Visitor : public RecursiveASTVisitor<Visitor> {
 public:
  explicit Visitor(Unit& unit) : language_(unit.context().getLangOpts()) {}

  Senseless all;

  bool VisitVarDecl(VarDecl* variable) {
    // `int x = x;` is how some silence a warning; it was there before, then.
    if (variable->hasInit() && !isa<ParmVarDecl>(variable) && !variable->getType()->isReferenceType() &&
        reads(variable->getInit(), *variable))
      ++all["'" + variable->getNameAsString() + "' would be read before it has a value"];
    return true;
  }

  bool VisitCXXConstructorDecl(CXXConstructorDecl* made) {
    if (!made->isThisDeclarationADefinition()) return true;
    std::vector<const FieldDecl*> later;
    for (const CXXCtorInitializer* each : made->inits())
      if (each->isMemberInitializer()) later.push_back(each->getMember());
    for (CXXCtorInitializer* each : made->inits()) {
      if (!each->isMemberInitializer()) continue;
      for (const FieldDecl* field : later)
        if (each->isWritten() && reads(each->getInit(), *field))
          ++all["'" + field->getNameAsString() + "' would be read before it has a value"];
      std::erase(later, each->getMember());
    }
    return true;
  }

  bool VisitSwitchCase(SwitchCase* label) {
    before_a_declaration(label->getSubStmt());
    return true;
  }
  bool VisitLabelStmt(LabelStmt* label) {
    before_a_declaration(label->getSubStmt());
    return true;
  }

 private:
  void before_a_declaration(const Stmt* statement) {
    if (!language_.CPlusPlus && !language_.C23 && isa_and_nonnull<DeclStmt>(statement))
      ++all["a label would stand before a declaration, which C takes from C23 on"];
  }

  const LangOptions& language_;
};

std::string called(const FunctionDecl& function) {
  return function.getQualifiedNameAsString() + " " + function.getType().getCanonicalType().getAsString();
}

class Functions : public RecursiveASTVisitor<Functions> {
 public:
  Definitions defined, declared;

  bool shouldVisitTemplateInstantiations() const { return false; }
  bool TraverseStmt(Stmt*) { return true; }
  bool VisitFunctionDecl(FunctionDecl* function) {
    if (function->isTemplated() || function->isTemplateInstantiation() || function->isImplicit()) return true;
    const bool defines =
        function->isThisDeclarationADefinition() || function->isDefaulted() || function->isDeleted();
    (defines ? defined : declared).emplace(called(*function), function);
    return true;
  }
};

// Does a header that the other file reads still declare this function, by its name and type?
bool is_declared_outside(const FunctionDecl& function, Unit& other) {
  if (isa<CXXMethodDecl>(function) || !function.getIdentifier() || !function.isExternallyVisible())
    return false;
  std::vector<std::string> spaces;
  for (const DeclContext* at = function.getDeclContext(); at; at = at->getParent())
    if (const auto* space = dyn_cast<NamespaceDecl>(at); space && !space->isInline())
      spaces.push_back(space->getNameAsString());
  ASTContext& context = other.context();
  const DeclContext* in = context.getTranslationUnitDecl();
  for (auto name = spaces.rbegin(); name != spaces.rend(); ++name) {
    const auto found = in->lookup(&context.Idents.get(*name));
    const NamespaceDecl* space = nullptr;
    for (const NamedDecl* each : found) space = space ? space : dyn_cast<NamespaceDecl>(each);
    if (!space) return false;
    in = space;
  }
  for (const NamedDecl* each : in->lookup(&context.Idents.get(function.getName())))
    if (const auto* declared = dyn_cast<FunctionDecl>(each);
        declared && called(*declared) == called(function))
      return true;
  return false;
}

Functions functions_of(Unit& unit) {
  Functions all;
  for (Decl* declaration : unit.context().getTraversalScope()) all.TraverseDecl(declaration);
  return all;
}

}  // namespace

Senseless senseless_in(Unit& unit) {
  Visitor visitor(unit);
  for (Decl* declaration : unit.context().getTraversalScope()) visitor.TraverseDecl(declaration);
  return std::move(visitor.all);
}

Definitions definitions_in(Unit& unit) {
  return functions_of(unit).defined;
}

std::string left_without_definition(const Definitions& before, Unit& after) {
  const Functions now = functions_of(after);
  for (const auto& [name, function] : before)
    if (!now.defined.contains(name) && (now.declared.contains(name) || is_declared_outside(*function, after)))
      return function->getNameAsString();
  return "";
}

}  // namespace nanobug::rewrite
