// Cross-entropy of soft-capped logits, forward and backward, without the capped logits ever being
// stored; the CPU references are soft-capping in nanochat/gpt.cpp and nanochat/loss.cpp.
//
// The logits of a large vocabulary are the largest tensor of a training step. Forward reads them
// once: a block has a row and adds exp(z − cap) up, where z = cap·tanh(x / cap). Because z is never
// above cap, no maximum has to be known first. Backward reads them once more and writes
//   dx = upstream[row] · (exp(z − log_sum) − [c == target]) · (1 − (z / cap)²),
// in place if it is asked to: a thread writes only what it alone has read.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

// A pack where rows allow it, else value by value: f(value, channel) for all of a thread's share.
template <typename T, typename F>
__device__ void for_each(const T* row, int64_t V, F f) {
  if (fits_packs<T>(V)) {
    Pack<T> pack;
    for (int64_t i = threadIdx.x; i < V / pack.kSize; i += blockDim.x) {
      pack.load(row, i);
      for (int k = 0; k < pack.kSize; ++k) f(pack.values[k], i * pack.kSize + k);
    }
  } else {
    for (int64_t c = threadIdx.x; c < V; c += blockDim.x) f(to_float(row[c]), c);
  }
}

template <typename T>
__global__ void cross_entropy_forward_kernel(float* losses, float* log_sums, const T* logits,
                                             const int* targets, int64_t N, int64_t V, float cap,
                                             int ignore_index) {
  const float inverse = 1.0f / cap;
  for (int64_t row = blockIdx.x; row < N; row += gridDim.x) {
    float sum = 0.0f;
    for_each(logits + row * V, V,
             [&](float x, int64_t) { sum += __expf(cap * fast_tanh(x * inverse) - cap); });
    sum = block_sum(sum);
    if (threadIdx.x != 0) continue;
    const float log_sum = cap + logf(sum);
    const int target = targets[row];
    log_sums[row] = log_sum;
    losses[row] = target == ignore_index
                      ? 0.0f
                      : log_sum - cap * fast_tanh(to_float(logits[row * V + target]) * inverse);
  }
}

template <typename T>
__global__ void cross_entropy_backward_kernel(T* dlogits, const T* logits, const float* log_sums,
                                              const int* targets, int64_t N, int64_t V, float cap,
                                              int ignore_index, const float* upstream) {
  const float inverse = 1.0f / cap;
  for (int64_t row = blockIdx.x; row < N; row += gridDim.x) {
    const float log_sum = log_sums[row];
    const int target = targets[row];
    const float scale = target == ignore_index ? 0.0f : upstream[row];
    auto slope = [&](float x, int64_t c) {
      const float squashed = fast_tanh(x * inverse);
      const float p = __expf(cap * squashed - log_sum);
      return scale * (c == target ? p - 1.0f : p) * (1.0f - squashed * squashed);
    };
    const T* from = logits + row * V;
    T* to = dlogits + row * V;
    if (fits_packs<T>(V)) {
      Pack<T> pack;
      for (int64_t i = threadIdx.x; i < V / pack.kSize; i += blockDim.x) {
        pack.load(from, i);
        for (int k = 0; k < pack.kSize; ++k)
          pack.values[k] = slope(pack.values[k], i * pack.kSize + k);
        pack.store(to, i);
      }
    } else {
      for (int64_t c = threadIdx.x; c < V; c += blockDim.x)
        to[c] = from_float<T>(slope(to_float(from[c]), c));
    }
  }
}

}  // namespace

template <typename T>
void cross_entropy_forward(float* losses, float* log_sums, const T* logits, const int* targets,
                           int64_t N, int64_t V, float cap, int ignore_index, Shape shape) {
  require(cap > 0.0f && cap <= 40.0f, "cross_entropy: cap is above 0 and at most 40");
  if (N == 0 || V == 0) return;
  launch(cross_entropy_forward_kernel<T>, blocks_for(N, shape), shape.threads, 0, shape.stream,
         losses, log_sums, logits, targets, N, V, cap, ignore_index);
}

template <typename T>
void cross_entropy_backward(T* dlogits, const T* logits, const float* log_sums, const int* targets,
                            int64_t N, int64_t V, float cap, int ignore_index,
                            const float* upstream, Shape shape) {
  require(cap > 0.0f && cap <= 40.0f, "cross_entropy: cap is above 0 and at most 40");
  if (N == 0 || V == 0) return;
  launch(cross_entropy_backward_kernel<T>, blocks_for(N, shape), shape.threads, 0, shape.stream,
         dlogits, logits, log_sums, targets, N, V, cap, ignore_index, upstream);
}

template void cross_entropy_forward(float*, float*, const float*, const int*, int64_t, int64_t,
                                    float, int, Shape);
template void cross_entropy_forward(float*, float*, const __nv_bfloat16*, const int*, int64_t,
                                    int64_t, float, int, Shape);
template void cross_entropy_backward(float*, const float*, const float*, const int*, int64_t,
                                     int64_t, float, int, const float*, Shape);
template void cross_entropy_backward(__nv_bfloat16*, const __nv_bfloat16*, const float*, const int*,
                                     int64_t, int64_t, float, int, const float*, Shape);

}  // namespace nanochat::kernels
