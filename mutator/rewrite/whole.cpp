// whole: see whole.h.
#include "mutator/rewrite/whole.h"

#include <algorithm>

#include <clang/AST/ParentMapContext.h>

#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {
namespace {

using namespace clang;
using Role = Whole::Role;

// What a node is written in: a value by default is also a part of each call and constructor that uses it.
DynTypedNode parent_of(ASTContext& context, const DynTypedNode& node) {
  const auto parents = context.getParentMapContext().getParents(node);
  const auto own = std::find_if(parents.begin(), parents.end(), [](const DynTypedNode& each) {
    return !each.get<CXXDefaultInitExpr>() && !each.get<CXXDefaultArgExpr>();
  });
  return parents.empty() ? DynTypedNode{} : own == parents.end() ? parents[0] : *own;
}

bool has_parent(const DynTypedNode& node) {
  return !node.getNodeKind().isNone();
}

// The statements that an if or a loop is about, in their order.
std::vector<const Stmt*> bodies_of(const Stmt& statement) {
  if (const auto* branch = dyn_cast<IfStmt>(&statement)) {
    if (branch->getElse()) return {branch->getThen(), branch->getElse()};
    return {branch->getThen()};
  }
  if (const auto* loop = dyn_cast<ForStmt>(&statement)) return {loop->getBody()};
  if (const auto* range = dyn_cast<CXXForRangeStmt>(&statement)) return {range->getBody()};
  if (const auto* when = dyn_cast<WhileStmt>(&statement)) return {when->getBody()};
  if (const auto* until = dyn_cast<DoStmt>(&statement)) return {until->getBody()};
  if (const auto* choice = dyn_cast<SwitchStmt>(&statement)) return {choice->getBody()};
  return {};
}

// What a label or an attribute stands before.
const Stmt* behind_label(const Stmt& statement) {
  if (const auto* label = dyn_cast<SwitchCase>(&statement)) return label->getSubStmt();
  if (const auto* name = dyn_cast<LabelStmt>(&statement)) return name->getSubStmt();
  if (const auto* attributed = dyn_cast<AttributedStmt>(&statement)) return attributed->getSubStmt();
  return nullptr;
}

// Does a statement end with a semicolon that is no part of its range?
bool wants_semicolon(const Stmt* statement) {
  for (;;) {
    if (!statement || isa<CompoundStmt, CXXTryStmt, DeclStmt, NullStmt>(statement)) return false;
    if (isa<DoStmt>(statement)) return true;
    const auto bodies = bodies_of(*statement);
    const Stmt* last = bodies.empty() ? behind_label(*statement) : bodies.back();
    if (bodies.empty() && !last) return true;
    statement = last;
  }
}

bool is_wrapper(const Stmt& parent, const Stmt& child) {
  if (isa<AttributedStmt>(parent)) return true;
  const auto* expression = dyn_cast<Expr>(&parent);
  const auto* inner = dyn_cast<Expr>(&child);
  if (!expression || !inner || expression == inner || isa<ParenExpr>(parent)) return false;
  return expression->IgnoreImplicit() == inner->IgnoreImplicit() ||
         const_cast<Expr*>(expression)->IgnoreUnlessSpelledInSource() ==
             const_cast<Expr*>(inner)->IgnoreUnlessSpelledInSource();
}

// Is it one of a list with commas? An operator's operand and what is called are not.
bool is_listed(const Stmt& parent, const Stmt* child) {
  const auto* call = dyn_cast<CallExpr>(&parent);
  if (!call)
    return isa<CXXConstructExpr, InitListExpr, CXXUnresolvedConstructExpr, ParenListExpr,
               CXXParenListInitExpr>(parent);
  const auto* operation = dyn_cast<CXXOperatorCallExpr>(call);
  if (operation && operation->getOperator() != OO_Call) return false;
  const auto arguments = llvm::drop_begin(call->arguments(), operation ? 1 : 0);
  return std::find(arguments.begin(), arguments.end(), child) != arguments.end();
}

bool is_body(const Stmt& parent, const Stmt* child) {
  const auto bodies = bodies_of(parent);
  return std::find(bodies.begin(), bodies.end(), child) != bodies.end();
}

// What an if, a switch or a loop over a range begins with.
bool is_init(const Stmt& parent, const Stmt* child) {
  const auto* branch = dyn_cast<IfStmt>(&parent);
  const auto* choice = dyn_cast<SwitchStmt>(&parent);
  const auto* range = dyn_cast<CXXForRangeStmt>(&parent);
  return (branch && branch->getInit() == child) || (choice && choice->getInit() == child) ||
         (range && range->getInit() == child);
}

// A pragma is a line of its own, and stays when what it stands above is changed.
bool is_under_pragma(const Stmt& parent) {
  const auto* attributed = dyn_cast<AttributedStmt>(&parent);
  return attributed && std::all_of(attributed->getAttrs().begin(), attributed->getAttrs().end(),
                                   [](const Attr* each) { return each->getSyntax() == Attr::AS_Pragma; });
}

// Does what comes behind the statement run after it?
bool goes_on(const Stmt* statement) {
  if (!statement || isa<BreakStmt, ContinueStmt, ReturnStmt, CoreturnStmt, GotoStmt>(statement)) return false;
  if (const auto* block = dyn_cast<CompoundStmt>(statement))
    return block->body_empty() || goes_on(block->body_back());
  if (const auto* branch = dyn_cast<IfStmt>(statement))
    return !branch->getElse() || goes_on(branch->getThen()) || goes_on(branch->getElse());
  if (const Stmt* behind = behind_label(*statement)) return goes_on(behind);
  const auto* expression = dyn_cast<Expr>(statement);
  if (expression) expression = expression->IgnoreImplicit();
  const auto* call = dyn_cast_or_null<CallExpr>(expression);
  const FunctionDecl* callee = call ? call->getDirectCallee() : nullptr;
  return !isa_and_nonnull<CXXThrowExpr>(expression) && !(callee && callee->isNoReturn());
}

Whole whole_case(Unit& unit, const SwitchCase& label) {
  Whole whole{Role::part, label.getSourceRange()};
  const DynTypedNode above = parent_of(unit.context(), DynTypedNode::create(label));
  if (isa<SwitchCase>(label.getSubStmt()) || above.get<CaseStmt>() || above.get<DefaultStmt>())
    return {Role::statement, SourceRange(label.getKeywordLoc(), label.getColonLoc())};
  if (above.get<SwitchStmt>()) return {Role::only_body, whole.range, wants_semicolon(&label)};
  const auto* block = above.get<CompoundStmt>();
  if (!block || !parent_of(unit.context(), above).get<SwitchStmt>()) return whole;
  const auto own = llvm::find(block->body(), &label);
  const auto next =
      std::find_if(std::next(own), block->body_end(), [](const Stmt* each) { return isa<SwitchCase>(each); });
  const Stmt* last = *std::prev(next);
  whole.role = Role::statement;
  whole.range.setEnd(last->getEndLoc());
  whole.semicolon = wants_semicolon(last);
  whole.is_case = true;
  whole.is_fallen_into = own != block->body_begin() && goes_on(*std::prev(own));
  whole.falls_on = goes_on(last);
  return whole;
}

// `CHECK(n > 0);` where the macro ends with a brace, `if (n > 0) {…};`: the semicolon is a statement of its
// own to the parser, and to nobody else.
bool has_empty_statement_behind(Unit& unit, const Stmt& statement) {
  const SourceLocation end = statement.getEndLoc();
  if (isa<NullStmt, DeclStmt>(statement) ||
      (end.isMacroID() && !Lexer::isAtEndOfMacroExpansion(end, unit.sources(), unit.context().getLangOpts())))
    return false;
  const auto last = unit.end_offset(end);
  const Token* token = last ? unit.tokens.after(*last) : nullptr;
  const Token* next = token ? unit.tokens.after(token->span.end) : nullptr;
  return unit.tokens.is(next, ";") && (end.isMacroID() || unit.tokens.is(token, "}")) &&
         unit.tokens.text({token->span.end, next->span.begin}).find('\n') == std::string_view::npos;
}

Whole whole_statement(Unit& unit, const Stmt* statement) {
  if (const auto* label = dyn_cast<SwitchCase>(statement)) return whole_case(unit, *label);
  SourceRange range;
  for (;;) {
    const DynTypedNode above = parent_of(unit.context(), DynTypedNode::create(*statement));
    const auto* parent = has_parent(above) ? above.get<Stmt>() : nullptr;
    const SourceRange own = range.isValid() ? range : statement->getSourceRange();
    if (!parent) {
      Whole part{Role::part, own};
      const auto* declared = has_parent(above) ? above.get<Decl>() : nullptr;
      if (isa_and_nonnull<VarDecl, FieldDecl, EnumConstantDecl, NonTypeTemplateParmDecl>(declared) &&
          !declared->isImplicit())
        part.initializes = cast<ValueDecl>(declared);
      if (const auto* constructor = dyn_cast_or_null<CXXConstructorDecl>(declared))
        for (const CXXCtorInitializer* each : constructor->inits())
          if (each->isWritten() && each->getInit() == statement) part.of_member = each;
      return part;
    }
    if (is_under_pragma(*parent)) range = own;
    if (is_wrapper(*parent, *statement)) {
      statement = parent;
      continue;
    }
    const bool semicolon = wants_semicolon(statement) || has_empty_statement_behind(unit, *statement);
    if (isa<CompoundStmt, SwitchCase, LabelStmt>(parent)) {
      const auto* label = dyn_cast<CaseStmt>(parent);
      const bool value = label && (label->getLHS() == statement || label->getRHS() == statement);
      Whole whole{value ? Role::part : Role::statement, own, !value && semicolon};
      whole.is_value = is_a_value(unit, *statement);
      return whole;
    }
    if (is_body(*parent, statement)) {
      Whole body{Role::only_body, own, semicolon};
      const auto* branch = dyn_cast<IfStmt>(parent);
      body.is_else = branch && branch->getElse() == statement;
      return body;
    }
    if (is_init(*parent, statement)) {
      Whole head{Role::head, own};
      head.is_init = true;
      return head;
    }
    if (isa<DeclStmt>(statement)) return {Role::head, own};
    if (isa<CXXCatchStmt>(statement)) return {Role::handler, own};
    if (is_listed(*parent, statement)) return {Role::element, own};
    Whole part{Role::part, own};
    part.part_of = parent;
    return part;
  }
}

// How many declarators share the specifiers of this one.
size_t declarators_with(const Decl& declaration) {
  size_t count = 0;
  for (const Decl* other : declaration.getDeclContext()->decls())
    count += isa<DeclaratorDecl>(other) && !other->isImplicit() &&
             other->getBeginLoc() == declaration.getBeginLoc();
  return count;
}

// struct S {…} s;
bool declares_its_type(const DeclaratorDecl& declaration) {
  const QualType type = declaration.getType();
  const TagDecl* tag = type->isDependentType() ? nullptr : type->getBaseElementTypeUnsafe()->getAsTagDecl();
  return tag && tag->isEmbeddedInDeclarator() && tag->getBeginLoc() == declaration.getBeginLoc();
}

// Of `auto& [key, value]` Clang has the place of the first bracket.
SourceLocation end_of_names(Unit& unit, const Decl& declaration) {
  const auto at = unit.offset(declaration.getLocation());
  const Token* open = isa<DecompositionDecl>(declaration) && at ? unit.tokens.after(*at) : nullptr;
  const Token* close = unit.tokens.is(open, "[") ? closing(unit.tokens, open) : nullptr;
  return close ? declaration.getLocation().getLocWithOffset(static_cast<int>(close->span.begin - *at))
               : declaration.getLocation();
}

Whole whole_declaration(Unit& unit, const Decl* declaration) {
  const SourceRange own = declaration->getSourceRange();
  const DynTypedNode above = parent_of(unit.context(), DynTypedNode::create(*declaration));
  if (has_parent(above))
    if (const auto* statement = above.get<DeclStmt>()) {
      if (!statement->isSingleDecl()) {
        const auto* one = dyn_cast<DeclaratorDecl>(declaration);
        return {Role::declarator, one ? SourceRange(one->getLocation(), one->getEndLoc()) : own};
      }
      if (const auto* loop = parent_of(unit.context(), above).get<CXXForRangeStmt>();
          loop && loop->getLoopVarStmt() == statement)
        return {Role::loop_variable,
                SourceRange(declaration->getBeginLoc(), end_of_names(unit, *declaration))};
      return whole_statement(unit, statement);
    }
  if (isa<ParmVarDecl, EnumConstantDecl, TemplateTypeParmDecl, NonTypeTemplateParmDecl,
          TemplateTemplateParmDecl>(declaration))
    return {Role::element, own};
  if (const auto* function = dyn_cast<FunctionDecl>(declaration))
    if (const auto* pattern = function->getDescribedFunctionTemplate()) declaration = pattern;
  if (const auto* record = dyn_cast<CXXRecordDecl>(declaration))
    if (const auto* pattern = record->getDescribedClassTemplate()) declaration = pattern;
  if (const auto* variable = dyn_cast<VarDecl>(declaration))
    if (const auto* pattern = variable->getDescribedVarTemplate()) declaration = pattern;
  if (const auto* one = dyn_cast<DeclaratorDecl>(declaration); one && !isa<FunctionDecl>(one))
    if (declarators_with(*one) > 1 || declares_its_type(*one))
      return {Role::declarator, SourceRange(one->getLocation(), one->getEndLoc())};
  return {Role::statement, declaration->getSourceRange(), true};
}

// What is all that a macro expands to is written as the macro.
CharSourceRange as_expansion(Unit& unit, SourceRange range) {
  const auto& options = unit.context().getLangOpts();
  SourceLocation begin, end;
  if (range.getBegin().isMacroID() && range.getEnd().isMacroID() &&
      Lexer::isAtStartOfMacroExpansion(range.getBegin(), unit.sources(), options, &begin) &&
      Lexer::isAtEndOfMacroExpansion(range.getEnd(), unit.sources(), options, &end) && begin.isFileID() &&
      end.isFileID())
    return CharSourceRange::getTokenRange(begin, end);
  return CharSourceRange::getTokenRange(range);
}

}  // namespace

Whole whole_of(Unit& unit, const DynTypedNode& node) {
  if (const auto* declaration = node.get<Decl>()) return whole_declaration(unit, declaration);
  if (const auto* statement = node.get<Stmt>()) return whole_statement(unit, statement);
  const SourceRange own = node.getSourceRange();
  if (node.get<CXXCtorInitializer>() || node.get<CXXBaseSpecifier>()) return {Role::initializer, own};
  return {Role::part, own};
}

size_t declarators_of(Unit& unit, const DynTypedNode& type) {
  DynTypedNode at = parent_of(unit.context(), type);
  while (has_parent(at) && !at.get<Decl>() && !at.get<Stmt>()) at = parent_of(unit.context(), at);
  const auto* declared = has_parent(at) ? at.get<DeclaratorDecl>() : nullptr;
  if (!declared || isa<ParmVarDecl, FunctionDecl>(declared)) return 1;
  const DynTypedNode above = parent_of(unit.context(), at);
  if (const auto* statement = has_parent(above) ? above.get<DeclStmt>() : nullptr)
    return static_cast<size_t>(std::distance(statement->decl_begin(), statement->decl_end()));
  return declarators_with(*declared);
}

bool is_a_value(Unit& unit, const Stmt& statement) {
  const DynTypedNode above = parent_of(unit.context(), DynTypedNode::create(statement));
  const auto* block = has_parent(above) ? above.get<CompoundStmt>() : nullptr;
  if (!block || block->body_back() != &statement) return false;
  const DynTypedNode around = parent_of(unit.context(), above);
  const auto* whole = has_parent(around) ? around.get<StmtExpr>() : nullptr;
  return whole && !whole->getType()->isVoidType();
}

std::optional<Span> range_span(Unit& unit, SourceRange range) {
  const auto begin = unit.offset(range.getBegin()), last = unit.end_offset(range.getEnd());
  if (!begin || !last || *last < *begin) return std::nullopt;
  const Token* token = unit.tokens.after(*last);
  return Span{*begin, token && token->span.begin == *last ? token->span.end : *last + 1};
}

std::optional<Span> statement_span(Unit& unit, SourceRange range) {
  const SourceLocation begin = range.getBegin(), end = range.getEnd();
  const auto& options = unit.context().getLangOpts();
  if ((end.isMacroID() && !Lexer::isAtEndOfMacroExpansion(end, unit.sources(), options)) ||
      (begin.isMacroID() && !Lexer::isAtStartOfMacroExpansion(begin, unit.sources(), options)))
    return std::nullopt;
  auto span = range_span(unit, range);
  const Token* behind = span ? unit.tokens.after(span->end) : nullptr;
  if (unit.tokens.is(behind, ";")) span->end = behind->span.end;
  return span;
}

// The end of a macro's call that begins with this name and stands for nothing.
std::optional<unsigned> end_of_empty_macro(const Unit& unit, const Token* name) {
  if (!name || name->kind != Token::Kind::word || !unit.is_empty_macro(std::string(unit.tokens.text(*name))))
    return std::nullopt;
  const Token* token = unit.tokens.after(name->span.end);
  if (!unit.tokens.is(token, "(")) return name->span.end;
  const Token* close = closing(unit.tokens, token);
  return close ? std::optional(close->span.end) : std::nullopt;
}

Span with_empty_macros(const Unit& unit, Span span) {
  for (;;) {
    const Token* name = called_before(unit.tokens, unit.tokens.before(span.begin));
    const auto end = end_of_empty_macro(unit, name);
    // What stands on a line of a directive is its own.
    if (!end || *end > span.begin || is_in_directive(unit.tokens, name->span.begin)) return span;
    span.begin = name->span.begin;
  }
}

// Where the attribute that ends with this token begins: [[nodiscard]], alignas(16), __attribute__((used)).
std::optional<unsigned> begin_of_attribute(const Tokens& tokens, const Token* last) {
  const bool bracket = tokens.is(last, "]");
  if (bracket ? !tokens.is(tokens.before(last->span.begin), "]") : !tokens.is(last, ")")) return std::nullopt;
  const Token* token = opening(tokens, last);
  if (!token) return std::nullopt;
  if (bracket) return token->span.begin;
  const Token* name = tokens.before(token->span.begin);
  for (const char* each : {"alignas", "_Alignas", "__attribute__", "__attribute", "__declspec"})
    if (tokens.is(name, each)) return name->span.begin;
  return std::nullopt;
}

Span with_prefix(Unit& unit, const Decl& declaration, Span span) {
  span = with_empty_macros(unit, span);
  const DynTypedNode above = parent_of(unit.context(), DynTypedNode::create(declaration));
  const Decl* outer = has_parent(above) ? above.get<Decl>() : nullptr;
  if (isa_and_nonnull<FunctionTemplateDecl, ClassTemplateDecl, VarTemplateDecl, TypeAliasTemplateDecl>(outer))
    return with_prefix(unit, *outer, span);
  const auto* linkage = dyn_cast_or_null<LinkageSpecDecl>(outer);
  if ((linkage && !linkage->hasBraces()) || isa_and_nonnull<FriendDecl>(outer))
    if (const auto begin = unit.offset(outer->getBeginLoc())) span.begin = std::min(span.begin, *begin);
  for (;;) {
    const auto begin = begin_of_attribute(unit.tokens, unit.tokens.before(span.begin));
    if (!begin) return span;
    span = with_empty_macros(unit, {*begin, span.end});
  }
}

Result<Span> span_of(Unit& unit, const Whole& whole, const catalog::Text& text) {
  auto span = editable(unit, as_expansion(unit, whole.range), text);
  if (!span) return span;
  if (whole.role == Role::declarator)
    for (const Token* sign = unit.tokens.before(span->begin);
         unit.tokens.is(sign, "*") || unit.tokens.is(sign, "&") || unit.tokens.is(sign, "&&");
         sign = unit.tokens.before(span->begin))
      span->begin = sign->span.begin;
  // The head of a loop keeps its semicolons.
  const Token* last = unit.tokens.before(span->end);
  if (whole.role == Role::head && unit.tokens.is(last, ";")) span->end = last->span.begin;
  const Token* behind = unit.tokens.after(span->end);
  if (whole.semicolon)
    while (const auto end = end_of_empty_macro(unit, behind)) behind = unit.tokens.after(*end);
  if (whole.semicolon && unit.tokens.is(behind, ";")) span->end = behind->span.end;
  return span;
}

}  // namespace nanobug::rewrite
