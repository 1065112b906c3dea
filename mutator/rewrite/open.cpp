// open: the Clang part, loaded when a verb first needs it. It takes a tenth of a second; most verbs never do.
#include <dlfcn.h>

#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/rewrite/rewriter.h"

namespace nanobug::rewrite {

Result<std::unique_ptr<Rewriter>> open_rewriter() {
  const fs::path library = own_library("libnanobug_rewrite.so");
  // Never closed: Clang's static objects outlive main.
  void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return fail(Exit::io, std::string("the rewriter cannot be loaded: ") + dlerror());
  const auto make = reinterpret_cast<Rewriter* (*)()>(dlsym(handle, "nanobug_make_rewriter"));
  if (!make) return fail(Exit::io, "'" + library.string() + "' is no rewriter: " + dlerror());
  return std::unique_ptr<Rewriter>(make());
}

}  // namespace nanobug::rewrite
