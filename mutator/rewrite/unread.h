// unread: the names that stand in a file and that the tree has nothing for. They are in a branch of the
// preprocessor that is not compiled here, in a macro, in an argument that a macro drops: another
// configuration may read what is called so.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mutator/rewrite/tokens.h"

namespace nanobug::rewrite {

// By their names: where they stand.
using Unread = std::map<std::string, std::vector<unsigned>, std::less<>>;

// `understood`: where a name stands that the tree has. Operators are looked for by their signs ("operator+"),
// and only where nothing is understood, for the tree names none that is built in.
Unread unread_names(const Tokens& tokens, const std::set<unsigned>& understood);

// The same of whole branches in which nothing is understood, and of pragmas.
Unread names_in_branches(const Tokens& tokens, const std::set<unsigned>& understood);

// What is named where nothing is understood.
std::set<std::string> names_left_out(const Tokens& tokens, const std::set<unsigned>& understood);

}  // namespace nanobug::rewrite
