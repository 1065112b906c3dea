// open: the Clang part, loaded when a verb first needs it. It takes a tenth of a second; most verbs never do.
#include "mutator/base/own_function.h"
#include "mutator/rewrite/rewriter.h"

namespace nanobug::rewrite {

Result<std::unique_ptr<Rewriter>> open_rewriter() {
  const auto make = own_function("libnanobug_rewrite.so", "nanobug_make_rewriter", "the rewriter");
  NANOBUG_TRY(make);
  return std::unique_ptr<Rewriter>(reinterpret_cast<Rewriter* (*)()>(*make)());
}

}  // namespace nanobug::rewrite
