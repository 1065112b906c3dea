// oracle: see oracle.h.
#include "tests/properties/oracle.h"

#include <algorithm>

#include <clang/AST/ASTContext.h>
#include <clang/AST/Attr.h>
#include <clang/AST/DeclCXX.h>
#include <clang/AST/DeclTemplate.h>
#include <clang/AST/ExprCXX.h>
#include <clang/AST/StmtCXX.h>
#include <clang/Frontend/ASTUnit.h>
#include <clang/Tooling/Tooling.h>

namespace nanobug::properties {
namespace {

class Errors : public clang::DiagnosticConsumer {
 public:
  explicit Errors(std::map<int, std::string>& errors) : errors_(errors) {}

  void HandleDiagnostic(clang::DiagnosticsEngine::Level level, const clang::Diagnostic& info) override {
    DiagnosticConsumer::HandleDiagnostic(level, info);
    if (level < clang::DiagnosticsEngine::Error) return;
    llvm::SmallString<128> text;
    info.FormatDiagnostic(text);
    int line = 0;
    if (info.hasSourceManager() && info.getLocation().isValid())
      line = static_cast<int>(info.getSourceManager().getSpellingLineNumber(info.getLocation()));
    errors_.emplace(line, text.str().str());
  }

 private:
  std::map<int, std::string>& errors_;
};

// Everything that a node says beside its children. Implicit nodes are written too: they follow from the rest.
class Writer {
 public:
  std::string text;

  void write(const clang::Stmt* node) {
    if (!node) {
      text += "(null)";
      return;
    }
    if (const auto* parentheses = clang::dyn_cast<clang::ParenExpr>(node))
      return write(parentheses->getSubExpr());
    if (const auto* attributed = clang::dyn_cast<clang::AttributedStmt>(node);
        attributed && !is_pragma(attributed))
      return write(attributed->getSubStmt());
    text += '(';
    text += node->getStmtClassName();
    if (const auto* expression = clang::dyn_cast<clang::Expr>(node)) {
      add(expression->getType());
      if (expression->isLValue()) text += " lvalue";
      if (expression->isXValue()) text += " xvalue";
    }
    own(node);
    if (const auto* lambda = clang::dyn_cast<clang::LambdaExpr>(node))
      write(lambda->getBody());
    else
      for (const clang::Stmt* child : node->children()) {
        if (is_empty_else(node, child)) continue;
        if (clang::isa<clang::CompoundStmt>(node))
          element(child);
        else if (is_body(node, child))
          body(child);
        else
          write(child);
      }
    text += ')';
  }

 private:
  void add(llvm::StringRef word) { text += ' ', text += word; }

  // A lambda's type is named after the place where it stands.
  void add(clang::QualType type) {
    std::string name = type.getAsString();
    for (size_t at; (at = name.find("(lambda at ")) != std::string::npos;)
      name.replace(at, name.find(')', at) + 1 - at, "lambda");
    add(name);
  }

  // It does what no else does, and goes when an edit leaves it so.
  static bool is_empty_else(const clang::Stmt* node, const clang::Stmt* child) {
    const auto* branch = clang::dyn_cast<clang::IfStmt>(node);
    const auto* block = clang::dyn_cast_or_null<clang::CompoundStmt>(child);
    return branch && child == branch->getElse() &&
           (clang::isa_and_nonnull<clang::NullStmt>(child) || (block && block->body_empty()));
  }

  static bool is_body(const clang::Stmt* node, const clang::Stmt* child) {
    using namespace clang;
    if (const auto* branch = dyn_cast<IfStmt>(node))
      return child == branch->getThen() || child == branch->getElse();
    if (const auto* loop = dyn_cast<WhileStmt>(node)) return child == loop->getBody();
    if (const auto* loop = dyn_cast<ForStmt>(node)) return child == loop->getBody();
    if (const auto* loop = dyn_cast<DoStmt>(node)) return child == loop->getBody();
    return false;
  }

  // What a pragma says belongs to its loop; [[likely]] says nothing that counts.
  static bool is_pragma(const clang::AttributedStmt* node) {
    return std::any_of(node->getAttrs().begin(), node->getAttrs().end(), [](const clang::Attr* attribute) {
      return clang::isa<clang::LoopHintAttr>(attribute);
    });
  }

  // A body without braces says what it says in braces, or in two pairs, and `;` what an empty one does.
  void body(const clang::Stmt* node) {
    using namespace clang;
    if (const auto* attributed = dyn_cast_or_null<AttributedStmt>(node); attributed && !is_pragma(attributed))
      return body(attributed->getSubStmt());
    if (const auto* block = dyn_cast_or_null<CompoundStmt>(node); block && block->size() == 1)
      if (isa<CompoundStmt>(block->body_front())) return body(block->body_front());
    if (!node || isa<CompoundStmt>(node)) return write(node);
    text += "(CompoundStmt";
    if (!isa<NullStmt>(node)) write(node);
    text += ')';
  }

  // A label stands before the statements that follow it, of which the first is none of its own.
  void element(const clang::Stmt* node) {
    using namespace clang;
    const auto* label = dyn_cast<SwitchCase>(node);
    if (!label) return write(node);
    text += "(label";
    if (const auto* value = dyn_cast<CaseStmt>(label)) write(value->getLHS());
    text += ')';
    if (!isa<NullStmt>(label->getSubStmt())) element(label->getSubStmt());
  }

  void own(const clang::Stmt* node) {
    using namespace clang;
    if (const auto* literal = dyn_cast<IntegerLiteral>(node))
      add(llvm::toString(literal->getValue(), 10, false));
    if (const auto* name = dyn_cast<DeclRefExpr>(node)) add(name->getNameInfo().getAsString());
    if (const auto* member = dyn_cast<MemberExpr>(node))
      add(member->isArrow() ? "->" : "."), add(member->getMemberNameInfo().getAsString());
    if (const auto* unary = dyn_cast<UnaryOperator>(node))
      add(UnaryOperator::getOpcodeStr(unary->getOpcode())), add(unary->isPostfix() ? "postfix" : "prefix");
    if (const auto* binary = dyn_cast<BinaryOperator>(node)) add(binary->getOpcodeStr());
    if (const auto* call = dyn_cast<CXXOperatorCallExpr>(node)) add(getOperatorSpelling(call->getOperator()));
    if (const auto* cast = dyn_cast<CastExpr>(node)) add(cast->getCastKindName());
    if (const auto* cast = dyn_cast<ExplicitCastExpr>(node)) add(cast->getTypeAsWritten());
    if (const auto* trait = dyn_cast<UnaryExprOrTypeTraitExpr>(node)) {
      add(getTraitSpelling(trait->getKind()));
      if (trait->isArgumentType()) add(trait->getArgumentType());
    }
    if (const auto* made = dyn_cast<CXXConstructExpr>(node))
      add(made->getConstructor()->getType()), add(made->isListInitialization() ? "{}" : "()");
    if (const auto* statement = dyn_cast<DeclStmt>(node))
      for (const Decl* declaration : statement->decls()) {
        add(declaration->getDeclKindName());
        if (const auto* variable = dyn_cast<VarDecl>(declaration))
          add(variable->getNameAsString()), add(variable->getType()),
              add(variable->getInitStyle() == VarDecl::CInit ? "=" : "direct");
      }
  }
};

}  // namespace

Reading read(const std::string& code) {
  Reading reading;
  Errors errors(reading.errors);
  const auto unit = clang::tooling::buildASTFromCodeWithArgs(
      code, {"-std=c++20", "-fsyntax-only", "-w", "-ferror-limit=0", "-nostdinc"}, "code.cpp", "oracle",
      std::make_shared<clang::PCHContainerOperations>(),
      clang::tooling::getClangStripDependencyFileAdjuster(), clang::tooling::FileContentMappings(), &errors);
  if (!unit) return reading;
  for (auto it = unit->top_level_begin(); it != unit->top_level_end(); ++it) {
    const auto* made = clang::dyn_cast<clang::FunctionTemplateDecl>(*it);
    const auto* function = made ? made->getTemplatedDecl() : clang::dyn_cast<clang::FunctionDecl>(*it);
    if (!function || !function->doesThisDeclarationHaveABody()) continue;
    Writer writer;
    writer.write(function->getBody());
    reading.trees[function->getNameAsString()] = std::move(writer.text);
  }
  return reading;
}

}  // namespace nanobug::properties
