// kernel_cases: the pairs of cases/ under the emulator: every wrong kernel is found under every seed, at a
// line that is marked, as what it is; no right one is ever reported; a seed gives the same reports again.
//
// On a GPU (tools/gpu-check) it only runs what it is asked for: kernel_cases NAME right|wrong.
// Exit codes: 0 all as it should be, 1 not, 2 usage.
#include <cstdio>
#include <cstring>
#include <fstream>
#include <numeric>
#include <set>
#include <string>

#include "cases/cases.h"

namespace {

using cases::Case;

void run(const Case& it, bool wrong) {
  const size_t bytes = static_cast<size_t>(it.n) * sizeof(int);
  std::vector<int> numbers(static_cast<size_t>(it.n));
  std::iota(numbers.begin(), numbers.end(), 0);
  if (std::strstr(it.name, "last_block_sums") != nullptr || std::strstr(it.name, "fence_of") != nullptr) {
    numbers.assign(numbers.size(), 0);  // x is a counter
  }
  int *x = nullptr, *y = nullptr;
  cudaMalloc(reinterpret_cast<void**>(&x), bytes);
  cudaMalloc(reinterpret_cast<void**>(&y), bytes);
  cudaMemcpy(x, numbers.data(), bytes, cudaMemcpyHostToDevice);
#ifdef NANOCHAT_EMULATOR
  emulator::name_buffer(x, "x", sizeof(int));
  emulator::name_buffer(y, "y", sizeof(int));
#endif
  if (it.host != nullptr) {
    it.host(wrong, x, y, it.n);
  } else {
    nanochat::kernels::launch(wrong ? it.wrong : it.right, it.grid, it.block, it.shared_bytes, nullptr, x, y,
                              it.n);
  }
#ifndef NANOCHAT_EMULATOR
  const cudaError_t error = cudaDeviceSynchronize();
  if (error != cudaSuccess) std::fprintf(stderr, "%s: %s\n", it.name, cudaGetErrorString(error));
#endif
  cudaFree(x);
  cudaFree(y);
}

#ifdef NANOCHAT_EMULATOR

// The line ends in the comment "wrong".
bool is_marked(const std::string& path, int line) {
  std::ifstream file(path);
  std::string text;
  for (int i = 0; i < line && std::getline(file, text); ++i) {
  }
  return text.size() > 8 && text.compare(text.size() - 8, 8, "// wrong") == 0;
}

std::string all_text(const std::vector<emulator::Report>& reports) {
  std::string text;
  for (const emulator::Report& report : reports) text += report.text();
  return text;
}

// What ends a launch is the runtime's last error as well, once; all else is none.
bool has_its_error(const std::vector<emulator::Report>& reports) {
  using emulator::Kind;
  // A divergent barrier may end a launch or not, and of what arithmetic does only a division by zero.
  std::set<cudaError_t> expected{cudaSuccess};
  for (const emulator::Report& report : reports) {
    if (report.kind == Kind::barrier_divergence || report.kind == Kind::warp_divergence)
      expected.insert(cudaErrorLaunchTimeout);
    if (report.kind == Kind::arithmetic) expected.insert(cudaErrorLaunchFailure);
    if (report.kind == Kind::out_of_bounds) expected = {cudaErrorIllegalAddress};
    if (report.kind == Kind::misaligned) expected = {cudaErrorMisalignedAddress};
    if (report.kind == Kind::launch) expected = {cudaErrorInvalidConfiguration};
  }
  const bool holds = expected.count(cudaGetLastError()) != 0;
  return holds && cudaGetLastError() == cudaSuccess;
}

bool check(const Case& it, uint64_t seed) {
  emulator::options().seed = seed;
  run(it, false);
  if (const auto reports = emulator::take_reports(); !reports.empty()) {
    std::printf("FAIL %s, seed %llu: a right kernel is reported\n%s", it.name,
                static_cast<unsigned long long>(seed), all_text(reports).c_str());
    return false;
  }
  if (cudaGetLastError() != cudaSuccess) {
    std::printf("FAIL %s, seed %llu: a right kernel leaves an error\n", it.name,
                static_cast<unsigned long long>(seed));
    return false;
  }
  run(it, true);
  const auto reports = emulator::take_reports();
  if (!has_its_error(reports)) {
    std::printf("FAIL %s, seed %llu: the runtime's error is not that of\n%s", it.name,
                static_cast<unsigned long long>(seed), all_text(reports).c_str());
    return false;
  }
  run(it, true);
  cudaGetLastError();
  const std::string text = all_text(reports);
  if (text != all_text(emulator::take_reports())) {
    std::printf("FAIL %s, seed %llu: the same seed reports something else\n", it.name,
                static_cast<unsigned long long>(seed));
    return false;
  }
  for (const emulator::Report& report : reports) {
    if (std::strcmp(emulator::name(report.kind), it.kind) != 0) continue;
    if (is_marked(it.file, report.first.line) || is_marked(it.file, report.second.line)) return true;
  }
  std::printf("FAIL %s, seed %llu: no %s on a marked line, but\n%s", it.name,
              static_cast<unsigned long long>(seed), it.kind, text.c_str());
  return false;
}

int check_all() {
  int failed = 0;
  for (const Case& it : cases::all()) {
    for (uint64_t seed = 0; seed < 50; ++seed) {
      if (check(it, seed)) continue;
      ++failed;
      break;
    }
  }
  std::printf("%zu right and %zu wrong kernels, 50 schedules each: %d not as they should be\n",
              cases::all().size(), cases::all().size(), failed);
  return failed == 0 && cases::all().size() >= 30 ? 0 : 1;
}

#endif

}  // namespace

int main(int count, char** words) {
  if (count == 2 && std::strcmp(words[1], "--list") == 0) {
    for (const Case& it : cases::all()) std::printf("%s %s\n", it.name, it.tool == nullptr ? "-" : it.tool);
    return 0;
  }
  if (count == 3) {
    const bool wrong = std::strcmp(words[2], "wrong") == 0;
    for (const Case& it : cases::all()) {
      if (std::strcmp(it.name, words[1]) != 0) continue;
      run(it, wrong);
#ifdef NANOCHAT_EMULATOR
      const auto reports = emulator::take_reports();
      std::printf("%s", all_text(reports).c_str());
      return reports.empty() ? 0 : 1;
#else
      return 0;
#endif
    }
    std::fprintf(stderr, "kernel_cases: no pair is called '%s'; --list has them\n", words[1]);
    return 2;
  }
#ifdef NANOCHAT_EMULATOR
  if (count == 1) return check_all();
#endif
  std::fprintf(stderr, "usage: kernel_cases [--list | NAME right|wrong]\n");
  return 2;
}
