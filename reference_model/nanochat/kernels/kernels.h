// The kernels, as a host calls them. Pointers are to the device's memory, tensors are contiguous and begin at a
// multiple of sixteen bytes; T is float or __nv_bfloat16. Every function only starts its work, on `shape.stream`, and
// says nothing of errors: cudaGetLastError has the launch's.
//
// Each stands in the file of its name, with how it is laid out.

#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>

namespace nanochat::kernels {

// How a kernel is spread: threads a block, a multiple of 32, and the most blocks. Results do not depend on it but
// for the order of sums.
struct Shape {
  int threads = 256;
  int max_blocks = 65535;
  cudaStream_t stream = nullptr;
};

// y = x / sqrt(mean(x²) + eps) along rows of C; x, y (N, C). Backward: dx of dy.
template <typename T>
void rms_norm_forward(T* y, const T* x, int64_t N, int64_t C, float eps, Shape shape = {});
template <typename T>
void rms_norm_backward(T* dx, const T* dy, const T* x, int64_t N, int64_t C, float eps, Shape shape = {});

}  // namespace nanochat::kernels
