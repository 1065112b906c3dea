// What the probes of the kernels share, on a GPU and in the emulator: memory of the device, numbers of both
// formats, and a comparison with a reference in double, each element with a bound of its own.
//
// A bound is of the arithmetic: `format` times the result for its rounding to the tensor's format, and
// `steps` roundings to float of terms that add up to `scale`.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "kernels.h"
#ifdef NANOCHAT_EMULATOR
#include "emulator.h"
#endif

namespace probes {

using nanochat::kernels::Shape;

inline void succeed(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "kernels: %s: %s\n", what, cudaGetErrorString(error));
  std::exit(6);
}

// Where all of a probe's work is done: a stream that no other waits for, as LibTorch's are. What a kernel's
// launcher puts on another one is not ordered with the rest.
inline cudaStream_t stream() {
  static const cudaStream_t it = [] {
    cudaStream_t made = nullptr;
    succeed(cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
    return made;
  }();
  return it;
}

// Memory of the device with a copy of host values, or of nobody's.
template <typename T>
class Device {
 public:
  Device(const char* name, size_t size) : size_(size) {
    succeed(cudaMalloc(reinterpret_cast<void**>(&data_), size * sizeof(T)), "cudaMalloc");
#ifdef NANOCHAT_EMULATOR
    emulator::name_buffer(data_, name, sizeof(T));
#else
    (void)name;
#endif
  }
  Device(const char* name, const std::vector<T>& values) : Device(name, values.size()) { write(values); }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device() { cudaFree(data_); }

  void write(const std::vector<T>& values, size_t at = 0) {
    succeed(cudaMemcpyAsync(data_ + at, values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice,
                            stream()),
            "cudaMemcpyAsync");
  }
  std::vector<T> read() const {
    std::vector<T> values(size_);
    succeed(cudaMemcpyAsync(values.data(), data_, size_ * sizeof(T), cudaMemcpyDeviceToHost, stream()),
            "cudaMemcpyAsync");
    [[maybe_unused]] const cudaError_t error = cudaStreamSynchronize(stream());
#ifndef NANOCHAT_EMULATOR  // whose reports say what ended a kernel, and the others go on
    succeed(error, "a kernel");
#endif
    return values;
  }
  T* get() const { return data_; }
  size_t size() const { return size_; }

 private:
  T* data_ = nullptr;
  size_t size_;
};

inline double number(float value) {
  return value;
}
inline double number(int32_t value) {
  return value;
}
inline double number(__nv_bfloat16 value) {
  return __bfloat162float(value);
}
template <typename T>
T rounded(double value);
template <>
inline float rounded<float>(double value) {
  return static_cast<float>(value);
}
template <>
inline __nv_bfloat16 rounded<__nv_bfloat16>(double value) {
  return __float2bfloat16(static_cast<float>(value));
}
template <typename T>
constexpr const char* kFormat = sizeof(T) == 4 ? "fp32" : "bf16";

constexpr double kFloat = 0x1p-24;  // half a unit in the last place of a float, relatively
template <typename T>
constexpr double kUnit = sizeof(T) == 4 ? kFloat : 0x1p-8;
// The smallest numbers are rounded absolutely.
constexpr double kTiny = 0x1p-126;

// A reference's value, what its terms add up to in size, and how many roundings they go through.
struct Expected {
  double value = 0.0, scale = 0.0, steps = 0.0;
};

// Normal numbers, rounded to T and back, so that a reference has the very inputs of the kernel.
template <typename T>
std::vector<T> normal(size_t size, uint64_t seed, double deviation = 1.0) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> draw(0.0, deviation);
  std::vector<T> values(size);
  for (T& value : values) value = rounded<T>(draw(engine));
  return values;
}
template <typename T>
std::vector<double> numbers(const std::vector<T>& values) {
  std::vector<double> result;
  for (const T& value : values) result.push_back(number(value));
  return result;
}

// What a probe found.
class Verdict {
 public:
  // Compares element by element; what differs is said once, with its place. NaN and infinities have to be
  // equal.
  template <typename T>
  void compare(const std::string& what, const std::vector<T>& got, const std::vector<Expected>& want) {
    if (got.size() != want.size()) fail(what + ": sizes differ");
    for (size_t i = 0; i < got.size() && i < want.size(); ++i) {
      const double value = number(got[i]), right = want[i].value;
      ++compared;
      if (std::isnan(right) ? std::isnan(value) : std::isinf(right) ? value == right : false) continue;
      const double bound = kUnit<T> * std::abs(right) * 1.01 + want[i].steps * kFloat * want[i].scale + kTiny;
      const double share = std::abs(value - right) / bound;
      if (share <= 1.0) {
        worst = std::max(worst, share);
        continue;
      }
      char text[200];
      std::snprintf(text, sizeof(text), "[%zu] is %.9g and should be %.9g (bound %.3g)", i, value, right,
                    bound);
      fail(what + text);
      return;
    }
  }
  void expect(bool holds, const std::string& what) {
    ++compared;
    if (!holds) fail(what);
  }
  void fail(const std::string& why) {
    if (failures.size() < 20) failures.push_back(why);
    failed = true;
  }

  std::vector<std::string> failures;
  bool failed = false;
  uint64_t compared = 0;
  double worst = 0.0;  // the largest error as a share of its bound
};

struct Probe {
  std::string name;
  std::function<void(Verdict&, Shape)> run;
};

// Every probe of the program, registered by a static object.
std::vector<Probe>& all();
struct Register {
  Register(std::string name, std::function<void(Verdict&, Shape)> run) {
    all().push_back({std::move(name), std::move(run)});
  }
};

}  // namespace probes
