// effects: see effects.h.
#include "mutator/rewrite/effects.h"

#include <algorithm>

namespace nanobug::rewrite {
namespace {

using namespace clang;

constexpr int kDeepest = 5;  // of calls into bodies, and of types in types

bool of_a_library(const Decl& declaration) {
  return declaration.isInStdNamespace() ||
         declaration.getASTContext().getSourceManager().isInSystemHeader(declaration.getLocation());
}

bool is_value(QualType type, int depth);

// Does the class say itself how it is copied? Then what it points to is its own.
bool says_how_it_is_copied(const CXXRecordDecl& record) {
  return std::any_of(record.ctor_begin(), record.ctor_end(), [](const CXXConstructorDecl* made) {
    return made->isCopyConstructor() && made->isUserProvided() && !made->isDeleted();
  });
}

bool are_values(ArrayRef<TemplateArgument> arguments, int depth) {
  return std::all_of(arguments.begin(), arguments.end(), [&](const TemplateArgument& argument) {
    if (argument.getKind() == TemplateArgument::Type) return is_value(argument.getAsType(), depth);
    return argument.getKind() != TemplateArgument::Pack || are_values(argument.getPackAsArray(), depth);
  });
}

bool is_value(QualType type, int depth) {
  type = type.getCanonicalType().getNonReferenceType();
  while (const ArrayType* array = type->getAsArrayTypeUnsafe()) type = array->getElementType();
  if (type->isDependentType() || depth > kDeepest) return false;
  const CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (!record) return true;
  record = record->getDefinition();
  if (!record) return false;
  if (record->hasTrivialDestructor()) return true;
  const CXXDestructorDecl* destructor = record->getDestructor();
  if (destructor && destructor->isUserProvided()) {
    const auto* filled = dyn_cast<ClassTemplateSpecializationDecl>(record);
    return says_how_it_is_copied(*record) && (!filled || !record->isInStdNamespace() ||
                                              are_values(filled->getTemplateArgs().asArray(), depth + 1));
  }
  return std::all_of(record->bases_begin(), record->bases_end(),
                     [&](const CXXBaseSpecifier& base) { return is_value(base.getType(), depth + 1); }) &&
         std::all_of(record->field_begin(), record->field_end(),
                     [&](const FieldDecl* field) { return is_value(field->getType(), depth + 1); });
}

// Could a const member function of the class reach anything that is not const?
bool is_plain(const CXXRecordDecl* record, int depth = 0) {
  record = record ? record->getDefinition() : nullptr;
  if (!record || depth > kDeepest || record->isDependentContext()) return false;
  const bool owner = says_how_it_is_copied(*record);
  const auto plain = [&](QualType type) {
    if (owner) return true;
    if (type->isReferenceType() || type->isPointerType()) return type->getPointeeType().isConstQualified();
    const CXXRecordDecl* inner = type->getAsCXXRecordDecl();
    return !inner || inner->isInStdNamespace() || is_plain(inner, depth + 1);
  };
  return std::all_of(
             record->field_begin(), record->field_end(),
             [&](const FieldDecl* field) { return !field->isMutable() && plain(field->getType()); }) &&
         std::all_of(record->bases_begin(), record->bases_end(), [&](const CXXBaseSpecifier& base) {
           return is_plain(base.getType()->getAsCXXRecordDecl(), depth + 1);
         });
}

// Something that a function may call back.
bool is_callable(QualType type) {
  type = type.getNonReferenceType();
  if (type->isFunctionType() || type->isFunctionPointerType() || type->isMemberFunctionPointerType())
    return true;
  const CXXRecordDecl* record = type->getAsCXXRecordDecl();
  if (!record) return false;
  record = record->getDefinition();
  return record && std::any_of(record->method_begin(), record->method_end(), [](const CXXMethodDecl* method) {
           return method->getOverloadedOperator() == OO_Call;
         });
}

class Purity {
 public:
  explicit Purity(int depth) : depth_(depth) {}

  bool holds(const Stmt* tree) {
    if (!tree || isa<LambdaExpr>(tree) || is_not_evaluated(*tree))
      return true;  // making a lambda is not to run it
    if (isa<CXXThrowExpr, CXXNewExpr, CXXDeleteExpr, CoawaitExpr, CoyieldExpr, CoreturnStmt, AsmStmt,
            StmtExpr, CXXTryStmt, PseudoObjectExpr>(tree))
      return false;
    if (const auto* expression = dyn_cast<Expr>(tree); expression && !holds_here(*expression)) return false;
    if (const auto* declared = dyn_cast<DeclStmt>(tree))
      for (const Decl* each : declared->decls())
        if (!holds(*each)) return false;
    return std::all_of(tree->child_begin(), tree->child_end(),
                       [&](const Stmt* child) { return holds(child); });
  }

 private:
  bool holds(const Decl& declared) {
    const auto* variable = dyn_cast<VarDecl>(&declared);
    if (!variable) return true;
    return variable->hasLocalStorage() && is_value(variable->getType(), 0);
  }

  // sizeof(int[++n]) is, its size being that of a variable array.
  static bool is_not_evaluated(const Stmt& tree) {
    const auto* asked = dyn_cast<UnaryExprOrTypeTraitExpr>(&tree);
    return isa<CXXNoexceptExpr>(tree) || (asked && !asked->getTypeOfArgument()->isVariablyModifiedType());
  }

  bool holds_here(const Expr& expression) {
    if (expression.isTypeDependent() || expression.getType().isVolatileQualified()) return false;
    if (const auto* unary = dyn_cast<UnaryOperator>(&expression); unary && unary->isIncrementDecrementOp())
      return is_own(unary->getSubExpr());
    if (const auto* binary = dyn_cast<BinaryOperator>(&expression); binary && binary->isAssignmentOp())
      return is_own(binary->getLHS());
    if (const auto* call = dyn_cast<CallExpr>(&expression)) return call_holds(*call);
    if (const auto* made = dyn_cast<CXXConstructExpr>(&expression)) return construction_holds(*made);
    if (const auto* bound = dyn_cast<CXXBindTemporaryExpr>(&expression)) return is_value(bound->getType(), 0);
    return true;
  }

  // Inside of a body that is looked into, its own variables may change.
  bool is_own(const Expr* target) const {
    if (depth_ == 0) return false;
    const auto* reference = dyn_cast<DeclRefExpr>(target->IgnoreParenImpCasts());
    const auto* variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    return variable && variable->hasLocalStorage() && !variable->getType()->isReferenceType();
  }

  bool body_holds(const FunctionDecl& callee) const {
    const FunctionDecl* definition = nullptr;
    return depth_ < kDeepest && callee.hasBody(definition) && Purity(depth_ + 1).holds(definition->getBody());
  }

  // Can the callee change what this argument stands for?
  static bool only_reads(QualType parameter, const Expr* argument) {
    if (parameter->isRValueReferenceType())
      return argument && isa<MaterializeTemporaryExpr>(argument->IgnoreImpCasts());
    if (!parameter->isReferenceType() && !parameter->isPointerType()) return true;
    return parameter->getPointeeType().isConstQualified();
  }

  template <class Call>
  static bool arguments_only_read(const FunctionDecl& callee, const Call& call, unsigned first) {
    for (unsigned i = 0; i < callee.getNumParams() && i + first < call.getNumArgs(); ++i)
      if (!only_reads(callee.getParamDecl(i)->getType(), call.getArg(i + first))) return false;
    return !callee.isVariadic() || callee.getBuiltinID() != 0;
  }

  // Is what is handed over to be called back harmless too?
  bool callbacks_hold(const CallExpr& call, unsigned first) const {
    return std::all_of(call.arg_begin() + first, call.arg_end(), [&](const Expr* argument) {
      if (!is_callable(argument->getType())) return true;
      const auto* lambda = dyn_cast<LambdaExpr>(argument->IgnoreImplicit());
      return lambda && depth_ < kDeepest && Purity(depth_ + 1).holds(lambda->getBody());
    });
  }

  bool call_holds(const CallExpr& call) const {
    const FunctionDecl* callee = call.getDirectCallee();
    if (!callee || call.getType()->isVoidType()) return false;
    if (const auto* method = dyn_cast<CXXMethodDecl>(callee)) return method_holds(*method, call);
    const auto& builtins = callee->getASTContext().BuiltinInfo;
    const unsigned builtin = callee->getBuiltinID();  // std::sqrt is ::sqrt, whose only effect is errno
    const bool known = (builtin && (builtins.isConst(builtin) || builtins.isPure(builtin) ||
                                    builtins.isConstWithoutErrnoAndExceptions(builtin))) ||
                       callee->isInStdNamespace() || callee->hasAttr<ConstAttr>() ||
                       callee->hasAttr<PureAttr>() ||
                       (isa<CXXOperatorCallExpr>(call) && (of_a_library(*callee) || !callee->hasBody()));
    if (!arguments_only_read(*callee, call, 0)) return false;
    return known ? callbacks_hold(call, 0) : body_holds(*callee);
  }

  // Tensor libraries mark the member functions that write with a `_` at the end.
  bool method_holds(const CXXMethodDecl& method, const CallExpr& call) const {
    const auto* operation = dyn_cast<CXXOperatorCallExpr>(&call);
    if (operation && operation->isAssignmentOp()) return false;
    if (!method.isConst() || !arguments_only_read(method, call, operation ? 1 : 0)) return false;
    if (method.getOverloadedOperator() == OO_Call && !method.getParent()->isLambda() &&
        of_a_library(method) && is_callable_holder(*method.getParent()))
      return false;
    const bool marked = method.getIdentifier() && method.getName().ends_with("_");
    if (of_a_library(method)) return !marked && callbacks_hold(call, operation ? 1 : 0);
    if (method.hasBody()) return body_holds(method);
    return !marked && !method.isVirtual() && is_plain(method.getParent());
  }

  // std::function and its kin: what they call, nobody knows.
  static bool is_callable_holder(const CXXRecordDecl& record) {
    const StringRef name = record.getName();
    return name.contains("function") || name == "reference_wrapper" || name == "packaged_task" ||
           name.starts_with("_Bind");
  }

  bool construction_holds(const CXXConstructExpr& made) const {
    const CXXConstructorDecl& constructor = *made.getConstructor();
    if (!arguments_only_read(constructor, made, 0)) return false;
    if (constructor.isTrivial() || constructor.isDefaulted() || of_a_library(constructor)) return true;
    const FunctionDecl* definition = nullptr;
    if (depth_ >= kDeepest || !constructor.hasBody(definition)) return false;
    const auto* written = cast<CXXConstructorDecl>(definition);
    Purity inner(depth_ + 1);
    return std::all_of(written->init_begin(), written->init_end(),
                       [&](const CXXCtorInitializer* each) { return inner.holds(each->getInit()); }) &&
           Purity(depth_ + 1).holds(definition->getBody());
  }

  int depth_;
};

}  // namespace

bool only_computes(const Stmt* statement) {
  return Purity(0).holds(statement);
}

bool is_value(QualType type) {
  return is_value(type, 0);
}

}  // namespace nanobug::rewrite
