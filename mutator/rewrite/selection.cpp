// selection: see selection.h.
#include "mutator/rewrite/selection.h"

#include "mutator/rewrite/parentheses.h"
#include "mutator/rewrite/whole.h"

namespace nanobug::rewrite {
namespace {

// A range that begins or ends with a macro (`x / INFINITY`) can be edited, one inside of a macro cannot.
std::optional<clang::CharSourceRange> file_range(Unit& unit, const clang::CharSourceRange& range) {
  using clang::tooling::getFileRangeForEdit;
  if (const auto own = getFileRangeForEdit(range, unit.context(), /*IncludeMacroExpansion=*/false))
    return own;
  const auto& sources = unit.sources();
  if (sources.getExpansionLoc(range.getBegin()) == sources.getExpansionLoc(range.getEnd()))
    return std::nullopt;
  return getFileRangeForEdit(range, unit.context(), /*IncludeMacroExpansion=*/true);
}

// Why a range cannot be edited.
std::string refusal(Unit& unit, const clang::CharSourceRange& range, const std::string& selector) {
  const auto& sources = unit.sources();
  const clang::SourceLocation at = range.getBegin().isMacroID() ? range.getBegin() : range.getEnd();
  if (at.isMacroID() && unit.offset(at)) {
    const Token* name = unit.tokens.after(*unit.offset(sources.getExpansionLoc(at)));
    return "at " + unit.place(*unit.offset(at)) + ": '" + selector + "' selects text of the macro " +
           std::string(name ? unit.tokens.text(*name) : "") +
           ", which stands elsewhere; match code outside of macros";
  }
  const auto where =
      sources.getPresumedLoc(sources.getFileLoc(range.getBegin()), /*UseLineDirectives=*/false);
  if (where.isInvalid()) return "'" + selector + "' selects code that is not written anywhere";
  return std::string("at ") + where.getFilename() + ":" + std::to_string(where.getLine()) + ": '" + selector +
         "' selects code outside of '" + unit.name + "'";
}

}  // namespace

Result<Span> selected(Unit& unit, const Match& match, const clang::transformer::RangeSelector& selector,
                      const catalog::Text& text) {
  auto range = selector(match);
  if (!range) {
    std::string reason = llvm::toString(range.takeError());
    if (reason.find("property 'identifier'") != std::string::npos)
      reason =
          "what it names is called by a sign or a type (an operator, a conversion), not by a word; select "
          "the "
          "whole of it";
    return fail(Exit::catalog, "'" + text.value + "' selects nothing: " + reason, text.place);
  }
  return editable(unit, *range, text);
}

Result<Span> editable(Unit& unit, const clang::CharSourceRange& range, const catalog::Text& text) {
  const auto& sources = unit.sources();
  if (range.isCharRange() && range.getBegin().isFileID() && range.getBegin() == range.getEnd() &&
      sources.isInMainFile(range.getBegin())) {  // between two brackets
    const unsigned at = sources.getFileOffset(range.getBegin());
    return Span{at, at};
  }
  const auto usable = file_range(unit, range);
  if (!usable || sources.getFileID(usable->getBegin()) != sources.getMainFileID())
    return fail(Exit::catalog, refusal(unit, range, text.value), text.place);
  return Span{sources.getFileOffset(usable->getBegin()), sources.getFileOffset(usable->getEnd())};
}

std::optional<Span> whole_macro(Unit& unit, const clang::Expr& expression) {
  const auto& sources = unit.sources();
  const auto& options = unit.context().getLangOpts();
  for (const clang::Expr* at = &expression; at; at = parentheses_around(*at, unit.context())) {
    const clang::SourceLocation first = at->getBeginLoc(), last = at->getEndLoc();
    clang::SourceLocation begin, end;
    if (!first.isMacroID() || !last.isMacroID() ||
        sources.getExpansionLoc(first) != sources.getExpansionLoc(last))
      return std::nullopt;
    if (!clang::Lexer::isAtStartOfMacroExpansion(first, sources, options, &begin) ||
        !clang::Lexer::isAtEndOfMacroExpansion(last, sources, options, &end))
      continue;
    const auto from = begin.isFileID() ? unit.offset(begin) : std::nullopt;
    const auto to = end.isFileID() ? unit.offset(end) : std::nullopt;
    if (!from || !to) return std::nullopt;
    return Span{*from, unit.tokens.after(*to)->span.end};
  }
  return std::nullopt;
}

Span with_own_words(Unit& unit, const clang::DynTypedNode& node, Span span) {
  const Tokens& tokens = unit.tokens;
  if (const auto* type = node.get<clang::TypeLoc>()) {
    clang::TypeLoc first = *type;
    while (!first.getAs<clang::QualifiedTypeLoc>() && first.getNextTypeLoc()) first = first.getNextTypeLoc();
    if (!first.getAs<clang::QualifiedTypeLoc>()) return span;
    const auto at = unit.offset(first.getBeginLoc());
    if (!at || *at != span.begin) return span;
    for (const Token* word = tokens.before(span.begin);
         tokens.is(word, "const") || tokens.is(word, "volatile"); word = tokens.before(span.begin))
      span.begin = word->span.begin;
  }
  // An in-class initialiser begins with its sign.
  if (const Token* sign = tokens.after(span.begin);
      node.get<clang::Expr>() && tokens.is(sign, "=") && sign->span.begin == span.begin)
    span.begin = tokens.after(sign->span.end)->span.begin;
  return span;
}

Bound source_of(Unit& unit, const Match& match, const std::string& id, const clang::DynTypedNode& node) {
  // One of several declarators, a loop's variable, a template with its head.
  if (const auto* declaration = node.get<clang::Decl>()) {
    const Whole whole = whole_of(unit, node);
    const bool is_statement = whole.role == Whole::Role::statement || whole.role == Whole::Role::element;
    if (!is_statement || whole.range != declaration->getSourceRange())
      if (const auto span = span_of(unit, whole, {}))
        return {std::string(unit.tokens.text(*span)), false, false, *span};
  }
  auto range = clang::transformer::node(id)(match);
  if (!range) {
    llvm::consumeError(range.takeError());
    return {};
  }
  const auto& options = unit.context().getLangOpts();
  const auto in_file = clang::Lexer::makeFileCharRange(*range, unit.sources(), options);
  const auto* expression = node.get<clang::Expr>();
  if (const auto macro = in_file.isInvalid() && expression ? whole_macro(unit, *expression) : std::nullopt)
    return {std::string(unit.tokens.text(*macro)), true,
            holds_together(*expression) || parentheses_around(*expression, unit.context()) != nullptr, macro};
  Bound bound{clang::Lexer::getSourceText(in_file, unit.sources(), options).str(),
              expression && !llvm::isa<clang::InitListExpr>(expression),
              expression && is_atom(*expression, unit.context())};
  if (const auto begin = unit.offset(in_file.getBegin())) {
    bound.span = with_own_words(unit, node, {*begin, *begin + static_cast<unsigned>(bound.text.size())});
    bound.text = unit.tokens.text(*bound.span);
  }
  return bound;
}

}  // namespace nanobug::rewrite
