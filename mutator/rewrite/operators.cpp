// operators: see operators.h.
#include "mutator/rewrite/operators.h"

#include <clang/AST/RecursiveASTVisitor.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "mutator/rewrite/hunks.h"

namespace nanobug::rewrite {
namespace {

using namespace clang;
using Kind = catalog::Edit::Kind;
using clang::ast_matchers::BoundNodes;
using clang::ast_matchers::internal::BoundNodesTreeBuilder;

using Spellings = std::map<std::string, std::string, std::less<>>;

const Spellings kRelations = {{"<", "<="}, {"<=", "<"}, {">", ">="}, {">=", ">"}, {"==", "!="}, {"!=", "=="}};
const Spellings kOpposites = {{"<", ">="}, {"<=", ">"}, {">", "<="}, {">=", "<"}, {"==", "!="}, {"!=", "=="}};
const Spellings kArithmetic = {{"+", "-"}, {"-", "+"}, {"*", "/"}, {"/", "*"}, {"%", "*"}};
const Spellings kAssignments = {{"+=", "-="}, {"-=", "+="}, {"*=", "/="}, {"/=", "*="}};
const Spellings kLogical = {{"&&", "||"}, {"||", "&&"}};
const Spellings kExtrema = {{"min", "max"}, {"max", "min"}};
const Spellings kDimensions = {{"-1", "-2"}, {"-2", "-1"}, {"-3", "-2"}, {"0", "1"},
                               {"1", "0"},   {"2", "1"},   {"3", "2"}};

using Names = std::set<std::string, std::less<>>;

// Functions whose arguments are words for a person.
const Names kTalk = {
    "torchCheckFail", "torchCheckMsgImpl", "torchInternalAssertFail", "fprintf", "printf", "fputs", "puts",
    "perror"};

// Functions that take a part out of a whole; where it begins and ends is counted.
const Names kParts = {"slice", "narrow", "select", "substr", "tril", "triu"};

// Functions of a tensor that answer the same numbers: in memory of their own, without a gradient, in order.
const Names kCopies = {"clone", "detach", "contiguous"};

std::string name_of(const NamedDecl* declaration) {
  return declaration && declaration->getDeclName().isIdentifier() ? declaration->getName().str() : "";
}

bool is_tensor(QualType type) {
  const auto* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record && record->getName() == "Tensor";
}

bool is_stream(QualType type) {
  const auto* record = type.getNonReferenceType()->getAsCXXRecordDecl();
  return record && record->getName() == "basic_ostream";
}

QualType plain(QualType type) {
  return type.getNonReferenceType().getCanonicalType().getUnqualifiedType();
}

// What is written where a conversion stands.
const Expr* as_written(const Expr* expression) {
  return expression->IgnoreUnlessSpelledInSource();
}

// A call, however it is written: what is called, and what it is given.
struct Called {
  const FunctionDecl* function = nullptr;
  std::vector<const Expr*> arguments;

  const ParmVarDecl* parameter(size_t i) const {
    return function && i < function->getNumParams() ? function->getParamDecl(static_cast<unsigned>(i))
                                                    : nullptr;
  }
};

template <class Arguments>
std::vector<const Expr*> written_arguments(Arguments&& arguments, size_t from = 0) {
  std::vector<const Expr*> all;
  for (const Expr* argument : arguments)
    if (from > 0)
      --from;
    else if (argument && !isa<CXXDefaultArgExpr>(argument))
      all.push_back(as_written(argument));
  return all;
}

std::optional<Called> called(const CallExpr* call) {
  const auto* function = dyn_cast_or_null<FunctionDecl>(call->getCalleeDecl());
  const auto* overloaded = dyn_cast<CXXOperatorCallExpr>(call);
  if (overloaded && overloaded->getOperator() != OO_Call) return std::nullopt;
  return Called{function, written_arguments(call->arguments(), overloaded ? 1 : 0)};
}

// A statement that leaves where it stands, alone or in braces.
bool is_exit(const Stmt* body) {
  if (const auto* block = dyn_cast<CompoundStmt>(body))
    return !block->body_empty() && is_exit(block->body_back());
  if (const auto* expression = dyn_cast<Expr>(body)) body = expression->IgnoreImplicit();
  return isa<ReturnStmt, ContinueStmt, BreakStmt, CXXThrowExpr>(body);
}

// A number one larger, in the base it is written in and with its suffix.
std::string one_more(const llvm::APInt& value, const std::string& spelled) {
  const bool hexadecimal = spelled.starts_with("0x") || spelled.starts_with("0X");
  const size_t digits =
      spelled.find_first_not_of(hexadecimal ? "0123456789abcdefABCDEF'" : "0123456789'", hexadecimal ? 2 : 0);
  llvm::SmallString<40> text;
  (value.zext(value.getBitWidth() + 1) + 1).toString(text, hexadecimal ? 16 : 10, /*Signed=*/false);
  std::string number = text.str().lower();
  return (hexadecimal ? "0x" + number : number) + (digits == std::string::npos ? "" : spelled.substr(digits));
}

// As few digits as tell it from its neighbours.
std::string shortest(double value) {
  char text[40];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    if (std::strtod(text, nullptr) == value) break;
  }
  std::string number = text;
  if (number.find_first_of(".en") == std::string::npos) number += ".0";
  return number;
}

// The nodes by the ids that an edit calls them.
using Bindings = std::vector<std::pair<std::string, DynTypedNode>>;

BoundNodes bound(const Bindings& bindings) {
  struct Taken : BoundNodesTreeBuilder::Visitor {
    std::optional<BoundNodes> nodes;
    void visitMatch(const BoundNodes& all) override { nodes = all; }
  };
  BoundNodesTreeBuilder builder;
  for (const auto& [id, node] : bindings) builder.setBinding(id, node);
  Taken taken;
  builder.visitMatches(&taken);
  return *taken.nodes;
}

template <class Node>
std::pair<std::string, DynTypedNode> as(const std::string& id, const Node* node) {
  return {id, DynTypedNode::create(*node)};
}

class Visitor : public RecursiveASTVisitor<Visitor> {
  using Base = RecursiveASTVisitor<Visitor>;

 public:
  explicit Visitor(Unit& unit) : unit_(unit), sources_(unit.sources()) {}

  std::vector<std::unique_ptr<Operation>> found;

  // ---- what is passed over

  bool TraverseTypeLoc(TypeLoc) { return true; }
  bool TraverseNestedNameSpecifierLoc(NestedNameSpecifierLoc) { return true; }
  bool TraverseAttr(Attr*) { return true; }
  bool TraverseStaticAssertDecl(StaticAssertDecl*) { return true; }
  bool TraverseEnumDecl(EnumDecl*) { return true; }
  bool TraverseDecl(Decl* declaration) {
    if (!declaration || declaration->isImplicit()) return true;
    const auto* function = declaration->getAsFunction();
    if (function && !function->doesThisDeclarationHaveABody()) return true;
    return Base::TraverseDecl(declaration);
  }
  bool TraverseStmt(Stmt* statement) {
    return !statement || is_talk(statement) || Base::TraverseStmt(statement);
  }

  // ---- statements

  bool VisitCompoundStmt(CompoundStmt* block) {
    for (const Stmt* statement : block->body()) drop(statement, statement);
    return true;
  }
  bool VisitIfStmt(IfStmt* branch) {
    if (branch->isConstexpr() || branch->isConsteval()) return true;
    if (branch->getBeginLoc().isMacroID()) {
      drop_check(branch);
      return negate_in_macro(branch->getCond());
    }
    if (!branch->getElse()) drop(branch->getThen(), branch);
    if (!branch->getConditionVariable()) negate(branch->getCond());
    if (!branch->getElse() && is_exit(branch->getThen())) remove("guard", branch);
    return true;
  }
  bool VisitWhileStmt(WhileStmt* loop) {
    if (!loop->getConditionVariable()) negate(loop->getCond());
    turn_jumps(loop->getBody());
    return true;
  }
  bool VisitDoStmt(DoStmt* loop) {
    negate(loop->getCond());
    turn_jumps(loop->getBody());
    return true;
  }
  bool VisitForStmt(ForStmt* loop) {
    drop(loop->getBody(), loop);
    if (loop->getCond() && !loop->getConditionVariable()) negate(loop->getCond());
    turn_jumps(loop->getBody());
    return true;
  }
  bool VisitCXXForRangeStmt(CXXForRangeStmt* loop) {
    drop(loop->getBody(), loop);
    turn_jumps(loop->getBody());
    return true;
  }

  // ---- declarations

  // What is a name for something becomes a copy of it.
  bool VisitVarDecl(VarDecl* variable) {
    const auto* written_type = variable->getTypeSourceInfo();
    if (!written_type || isa<ParmVarDecl>(variable)) return true;
    const auto reference = written_type->getTypeLoc().getAs<LValueReferenceTypeLoc>();
    if (reference.isNull()) return true;
    const TypeLoc pointee = reference.getPointeeLoc();
    if (pointee.getType().isConstQualified() || pointee.getAs<AutoTypeLoc>().isNull()) return true;
    if (const auto span = written(reference.getSourceRange()))
      note("reference", span->begin, Kind::replace, "node(x)", "{{y}}",
           {{"x", DynTypedNode::create(static_cast<const TypeLoc&>(reference))},
            {"y", DynTypedNode::create(pointee)}});
    return true;
  }

  // ---- operators of the language

  bool VisitConditionalOperator(ConditionalOperator* choice) {
    negate(choice->getCond());
    return true;
  }
  bool VisitBinaryOperator(BinaryOperator* operation) {
    const Expr *left = operation->getLHS(), *right = operation->getRHS();
    const std::string sign = operation->getOpcodeStr().str();
    respell("relation", operation, sign, left, right, kRelations);
    respell("logical", operation, sign, left, right, kLogical);
    divide(operation);
    const auto is_number = [](const Expr* side) {
      return side->isTypeDependent() || side->getType()->isArithmeticType();
    };
    if (!is_number(left) || !is_number(right)) return true;
    respell("arithmetic", operation, sign, left, right, kArithmetic);
    respell("assignment", operation, sign, left, right, kAssignments);
    return true;
  }
  bool VisitCXXRewrittenBinaryOperator(CXXRewrittenBinaryOperator* operation) {
    const auto parts = operation->getDecomposedForm();
    respell("relation", operation, BinaryOperator::getOpcodeStr(parts.Opcode).str(), parts.LHS, parts.RHS,
            kRelations);
    return true;
  }
  bool VisitUnaryOperator(UnaryOperator* operation) {
    if (operation->getOpcode() != UO_Minus) return true;
    negative_.insert(operation->getSubExpr()->IgnoreImplicit());
    unwrap("sign", operation, operation->getSubExpr());
    return true;
  }

  // ---- calls

  bool VisitCallExpr(CallExpr* call) {
    if (const auto* overloaded = dyn_cast<CXXOperatorCallExpr>(call)) overloaded_operator(overloaded);
    const auto what = called(call);
    if (!what) return true;
    swap_neighbours(*what);
    for (size_t i = 0; i < what->arguments.size(); ++i) {
      dimension(*what, i);
      part(*what, i);
    }
    if (what->function && what->function->isInStdNamespace()) {
      const Expr* callee = call->getCallee()->IgnoreImplicit();
      if (const auto other = kExtrema.find(name_of(what->function));
          other != kExtrema.end() && isa<DeclRefExpr>(callee) && written(callee))
        note("extremum", written(callee)->begin, Kind::replace, "name(x)", other->second, {as("x", callee)});
    }
    return true;
  }
  bool VisitCXXMemberCallExpr(CXXMemberCallExpr* call) {
    const auto* member = dyn_cast<MemberExpr>(call->getCallee()->IgnoreParens());
    if (!member || !is_tensor(call->getObjectType())) return true;
    const std::string name = name_of(call->getMethodDecl());
    if (kCopies.contains(name) && !member->isArrow() && written_arguments(call->arguments()).empty())
      unwrap("copy", call, call->getImplicitObjectArgument());
    // What changes the tensor itself answers a changed one instead.
    if (name.size() > 1 && name.ends_with('_')) {
      const std::string other = name.substr(0, name.size() - 1);
      const auto known = call->getRecordDecl()->lookup(&unit_.context().Idents.get(other));
      if (const auto span = written(SourceRange(member->getMemberLoc())); span && !known.empty())
        note("in-place", span->begin, Kind::replace, "member(x)", other, {as("x", member)});
    }
    return true;
  }
  bool VisitMemberExpr(MemberExpr* member) {
    const auto* field = dyn_cast<FieldDecl>(member->getMemberDecl());
    const auto span = written(SourceRange(member->getMemberLoc()));
    if (!field || !span) return true;
    if (const FieldDecl* other = next_alike(field))
      note("field", span->begin, Kind::replace, "member(x)", name_of(other), {as("x", member)});
    return true;
  }
  bool VisitCXXConstructExpr(CXXConstructExpr* made) {
    if (!made->isListInitialization() || !made->isStdInitListInitialization())
      swap_neighbours({made->getConstructor(), written_arguments(made->arguments())});
    return true;
  }
  bool VisitInitListExpr(InitListExpr* list) {
    const auto sized = [](const Expr* e) {
      return e->getType()->isArithmeticType() || is_tensor(e->getType());
    };
    const std::vector<const Expr*> all = written_arguments(list->inits());
    for (size_t i = 0; i + 1 < all.size(); ++i)
      if (sized(all[i]) && same_type(all[i], all[i + 1])) swap(all[i], all[i + 1]);
    return true;
  }

  // ---- literals

  bool VisitIntegerLiteral(IntegerLiteral* literal) {
    const auto span = number_at(literal);
    if (!span) return true;
    replace("integer", literal, one_more(literal->getValue(), text(*span)));
    if (literal->getValue() != 0 && literal->getType()->isSignedIntegerType()) flip_sign(literal, *span);
    return true;
  }
  bool VisitFloatingLiteral(FloatingLiteral* literal) {
    const auto span = number_at(literal);
    if (!span || literal->getValue().isZero()) return true;
    const std::string spelled = text(*span);
    const bool is_float = spelled.ends_with('f') || spelled.ends_with('F');
    replace("scale", literal, shortest(literal->getValueAsApproximateDouble() * 1.1) + (is_float ? "f" : ""));
    flip_sign(literal, *span);
    return true;
  }
  bool VisitCXXBoolLiteralExpr(CXXBoolLiteralExpr* literal) {
    replace("boolean", literal, literal->getValue() ? "false" : "true");
    return true;
  }

 private:
  // ---- where things are written

  // In the file itself, or as a macro's argument there.
  std::optional<Span> written(SourceRange range) {
    for (const SourceLocation end : {range.getBegin(), range.getEnd()})
      if (end.isInvalid() || (end.isMacroID() && !sources_.isMacroArgExpansion(end))) return std::nullopt;
    const CharSourceRange in_file = Lexer::makeFileCharRange(CharSourceRange::getTokenRange(range), sources_,
                                                             unit_.context().getLangOpts());
    if (in_file.isInvalid()) return std::nullopt;
    const auto [file, begin] = sources_.getDecomposedLoc(in_file.getBegin());
    const auto [same, end] = sources_.getDecomposedLoc(in_file.getEnd());
    if (file != same || begin >= end || file != sources_.getMainFileID()) return std::nullopt;
    return Span{begin, end};
  }
  std::optional<Span> written(const Stmt* node) { return written(node->getSourceRange()); }

  std::string text(Span span) const { return unit_.text.substr(span.begin, span.end - span.begin); }

  // A literal of digits: one that a macro stands for is not.
  std::optional<Span> number_at(const Expr* literal) {
    const auto span = written(literal);
    if (!span || !isDigit(text(*span)[0])) return std::nullopt;
    return span;
  }

  // ---- what is done

  void note(const std::string& op, unsigned at, Kind kind, const std::string& target, const std::string& with,
            const Bindings& bindings) {
    const Place place{unit_.name, line_at(unit_.text, at), column_at(unit_.text, at)};
    auto part = std::make_unique<catalog::Part>(catalog::Part{
        .in = {unit_.name, place}, .file = unit_.name, .match = {}, .edits = {}, .place = place});
    part->edits.push_back({kind, {target, place}, {with, place}, place});
    std::vector<std::string> ids;
    for (const auto& [id, node] : bindings) ids.push_back(id);
    found.push_back(std::make_unique<Operation>(
        Operation{.spot = {.op = op, .line = place.line, .column = place.column, .number = 1},
                  .at = at,
                  .compiled = compile_edits(*part, ids),
                  .part = std::move(part),
                  .nodes = bound(bindings)}));
  }

  void replace(const std::string& op, const Expr* expression, const std::string& with) {
    if (const auto span = written(expression))
      note(op, span->begin, Kind::replace, "node(x)", with, {as("x", expression)});
  }
  void remove(const std::string& op, const Stmt* statement) {
    if (const auto span = written(statement))
      note(op, span->begin, Kind::remove, "statement(x)", "", {as("x", statement)});
  }
  // Something becomes one of its own parts.
  void unwrap(const std::string& op, const Expr* whole, const Expr* inside) {
    if (const auto span = written(whole); span && written(inside))
      note(op, span->begin, Kind::replace, "node(x)", "{{y}}", {as("x", whole), as("y", as_written(inside))});
  }
  void respell(const std::string& op, const Expr* operation, const std::string& sign, const Expr* left,
               const Expr* right, const Spellings& spellings) {
    const auto other = spellings.find(sign);
    const auto span = written(operation);
    if (other == spellings.end() || !span || !written(left) || !written(right)) return;
    note(op, span->begin, Kind::replace, "node(x)", "{{l}} " + other->second + " {{r}}",
         {as("x", operation), as("l", as_written(left)), as("r", as_written(right))});
  }

  // ---- the operators

  // As a person would write it: another comparison, or without the `!` it has.
  void negate(const Expr* condition) {
    const Expr* plainly = as_written(condition);
    if (const auto* comparison = dyn_cast<BinaryOperator>(plainly);
        comparison && comparison->isComparisonOp())
      return respell("condition", comparison, comparison->getOpcodeStr().str(), comparison->getLHS(),
                     comparison->getRHS(), kOpposites);
    if (const auto* inverted = dyn_cast<UnaryOperator>(plainly); inverted && inverted->getOpcode() == UO_LNot)
      return unwrap("condition", inverted, inverted->getSubExpr());
    if (const auto span = written(plainly))
      note("condition", span->begin, Kind::replace, "node(x)", "!{{x}}", {as("x", plainly)});
  }

  // Of a check that a macro writes: the outermost part of its condition that is written in the file.
  bool negate_in_macro(const Stmt* condition) {
    if (written(condition)) {
      if (const auto* expression = dyn_cast<Expr>(condition)) negate(expression);
      return true;
    }
    for (const Stmt* part : condition->children())
      if (part) negate_in_macro(part);
    return true;
  }

  void drop_check(const IfStmt* check) {
    if (!sources_.isMacroBodyExpansion(check->getBeginLoc())) return;
    const CharSourceRange call = sources_.getExpansionRange(check->getSourceRange());
    const auto [file, at] = sources_.getDecomposedLoc(call.getBegin());
    if (file == sources_.getMainFileID())
      note("guard", at, Kind::remove, "expansion(node(x))", "", {as("x", check)});
  }

  // `whole` goes: the call itself, or what it is the one statement of.
  void drop(const Stmt* statement, const Stmt* whole) {
    const auto* expression = dyn_cast<Expr>(statement);
    if (!expression) return;
    const Expr* call = as_written(expression);
    if (!isa<CallExpr>(call) || is_talk(call)) return;
    if (const auto* overloaded = dyn_cast<CXXOperatorCallExpr>(call);
        overloaded && overloaded->getOperator() == OO_Equal)
      return;
    remove("statement", whole == statement ? call : whole);
  }

  void overloaded_operator(const CXXOperatorCallExpr* call) {
    const std::string sign = getOperatorSpelling(call->getOperator());
    const bool tensors = std::any_of(call->arg_begin(), call->arg_end(),
                                     [](const Expr* argument) { return is_tensor(argument->getType()); });
    if (call->getNumArgs() == 2) {
      const Expr *left = call->getArg(0), *right = call->getArg(1);
      respell("relation", call, sign, left, right, kRelations);
      if (tensors) respell("arithmetic", call, sign, left, right, kArithmetic);
      if (tensors) respell("assignment", call, sign, left, right, kAssignments);
    } else if (tensors && call->getNumArgs() == 1 && call->getOperator() == OO_Minus) {
      unwrap("sign", call, call->getArg(0));
    }
  }

  void flip_sign(const Expr* literal, Span span) {
    if (!negative_.contains(literal)) replace("sign", literal, "-" + text(span));
  }

  // A quotient of whole numbers, where it was made one of floating numbers.
  void divide(const BinaryOperator* operation) {
    if (operation->getOpcode() != BO_Div || !operation->getType()->isRealFloatingType()) return;
    const Expr *left = as_written(operation->getLHS()), *right = as_written(operation->getRHS());
    for (const auto& [side, other] : {std::pair(left, right), std::pair(right, left)}) {
      const auto* cast = dyn_cast<ExplicitCastExpr>(side);
      if (!cast || !other->getType()->isIntegerType() || !cast->getType()->isRealFloatingType()) continue;
      if (as_written(cast->getSubExpr())->getType()->isIntegerType())
        unwrap("division", cast, cast->getSubExpr());
    }
  }

  // The next field of the same type, the first behind the last.
  static const FieldDecl* next_alike(const FieldDecl* field) {
    const FieldDecl *first = nullptr, *next = nullptr;
    bool behind = false;
    for (const FieldDecl* one : field->getParent()->fields()) {
      if (one == field) {
        behind = true;
        continue;
      }
      if (plain(one->getType()) != plain(field->getType()) || name_of(one).empty()) continue;
      if (one->getAccess() != field->getAccess()) continue;
      if (!first) first = one;
      if (behind && !next) next = one;
    }
    return next ? next : first;
  }

  // A dimension: a literal for a parameter that is called one, or several in braces.
  void dimension(const Called& call, size_t i) {
    const ParmVarDecl* parameter = call.parameter(i);
    if (parameter && parameter->getName().contains("dim")) other_dimension(call.arguments[i]);
  }
  void other_dimension(const Expr* argument) {
    if (const auto* list = dyn_cast<CXXStdInitializerListExpr>(argument))
      argument = as_written(list->getSubExpr());
    if (const auto* list = dyn_cast<InitListExpr>(argument)) {
      for (const Expr* element : list->inits()) other_dimension(as_written(element));
      return;
    }
    if (const auto* made = dyn_cast<CXXConstructExpr>(argument)) {
      for (const Expr* element : made->arguments())
        if (as_written(element) != argument) other_dimension(as_written(element));
      return;
    }
    const auto span = written(argument);
    const auto other = span ? kDimensions.find(text(*span)) : kDimensions.end();
    if (other != kDimensions.end()) replace("dimension", argument, other->second);
  }

  // One further on, where a part of something is taken out.
  void part(const Called& call, size_t i) {
    if (!kParts.contains(name_of(call.function))) return;
    const ParmVarDecl* parameter = call.parameter(i);
    const Expr* argument = call.arguments[i];
    const auto span = written(argument);
    if (!span || !argument->getType()->isIntegerType() || isDigit(text(*span).back())) return;
    if (parameter && parameter->getName().contains("dim")) return;
    note("part", span->begin, Kind::replace, "node(x)", "{{x}} + 1", {as("x", argument)});
  }

  static bool same_type(const Expr* a, const Expr* b) {
    const QualType left = a->getType(), right = b->getType();
    return !left->isDependentType() && !right->isDependentType() && plain(left) == plain(right);
  }
  void swap_neighbours(const Called& call) {
    for (size_t i = 0; i + 1 < call.arguments.size(); ++i) {
      const ParmVarDecl *p = call.parameter(i), *q = call.parameter(i + 1);
      const bool by_parameter =
          p && q && !p->getType()->isDependentType() && plain(p->getType()) == plain(q->getType());
      if (by_parameter || same_type(call.arguments[i], call.arguments[i + 1]))
        swap(call.arguments[i], call.arguments[i + 1]);
    }
  }
  void swap(const Expr* a, const Expr* b) {
    const auto first = written(a), second = written(b);
    if (!first || !second || first->end > second->begin || text(*first) == text(*second)) return;
    note("arguments", first->begin, Kind::swap, "node(x)", "node(y)", {as("x", a), as("y", b)});
  }

  // A loop that is left goes on with its next turn, and the other way round.
  void turn_jumps(const Stmt* part) {
    if (!part || isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt, SwitchStmt, Expr>(part)) return;
    if (isa<BreakStmt, ContinueStmt>(part)) {
      const auto span = written(part);
      if (span)
        note("jump", span->begin, Kind::replace, "node(x)", isa<BreakStmt>(part) ? "continue;" : "break;",
             {as("x", part)});
      return;
    }
    for (const Stmt* inside : part->children()) turn_jumps(inside);
  }

  // Words for a person: what is thrown, printed, or said of a failed check.
  static bool is_talk(const Stmt* statement) {
    if (isa<CXXThrowExpr>(statement)) return true;
    const auto* call = dyn_cast<CallExpr>(statement);
    if (!call) return false;
    if (const auto* overloaded = dyn_cast<CXXOperatorCallExpr>(call))
      return overloaded->getOperator() == OO_LessLess && is_stream(overloaded->getType());
    return kTalk.contains(name_of(call->getDirectCallee()));
  }

  Unit& unit_;
  SourceManager& sources_;
  std::set<const Expr*> negative_;  // literals behind a minus, which has a mutant of its own
};

}  // namespace

std::vector<std::unique_ptr<Operation>> operations(Unit& unit) {
  Visitor visitor(unit);
  const clang::SourceManager& sources = unit.sources();
  for (auto it = unit.ast->top_level_begin(); it != unit.ast->top_level_end(); ++it)
    if (sources.isWrittenInMainFile(sources.getExpansionLoc((*it)->getBeginLoc()))) visitor.TraverseDecl(*it);
  auto all = std::move(visitor.found);
  const auto key = [](const auto& one) { return std::tie(one->at, one->spot.op); };
  std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
  for (size_t i = 1; i < all.size(); ++i)
    if (key(all[i]) == key(all[i - 1])) all[i]->spot.number = all[i - 1]->spot.number + 1;
  return all;
}

}  // namespace nanobug::rewrite
