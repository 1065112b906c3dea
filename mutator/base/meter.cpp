// meter: see meter.h. Looking costs a walk through /proc, so it is done no sooner than the limits could have
// been reached: a program cannot use more than its cores' worth of each second.
#include "mutator/base/meter.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>

#include "mutator/base/supervisor.h"

namespace nanobug {
namespace {

constexpr double kSoonest = 0.02, kLatest = 1;  // seconds
constexpr std::chrono::milliseconds kAfterLine{250};

double seconds(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double limit_seconds(const std::optional<std::chrono::milliseconds>& limit) {
  return limit ? std::chrono::duration<double>(*limit).count() : std::numeric_limits<double>::infinity();
}

double cores() {
  return static_cast<double>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

// How many times slower than on an idle machine a program gets on. The load of the last minute is slow to
// rise, so what wants to run at this moment counts too.
double slowness() {
  double minute = 0;
  int running = 0;
  if (std::FILE* file = std::fopen("/proc/loadavg", "re")) {
    if (std::fscanf(file, "%lf %*f %*f %d/", &minute, &running) != 2) minute = running = 0;
    std::fclose(file);
  }
  return std::max({1.0, minute / cores(), running / cores()});
}

double left(double limit, double used) {
  return limit > 0 ? limit - used : std::numeric_limits<double>::infinity();
}

}  // namespace

Meter::Meter(const Command& command, pid_t supervisor) : command_(command), supervisor_(supervisor) {
  schedule(start_);
}

bool Meter::measures() const {
  return command_.limits.processor_s > 0 || command_.limits.wall_s > 0 ||
         command_.quiet_limits.processor_s > 0 || command_.quiet_limits.wall_s > 0;
}

void Meter::heard_line() {
  if (!std::exchange(heard_, true)) next_ = std::min(next_, Clock::now() + kAfterLine);
}

void Meter::look() {
  const auto time = Clock::now();
  if (!measures() || time < next_) return;
  const double wall_s = seconds(time - start_);
  now_.unloaded_s += (wall_s - now_.wall_s) / slowness();
  now_.wall_s = wall_s;
  // A process that ends without being waited for takes its share along; the sum never falls.
  if (const auto used = processor_time_below(supervisor_))
    now_.processor_s = std::max(now_.processor_s, *used);
  // What was used up to the last line is known only by what is used now.
  if (std::exchange(heard_, false))
    at_line_.processor_s = now_.processor_s, at_line_.unloaded_s = now_.unloaded_s;
  schedule(time);
}

void Meter::schedule(Clock::time_point time) {
  const Limits &all = command_.limits, &quiet = command_.quiet_limits;
  const double in =
      std::min({left(all.processor_s, now_.processor_s) / cores(), left(all.wall_s, now_.unloaded_s),
                left(quiet.processor_s, now_.processor_s - at_line_.processor_s) / cores(),
                left(quiet.wall_s, now_.unloaded_s - at_line_.unloaded_s)});
  next_ = time + std::chrono::milliseconds(static_cast<int>(std::clamp(in, kSoonest, kLatest) * 1000));
}

int Meter::until_next_look() const {
  const auto time = Clock::now();
  const double wall_s = seconds(time - start_);
  double in = limit_seconds(command_.time_limit) - wall_s;
  if (measures()) in = std::min(in, seconds(next_ - time));
  if (std::isinf(in)) return -1;
  return static_cast<int>(std::ceil(std::clamp(in, 0.0, 3600.0) * 1000));
}

bool Meter::passed(Finished& finished) const {
  const double wall_s = seconds(Clock::now() - start_);
  const auto over = [](double limit, double used) { return limit > 0 && used >= limit; };
  const bool quiet_processor =
      !heard_ && over(command_.quiet_limits.processor_s, now_.processor_s - at_line_.processor_s);
  const bool quiet_wall =
      !heard_ && over(command_.quiet_limits.wall_s, now_.unloaded_s - at_line_.unloaded_s);
  const bool processor = over(command_.limits.processor_s, now_.processor_s);
  const bool wall =
      over(command_.limits.wall_s, now_.unloaded_s) || wall_s >= limit_seconds(command_.time_limit);
  finished.over_processor_limit = quiet_processor || processor;
  finished.over_quiet_limit = quiet_processor || quiet_wall;
  finished.timed_out = quiet_processor || quiet_wall || processor || wall;
  return finished.timed_out;
}

}  // namespace nanobug
