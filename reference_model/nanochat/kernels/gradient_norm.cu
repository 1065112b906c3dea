// The norm of all gradients together, in one launch; the CPU reference is nanochat/clip.cpp.
//
// Each block leaves the sum of its squares in partial[block] and counts itself in; the block that
// is last adds the partial sums up. Two fences make that right: one before the count, so that
// whoever sees the count sees the sum too, and one after it in the last block. The order of the
// sums is the same every time, so the norm is too.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

__device__ double block_sum(double value) {
  __shared__ double of_warps[32];
  const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  for (int distance = 16; distance > 0; distance /= 2)
    value += __shfl_xor_sync(kAllLanes, value, distance);
  if (lane == 0) of_warps[warp] = value;
  __syncthreads();
  value = lane < blockDim.x / 32 ? of_warps[lane] : 0.0;
  __syncthreads();
  for (int distance = 16; distance > 0; distance /= 2)
    value += __shfl_xor_sync(kAllLanes, value, distance);
  return value;
}

__global__ void gradient_norm_kernel(float* norm, float* scale, const Parameter* parameters,
                                     int parameter_count, float max_norm, double* partial,
                                     unsigned* arrived) {
  const int64_t first = blockIdx.x * int64_t{blockDim.x} + threadIdx.x;
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;

  double sum = 0.0;  // in double, because it runs over millions of values
  for (int p = 0; p < parameter_count; ++p) {
    const float* gradient = parameters[p].gradient;
    const int64_t count = parameters[p].count;
    Pack<float> pack;
    const int64_t packs = count / pack.kSize;
    for (int64_t i = first; i < packs; i += stride) {
      pack.load(gradient, i);
      for (const float value : pack.values) sum += static_cast<double>(value) * value;
    }
    for (int64_t i = packs * pack.kSize + first; i < count; i += stride) {
      sum += static_cast<double>(gradient[i]) * gradient[i];
    }
  }
  sum = block_sum(sum);

  __shared__ bool is_last;
  if (threadIdx.x == 0) {
    partial[blockIdx.x] = sum;
    __threadfence();
    is_last = atomicAdd(arrived, 1u) == gridDim.x - 1;
    __threadfence();
  }
  __syncthreads();
  if (!is_last) return;

  double total = 0.0;
  for (unsigned b = threadIdx.x; b < gridDim.x; b += blockDim.x) total += partial[b];
  total = block_sum(total);
  if (threadIdx.x != 0) return;
  *arrived = 0;
  const double root = sqrt(total);
  const double shrink = max_norm / (root + 1e-6);
  *norm = static_cast<float>(root);
  *scale = shrink < 1.0 ? static_cast<float>(shrink) : 1.0f;
}

}  // namespace

void gradient_norm(float* norm, float* scale, const Parameter* parameters, int parameter_count,
                   float max_norm, double* partial, unsigned* arrived, Shape shape) {
  launch(gradient_norm_kernel, blocks_for(1024, shape), shape.threads, 0, shape.stream, norm, scale,
         parameters, parameter_count, max_norm, partial, arrived);
}

}  // namespace nanochat::kernels
