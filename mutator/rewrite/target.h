// target: where an edit is made: the bytes that its selector takes, and what they are in the tree.
#pragma once

#include <optional>
#include <string>

#include "mutator/rewrite/compile.h"
#include "mutator/rewrite/selection.h"
#include "mutator/rewrite/unit.h"
#include "mutator/rewrite/whole.h"

namespace nanobug::rewrite {

// An error of one edit at a byte of the file: Exit::catalog, the place in the catalog and the place in the
// source in the sentence.
tl::unexpected<Error> wrong(const Unit& unit, const catalog::Edit& edit, unsigned offset,
                            const std::string& message);

// In the tree only where the selector names a node.
struct Target {
  Span span;
  std::optional<Whole> whole;
  const clang::Expr* expression = nullptr;
  unsigned at = 0;     // where the node itself begins
  bool range = false;  // not a node
  bool is_attribute = false;
  const clang::ParmVarDecl* parameter = nullptr;
  std::optional<Span> given = {};  // of a constructor's call behind a variable's name: what it is given

  bool is(Whole::Role role) const { return whole && whole->role == role; }
  bool is_case() const { return whole && whole->is_case; }
  bool is_statement() const { return is(Whole::Role::statement) || is(Whole::Role::only_body); }
};

// Of the edits of a part where it matched. Errors: as selected().
class Targets {
 public:
  Targets(const CompiledPart& part, Unit& unit, const clang::ast_matchers::BoundNodes& nodes)
      : part_(part), unit_(unit), tokens_(unit.tokens), nodes_(nodes), match_(nodes, &unit.context()) {}

  // What a constructor is given, of a node that is a variable's initialiser; without the blanks around it.
  std::optional<Span> given_by(const clang::DynTypedNode& node);

  Result<Target> of(size_t edit);

  Result<Target> second(size_t edit);  // of move and swap

  // An expression takes the parentheses it stands in along if they are needed there, so that its successor
  // has only those that it needs itself.
  Span slot(size_t edit, const clang::Expr* expression, Span span);

  // An expression that is taken out leaves no parentheses.
  Target with_parentheses(size_t edit, const Target& target);

  // The bytes that the selector itself takes: that of an expression leaves its semicolon.
  Result<Span> selected_by(size_t edit, const Target& target);

  Whole whole_of_outermost(const Target& target);

  const Match& match() const { return match_; }

 private:
  // What takes another's place stands behind its attributes; what goes, comes or moves has them in front.
  Result<Target> target_of(const clang::transformer::RangeSelector& selector, const std::string& id,
                           const catalog::Text& text, bool prefixed);
  // The arguments of a call that has none written, for Clang looks for the first.
  std::optional<Span> between_empty_parentheses(const std::string& selector);
  // Of the bound statement that a range begins with, if there is one.
  std::optional<Whole::Role> role_of_first(Span span);
  bool is_between_brackets(Span span) const;
  static tl::unexpected<Error> nothing_written(const catalog::Text& text);
  static tl::unexpected<Error> wrong_selector(const catalog::Text& text);

  const CompiledPart& part_;
  Unit& unit_;
  const Tokens& tokens_;
  const clang::ast_matchers::BoundNodes& nodes_;
  Match match_;
};

}  // namespace nanobug::rewrite
