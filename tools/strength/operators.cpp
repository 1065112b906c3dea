// operators: see operators.h.
#include "tools/strength/operators.h"

#include <clang/AST/RecursiveASTVisitor.h>

#include <algorithm>
#include <set>

namespace nanobug::strength {
namespace {

using namespace clang;
using rewrite::Span;

using Spellings = std::map<std::string, std::string, std::less<>>;

const Spellings kRelations = {{"<", "<="}, {"<=", "<"}, {">", ">="}, {">=", ">"}, {"==", "!="}, {"!=", "=="}};
const Spellings kArithmetic = {{"+", "-"}, {"-", "+"}, {"*", "/"}, {"/", "*"}, {"%", "*"}};
const Spellings kAssignments = {{"+=", "-="}, {"-=", "+="}, {"*=", "/="}, {"/=", "*="}};
const Spellings kLogical = {{"&&", "||"}, {"||", "&&"}};
const Spellings kExtrema = {{"min", "max"}, {"max", "min"}};

// Functions whose arguments are words for a person.
const std::set<std::string, std::less<>> kTalk = {
    "torchCheckFail", "torchCheckMsgImpl", "torchInternalAssertFail", "fprintf", "printf", "fputs", "puts",
    "perror"};

// Functions that take a part out of a whole; where it begins and ends is counted.
const std::set<std::string, std::less<>> kParts = {"slice", "narrow", "select", "substr", "tril", "triu"};

std::string name_of(const FunctionDecl* function) {
  return function && function->getDeclName().isIdentifier() ? function->getName().str() : "";
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
      all.push_back(argument);
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

class Visitor : public RecursiveASTVisitor<Visitor> {
  using Base = RecursiveASTVisitor<Visitor>;

 public:
  Visitor(ASTContext& context, const std::function<bool(const std::string&)>& wanted)
      : context_(context), sources_(context.getSourceManager()), wanted_(wanted) {}

  Changes found;

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
    for (const Stmt* statement : block->body()) drop(statement);
    return true;
  }
  bool VisitIfStmt(IfStmt* branch) {
    if (branch->isConstexpr() || branch->isConsteval()) return true;
    drop(branch->getThen());
    if (branch->getElse()) drop(branch->getElse());
    if (branch->getBeginLoc().isMacroID()) return check(branch->getCond());
    if (!branch->getConditionVariable()) negate(branch->getCond());
    if (!branch->getElse() && is_exit(branch->getThen())) drop_guard(branch);
    return true;
  }
  bool VisitWhileStmt(WhileStmt* loop) {
    drop(loop->getBody());
    if (!loop->getConditionVariable()) negate(loop->getCond());
    return true;
  }
  bool VisitDoStmt(DoStmt* loop) {
    drop(loop->getBody());
    negate(loop->getCond());
    return true;
  }
  bool VisitForStmt(ForStmt* loop) {
    drop(loop->getBody());
    if (loop->getCond() && !loop->getConditionVariable()) negate(loop->getCond());
    return true;
  }
  bool VisitCXXForRangeStmt(CXXForRangeStmt* loop) {
    drop(loop->getBody());
    return true;
  }

  // ---- operators of the language

  bool VisitConditionalOperator(ConditionalOperator* choice) {
    negate(choice->getCond());
    return true;
  }
  bool VisitBinaryOperator(BinaryOperator* operation) {
    const SourceLocation at = operation->getOperatorLoc();
    respell("relation", at, kRelations);
    respell("logical", at, kLogical);
    const auto is_number = [](const Expr* side) {
      return side->isTypeDependent() || side->getType()->isArithmeticType();
    };
    if (!is_number(operation->getLHS()) || !is_number(operation->getRHS())) return true;
    respell("arithmetic", at, kArithmetic);
    respell("assignment", at, kAssignments);
    return true;
  }
  bool VisitCXXRewrittenBinaryOperator(CXXRewrittenBinaryOperator* operation) {
    respell("relation", operation->getOperatorLoc(), kRelations);
    return true;
  }
  bool VisitUnaryOperator(UnaryOperator* operation) {
    if (operation->getOpcode() != UO_Minus) return true;
    plus_minus_.insert(operation->getSubExpr()->IgnoreImplicit());
    drop_minus(operation->getOperatorLoc());
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
    if (what->function && what->function->isInStdNamespace())
      respell("extremum", call->getCallee()->IgnoreImplicit()->getExprLoc(), kExtrema);
    return true;
  }
  bool VisitCXXConstructExpr(CXXConstructExpr* made) {
    if (!made->isListInitialization() || !made->isStdInitListInitialization())
      swap_neighbours({made->getConstructor(), written_arguments(made->arguments())});
    return true;
  }
  bool VisitInitListExpr(InitListExpr* list) {
    const auto sized = [](const Expr* e) {
      const QualType type = as_written(e)->getType();
      return type->isArithmeticType() || is_tensor(type);
    };
    const std::vector<const Expr*> all = written_arguments(list->inits());
    for (size_t i = 0; i + 1 < all.size(); ++i)
      if (sized(all[i]) && same_type(all[i], all[i + 1])) swap(all[i], all[i + 1]);
    return true;
  }

  // ---- literals

  bool VisitIntegerLiteral(IntegerLiteral* literal) {
    const auto place = number_at(literal);
    if (!place) return true;
    note("integer", *place, one_more(literal->getValue(), text(*place)));
    if (literal->getValue() != 0 && literal->getType()->isSignedIntegerType()) flip_sign(literal, *place);
    return true;
  }
  bool VisitFloatingLiteral(FloatingLiteral* literal) {
    const auto place = number_at(literal);
    if (!place || literal->getValue().isZero()) return true;
    const std::string spelled = text(*place);
    const bool is_float = spelled.ends_with('f') || spelled.ends_with('F');
    note("scale", *place, shortest(literal->getValueAsApproximateDouble() * 1.1) + (is_float ? "f" : ""));
    flip_sign(literal, *place);
    return true;
  }
  bool VisitCXXBoolLiteralExpr(CXXBoolLiteralExpr* literal) {
    if (const auto place = written(literal)) note("boolean", *place, literal->getValue() ? "false" : "true");
    return true;
  }

 private:
  struct Place {
    FileID file;
    Span span;
  };

  // ---- where things are written

  std::optional<Place> written(SourceRange range) {
    for (const SourceLocation end : {range.getBegin(), range.getEnd()})
      if (end.isMacroID() && !sources_.isMacroArgExpansion(end)) return std::nullopt;
    const CharSourceRange in_file =
        Lexer::makeFileCharRange(CharSourceRange::getTokenRange(range), sources_, context_.getLangOpts());
    if (in_file.isInvalid()) return std::nullopt;
    const auto [file, begin] = sources_.getDecomposedLoc(in_file.getBegin());
    const auto [same, end] = sources_.getDecomposedLoc(in_file.getEnd());
    if (file != same || begin >= end || !counts(file)) return std::nullopt;
    return Place{file, {begin, end}};
  }
  std::optional<Place> written(const Stmt* node) { return written(node->getSourceRange()); }

  bool counts(FileID file) {
    const auto known = counted_.find(file);
    if (known != counted_.end()) return known->second;
    return counted_[file] = wanted_(name(file));
  }
  std::string name(FileID file) const {
    const auto entry = sources_.getFileEntryRefForID(file);
    return entry ? entry->getName().str() : "";
  }
  std::string text(const Place& place) const {
    return sources_.getBufferData(place.file)
        .substr(place.span.begin, place.span.end - place.span.begin)
        .str();
  }
  // A literal of digits: one that a macro stands for is not.
  std::optional<Place> number_at(const Expr* literal) {
    const auto place = written(literal);
    if (!place || !isDigit(text(*place)[0])) return std::nullopt;
    return place;
  }

  void note(const std::string& op, const Place& place, const std::string& replacement) {
    found[name(place.file)].push_back({op, place.span, replacement});
  }
  void respell(const std::string& op, SourceLocation at, const Spellings& spellings) {
    const auto place = written(SourceRange(at, at));
    if (!place) return;
    const auto other = spellings.find(text(*place));
    if (other != spellings.end()) note(op, *place, other->second);
  }

  // The line ends of what goes stay: __LINE__ is the same behind it.
  std::string line_ends(const Place& place) const {
    const std::string all = text(place);
    return std::string(static_cast<size_t>(std::count(all.begin(), all.end(), '\n')), '\n');
  }

  // ---- the operators

  void negate(const Expr* condition) {
    if (const auto place = written(condition)) note("condition", *place, "!(" + text(*place) + ")");
  }

  // The condition of a check that a macro writes: the outermost part of it that is written in the file.
  bool check(const Stmt* condition) {
    if (const auto place = written(condition)) {
      if (!isa<Expr>(condition)) return true;
      note("condition", *place, "!(" + text(*place) + ")");
      note("guard", *place, "true" + line_ends(*place));
      return true;
    }
    for (const Stmt* part : condition->children())
      if (part) check(part);
    return true;
  }

  void drop_guard(const IfStmt* branch) {
    auto place = written(branch);
    if (!place) return;
    const StringRef all = sources_.getBufferData(place->file);
    unsigned after = place->span.end;
    while (after < all.size() && isWhitespace(all[after])) ++after;
    if (!isa<CompoundStmt>(branch->getThen()) && after < all.size() && all[after] == ';')
      place->span.end = after + 1;
    note("guard", *place, ";" + line_ends(*place));
  }

  void drop(const Stmt* statement) {
    const auto* expression = dyn_cast<Expr>(statement);
    if (!expression) return;
    const Expr* call = expression->IgnoreImplicit();
    if (!isa<CallExpr>(call) || is_talk(call)) return;
    if (const auto* overloaded = dyn_cast<CXXOperatorCallExpr>(call);
        overloaded && overloaded->getOperator() == OO_Equal)
      return;
    // Without it what is left is the empty statement.
    if (const auto place = written(expression)) note("statement", *place, line_ends(*place));
  }

  void overloaded_operator(const CXXOperatorCallExpr* call) {
    const SourceLocation at = call->getOperatorLoc();
    respell("relation", at, kRelations);
    const bool tensors = std::any_of(call->arg_begin(), call->arg_end(),
                                     [](const Expr* argument) { return is_tensor(argument->getType()); });
    if (!tensors) return;
    if (call->getNumArgs() == 2) respell("arithmetic", at, kArithmetic);
    respell("assignment", at, kAssignments);
    if (call->getNumArgs() == 1 && call->getOperator() == OO_Minus) drop_minus(at);
  }

  void drop_minus(SourceLocation at) {
    if (const auto place = written(SourceRange(at, at)); place && text(*place) == "-")
      note("sign", *place, "");
  }
  void flip_sign(const Expr* literal, const Place& place) {
    if (!plus_minus_.contains(literal)) note("sign", place, "-" + text(place));
  }

  // A dimension: a literal for a parameter that is called one, or several in braces.
  void dimension(const Called& call, size_t i) {
    const ParmVarDecl* parameter = call.parameter(i);
    if (!parameter || !parameter->getName().contains("dim")) return;
    other_dimension(as_written(call.arguments[i]));
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
    const auto place = written(argument);
    if (!place) return;
    static const Spellings others = {{"-1", "-2"}, {"-2", "-1"}, {"-3", "-2"}, {"0", "1"},
                                     {"1", "0"},   {"2", "1"},   {"3", "2"}};
    const auto other = others.find(text(*place));
    if (other != others.end()) note("dimension", *place, other->second);
  }

  // One further on, where a part of something is taken out.
  void part(const Called& call, size_t i) {
    if (!kParts.contains(name_of(call.function))) return;
    const ParmVarDecl* parameter = call.parameter(i);
    const Expr* argument = as_written(call.arguments[i]);
    const auto place = written(argument);
    if (!place || !argument->getType()->isIntegerType() || isDigit(text(*place).back())) return;
    if (parameter && parameter->getName().contains("dim")) return;
    const bool loose = isa<ConditionalOperator>(argument) ||
                       (isa<BinaryOperator>(argument) && !cast<BinaryOperator>(argument)->isAdditiveOp() &&
                        !cast<BinaryOperator>(argument)->isMultiplicativeOp());
    note("part", *place, (loose ? "(" + text(*place) + ")" : text(*place)) + " + 1");
  }

  bool same_type(const Expr* a, const Expr* b) {
    const QualType left = as_written(a)->getType(), right = as_written(b)->getType();
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
    const auto first = written(as_written(a)), second = written(as_written(b));
    if (!first || !second || first->file != second->file || first->span.end > second->span.begin) return;
    const Place between{first->file, {first->span.end, second->span.begin}};
    // Not always a comma alone: `{.lr = a, .eps = b}`.
    note("arguments", {first->file, {first->span.begin, second->span.end}},
         text(*second) + text(between) + text(*first));
  }

  // Words for a person: what is thrown, printed, or said of a failed check.
  bool is_talk(const Stmt* statement) {
    if (isa<CXXThrowExpr>(statement)) return true;
    const auto* call = dyn_cast<CallExpr>(statement);
    if (!call) return false;
    if (const auto* overloaded = dyn_cast<CXXOperatorCallExpr>(call))
      return overloaded->getOperator() == OO_LessLess && is_stream(overloaded->getType());
    return kTalk.contains(name_of(call->getDirectCallee()));
  }

  ASTContext& context_;
  SourceManager& sources_;
  const std::function<bool(const std::string&)>& wanted_;
  std::map<FileID, bool> counted_;
  std::set<const Expr*> plus_minus_;  // literals behind a minus, which has a mutant of its own
};

}  // namespace

Changes changes(ASTContext& context, const std::vector<Decl*>& declarations,
                const std::function<bool(const std::string& file)>& wanted) {
  Visitor visitor(context, wanted);
  for (Decl* declaration : declarations) visitor.TraverseDecl(declaration);
  return std::move(visitor.found);
}

}  // namespace nanobug::strength
