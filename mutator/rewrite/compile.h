// compile: a rule's matchers, selectors and templates, parsed and checked against each other before any file
// is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/rewrite/clang.h"
#include "mutator/rewrite/expression.h"
#include "mutator/rewrite/spot.h"
#include "mutator/rewrite/template.h"

namespace nanobug::rewrite {

using Matcher = clang::ast_matchers::internal::DynTypedMatcher;

struct CompiledEdit {
  const catalog::Edit* edit;
  clang::transformer::RangeSelector target;
  clang::transformer::RangeSelector second;  // of move and swap
  std::string target_id, second_id;          // the id where the selector is node(id) or statement(id), or ""
  // Of a text that is put at a point beside a node, before(node(id)): the node is the target, and this its
  // side.
  std::optional<bool> before = std::nullopt;
  std::vector<Piece> pieces;  // of replace and insert
};

struct CompiledPart {
  const catalog::Part* part;
  Matcher matcher;
  std::vector<Binding> bindings;
  std::vector<CompiledEdit> edits;
  std::optional<Spot> spot =
      std::nullopt;  // instead of a matcher and edits: an operator's, which has its own
};

struct CompiledForm {
  const catalog::Form* form;
  std::vector<CompiledPart> parts;  // its own, then those of `also`
};

struct CompiledRule {
  const catalog::Rule* rule;
  std::vector<CompiledForm> forms;
};

// Nothing, and at least one error, when the rule is wrong. Errors are in the order of the rule's text.
std::optional<CompiledRule> compile(const catalog::Rule& rule, std::vector<Error>& errors);

// The edits of a part whose nodes are bound by these ids without a matcher.
CompiledPart compile_edits(const catalog::Part& part, const std::vector<std::string>& ids);

// A matcher as Clang's parser takes it, with the traversal nanobug uses everywhere; an offset in `text` for
// an error.
std::optional<Matcher> parse_matcher(const std::string& text, std::string& problem, unsigned& where);

// What Clang's parser complains of, in nanobug's words, and the offset in the text.
std::string sentence(const clang::ast_matchers::dynamic::Diagnostics& diagnostics, unsigned& where);

}  // namespace nanobug::rewrite
