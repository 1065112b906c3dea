// probe_run: asking a tree's library the probes, in a process that may die: what comes back of a crash, a
// hang or a throw is an answer like any other.
//
// The protocol is lines of JSON on descriptor 3, which NANOBUG_PROTOCOL_FD names; standard output and error
// are the tree's own:
//   {"library": "/…/libnanochat.so", "build_id": "…"}     first: what was loaded
//   {"begin": "attention.scale"}
//   {"end": "attention.scale", "passed": false, "message": "…", "processor_s": 0.01}
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/probes.h"
#include "mutator/workshop/standbys.h"

namespace nanobug::workshop {

struct ProbeAnswer {
  std::string probe, observable;
  // `unasked`: a probe before it hung, and what comes after a hang is not waited for.
  enum class How { passed, failed, crashed, hung, unasked } how = How::passed;
  std::string message = {};  // one line: the failing expression, the signal, the limit
  double processor_s = 0;    // as the program says
  int test = kProtocol;      // the number of the test that reports it

  bool passed() const { return how == How::passed; }
  ProbeInfo info() const { return {probe, observable, test}; }
};

// What an answer may take where the clean tree took so much processor time (0: that is not known), and no
// more than the catalog's own limit: many times that, and for what waits many times that again.
Limits limits_of_clean(double seconds, double time_limit_s);

// What may be asked here, and how long an answer takes: the clean tree's own, on this machine.
struct Askable {
  std::vector<ProbeInfo> probes;
  std::vector<ProbeAnswer> excluded;  // fail on the clean tree here, always or more often than not
  double slowest_s = 0;               // processor time

  // For the probes of this tree: processor time many times that of the slowest, and for what waits without
  // using the processor wall time many times that again.
  Limits limits(const catalog::Probes& spec) const;
};

// Was what this file says measured so long ago that the machine may answer otherwise now? It was out of
// memory then, say. An hour.
bool is_old(const fs::path& file);

// Asked once and kept beside the probe program; what does not pass is asked three times, and excluded where
// it fails more often than it passes. While any is excluded all are asked again after an hour; `fresh` asks
// at once.
Result<Askable> askable(const Workshop& workshop, const Clean& clean, bool fresh = false,
                        const Progress& progress = {});

// Those known to be excluded, without running anything.
std::vector<ProbeAnswer> excluded_probes(const Workshop& workshop, const Clean& clean);

// For few probes that fail on a tree, which one does not believe at once: which of these failures are no
// evidence against it? Those that the clean tree fails here too, more often than not; they are excluded from
// now on. And those that it fails now and then, unless this tree fails them every time.
Result<std::vector<ProbeAnswer>> doubt(const Workshop& workshop, const Clean& clean, const fs::path& program,
                                       const fs::path& tree, const std::vector<ProbeInfo>& probes);

enum class Until { all_answered, one_process_failed };

// Runs the probes against the tree's library, in this order, on one thread each, and then the tests that the
// cases among them are of, each once. After a crash it goes on with the next in a new process; after a hang
// no further. With one_process_failed, no further either once a process, or a test, has ended with one that
// did not pass; what was not asked then is not in the answer. The program is held ready between its
// processes; by `standbys` where several of these calls share it. Errors: Exit::io when the program loaded
// another library than this tree's, so that its answers mean nothing.
Result<std::vector<ProbeAnswer>> run_probes(const Workshop& workshop, const fs::path& program,
                                            const fs::path& tree, const std::vector<ProbeInfo>& probes,
                                            const Limits& limits, const Progress& progress = {},
                                            Until until = Until::all_answered, Standbys* standbys = nullptr);

}  // namespace nanobug::workshop
