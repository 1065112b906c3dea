// resolution: see resolution.h.
#include "mutator/rewrite/resolution.h"

#include <algorithm>
#include <deque>

#include <clang/AST/ExprConcepts.h>
#include <clang/AST/RecursiveASTVisitor.h>

namespace nanobug::rewrite {
namespace {

using namespace clang;

class Resolver : public RecursiveASTVisitor<Resolver> {
 public:
  Resolver(Unit& unit, const std::vector<Span>& left_out)
      : unit_(unit), left_out_(left_out), policy_(unit.context().getPrintingPolicy()) {
    policy_.AnonymousTagLocations = false;  // lines move
  }

  std::vector<size_t> all() {
    for (Decl* declaration : unit_.context().getTraversalScope()) TraverseDecl(declaration);
    for (; !reached_.empty(); reached_.pop_front())
      if (!is_left_out(*reached_.front())) RecursiveASTVisitor::TraverseDecl(reached_.front());
    return std::move(found_);
  }

  bool shouldVisitTemplateInstantiations() const { return true; }
  bool shouldVisitImplicitCode() const { return true; }
  bool shouldWalkTypesOfTypeLocs() const { return false; }

  bool TraverseDecl(Decl* declaration) {
    if (declaration && (is_left_out(*declaration) || is_made_when_needed(*declaration))) return true;
    return RecursiveASTVisitor::TraverseDecl(declaration);
  }

  bool VisitExpr(Expr* expression) {
    note(of(expression->getType()));
    return true;
  }
  bool VisitDeclRefExpr(DeclRefExpr* name) {
    reach(name->getDecl());
    return true;
  }
  bool VisitMemberExpr(MemberExpr* name) {
    reach(name->getMemberDecl());
    return true;
  }
  bool VisitCXXConstructExpr(CXXConstructExpr* made) {
    reach(made->getConstructor());
    return true;
  }
  bool VisitCXXInheritedCtorInitExpr(CXXInheritedCtorInitExpr* made) {
    reach(made->getConstructor());
    return true;
  }
  bool VisitCXXBindTemporaryExpr(CXXBindTemporaryExpr* bound) {
    reach(bound->getTemporary()->getDestructor());
    return true;
  }
  bool VisitCXXNewExpr(CXXNewExpr* made) {
    reach(made->getOperatorNew());
    return true;
  }
  bool VisitCXXDeleteExpr(CXXDeleteExpr* destroyed) {
    reach(destroyed->getOperatorDelete());
    return true;
  }
  // In a template that is not filled in here: all that could be meant.
  bool VisitOverloadExpr(OverloadExpr* overloads) {
    for (const NamedDecl* each : overloads->decls()) note(of(*each));
    return true;
  }
  bool VisitUnaryExprOrTypeTraitExpr(UnaryExprOrTypeTraitExpr* asked) {
    note(of(asked->getTypeOfArgument()));
    Expr::EvalResult value;
    if (!asked->isInstantiationDependent() && asked->EvaluateAsInt(value, unit_.context()))
      note(static_cast<size_t>(value.Val.getInt().getExtValue()));
    return true;
  }
  bool VisitTypeTraitExpr(TypeTraitExpr* asked) {
    note(!asked->isValueDependent() && asked->getValue());
    return true;
  }
  bool VisitConceptSpecializationExpr(ConceptSpecializationExpr* asked) {
    note(!asked->isValueDependent() && asked->isSatisfied());
    return true;
  }
  bool VisitValueDecl(ValueDecl* declared) {
    note(of(declared->getType()));
    if (const auto* number = dyn_cast<EnumConstantDecl>(declared))
      note(number->getInitVal().getLimitedValue());
    const auto* variable = dyn_cast<VarDecl>(declared);
    const CXXRecordDecl* record = variable ? variable->getType()->getAsCXXRecordDecl() : nullptr;
    if (record && record->hasDefinition()) reach(record->getDestructor());
    return true;
  }

 private:
  bool is_left_out(const Decl& declaration) {
    const auto at = left_out_.empty() ? std::nullopt : unit_.offset(declaration.getLocation());
    return at && std::any_of(left_out_.begin(), left_out_.end(),
                             [&](const Span& span) { return span.contains(*at); });
  }

  // A constructor that nobody wrote is there where somebody uses it, and is met there.
  static bool is_made_when_needed(const Decl& declaration) {
    const auto* method = dyn_cast<CXXMethodDecl>(&declaration);
    return method && method->isImplicit() && !method->getParent()->isLambda();
  }

  void note(size_t what) { found_.push_back(what); }

  // By its name: the same type of two parses.
  size_t of(QualType type) {
    if (type.isNull()) return 0;
    type = type.getCanonicalType();
    const auto [known, added] = types_.try_emplace(type.getAsOpaquePtr(), 0);
    if (added) known->second = llvm::hash_combine(type.getAsString(policy_), size_of(type));
    return known->second;
  }

  // Of a class or an enumeration; -1 of what its name says, or where it is not known.
  int64_t size_of(QualType type) const {
    const TagDecl* tag = type->getAsTagDecl();
    if (!tag || type->isDependentType() || type->isIncompleteType() || tag->isInvalidDecl()) return -1;
    return unit_.context().getTypeSizeInChars(type).getQuantity();
  }

  // By its name with its arguments, and where it stands; in the file itself lines move.
  size_t of(const NamedDecl& declared) {
    const auto [known, added] = declarations_.try_emplace(declared.getCanonicalDecl(), 0);
    if (!added) return known->second;
    std::string name;
    llvm::raw_string_ostream out(name);
    // Their names are a class's, and of a lambda's a line is a part.
    if (isa<CXXConstructorDecl, CXXDestructorDecl, CXXConversionDecl>(declared))
      out << unit_.context().getRecordType(cast<CXXMethodDecl>(declared).getParent()).getAsString(policy_)
          << declared.getKind();
    else
      declared.getNameForDiagnostic(out, policy_, /*Qualified=*/true);
    if (const auto* value = dyn_cast<ValueDecl>(&declared))
      out << ' ' << value->getType().getAsString(policy_);
    const SourceManager& sources = unit_.sources();
    const auto [file, offset] = sources.getDecomposedExpansionLoc(declared.getLocation());
    if (const auto entry = sources.getFileEntryRefForID(file); entry && file != sources.getMainFileID())
      out << ' ' << entry->getName() << ' ' << offset;
    return known->second = std::hash<std::string>{}(out.str());
  }

  void reach(const NamedDecl* declared) {
    if (!declared) return;
    note(of(*declared));
    if (!seen_.insert(declared->getCanonicalDecl()).second) return;
    const Decl* body = nullptr;
    bool filled_in = false;
    if (const auto* function = dyn_cast<FunctionDecl>(declared)) {
      const FunctionDecl* definition = nullptr;
      if (function->hasBody(definition)) body = definition;
      filled_in = function->isTemplateInstantiation();
    } else if (const auto* variable = dyn_cast<VarDecl>(declared); variable && !variable->isLocalVarDecl()) {
      body = variable->getDefinition();
      filled_in = isTemplateInstantiation(variable->getTemplateSpecializationKind());
    }
    // What stands in the file is met there. What came out of a precompiled header was settled in it.
    if (!body || body->isFromASTFile()) return;
    const bool made = is_made_when_needed(*declared);
    if (!made && unit_.offset(body->getLocation())) return;
    if (made || filled_in || !unit_.sources().isInSystemHeader(body->getLocation()))
      reached_.push_back(const_cast<Decl*>(body));
  }

  Unit& unit_;
  const std::vector<Span>& left_out_;
  PrintingPolicy policy_;
  std::vector<size_t> found_;
  std::deque<Decl*> reached_;
  llvm::DenseMap<const void*, size_t> types_;
  llvm::DenseMap<const Decl*, size_t> declarations_;
  llvm::DenseSet<const Decl*> seen_;
};

}  // namespace

std::vector<size_t> resolution(Unit& unit, const std::vector<Span>& left_out) {
  return Resolver(unit, left_out).all();
}

}  // namespace nanobug::rewrite
