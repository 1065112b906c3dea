// symptom: what a mutant's own short training run shows, beside the clean tree's.
#pragma once

#include <string>
#include <vector>

#include "mutator/workshop/programs.h"

namespace nanobug::grade {

struct Symptom {
  // nan, crash, hang, below zero, diverges, stuck, too good, slower, drifts, unchanged
  std::string kind;
  std::string words;      // "the loss ends at 3.10 after 60 steps; the clean tree's at 2.41"
  double silence = 0;     // 1: the loss tells nothing at all; 0: nobody could overlook it
  int visible_from = -1;  // first step whose loss is off by more than 5 % of what training gains; -1: none
};

// `series` names what is compared; both reports come from the same program with the same arguments.
//
// With gain = first - last of the clean series and `off` = |mutant's end - clean end| / gain (ends are means
// over the last tenth), silence = 1 - min(1, off); a NaN, a crash and a hang have silence 0.
Symptom describe(const workshop::RunReport& mutant, const workshop::RunReport& clean,
                 const std::string& series);

}  // namespace nanobug::grade
