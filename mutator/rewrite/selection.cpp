// selection: see selection.h.
#include "mutator/rewrite/selection.h"

#include "mutator/rewrite/parentheses.h"

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

Bound source_of(Unit& unit, const Match& match, const std::string& id, const clang::DynTypedNode& node) {
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
  if (const auto begin = unit.offset(in_file.getBegin()))
    bound.span = Span{*begin, *begin + static_cast<unsigned>(bound.text.size())};
  return bound;
}

}  // namespace nanobug::rewrite
