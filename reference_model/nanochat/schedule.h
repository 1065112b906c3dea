// What changes over the course of a run: the learning rate and Muon's momentum.
//
// Both are pure functions of the step, so that a run can be resumed anywhere and a plot needs no
// training.

#pragma once

#include <cstdint>

namespace nanochat {

// A trapezoid: up in a line, flat, down in a line.
struct LrSchedule {
  int64_t num_iterations = 0;   // optimizer steps in the run
  double warmup_ratio = 0.0;    // share of the run spent going up
  double warmdown_ratio = 0.2;  // share of the run spent going down
  double final_lr_frac = 0.0;   // where it would arrive at step num_iterations
};

// The factor, in [0, 1], on every group's initial learning rate at `step`, counted from 0.
double lr_multiplier(int64_t step, const LrSchedule& schedule);

// Muon's momentum at `step`: from 0.85 to 0.95 over the first 300 steps.
double muon_momentum(int64_t step);

}  // namespace nanochat
