// kernel_probes: every kernel against its reference in double, under several shapes of launch.
//
// In the emulator each under eight schedules, and a report of the emulator fails it; the same seed is tried
// twice and has to give the same. On a GPU each shape once. Words go to stdout, or JSON with --json FILE
// besides. Exit codes: 0 all hold, 1 one does not, 2 usage, 6 no GPU that answers.
#include <chrono>
#include <cstring>
#include <fstream>

#include "harness.h"

namespace probes {

std::vector<Probe>& all() {
  static std::vector<Probe> it;
  return it;
}

namespace {

constexpr struct {
  int threads, max_blocks;
} kShapes[] = {{256, 65535}, {32, 65535}, {128, 1}, {1024, 3}};

#ifdef NANOCHAT_EMULATOR
// The C++ library's own headers say this, some of them behind the emulator's: no word of it may be a macro.
[[maybe_unused]] __attribute__((__noinline__, __cold__)) void words_of_the_library();

constexpr uint64_t kSchedules = 8;
void under_schedule(const Probe& probe, Verdict& verdict, Shape shape, uint64_t seed) {
  emulator::options().seed = seed;
  probe.run(verdict, shape);
  for (const emulator::Report& report : emulator::take_reports()) verdict.fail(report.text());
}
#else
constexpr uint64_t kSchedules = 1;
void under_schedule(const Probe& probe, Verdict& verdict, Shape shape, uint64_t) {
  probe.run(verdict, shape);
  succeed(cudaGetLastError(), probe.name.c_str());
}
#endif

std::string json_text(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
  }
  return result + '"';
}

int run(const std::string& wanted, const std::string& json) {
  std::string records;
  bool all_hold = true;
  for (const Probe& probe : all()) {
    if (probe.name.find(wanted) == std::string::npos) continue;
    const auto begin = std::chrono::steady_clock::now();
    Verdict verdict;
    for (const auto& shape : kShapes) {
      for (uint64_t seed = 0; seed < kSchedules && !verdict.failed; ++seed)
        under_schedule(probe, verdict, {shape.threads, shape.max_blocks, stream()}, seed);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    std::printf("%-4s %-40s %9llu values, error at most %.2f of its bound, %.2f s\n",
                verdict.failed ? "FAIL" : "ok", probe.name.c_str(),
                static_cast<unsigned long long>(verdict.compared), verdict.worst, seconds);
    for (const std::string& failure : verdict.failures) std::printf("     %s\n", failure.c_str());
    all_hold &= !verdict.failed;
    if (!records.empty()) records += ",\n";
    records += "  {\"probe\": " + json_text(probe.name) + ", \"ok\": " + (verdict.failed ? "false" : "true") +
               ", \"values\": " + std::to_string(verdict.compared) +
               ", \"worst\": " + std::to_string(verdict.worst) + ", \"seconds\": " + std::to_string(seconds) +
               ", \"failure\": " + (verdict.failures.empty() ? "null" : json_text(verdict.failures.front())) +
               "}";
  }
  if (!json.empty()) std::ofstream(json) << "[\n" << records << "\n]\n";
  return all_hold && !records.empty() ? 0 : 1;
}

// Under how many of so many schedules does one of these probes fail, in one shape or another?
int count(const std::string& wanted, uint64_t schedules) {
  uint64_t failed = 0;
  for (uint64_t seed = 0; seed < schedules; ++seed) {
    Verdict verdict;
    for (const auto& shape : kShapes) {
      for (const Probe& probe : all()) {
        if (!verdict.failed && probe.name.find(wanted) != std::string::npos)
          under_schedule(probe, verdict, {shape.threads, shape.max_blocks, stream()}, seed);
      }
    }
    failed += verdict.failed ? 1 : 0;
  }
  std::printf("fails under %llu of %llu schedules\n", static_cast<unsigned long long>(failed),
              static_cast<unsigned long long>(schedules));
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace probes

int main(int count, char** words) {
  std::string wanted, json;
  uint64_t schedules = 0;
  for (int i = 1; i < count; ++i) {
    if (std::strcmp(words[i], "--json") == 0 && i + 1 < count) {
      json = words[++i];
    } else if (std::strcmp(words[i], "--count") == 0 && i + 1 < count) {
      schedules = std::strtoull(words[++i], nullptr, 10);
    } else if (words[i][0] == '-') {
      std::fprintf(stderr,
                   "usage: kernel_probes [--json FILE | --count SCHEDULES] [part of a probe's name]\n");
      return 2;
    } else {
      wanted = words[i];
    }
  }
  return schedules > 0 ? probes::count(wanted, schedules) : probes::run(wanted, json);
}
