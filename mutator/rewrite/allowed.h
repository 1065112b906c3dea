// allowed: what an edit may do to a place, and why it may not: what hangs on a statement, what another branch
// of the preprocessor makes of it, what a list or an expression cannot be without.
#pragma once

#include <string>

#include "mutator/rewrite/target.h"

namespace nanobug::rewrite {

// Each answers nothing, or the error with the place in the catalog and the one in the source.
class Allowed {
 public:
  Allowed(const CompiledPart& part, Unit& unit, const clang::ast_matchers::BoundNodes& nodes,
          Targets& targets)
      : part_(part), unit_(unit), tokens_(unit.tokens), nodes_(nodes), targets_(targets) {}

  // What the text of one place has to do with the preprocessor it has at another one too.
  Status means_the_same_there(size_t edit, Span text, unsigned there);

  // Declarators share their type.
  Status is_of_one_declarator(size_t edit, const Target& target);

  // An expression that goes on in a branch of the preprocessor is another one in other configurations.
  Status is_whole_everywhere(size_t edit, Span expression);

  // What takes a statement's place has to do so in every configuration.
  Status stays_one_elsewhere(size_t edit, const Target& target, const std::string& text);

  // Nothing that this statement is the body of, or that goes on with it, may come to be of another one.
  Status is_alone_elsewhere(size_t edit, const Target& target);

  // A part that the rest of its expression or statement cannot be without.
  Status can_be_without(size_t edit, const Target& target);

  // What cannot be taken out, or have something put before it, and why.
  Status may_go(size_t edit, const Target& target, const char* what);

  // Of a statement expression the last one is what it is all for.
  Status is_no_value(size_t edit, const Target& target);

  Status is_entered_by_its_label(size_t edit, const Target& target);

  // A case elsewhere: no other one falls into it, and it into no other.
  Status stands_alone(size_t edit, const Target& target);

  Status not_under_pragma(size_t edit, const Target& target);

  // What is put around a statement comes between it and its pragma.
  Status stays_under_pragma(size_t edit, const Target& target);

  // An operand has a place that no other one can have.
  Status is_one_of_a_list(size_t edit, const Target& target);

  // A value with a designator has its place by that.
  Status is_for_nothing_else(size_t edit, Span value);

 private:
  tl::unexpected<Error> wrong(size_t edit, unsigned offset, const std::string& message) const;
  tl::unexpected<Error> refused_elsewhere(size_t edit, unsigned at, const std::string& what);

  const CompiledPart& part_;
  Unit& unit_;
  const Tokens& tokens_;
  const clang::ast_matchers::BoundNodes& nodes_;
  Targets& targets_;
};

}  // namespace nanobug::rewrite
