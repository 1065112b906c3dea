// The CUDA kernels in the emulator: their values against references in double, and what their threads do to
// one another's memory. Each is launched twice, spread and ordered differently, but what differs in the
// format alone.

#include "probe.h"

#include "harness.h"

namespace probes {

std::vector<Probe>& all() {
  static std::vector<Probe> it;
  return it;
}

}  // namespace probes

namespace {

constexpr struct {
  int threads, max_blocks;
  uint64_t seed;
} kLaunches[] = {{256, 65535, 1}, {128, 1, 2}};

// Every probe whose name begins with this word.
void holds(const std::string& word) {
  emulator::take_reports();  // of whoever was here before
  cudaGetLastError();
  size_t probes = 0;
  for (const probes::Probe& probe : probes::all()) {
    if (probe.name.substr(0, probe.name.find_first_of(" ,")) != word) continue;
    ++probes;
    probes::Verdict verdict;
    const bool once = probe.name.ends_with("bf16");
    for (const auto& launch : kLaunches) {
      if (verdict.failed || (once && &launch != kLaunches)) break;
      emulator::options().seed = launch.seed;
      probe.run(verdict, {launch.threads, launch.max_blocks, probes::stream()});
      for (const emulator::Report& report : emulator::take_reports()) verdict.fail(report.text());
      cudaGetLastError();  // which is nobody else's
    }
    INFO(probe.name << ": " << (verdict.failures.empty() ? "" : verdict.failures.front()));
    CHECK_FALSE(verdict.failed);
  }
  CHECK(probes > 0);
}

}  // namespace

TEST_CASE("kernels.rms_norm", "[kernels]") {
  holds("rms_norm");
}
TEST_CASE("kernels.relu2", "[kernels]") {
  holds("relu2");
}
TEST_CASE("kernels.rotary", "[kernels]") {
  holds("rotary");
}
TEST_CASE("kernels.softmax", "[kernels]") {
  holds("softmax");
}
TEST_CASE("kernels.cross_entropy", "[kernels]") {
  holds("cross_entropy");
}
TEST_CASE("kernels.attention", "[kernels]") {
  holds("attention");
}
TEST_CASE("kernels.embedding", "[kernels]") {
  holds("embedding");
}
TEST_CASE("kernels.adamw", "[kernels]") {
  holds("adamw");
}
TEST_CASE("kernels.gradient_norm", "[kernels]") {
  holds("gradient_norm");
}
TEST_CASE("kernels.sample", "[kernels]") {
  holds("sample");
}
TEST_CASE("kernels.sizes", "[kernels]") {
  holds("sizes");
}
TEST_CASE("kernels.operators", "[kernels]") {
  holds("operators");
}
