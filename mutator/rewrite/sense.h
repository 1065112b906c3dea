// sense: what a compiler takes, perhaps with a warning, and nobody means: a variable in its own first value,
// a label before a declaration of C17, a function that is declared and called and defined no more.
#pragma once

#include <map>
#include <string>

#include "mutator/rewrite/unit.h"

namespace nanobug::rewrite {

// Each of them in words, and how often it is there. An edit must not add to them.
using Senseless = std::map<std::string, int>;
Senseless senseless_in(Unit& unit);

// What the functions that the file defines are called, with their types.
using Definitions = std::map<std::string, const clang::FunctionDecl*>;
Definitions definitions_in(Unit& unit);

// A function that the first file defines, and the second only declares; "" where there is none. Bodies may be
// blank in the second.
std::string left_without_definition(const Definitions& before, Unit& after);

}  // namespace nanobug::rewrite
