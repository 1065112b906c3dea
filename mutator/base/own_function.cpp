// own_function: see own_function.h.
#include "mutator/base/own_function.h"

#include <dlfcn.h>

#include "mutator/base/files.h"
#include "mutator/base/paths.h"

namespace nanobug {

Result<void*> own_function(const std::string& library, const char* function, const std::string& what) {
  const fs::path file = own_library(library);
  void* const opened = ::dlopen(file.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (!opened) return fail(Exit::io, what + " cannot be loaded: " + ::dlerror());
  if (void* const found = ::dlsym(opened, function)) return found;
  return fail(Exit::io, "'" + file.string() + "' is not nanobug's: " + ::dlerror());
}

}  // namespace nanobug
