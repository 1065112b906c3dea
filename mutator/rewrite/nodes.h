// nodes: what is said of a node of the tree: where it stands, what a matcher calls it, its text.
#pragma once

#include <string>

#include "mutator/rewrite/bench.h"
#include "mutator/rewrite/clang.h"
#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

Seen seen(Unit& unit, const clang::DynTypedNode& node);

// What the node answers a matcher that asks it for more than its kind (hasName, hasOperatorName,
// argumentCountIs, hasType): "its name is 'step'"; "" where its text says it.
std::string answer_to(const std::string& matcher, const clang::DynTypedNode& node);

// Every name that the dynamic parser knows.
const std::vector<std::string>& matcher_names();

// Does a matcher of this name stand for nodes of a kind (callExpr, decl), so that it can be bound?
bool is_node_matcher(const std::string& name);

}  // namespace nanobug::rewrite
