// allowed: see allowed.h.
#include "mutator/rewrite/allowed.h"

#include "mutator/rewrite/branches.h"
#include "mutator/rewrite/surgery.h"

namespace nanobug::rewrite {

tl::unexpected<Error> Allowed::wrong(size_t edit, unsigned offset, const std::string& message) const {
  return rewrite::wrong(unit_, part_.part->edits[edit], offset, message);
}

Status Allowed::means_the_same_there(size_t edit, Span text, unsigned there) {
  const std::string_view said = tokens_.text(without_blanks(unit_.text, text));
  const bool is_short = said.size() <= 40 && said.find('\n') == std::string_view::npos;
  const std::string shown = is_short ? "'" + std::string(said) + "'" : "this text";
  if (!are_in_one_branch(unit_, without_blanks(unit_.text, text).begin, there))
    return wrong(
        edit, text.begin,
        shown +
            " is in another branch of the preprocessor than the place it comes to, so other configurations "
            "would change as well; edit within one branch");
  if (const auto macro = redefined_between(unit_, said, text.begin, there))
    return wrong(edit, text.begin,
                 "the macro '" + *macro + "' is defined anew between " + shown +
                     " and the place it comes to, and would mean something else there; write out what it "
                     "stands for");
  return {};
}

Status Allowed::is_of_one_declarator(size_t edit, const Target& target) {
  const auto node = nodes_.getMap().find(part_.edits[edit].target_id);
  if (node == nodes_.getMap().end() || !node->second.get<clang::TypeLoc>()) return {};
  const size_t others = declarators_of(unit_, node->second);
  if (others < 2) return {};
  return wrong(edit, target.at,
               "this type is of " + std::to_string(others) +
                   " declarators, and would be another one for all of them; replace the whole declaration");
}

Status Allowed::is_whole_everywhere(size_t edit, Span expression) {
  const auto directive = divides(unit_, expression);
  if (!directive) return {};
  return wrong(edit, expression.begin,
               "'" + *directive +
                   "' divides this expression, and what stands in its branches would go too; take what is on "
                   "one side of it");
}

Status Allowed::stays_one_elsewhere(size_t edit, const Target& target, const std::string& text) {
  if (!target.is_statement()) return {};
  const auto head = opens_elsewhere(unit_, target.span.begin);
  if (head && !is_one_statement(text)) return refused_elsewhere(edit, target.at, *head);
  const auto more = goes_on_elsewhere(unit_, target.span.end);
  if (!more) return {};
  const Tokens tokens(text);
  // What goes on with the if that this is the body of must find no other one.
  const bool begins = tokens.is(tokens.after(0), *more == "else" ? "if" : "try");
  const bool holds = target.is(Whole::Role::only_body) ? is_one_statement(text) && !begins : begins;
  if (!holds) return refused_elsewhere(edit, target.at, *more);
  return {};
}

tl::unexpected<Error> Allowed::refused_elsewhere(size_t edit, unsigned at, const std::string& what) {
  return wrong(edit, at,
               "in another branch of the preprocessor '" + what +
                   "' belongs to this statement and would come to be of another one; replace it by one "
                   "statement, or take the branch too");
}

Status Allowed::is_alone_elsewhere(size_t edit, const Target& target) {
  if (!target.is_statement()) return {};
  auto what = opens_elsewhere(unit_, target.span.begin);
  if (!what) what = goes_on_elsewhere(unit_, target.span.end);
  if (what) return refused_elsewhere(edit, target.at, *what);
  return {};
}

Status Allowed::can_be_without(size_t edit, const Target& target) {
  const Whole part = targets_.whole_of_outermost(target);
  const clang::Stmt* of = part.part_of;
  if (!target.expression || !of || llvm::isa<clang::ForStmt, clang::DesignatedInitExpr>(of)) return {};
  const auto* both = llvm::dyn_cast<clang::BinaryOperator>(of);
  if (both && both->getOpcode() == clang::BO_Comma) return {};
  const auto around = range_span(unit_, of->getSourceRange());
  std::string whole(around ? tokens_.text(*around) : "");
  if (whole.size() > 40 || whole.find('\n') != std::string::npos) whole.clear();
  return wrong(edit, target.at,
               "'" + std::string(tokens_.text(target.span)) + "' is a part of " +
                   (whole.empty() ? std::string("something larger") : "'" + whole + "'") +
                   " that cannot be left out alone; replace the whole of it");
}

Status Allowed::may_go(size_t edit, const Target& target, const char* what) {
  using Role = Whole::Role;
  if (target.is(Role::only_body)) return wrong(edit, target.at, what);
  if (const auto directive = directive_in(tokens_, target.span))
    return wrong(edit, target.at,
                 "'" + *directive + "' divides this piece; take what is on one side of it, or all of it");
  NANOBUG_TRY(is_entered_by_its_label(edit, target));
  NANOBUG_TRY(is_no_value(edit, target));
  NANOBUG_TRY(is_alone_elsewhere(edit, target));
  return not_under_pragma(edit, target);
}

Status Allowed::is_no_value(size_t edit, const Target& target) {
  if (!target.whole || !target.whole->is_value) return {};
  return wrong(edit, target.at,
               "this statement gives the `({ … })` around it its value; replace it, or edit before it");
}

Status Allowed::is_entered_by_its_label(size_t edit, const Target& target) {
  if (!target.whole || !target.whole->is_fallen_into) return {};
  return wrong(
      edit, target.at,
      "the case before falls into this one, so the statements are not its alone; replace them instead");
}

Status Allowed::stands_alone(size_t edit, const Target& target) {
  NANOBUG_TRY(is_entered_by_its_label(edit, target));
  if (!target.whole || !target.whole->falls_on) return {};
  return wrong(
      edit, target.at,
      "this case ends in no break or return, so where it comes to stand it would fall into another one");
}

Status Allowed::not_under_pragma(size_t edit, const Target& target) {
  if (!target.is_statement()) return {};
  const auto pragma = pragma_above(tokens_, target.at);
  if (!pragma) return {};
  return wrong(edit, target.at,
               "'" + std::string(tokens_.text(*pragma)) +
                   "' stands before this statement and would fall on another one; replace "
                   "the statement, or select both");
}

Status Allowed::stays_under_pragma(size_t edit, const Target& target) {
  const std::vector<Piece>& pieces = part_.edits[edit].pieces;
  for (size_t i = 1; i < pieces.size(); ++i)
    if (pieces[i].placeholder && pieces[i].text == part_.edits[edit].target_id)
      return not_under_pragma(edit, target);
  return {};
}

Status Allowed::is_one_of_a_list(size_t edit, const Target& target) {
  const Whole whole = targets_.whole_of_outermost(target);
  if (!target.expression || whole.role != Whole::Role::part) return {};
  return wrong(edit, target.at,
               "'" + std::string(tokens_.text(target.span)) +
                   "' is no argument or element of a list, so it has no place among others; swap two "
                   "expressions, or replace them");
}

Status Allowed::is_for_nothing_else(size_t edit, Span value) {
  const auto designator = designator_of(tokens_, value.begin);
  if (!designator) return {};
  return wrong(edit, value.begin,
               "'" + *designator +
                   "' says what this value is for, and its place in the list does not; swap two values, or "
                   "replace them");
}

}  // namespace nanobug::rewrite
