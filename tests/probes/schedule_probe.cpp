// The learning rate's trapezoid and Muon's momentum against their closed forms.

#include "nanochat/schedule.h"

#include <cmath>

#include "probe.h"

using nanochat::lr_multiplier;
using nanochat::LrSchedule;

namespace {

// Runs whose ramps last a whole number of steps.
struct Run {
  int64_t total, warmup, warmdown;
  double final_frac;
};

const std::vector<Run> kRuns = {{100, 0, 20, 0.0},     {100, 10, 20, 0.0},   {50, 5, 25, 0.1},
                                {200, 100, 100, 0.05}, {40, 1, 1, 0.0},      {64, 16, 0, 0.5},
                                {20, 0, 20, 0.2},      {1000, 250, 400, 0.0}};

LrSchedule schedule_of(const Run& run) {
  const double total = static_cast<double>(run.total);
  return {.num_iterations = run.total,
          .warmup_ratio = static_cast<double>(run.warmup) / total,
          .warmdown_ratio = static_cast<double>(run.warmdown) / total,
          .final_lr_frac = run.final_frac};
}

}  // namespace

TEST_CASE("schedule.multiplier", "[schedule]") {
  for (const Run& run : kRuns) {
    for (int64_t step = 0; step < run.total; ++step) {
      CAPTURE(run.total, run.warmup, run.warmdown, run.final_frac, step);
      double expected = 1.0;
      if (step < run.warmup) {
        expected = static_cast<double>(step + 1) / static_cast<double>(run.warmup);
      } else if (step > run.total - run.warmdown) {
        const double left = static_cast<double>(run.total - step) / static_cast<double>(run.warmdown);
        expected = run.final_frac + (1.0 - run.final_frac) * left;
      }
      CHECK(lr_multiplier(step, schedule_of(run)) == Approx(expected).epsilon(1e-12));
    }
  }
}

TEST_CASE("schedule.warmup", "[schedule]") {
  // The first step counts, the last one of the ramp is at full rate.
  const LrSchedule schedule{.num_iterations = 80, .warmup_ratio = 0.25, .warmdown_ratio = 0.25};
  CHECK(lr_multiplier(0, schedule) == Approx(1.0 / 20.0).epsilon(1e-12));
  CHECK(lr_multiplier(9, schedule) == Approx(0.5).epsilon(1e-12));
  CHECK(lr_multiplier(18, schedule) == Approx(0.95).epsilon(1e-12));
  CHECK(lr_multiplier(19, schedule) == Approx(1.0).epsilon(1e-12));
  CHECK(lr_multiplier(20, schedule) == Approx(1.0).epsilon(1e-12));
}

TEST_CASE("schedule.rounding", "[schedule]") {
  // As Python's round() has it: a length between two is the even one.
  for (const auto& [total, even] : {std::pair<int64_t, int64_t>{10, 2}, {6, 2}, {14, 4}, {22, 6}, {18, 4}}) {
    CAPTURE(total);
    const LrSchedule up{.num_iterations = total, .warmup_ratio = 0.25, .warmdown_ratio = 0.0};
    CHECK(lr_multiplier(0, up) == Approx(1.0 / static_cast<double>(even)).epsilon(1e-12));
    const LrSchedule down{
        .num_iterations = total, .warmup_ratio = 0.0, .warmdown_ratio = 0.25, .final_lr_frac = 0.0};
    CHECK(lr_multiplier(total - 1, down) == Approx(1.0 / static_cast<double>(even)).epsilon(1e-12));
  }
}

TEST_CASE("schedule.warmdown", "[schedule]") {
  const LrSchedule schedule{
      .num_iterations = 80, .warmup_ratio = 0.25, .warmdown_ratio = 0.25, .final_lr_frac = 0.1};
  CHECK(lr_multiplier(60, schedule) == Approx(1.0).epsilon(1e-12));
  CHECK(lr_multiplier(61, schedule) == Approx(0.95 + 0.05 * 0.1).epsilon(1e-12));
  CHECK(lr_multiplier(70, schedule) == Approx(0.55).epsilon(1e-12));
  CHECK(lr_multiplier(80, schedule) == Approx(0.1).epsilon(1e-12));
}

TEST_CASE("schedule.defaults", "[schedule]") {
  // No warm-up, and a fifth of the run to go down to zero.
  const LrSchedule schedule{.num_iterations = 50};
  CHECK(lr_multiplier(0, schedule) == Approx(1.0).epsilon(1e-12));
  CHECK(lr_multiplier(40, schedule) == Approx(1.0).epsilon(1e-12));
  CHECK(lr_multiplier(45, schedule) == Approx(0.5).epsilon(1e-12));
  CHECK(lr_multiplier(49, schedule) == Approx(0.1).epsilon(1e-12));
}

TEST_CASE("schedule.shape", "[schedule]") {
  // Up, level, down, always in (0, 1], and no step of it larger than a ramp's.
  for (const Run& run : kRuns) {
    CAPTURE(run.total, run.warmup, run.warmdown);
    double before = lr_multiplier(0, schedule_of(run));
    for (int64_t step = 0; step < run.total; ++step) {
      const double now = lr_multiplier(step, schedule_of(run));
      CHECK(now > 0.0);
      CHECK(now <= 1.0 + 1e-12);
      if (step < run.warmup) {
        CHECK(now >= before - 1e-12);
      } else if (step > run.warmup) {
        CHECK(now <= before + 1e-12);
      }
      before = now;
    }
  }
}

TEST_CASE("schedule.muon_momentum", "[schedule]") {
  for (const int64_t step : {0, 1, 75, 150, 299, 300, 301, 1000, 100000}) {
    CAPTURE(step);
    const double expected = step < 300 ? 0.85 + 0.1 * static_cast<double>(step) / 300.0 : 0.95;
    CHECK(nanochat::muon_momentum(step) == Approx(expected).epsilon(1e-12));
  }
}

TEST_CASE("schedule.no_ramps", "[schedule]") {
  const LrSchedule flat{.num_iterations = 10, .warmup_ratio = 0.0, .warmdown_ratio = 0.0};
  for (int64_t step = 0; step < 10; ++step) CHECK(lr_multiplier(step, flat) == Approx(1.0).epsilon(1e-12));
  const LrSchedule one{.num_iterations = 1};
  CHECK(lr_multiplier(0, one) == Approx(1.0).epsilon(1e-12));
}
