// debug_build: see debug_build.h.
#include "mutator/cli/debug_build.h"

#include "mutator/base/paths.h"

namespace nanobug::cli {

Status has_debug_build(Context& c) {
  const auto catalog = c.catalog();
  NANOBUG_TRY(catalog);
  if (!(*catalog)->tree.build.debug.empty()) return {};
  return fail(
      Exit::usage,
      "this catalog does not say how its tree is built for a debugger (tree.build.debug); leave --debug out");
}

Result<DebugBuild> debug_build(Context& c, const workshop::Overlay& overlay) {
  const auto catalog = c.catalog();
  NANOBUG_TRY(catalog);
  const auto pristine = c.pristine();
  NANOBUG_TRY(pristine);
  catalog::Tree spec = (*catalog)->tree;
  spec.build.configure.insert(spec.build.configure.end(), spec.build.debug.begin(), spec.build.debug.end());
  DebugBuild made;
  made.shop = std::make_unique<workshop::Workshop>(spec, (*catalog)->directory(), cache_home());
  if (!made.shop->find_clean((*pristine)->id))
    c.ui.say("The clean tree is built for a debugger, once for this machine; that takes a minute or two.");
  auto clean = made.shop->clean((*catalog)->tree_directory(), (*pristine)->id, c.ui.progress());
  c.ui.clear_progress();
  NANOBUG_TRY(clean);
  made.clean = std::move(*clean);
  auto mutant = made.shop->mutant(made.clean, overlay);
  NANOBUG_TRY(mutant);
  made.mutant = std::move(*mutant);
  return made;
}

}  // namespace nanobug::cli
