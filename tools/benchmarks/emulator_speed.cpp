// emulator_speed ROWS THREADS CHANNELS: rms_norm of so many rows, each by a block of so many threads, under
// the emulator with all its checks, in another order than the threads' own; what it took, as JSON:
// {"seconds": …, "accesses": …}. Exit code 1 if it reports anything.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "emulator.h"
#include "kernels.h"

int main(int count, char** words) {
  if (count != 4) {
    std::fputs("usage: emulator_speed ROWS THREADS CHANNELS\n", stderr);
    return 2;
  }
  const int64_t rows = std::atoll(words[1]), channels = std::atoll(words[3]);
  const std::vector<float> values(static_cast<size_t>(rows * channels), 1.5f);
  const size_t bytes = values.size() * sizeof(float);
  float *x = nullptr, *y = nullptr;
  cudaMalloc(&x, bytes);
  cudaMalloc(&y, bytes);
  cudaMemcpy(x, values.data(), bytes, cudaMemcpyHostToDevice);
  emulator::options().seed = 3;

  const auto begin = std::chrono::steady_clock::now();
  nanochat::kernels::rms_norm_forward(y, x, rows, channels, 1e-6f, {.threads = std::atoi(words[2])});
  cudaDeviceSynchronize();
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("{\"seconds\": %.6f, \"accesses\": %llu}\n", seconds.count(),
              static_cast<unsigned long long>(emulator::accesses()));
  cudaFree(x);
  cudaFree(y);
  return emulator::take_reports().empty() ? 0 : 1;
}
