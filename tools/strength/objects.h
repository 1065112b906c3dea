// objects: does a mutant's build differ from the clean one in what the machine would run?
#pragma once

#include "mutator/workshop/workshop.h"

namespace nanobug::strength {

// Are all object files of the mutant the clean build's once debug information is taken out (columns move with
// every edit)? Errors: Exit::io when there is no llvm-objcopy.
Result<bool> same_code(const workshop::Clean& clean, const workshop::Mutant& mutant);

}  // namespace nanobug::strength
