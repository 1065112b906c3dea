// judge: builds a mutant and judges it as a checkout is judged: by the probes, then by the parity runs. The
// first that sees it is the answer.
//
// All of it happens in a cache of its own: the clean tree and its probes stay there for the next run, what
// was built of a mutant goes as soon as it is judged, and what a killed run left goes when the next one
// begins.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/grade/parity.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/reach.h"
#include "mutator/workshop/workshop.h"
#include "tools/strength/results.h"

namespace nanobug::strength {

class Judge {
 public:
  // Makes the clean tree and its probes when they are not in `cache`, and asks both kinds of judges about the
  // clean tree. Errors: Exit::catalog when a probe fails on it, Exit::io when it does not build.
  static Result<std::unique_ptr<Judge>> open(const catalog::Catalog& catalog, const fs::path& cache,
                                             const workshop::Progress& progress);
  ~Judge();

  // From several threads at once.
  Result<Judgement> judge(const Mutant& mutant);

  // Would a certificate overlook somebody? -> the probes that fail on the mutant though they run nothing of
  // what it changes (workshop/reach.h), and are not asked therefore. The first call measures what each probe
  // runs.
  Result<std::vector<std::string>> overlooked(const Mutant& mutant);

  // The parity runs in a tree that is whole and built.
  Result<std::vector<grade::ParityAnswer>> compare_in(const fs::path& place,
                                                      const workshop::Progress& progress) const {
    return grade::run_parity(workshop_, clean_, place, progress);
  }

  const workshop::Clean& clean() const { return clean_; }

  // Names the judges: other probes or other parity runs have another name.
  const std::string& bench() const { return bench_; }

 private:
  Judge(const catalog::Catalog& catalog, const fs::path& cache);
  Status sweep() const;
  Status ask_clean(const workshop::Progress& progress);
  Status see(const Mutant& mutant, const fs::path& place, Judgement& judgement) const;
  Status probe(const Mutant& mutant, const fs::path& place, Judgement& judgement) const;
  Status compare(const fs::path& place, Judgement& judgement) const;

  const catalog::Catalog& catalog_;
  fs::path cache_;
  workshop::FileLock alone_;
  workshop::Workshop workshop_;
  workshop::Clean clean_;
  fs::path program_;  // the probes
  workshop::Askable askable_;
  std::once_flag measured_;
  Result<workshop::Reach> reach_ = fail(Exit::io, "what each probe runs is not measured");
  std::string bench_;
};

}  // namespace nanobug::strength
