// parity: do the tree's programs compute, print and leave behind what the clean tree's do?
//
// The clean tree's own runs are recorded once on this machine, each twice over, and a third time where the
// two part. What it does not do again, or cannot do here at all, is not asked of a checkout: it is excluded,
// and said to be. The recordings lie beside the clean build.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/programs.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::grade {

// Where something that a compared step does first parts from the clean tree's.
struct Parting {
  int step = 0;
  std::string what = {};  // a series' name; "stdout"; "leaves"; "ended": how it ended
  int at = 0;             // the record of the series, counted among those that have it; the line of stdout

  bool operator==(const Parting&) const = default;
};

// How one parity run compares with the clean tree's.
struct ParityAnswer {
  enum class How {
    agrees,
    differs,
    excluded,  // the clean tree itself does not pass it here
    not_run,   // another one never ended, so this one was not begun
  };
  std::string id = {};  // the parity run's
  std::string observable = {};
  How how = How::agrees;
  std::string message = {};      // "loss differs from the clean tree's at record 3 by 2.1e-2 (relative)"
  bool hung = false;             // it differs because a limit was passed
  bool only_more_lines = false;  // it differs by what it prints beside what the clean tree prints
  std::vector<Parting> partings = {};  // of whatever differs, each once

  bool agrees() const { return how == How::agrees; }
  bool differs() const { return how == How::differs; }
};

enum class Until { all, first_difference };

// Which parity runs, and how far.
struct Asking {
  Until until = Until::all;
  std::vector<std::string> first = {};  // ids: begun before the others
  bool others = true;                   // false: only those
  std::set<std::string> never = {};     // ids: not asked at all
};

// Parity runs of the catalog in the tree at `place`, which is whole and built, two at a time; an answer each,
// in the catalog's order. Nothing is begun after one that had to be ended by its limit. Errors are nanobug's
// own trouble; a tree that is wrong in whatever way is an answer.
Result<std::vector<ParityAnswer>> run_parity(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                             const fs::path& place, const workshop::Progress& progress = {},
                                             const Asking& asking = {});

// Records what is not recorded yet; the answers are `agrees` or `excluded`.
Result<std::vector<ParityAnswer>> record_parity(const workshop::Workshop& workshop,
                                                const workshop::Clean& clean,
                                                const workshop::Progress& progress = {});

// Those known to be excluded, without running anything.
std::vector<ParityAnswer> excluded_parity(const workshop::Workshop& workshop, const workshop::Clean& clean);

// Forgets all recordings, so that the clean tree is asked again.
Status forget_parity(const workshop::Clean& clean);

// What the clean tree does in one of the catalog's runs, for a learner's eyes: recorded once, kept beside it.
// Progress is told when it has to be recorded. Errors: Exit::catalog when it fails there, writes no record
// with its first series, or, where its text is what is shown, does not print the same again.
Result<workshop::RunReport> baseline(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                     const catalog::Run& run, int threads,
                                     const workshop::Progress& progress = {});

}  // namespace nanobug::grade
