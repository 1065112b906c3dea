// Draws one token of each row of logits; the CPU reference is nanochat/engine.cpp.
//
// A block has a row. It first learns the maximum m and the sum of exp((x − m) / temperature), then
// walks over the row a block's width at a time: the exponentials are summed up from the left
// (within a warp by shuffles, then over the warps), and the first token whose sum exceeds uniform ·
// total is the one. Rounding can let the last sum fall a little short; then it is the last token
// with a probability.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

// The sum of what the threads up to and with this one brought.
__device__ float block_inclusive_sum(float value) {
  __shared__ float of_warps[32];
  const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  for (unsigned distance = 1; distance < 32; distance *= 2) {
    const float left = __shfl_up_sync(kAllLanes, value, distance);
    if (lane >= distance) value += left;
  }
  if (lane == 31) of_warps[warp] = value;
  __syncthreads();
  float before = 0.0f;
  for (unsigned w = 0; w < warp; ++w) before += of_warps[w];
  __syncthreads();
  return before + value;
}

template <typename T>
__global__ void sample_kernel(int* tokens, const T* logits, const float* uniforms, int64_t N,
                              int64_t V, float temperature) {
  __shared__ int drawn, last_possible;
  __shared__ float cumulated;
  for (int64_t row = blockIdx.x; row < N; row += gridDim.x) {
    const T* x = logits + row * V;
    MaxAndSum seen;
    for (int64_t c = threadIdx.x; c < V; c += blockDim.x) seen.add(to_float(x[c]) / temperature);
    seen.combine_block();
    const float wanted = uniforms[row] * seen.sum;
    if (threadIdx.x == 0) {
      drawn = static_cast<int>(V);
      last_possible = 0;
      cumulated = 0.0f;
    }
    __syncthreads();
    for (int64_t begin = 0; begin < V; begin += blockDim.x) {
      const int64_t c = begin + threadIdx.x;
      const float p = c < V ? expf(to_float(x[c]) / temperature - seen.max) : 0.0f;
      const float sum = cumulated + block_inclusive_sum(p);
      if (p > 0.0f) atomicMax(&last_possible, static_cast<int>(c));
      if (p > 0.0f && sum > wanted) atomicMin(&drawn, static_cast<int>(c));
      __syncthreads();
      if (drawn < V) break;
      if (threadIdx.x == blockDim.x - 1) cumulated = sum;
      __syncthreads();
    }
    // The next row's sum has its barriers before `drawn` begins anew.
    if (threadIdx.x == 0) tokens[row] = drawn < V ? drawn : last_possible;
  }
}

// The first of the largest, without any chance.
template <typename T>
__global__ void argmax_kernel(int* tokens, const T* logits, int64_t N, int64_t V) {
  __shared__ float largest[32];
  __shared__ int place[32];
  const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  for (int64_t row = blockIdx.x; row < N; row += gridDim.x) {
    float best = -INFINITY;
    int at = 0x7fffffff;
    for (int64_t c = threadIdx.x; c < V; c += blockDim.x) {
      const float value = to_float(logits[row * V + c]);
      if (value > best || at == 0x7fffffff) {
        best = value;
        at = static_cast<int>(c);
      }
    }
    auto combine = [&] {
      for (int distance = 16; distance > 0; distance /= 2) {
        const float other = __shfl_xor_sync(kAllLanes, best, distance);
        const int other_at = __shfl_xor_sync(kAllLanes, at, distance);
        if (other > best || (other == best && other_at < at)) {
          best = other;
          at = other_at;
        }
      }
    };
    combine();
    if (lane == 0) {
      largest[warp] = best;
      place[warp] = at;
    }
    __syncthreads();
    best = lane < blockDim.x / 32 ? largest[lane] : -INFINITY;
    at = lane < blockDim.x / 32 ? place[lane] : 0x7fffffff;
    combine();
    if (threadIdx.x == 0) tokens[row] = at;
    __syncthreads();
  }
}

}  // namespace

template <typename T>
void sample(int* tokens, const T* logits, const float* uniforms, int64_t N, int64_t V,
            float temperature, Shape shape) {
  if (N == 0 || V == 0) return;
  if (temperature == 0.0f) {
    launch(argmax_kernel<T>, blocks_for(N, shape), shape.threads, 0, shape.stream, tokens, logits,
           N, V);
  } else {
    launch(sample_kernel<T>, blocks_for(N, shape), shape.threads, 0, shape.stream, tokens, logits,
           uniforms, N, V, temperature);
  }
}

template void sample(int*, const float*, const float*, int64_t, int64_t, float, Shape);
template void sample(int*, const __nv_bfloat16*, const float*, int64_t, int64_t, float, Shape);

}  // namespace nanochat::kernels
