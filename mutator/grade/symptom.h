// symptom: what a mutant shows in the run of its rule, beside what the clean tree shows there.
//
// A run has series, or text. Of the series the first one is described; where it is the clean tree's, the
// first of the others that a person would see part from the clean one. What a run without series shows is
// what it prints: there the symptom is the first line that is another one.
#pragma once

#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/workshop/programs.h"

namespace nanobug::grade {

struct Symptom {
  // nan, crash, hang, unchanged; of a series that training moves: below zero, diverges, stuck, too good,
  // slower, drifts; of one that stays as it is (memory): grows, shrinks, drifts; of one that is as it should
  // be and has another number of steps: shorter, longer; of text: other text
  std::string kind = {};
  std::string words = {};   // "the loss ends at 3.10 after 60 steps; the clean tree's at 2.41"
  double silence = 0;       // 1: the run tells nothing at all; 0: nobody could overlook it
  int visible_from = -1;    // first step whose value is off by more than 5 % of the scale, or line; -1: none
  std::string series = {};  // what it is of; empty: of the text
};

// Both reports come from the run's program with the same arguments.
Symptom describe(const workshop::RunReport& mutant, const workshop::RunReport& clean,
                 const catalog::Run& run);

// One series. Its scale is what training moves it by on the clean tree, from its first value to its end (the
// mean over the last tenth); of one that training does not move, the end itself. With off = |mutant's end -
// clean end| / scale, silence = 1 - min(1, off), and no more than the share of the steps that both have; a
// NaN, a crash and a hang have silence 0.
Symptom describe(const workshop::RunReport& mutant, const workshop::RunReport& clean,
                 const std::string& series);

// What they print. Silence is the share of the lines that both print in the same order.
Symptom describe_text(const workshop::RunReport& mutant, const workshop::RunReport& clean);

}  // namespace nanobug::grade
