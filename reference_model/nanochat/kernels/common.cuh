// What the kernels share: numbers of either format as float, loads of sixteen bytes, and sums over
// a warp and a block.
//
// Everything is computed in float whatever the tensors hold; bfloat16 is a format of memory here. A
// block is a multiple of 32 threads.

#pragma once

#include <cuda_bf16.h>

#include <stdexcept>

#include "kernels.h"
#include "launch.cuh"

namespace nanochat::kernels {

constexpr unsigned kAllLanes = 0xffffffffu;

__device__ inline float to_float(float value) {
  return value;
}
__device__ inline float to_float(__nv_bfloat16 value) {
  return __bfloat162float(value);
}

template <typename T>
__device__ T from_float(float value);
template <>
__device__ inline float from_float<float>(float value) {
  return value;
}
template <>
__device__ inline __nv_bfloat16 from_float<__nv_bfloat16>(float value) {
  return __float2bfloat16(value);
}

// Sixteen bytes: what one thread loads or stores at once. Four floats or eight bfloat16.
template <typename T>
struct Pack {
  static constexpr int kSize = 16 / sizeof(T);
  float values[kSize];

  // Pack number `i` of an array that begins at a multiple of sixteen bytes.
  __device__ void load(const T* array, int64_t i) {
    const uint4 raw = reinterpret_cast<const uint4*>(array)[i];
    unpack(raw.x, 0);
    unpack(raw.y, 1);
    unpack(raw.z, 2);
    unpack(raw.w, 3);
  }
  __device__ void store(T* array, int64_t i) const {
    reinterpret_cast<uint4*>(array)[i] = make_uint4(packed(0), packed(1), packed(2), packed(3));
  }

 private:
  __device__ void unpack(unsigned word, int at) {
    if constexpr (sizeof(T) == 4) {
      values[at] = __uint_as_float(word);
    } else {  // the lower half comes first
      values[2 * at] = __uint_as_float(word << 16);
      values[2 * at + 1] = __uint_as_float(word & 0xffff0000u);
    }
  }
  __device__ unsigned packed(int at) const {
    if constexpr (sizeof(T) == 4) {
      return __float_as_uint(values[at]);
    } else {
      return half(values[2 * at]) | half(values[2 * at + 1]) << 16;
    }
  }
  __device__ static unsigned half(float value) {
    return __float_as_uint(to_float(from_float<T>(value))) >> 16;
  }
};

// Does every row of C values begin at a multiple of sixteen bytes, if the first does?
template <typename T>
__host__ __device__ constexpr bool fits_packs(int64_t C) {
  return C % Pack<T>::kSize == 0;
}

// What a kernel does not take is said before it is started.
inline void require(bool holds, const char* sentence) {
  if (!holds) throw std::invalid_argument(sentence);
}

// Blocks for `work` pieces of which a block takes one at a time.
inline unsigned blocks_for(int64_t work, const Shape& shape) {
  require(shape.threads >= 32 && shape.threads <= 1024 && shape.threads % 32 == 0,
          "a block of these kernels has a multiple of 32 threads, at most 1024");
  require(shape.max_blocks >= 1, "a grid has at least one block");
  return static_cast<unsigned>(work < shape.max_blocks ? work : shape.max_blocks);
}

// The same for a grid-stride loop over packs of `count` values.
template <typename T>
unsigned blocks_for_packs(int64_t count, const Shape& shape) {
  const int64_t packs = (count + Pack<T>::kSize - 1) / Pack<T>::kSize;
  return blocks_for((packs + shape.threads - 1) / shape.threads, shape);
}

// max(x, 0), where NaN stays NaN (fmaxf would make it zero).
__device__ inline float rectified(float value) {
  return value < 0.0f ? 0.0f : value;
}

__device__ inline float warp_sum(float value) {
  for (int distance = 16; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(kAllLanes, value, distance);
  }
  return value;
}

__device__ inline float warp_max(float value) {
  for (int distance = 16; distance > 0; distance /= 2) {
    value = fmaxf(value, __shfl_xor_sync(kAllLanes, value, distance));
  }
  return value;
}

// The sums over the block's threads of two values, which all get them. All of them have to call it.
__device__ inline void block_sums(float& a, float& b) {
  __shared__ float of_warps[2][32];
  const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  a = warp_sum(a);
  b = warp_sum(b);
  if (lane == 0) {
    of_warps[0][warp] = a;
    of_warps[1][warp] = b;
  }
  __syncthreads();
  a = lane < blockDim.x / 32 ? of_warps[0][lane] : 0.0f;
  b = lane < blockDim.x / 32 ? of_warps[1][lane] : 0.0f;
  __syncthreads();  // the next sums use the same place
  a = warp_sum(a);
  b = warp_sum(b);
}

// The same of one.
__device__ inline float block_sum(float value) {
  __shared__ float of_warps[32];
  const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  value = warp_sum(value);
  if (lane == 0) of_warps[warp] = value;
  __syncthreads();
  value = lane < blockDim.x / 32 ? of_warps[lane] : 0.0f;
  __syncthreads();  // the next sum uses the same place
  return warp_sum(value);
}

// tanh by one exponential; off by at most a few units in the last place of one, which is what a
// value of tanh's size may cost where the next step is a sum with others.
__device__ inline float fast_tanh(float x) {
  return 1.0f - __fdividef(2.0f, __expf(2.0f * x) + 1.0f);
}

// The maximum of values and the sum of exp(value − maximum), learnt in one walk: when the maximum
// grows, the sum so far is scaled down. Nothing seen is a maximum of −∞ and a sum of zero.
struct MaxAndSum {
  float max = -INFINITY, sum = 0.0f;

  __device__ void add(float value) { combine(value, 1.0f); }
  __device__ void combine(float other_max, float other_sum) {
    const float larger = fmaxf(max, other_max);
    if (larger == -INFINITY) {  // −∞ − −∞ would be NaN
      if (isnan(other_max) || isnan(other_sum)) sum = NAN;
      return;
    }
    sum = sum * expf(max - larger) + other_sum * expf(other_max - larger);
    max = larger;
  }
  // Several values for one rescaling.
  template <int kCount>
  __device__ void add(const float (&values)[kCount]) {
    float largest = values[0], total = 0.0f;
    for (const float value : values) largest = fmaxf(largest, value);
    if (largest == -INFINITY) {  // all of them are, or NaN
      for (const float value : values) add(value);
      return;
    }
    for (const float value : values) total += __expf(value - largest);
    combine(largest, total);
  }
  __device__ void combine_warp() {
    for (int distance = 16; distance > 0; distance /= 2) {
      const float other_max = __shfl_xor_sync(kAllLanes, max, distance);
      const float other_sum = __shfl_xor_sync(kAllLanes, sum, distance);
      combine(other_max, other_sum);
    }
  }
  // All threads of the block have to call it, and all get the whole block's.
  __device__ void combine_block() {
    __shared__ float maxima[32], sums[32];
    const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    combine_warp();
    if (lane == 0) {
      maxima[warp] = max;
      sums[warp] = sum;
    }
    __syncthreads();
    max = lane < blockDim.x / 32 ? maxima[lane] : -INFINITY;
    sum = lane < blockDim.x / 32 ? sums[lane] : 0.0f;
    __syncthreads();  // the next row uses the same place
    combine_warp();
  }
};

}  // namespace nanochat::kernels
