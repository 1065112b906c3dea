// target: see target.h.
#include "mutator/rewrite/target.h"

#include "mutator/rewrite/parentheses.h"
#include "mutator/rewrite/pieces.h"
#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {

using Kind = catalog::Edit::Kind;

tl::unexpected<Error> wrong(const Unit& unit, const catalog::Edit& edit, unsigned offset,
                            const std::string& message) {
  return fail(Exit::catalog, "at " + unit.place(offset) + ": " + message, edit.place);
}

std::optional<Span> Targets::given_by(const clang::DynTypedNode& node) {
  const auto* made = node.get<clang::Expr>();
  if (made) made = made->IgnoreImplicit();
  if (!made ||
      !llvm::isa<clang::CXXConstructExpr, clang::CXXStdInitializerListExpr, clang::InitListExpr,
                 clang::CXXParenListInitExpr>(made) ||
      llvm::isa<clang::CXXTemporaryObjectExpr>(made))
    return std::nullopt;
  const Whole whole = whole_of(unit_, node);
  const auto given = whole.initializes ? given_to_constructor(unit_, *whole.initializes, *made)
                     : whole.of_member ? given_to_member(unit_, *whole.of_member)
                                       : std::nullopt;
  return given ? std::optional(without_blanks(unit_.text, *given)) : std::nullopt;
}

Result<Target> Targets::target_of(const clang::transformer::RangeSelector& selector, const std::string& id,
                                  const catalog::Text& text, bool prefixed) {
  const auto node = nodes_.getMap().find(id);
  if (node == nodes_.getMap().end()) {
    const auto none = between_empty_parentheses(text.value);
    const auto span = none ? Result<Span>(*none) : selected(unit_, match_, selector, text);
    NANOBUG_TRY(span);
    // Not a node but a range: what it holds is told by its own text.
    Target range{*span, std::nullopt, nullptr, span->begin, true};
    if (nanobug::rewrite::is_statement(tokens_, *span)) {
      range.whole = Whole{};
      const auto own = role_of_first(*span);
      const bool only = own ? *own == Whole::Role::only_body : is_only_body(tokens_, *span);
      range.whole->role = only ? Whole::Role::only_body : Whole::Role::statement;
    }
    return range;
  }
  if (const auto* capture = node->second.get<clang::LambdaCapture>()) {
    const auto span = capture_span(unit_, *capture);
    if (!span) return wrong_selector(text);
    Whole element{Whole::Role::element, capture->getLocation()};
    return Target{*span, element, nullptr, span->begin};
  }
  if (const auto* attribute = node->second.get<clang::Attr>())
    if (const auto span = attribute_span(unit_, *attribute)) {
      Target found{*span, Whole{Whole::Role::element, attribute->getRange()}, nullptr, span->begin};
      found.is_attribute = true;
      return found;
    }
  Target target{{}, whole_of(unit_, node->second), node->second.get<clang::Expr>(), 0};
  target.parameter = node->second.get<clang::ParmVarDecl>();
  const auto role = target.whole->role;
  const bool own = role == Whole::Role::part || role == Whole::Role::element;
  if (const auto given = own ? given_by(node->second) : std::nullopt) {
    if (given->begin == given->end && !is_between_brackets(*given)) return nothing_written(text);
    target.given = given;
  }
  // A constant's name; what a macro makes of its arguments stands elsewhere.
  if (const auto macro = own && target.expression ? whole_macro(unit_, *target.expression) : std::nullopt;
      macro && tokens_.after(macro->begin)->span.end == macro->end) {
    target.span = *macro;
    target.at = macro->begin;
    return target;
  }
  const auto bytes = own ? selected(unit_, match_, selector, text) : span_of(unit_, *target.whole, text);
  NANOBUG_TRY(bytes);
  target.span = own ? with_own_words(unit_, node->second, *bytes) : *bytes;
  const auto* declaration = node->second.get<clang::Decl>();
  if (declaration && prefixed && role != Whole::Role::declarator && role != Whole::Role::loop_variable)
    target.span = with_prefix(unit_, *declaration, target.span);
  if (prefixed && role == Whole::Role::statement) target.span = with_empty_macros(unit_, target.span);
  target.at = unit_.offset(node->second.getSourceRange().getBegin()).value_or(bytes->begin);
  return target;
}

std::optional<Span> Targets::between_empty_parentheses(const std::string& selector) {
  for (const auto& [id, node] : nodes_.getMap()) {
    const auto* call = selector == "callArgs(" + id + ")" ? node.get<clang::CallExpr>() : nullptr;
    if (!call || call->getNumArgs() == 0 || !llvm::isa<clang::CXXDefaultArgExpr>(call->getArg(0))) continue;
    const auto at = call->getRParenLoc().isFileID() ? unit_.offset(call->getRParenLoc()) : std::nullopt;
    if (at) return Span{*at, *at};
  }
  return std::nullopt;
}

std::optional<Whole::Role> Targets::role_of_first(Span span) {
  const Token* first = tokens_.after(span.begin);
  for (const auto& [id, node] : nodes_.getMap()) {
    if (!node.get<clang::Stmt>() || !first) continue;
    const auto at = unit_.offset(node.getSourceRange().getBegin());
    if (!at || *at != first->span.begin) continue;
    const Whole whole = whole_of(unit_, node);
    if (whole.role == Whole::Role::statement || whole.role == Whole::Role::only_body) return whole.role;
  }
  return std::nullopt;
}

bool Targets::is_between_brackets(Span span) const {
  const Token* open = tokens_.before(span.begin);
  return tokens_.is(open, "(") || tokens_.is(open, "{");
}

tl::unexpected<Error> Targets::nothing_written(const catalog::Text& text) {
  return fail(
      Exit::catalog,
      "'" + text.value + "' selects an initialiser that is not written anywhere; replace the declaration",
      text.place);
}

tl::unexpected<Error> Targets::wrong_selector(const catalog::Text& text) {
  return fail(Exit::catalog, "'" + text.value + "' selects a capture that is not written anywhere",
              text.place);
}

Result<Target> Targets::of(size_t edit) {
  return target_of(part_.edits[edit].target, part_.edits[edit].target_id, part_.part->edits[edit].target,
                   part_.part->edits[edit].kind != Kind::replace);
}

Result<Target> Targets::second(size_t edit) {
  return target_of(part_.edits[edit].second, part_.edits[edit].second_id, part_.part->edits[edit].with, true);
}

Span Targets::slot(size_t edit, const clang::Expr* expression, Span span) {
  const auto* around = expression ? parentheses_around(*expression, unit_.context()) : nullptr;
  if (!around || !are_needed(*around, unit_.context())) return span;
  const auto outer = editable(unit_, clang::CharSourceRange::getTokenRange(around->getSourceRange()),
                              part_.part->edits[edit].target);
  return outer.value_or(span);
}

Target Targets::with_parentheses(size_t edit, const Target& target) {
  const clang::Expr* outermost = target.expression;
  while (const auto* around = outermost ? parentheses_around(*outermost, unit_.context()) : nullptr)
    outermost = around;
  if (outermost == target.expression) return target;
  Target outer{{}, whole_of(unit_, clang::DynTypedNode::create(*outermost)), outermost, target.at};
  const auto span = span_of(unit_, *outer.whole, part_.part->edits[edit].target);
  if (!span) return target;
  outer.span = *span;
  return outer;
}

Result<Span> Targets::selected_by(size_t edit, const Target& target) {
  if (target.given) return *target.given;
  if (!target.expression || !target.is_statement()) return target.span;
  return selected(unit_, match_, part_.edits[edit].target, part_.part->edits[edit].target);
}

Whole Targets::whole_of_outermost(const Target& target) {
  const clang::Expr* outermost = target.expression;
  while (const auto* around = outermost ? parentheses_around(*outermost, unit_.context()) : nullptr)
    outermost = around;
  if (outermost == target.expression || !outermost) return target.whole.value_or(Whole{});
  return whole_of(unit_, clang::DynTypedNode::create(*outermost));
}

}  // namespace nanobug::rewrite
