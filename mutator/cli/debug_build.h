// debug_build: a checkout that a debugger steps through: `start --debug`. What is judged is a checkout's
// sources, so nothing but its own build directory is another one.
#pragma once

#include <memory>

#include "mutator/cli/context.h"

namespace nanobug::cli {

struct DebugBuild {
  std::unique_ptr<workshop::Workshop> shop;  // with the head's tree.build.debug behind its configure
  workshop::Clean clean;
  workshop::Mutant mutant;
};

// Errors: Exit::usage where the catalog's head does not say how that is built.
Status has_debug_build(Context& c);

// The clean tree built so, once for this machine (minutes; progress is shown), and the overlay's mutant.
Result<DebugBuild> debug_build(Context& c, const workshop::Overlay& overlay);

}  // namespace nanobug::cli
