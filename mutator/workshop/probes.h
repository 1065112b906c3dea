// probes: the hidden tests that judge a tree, as a separate program that loads the tree's shared library.
//
// A probe runs in a process that may die: what comes back of a crash, a hang or a throw is an answer like any
// other.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

struct ProbeInfo {
  std::string probe;       // attention.scale
  std::string observable;  // the tag: a key of the catalog's observables
};

struct ProbeAnswer {
  std::string probe, observable;
  enum class How { passed, failed, crashed, hung } how = How::passed;
  std::string message;  // one line: the failing expression, the signal, the limit

  bool passed() const { return how == How::passed; }
};

// The probe program built against the clean tree; made when missing.
Result<fs::path> clean_probes(const Workshop& workshop, const Clean& clean, const Progress& progress = {});

// The one to judge this checkout with: the clean tree's, unless a public header was changed; then one that is
// built against the checkout. Errors: Exit::check_failed with the compiler's words when the probes do not
// compile any more.
Result<fs::path> probes_for(const Workshop& workshop, const Clean& clean, const fs::path& checkout,
                            const Progress& progress = {});

// Every probe there is, as the clean tree's program lists them; asked once, kept beside it.
Result<std::vector<ProbeInfo>> list_probes(const Workshop& workshop, const Clean& clean);

enum class Until { all_answered, one_process_failed };

// Runs the probes against the checkout's library, in this order, on one thread each. After a crash or a hang
// it goes on with the next; or, if that is asked for, no further once a process has ended with a probe that
// did not pass.
Result<std::vector<ProbeAnswer>> run_probes(const Workshop& workshop, const fs::path& program,
                                            const fs::path& checkout, std::vector<ProbeInfo> probes,
                                            const Progress& progress = {}, Until until = Until::all_answered);

}  // namespace nanobug::workshop
