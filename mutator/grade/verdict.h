// verdict: is this checkout right? Decided by what its sources compute, never by their text, and never by
// what lies in its own build directory.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/grade/parity.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::grade {

struct Verdict {
  bool solved = false;
  bool builds = true;
  std::string build_message;
  // What is to be said of the learner's own build directory, which has no say in the verdict: it is stale, or
  // has no library. Empty when its library is what the sources make.
  std::string own_build;
  // Observables, without the place; in the catalog's words, each once, causes before consequences.
  std::vector<std::string> wrong;
  std::vector<workshop::ProbeAnswer> probes;  // those that were asked
  std::vector<ParityAnswer> parity;
  // Not asked, because the clean tree does not pass it on this machine; a sentence each.
  std::vector<std::string> excluded;
  std::set<std::string> not_asked;  // the probes and parity runs that these sentences are of
  // Nothing differs, but not one of those who see the session's bug could be asked here.
  bool undecided = false;
  std::vector<std::string> unread;  // in the checkout, and nobody may read it: not judged
  bool cut_short = false;           // something hung; what came after it was not asked
  double seconds = 0;

  int agreeing() const;  // of `probes`
};

// Builds the checkout's sources (but for the names at its top in `leave_out`) in a place of their own, and
// asks every probe and every parity run there. `seen_by`: of each of the session's bugs, those who see it.
// `began`: the files that were changed in it when it was handed out, as they were then; what nobody touched
// since is not compiled again. Errors are nanobug's own trouble; a tree that is wrong in whatever way is a
// Verdict.
Result<Verdict> judge(const workshop::Workshop& workshop, const workshop::Clean& clean,
                      const fs::path& checkout, const std::vector<std::string>& leave_out,
                      const workshop::Progress& progress = {},
                      const std::vector<std::vector<std::string>>& seen_by = {},
                      const workshop::Overlay& began = {});

}  // namespace nanobug::grade
