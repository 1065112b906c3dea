// parentheses: see parentheses.h. Levels are those of C++'s grammar, as in any table of its operators: the
// higher, the tighter.
#include "mutator/rewrite/parentheses.h"

#include <algorithm>

#include <clang/AST/ExprConcepts.h>
#include <clang/AST/ParentMapContext.h>

namespace nanobug::rewrite {
namespace {

using namespace clang;

enum Level : int {
  kComma = 1,
  kAssign = 3,  // and ?:, throw, co_yield
  kOr = 4,
  kAnd = 5,
  kBitOr = 6,
  kXor = 7,
  kBitAnd = 8,
  kEqual = 9,
  kLess = 10,
  kSpaceship = 11,
  kShift = 12,
  kSum = 13,
  kProduct = 14,
  kMemberPointer = 15,
  kPrefix = 16,  // and casts, sizeof, new
  kPostfix = 17
};

int level_of(BinaryOperatorKind operation) {
  switch (operation) {
    case BO_PtrMemD:
    case BO_PtrMemI:
      return kMemberPointer;
    case BO_Mul:
    case BO_Div:
    case BO_Rem:
      return kProduct;
    case BO_Add:
    case BO_Sub:
      return kSum;
    case BO_Shl:
    case BO_Shr:
      return kShift;
    case BO_Cmp:
      return kSpaceship;
    case BO_LT:
    case BO_GT:
    case BO_LE:
    case BO_GE:
      return kLess;
    case BO_EQ:
    case BO_NE:
      return kEqual;
    case BO_And:
      return kBitAnd;
    case BO_Xor:
      return kXor;
    case BO_Or:
      return kBitOr;
    case BO_LAnd:
      return kAnd;
    case BO_LOr:
      return kOr;
    case BO_Comma:
      return kComma;
    default:
      return kAssign;
  }
}

// The nodes that nobody wrote: conversions, temporaries, the form that a comparison is rewritten to.
const Expr* written(const Expr* expression) {
  for (;;) {
    const Expr* inner = expression->IgnoreImplicit();
    if (const auto* made = dyn_cast<CXXConstructExpr>(inner);
        made && !isa<CXXTemporaryObjectExpr>(made) && made->getNumArgs() >= 1 &&
        !made->isListInitialization() && !made->getParenOrBraceRange().isValid() &&
        std::all_of(made->arg_begin() + 1, made->arg_end(),
                    [](const Expr* argument) { return isa<CXXDefaultArgExpr>(argument); }))
      inner = made->getArg(0);
    else if (const auto* call = dyn_cast<CXXMemberCallExpr>(inner);
             call && isa_and_nonnull<CXXConversionDecl>(call->getMethodDecl()) &&
             call->getBeginLoc() == call->getImplicitObjectArgument()->getBeginLoc() &&
             call->getEndLoc() == call->getImplicitObjectArgument()->getEndLoc())
      inner = call->getImplicitObjectArgument();
    if (inner == expression) return inner;
    expression = inner;
  }
}

struct Operation {
  bool binary = false, prefix = false;  // else postfix
  BinaryOperatorKind kind = BO_Comma;   // of a binary one
  OverloadedOperatorKind sign = OO_None;
  const Expr* left = nullptr;  // or a unary one's operand

  int level() const { return binary ? level_of(kind) : prefix ? kPrefix : kPostfix; }
};

std::optional<Operation> operation_of(const Stmt& statement) {
  if (const auto* binary = dyn_cast<BinaryOperator>(&statement))
    return Operation{.binary = true, .kind = binary->getOpcode(), .left = binary->getLHS()};
  if (const auto* rewritten = dyn_cast<CXXRewrittenBinaryOperator>(&statement)) {
    const auto form = rewritten->getDecomposedForm();
    return Operation{.binary = true, .kind = form.Opcode, .left = form.LHS};
  }
  if (const auto* unary = dyn_cast<UnaryOperator>(&statement))
    return Operation{.prefix = !unary->isPostfix(),
                     .sign = UnaryOperator::getOverloadedOperator(unary->getOpcode()),
                     .left = unary->getSubExpr()};
  const auto* call = dyn_cast<CXXOperatorCallExpr>(&statement);
  if (!call) return std::nullopt;
  const OverloadedOperatorKind sign = call->getOperator();
  if (sign == OO_Call || sign == OO_Subscript || sign == OO_Arrow)
    return Operation{.sign = sign, .left = call->getArg(0)};
  if (call->getNumArgs() == 1) return Operation{.prefix = true, .sign = sign, .left = call->getArg(0)};
  if (sign == OO_PlusPlus || sign == OO_MinusMinus) return Operation{.sign = sign, .left = call->getArg(0)};
  if (call->getNumArgs() != 2) return std::nullopt;
  return Operation{.binary = true,
                   .kind = BinaryOperator::getOverloadedOpcode(sign),
                   .sign = sign,
                   .left = call->getArg(0)};
}

int level_of(const Expr& given) {
  const Expr* expression = written(&given);
  if (const auto operation = operation_of(*expression)) return operation->level();
  if (isa<AbstractConditionalOperator, CXXThrowExpr, CoyieldExpr>(expression)) return kAssign;
  if (isa<CStyleCastExpr, UnaryExprOrTypeTraitExpr, CXXNewExpr, CXXDeleteExpr, CoawaitExpr,
          DependentCoawaitExpr, CXXNoexceptExpr, SizeOfPackExpr>(expression))
    return kPrefix;
  return kPostfix;
}

// ---- what stands around

// What an expression is an operand of, past the nodes that nobody wrote; `child` becomes the topmost of
// those.
const Stmt* above(const Expr*& child, ASTContext& context) {
  const Stmt* below = child;
  for (;;) {
    const auto parents = context.getParentMapContext().getParents(*below);
    if (parents.empty()) return nullptr;
    const Stmt* parent = parents[0].get<Stmt>();
    if (!parent) return nullptr;
    const auto* expression = dyn_cast<Expr>(parent);
    const bool unwritten = expression && written(expression) != expression &&
                           written(expression) == written(child) && !isa<ParenExpr>(expression);
    if (!unwritten) return parent;
    below = child = expression;
  }
}

// A comparison that the compiler rewrote (`a != b` by `==`) hides its operands in what it was rewritten to.
const Stmt* as_written(const Stmt* parent, const Expr* child, ASTContext& context) {
  const Stmt* at = parent;
  for (int depth = 0; at && depth < 6; ++depth) {
    if (const auto* rewritten = dyn_cast<CXXRewrittenBinaryOperator>(at)) {
      const auto form = rewritten->getDecomposedForm();
      if (written(form.LHS) == written(child) || written(form.RHS) == written(child)) return rewritten;
    }
    const auto parents = context.getParentMapContext().getParents(*at);
    at = parents.empty() ? nullptr : parents[0].get<Stmt>();
  }
  return parent;
}

bool is_comparison(int level) {
  return level == kEqual || level == kLess;
}

// Clang and GCC ask for parentheses that the grammar does not.
bool warned_of(int outer, int inner, BinaryOperatorKind operation) {
  if (operation == BO_LOr && inner == kAnd) return true;
  if ((operation == BO_Or || operation == BO_Xor || operation == BO_And) &&
      (is_comparison(inner) || inner == kSum || (inner >= kBitOr && inner <= kBitAnd && inner != outer)))
    return true;
  if ((operation == BO_Shl || operation == BO_Shr) && inner == kSum) return true;
  return is_comparison(outer) && is_comparison(inner);
}

int needed_beside(const Operation& outer, bool left) {
  const int level = outer.level();
  if (level == kAssign) return left ? kOr : kAssign;
  if (level == kComma) return left ? kComma : kAssign;
  return left ? level : level + 1;
}

char first_of(const Expr& expression, ASTContext& context) {
  const auto& sources = context.getSourceManager();
  bool invalid = false;
  const char* first = sources.getCharacterData(sources.getFileLoc(expression.getBeginLoc()), &invalid);
  return invalid || !first ? '\0' : *first;
}

// `- -x`: the second sign would run into the first.
bool signs_meet(const Operation& outer, const Expr& inner, ASTContext& context) {
  if (!outer.prefix) return false;
  const char first = first_of(inner, context);
  switch (outer.sign) {
    case OO_Minus:
    case OO_MinusMinus:
      return first == '-';
    case OO_Plus:
    case OO_PlusPlus:
      return first == '+';
    case OO_Amp:
      return first == '&';
    default:
      return false;
  }
}

bool is_condition(const Stmt& parent, const Expr* child) {
  if (const auto* loop = dyn_cast<WhileStmt>(&parent)) return loop->getCond() == child;
  if (const auto* loop = dyn_cast<DoStmt>(&parent)) return loop->getCond() == child;
  if (const auto* loop = dyn_cast<ForStmt>(&parent)) return loop->getCond() == child;
  if (const auto* branch = dyn_cast<IfStmt>(&parent)) return branch->getCond() == child;
  return false;
}

// `p[[…`, of a lambda, would be an attribute.
int needed_in_brackets(const Expr& inner, ASTContext& context) {
  return first_of(inner, context) == '[' ? kPostfix + 1 : kAssign;
}

int needed_under(const Stmt& parent, const Expr* child, const Expr& inner, ASTContext& context) {
  if (isa<ParenExpr>(parent)) return 0;
  const int level = level_of(inner);
  if (const auto outer = operation_of(parent)) {
    const bool left = written(outer->left) == written(child);
    if (outer->binary) {
      if (warned_of(outer->level(), level, outer->kind)) return kPostfix;
      const auto own = operation_of(*written(&inner));
      if (left && is_comparison(outer->level()) && own && own->sign == OO_Exclaim) return kPostfix;
      return needed_beside(*outer, left);
    }
    if (signs_meet(*outer, inner, context)) return kPostfix + 1;
    if (outer->sign == OO_Subscript && !left) return needed_in_brackets(inner, context);
    return outer->prefix ? kPrefix : left ? kPostfix : kAssign;
  }
  if (const auto* conditional = dyn_cast<AbstractConditionalOperator>(&parent)) {
    const bool condition = written(conditional->getCond()) == written(child);
    return condition ? kOr : kAssign;
  }
  if (const auto* call = dyn_cast<CallExpr>(&parent))
    return written(call->getCallee()) == written(child) ? kPostfix : kAssign;
  if (const auto* element = dyn_cast<ArraySubscriptExpr>(&parent))
    return written(element->getLHS()) == written(child) ? kPostfix : needed_in_brackets(inner, context);
  if (isa<MemberExpr, CXXDependentScopeMemberExpr, UnresolvedMemberExpr, CXXPseudoDestructorExpr,
          ExtVectorElementExpr>(parent))
    return kPostfix;
  if (isa<UnaryExprOrTypeTraitExpr>(parent) && isa<CStyleCastExpr>(written(&inner)))
    return kPostfix;  // `sizeof (int)x` has read all that it wants behind the type
  if (isa<CStyleCastExpr, UnaryExprOrTypeTraitExpr, CXXDeleteExpr, CoawaitExpr, DependentCoawaitExpr,
          CXXFoldExpr>(parent))
    return kPrefix;
  if (is_condition(parent, child))
    return level == kAssign && isa<BinaryOperator, CXXOperatorCallExpr>(written(&inner)) ? kPostfix : 0;
  if (isa<ReturnStmt, CoreturnStmt, SwitchStmt, CXXForRangeStmt, CXXNoexceptExpr>(parent)) return kComma;
  if (isa<DeclRefExpr, UnresolvedLookupExpr, DependentScopeDeclRefExpr>(parent)) return kSum;
  if (isa<Expr>(parent)) return kAssign;
  return 0;  // a statement of its own
}

// Does it stand in parentheses that are of something else: `noexcept(…)`, `static_assert(…, "")`? Those of
// `decltype(…)` say more where there are two of them.
bool is_in_others(const Expr& child, ASTContext& context) {
  const auto& sources = context.getSourceManager();
  const SourceLocation begin = sources.getFileLoc(child.getBeginLoc()),
                       end = Lexer::getLocForEndOfToken(sources.getFileLoc(child.getEndLoc()), 0, sources,
                                                        context.getLangOpts());
  bool invalid = begin.isInvalid() || end.isInvalid();
  const StringRef text = invalid ? "" : sources.getBufferData(sources.getFileID(begin), &invalid);
  if (invalid) return false;
  StringRef before = text.take_front(sources.getFileOffset(begin)).rtrim();
  const StringRef behind = text.drop_front(sources.getFileOffset(end)).ltrim();
  if (!before.consume_back("(") || !(behind.starts_with(")") || behind.starts_with(","))) return false;
  before = before.rtrim();
  return before.ends_with("noexcept") || before.ends_with("static_assert") || before.ends_with("explicit") ||
         before.ends_with("_Static_assert");
}

// `A<T> && B<T>`: names that a requires-clause takes without parentheses.
bool is_constraint(const Expr& expression) {
  const auto* both = dyn_cast<BinaryOperator>(written(&expression));
  if (both && both->isLogicalOp()) return is_constraint(*both->getLHS()) && is_constraint(*both->getRHS());
  return isa<DeclRefExpr, ConceptSpecializationExpr, CXXBoolLiteralExpr, ParenExpr, UnresolvedLookupExpr,
             DependentScopeDeclRefExpr, RequiresExpr>(written(&expression));
}

// An initialiser ends at a comma, an argument of a template at a `>`, a constraint at nearly anything.
int needed_in_declaration(const Expr& child, const Expr& inner, ASTContext& context) {
  if (is_in_others(child, context)) return kAssign;
  const auto parents = context.getParentMapContext().getParents(child);
  if (parents.empty()) return kPostfix;
  if (parents[0].get<LifetimeExtendedTemporaryDecl>()) return kAssign;
  if (parents[0].get<ConceptDecl>()) return kOr;
  if (is_constraint(inner) && parents[0].get<TemplateDecl>()) return kOr;
  if (parents[0].get<DeclaratorDecl>() && !parents[0].get<FunctionDecl>()) return kAssign;
  if (parents[0].get<CXXConstructorDecl>() || parents[0].get<CXXCtorInitializer>() ||
      parents[0].get<EnumConstantDecl>())
    return kAssign;
  return parents[0].get<Decl>() ? kPostfix : kSum;
}

}  // namespace

bool holds_together(const Expr& expression) {
  return isa<ParenExpr>(expression) || level_of(expression) == kPostfix;
}

bool is_atom(const Expr& expression, ASTContext& context) {
  return !expression.getBeginLoc().isMacroID() && !expression.getEndLoc().isMacroID() &&
         level_of(expression) == kPostfix && first_of(expression, context) != '[';
}

bool are_needed(const ParenExpr& parentheses, ASTContext& context,
                const llvm::DenseSet<const ParenExpr*>& optional) {
  const Expr* in = parentheses.getSubExpr();
  while (const auto* more = dyn_cast<ParenExpr>(in)) {
    if (!optional.contains(more)) break;
    in = more->getSubExpr();
  }
  const Expr& inner = *in;
  const Expr* child = &parentheses;
  const Stmt* parent = above(child, context);
  if (parent) parent = as_written(parent, child, context);
  return level_of(inner) < (parent ? needed_under(*parent, child, inner, context)
                                   : needed_in_declaration(*child, inner, context));
}

const ParenExpr* parentheses_around(const Expr& expression, ASTContext& context) {
  const Expr* child = &expression;
  return dyn_cast_or_null<ParenExpr>(above(child, context));
}

}  // namespace nanobug::rewrite
