// own_function: a function of one of nanobug's own libraries, which is opened when it is first needed.
#pragma once

#include <string>

#include "mutator/base/error.h"

namespace nanobug {

// Of a library beside the program (own_library), which stays open: static objects of what it brings along
// outlive main. Its functions are bound as they are called: to bind all that libgit2 brings along takes
// longer than most verbs. `what` it is: "the rewriter". Errors: Exit::io with the loader's reason.
Result<void*> own_function(const std::string& library, const char* function, const std::string& what);

}  // namespace nanobug
