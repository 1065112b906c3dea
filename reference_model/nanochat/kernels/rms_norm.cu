// Root-mean-square normalisation, forward and backward; the CPU reference is nanochat/rmsnorm.cpp.
//
// A block has a row: each thread sums the squares of every blockDim.x-th pack of sixteen bytes, the
// block adds the sums up, and a second walk over the row, which the cache still holds, scales it.
// Blocks take rows in turn, so any grid does. Rows whose length is no multiple of a pack are walked
// value by value.
//
// With s = (mean(x²) + eps)^-½ the forward pass is y = s·x, and
//   dx = s·dy − x · s³/C · Σ dy·x:
// the second term is what a change of x does to s.

#include "common.cuh"
#include "kernels.h"

namespace nanochat::kernels {

namespace {

template <typename T>
__global__ void rms_norm_forward_kernel(T* y, const T* x, int64_t N, int64_t C, float eps) {
  for (int64_t row = blockIdx.x; row < N; row += gridDim.x) {
    const T* x_row = x + row * C;
    T* y_row = y + row * C;
    float sum = 0.0f;
    for (int64_t c = threadIdx.x; c < C; c += blockDim.x) {
      const float value = to_float(x_row[c]);
      sum += value * value;
    }
    const float scale = rsqrtf(block_sum(sum) / static_cast<float>(C) + eps);
    for (int64_t c = threadIdx.x; c < C; c += blockDim.x) {
      y_row[c] = from_float<T>(to_float(x_row[c]) * scale);
    }
  }
}

// The same, a pack at a time.
template <typename T>
__global__ void rms_norm_forward_packed(T* y, const T* x, int64_t N, int64_t C, float eps) {
  Pack<T> pack;
  for (int64_t row = blockIdx.x; row < N; row += gridDim.x) {
    const T* x_row = x + row * C;
    T* y_row = y + row * C;
    float sum = 0.0f;
    for (int64_t i = threadIdx.x; i < C / pack.kSize; i += blockDim.x) {
      pack.load(x_row, i);
      for (const float value : pack.values) sum += value * value;
    }
    const float scale = rsqrtf(block_sum(sum) / static_cast<float>(C) + eps);
    for (int64_t i = threadIdx.x; i < C / pack.kSize; i += blockDim.x) {
      pack.load(x_row, i);
      for (float& value : pack.values) value *= scale;
      pack.store(y_row, i);
    }
  }
}

template <typename T>
__global__ void rms_norm_backward_kernel(T* dx, const T* dy, const T* x, int64_t N, int64_t C,
                                         float eps) {
  for (int64_t row = blockIdx.x; row < N; row += gridDim.x) {
    const int64_t begin = row * C;
    float squares = 0.0f, products = 0.0f;
    for (int64_t c = threadIdx.x; c < C; c += blockDim.x) {
      const float value = to_float(x[begin + c]);
      squares += value * value;
      products += value * to_float(dy[begin + c]);
    }
    block_sums(squares, products);
    const float scale = rsqrtf(squares / static_cast<float>(C) + eps);
    const float pull = products / static_cast<float>(C) * scale * scale * scale;
    for (int64_t c = threadIdx.x; c < C; c += blockDim.x) {
      dx[begin + c] =
          from_float<T>(scale * to_float(dy[begin + c]) - pull * to_float(x[begin + c]));
    }
  }
}

template <typename T>
__global__ void rms_norm_backward_packed(T* dx, const T* dy, const T* x, int64_t N, int64_t C,
                                         float eps) {
  Pack<T> values, gradients;
  for (int64_t row = blockIdx.x; row < N; row += gridDim.x) {
    const int64_t begin = row * C;
    float squares = 0.0f, products = 0.0f;
    for (int64_t i = threadIdx.x; i < C / values.kSize; i += blockDim.x) {
      values.load(x + begin, i);
      gradients.load(dy + begin, i);
      for (int k = 0; k < values.kSize; ++k) {
        squares += values.values[k] * values.values[k];
        products += values.values[k] * gradients.values[k];
      }
    }
    block_sums(squares, products);
    const float scale = rsqrtf(squares / static_cast<float>(C) + eps);
    const float pull = products / static_cast<float>(C) * scale * scale * scale;
    for (int64_t i = threadIdx.x; i < C / values.kSize; i += blockDim.x) {
      values.load(x + begin, i);
      gradients.load(dy + begin, i);
      for (int k = 0; k < values.kSize; ++k) {
        gradients.values[k] = scale * gradients.values[k] - pull * values.values[k];
      }
      gradients.store(dx + begin, i);
    }
  }
}

}  // namespace

template <typename T>
void rms_norm_forward(T* y, const T* x, int64_t N, int64_t C, float eps, Shape shape) {
  if (N == 0 || C == 0) return;
  launch(fits_packs<T>(C) ? rms_norm_forward_packed<T> : rms_norm_forward_kernel<T>,
         blocks_for(N, shape), shape.threads, 0, shape.stream, y, x, N, C, eps);
}

template <typename T>
void rms_norm_backward(T* dx, const T* dy, const T* x, int64_t N, int64_t C, float eps,
                       Shape shape) {
  if (N == 0 || C == 0) return;
  launch(fits_packs<T>(C) ? rms_norm_backward_packed<T> : rms_norm_backward_kernel<T>,
         blocks_for(N, shape), shape.threads, 0, shape.stream, dx, dy, x, N, C, eps);
}

template void rms_norm_forward(float*, const float*, int64_t, int64_t, float, Shape);
template void rms_norm_forward(__nv_bfloat16*, const __nv_bfloat16*, int64_t, int64_t, float,
                               Shape);
template void rms_norm_backward(float*, const float*, const float*, int64_t, int64_t, float, Shape);
template void rms_norm_backward(__nv_bfloat16*, const __nv_bfloat16*, const __nv_bfloat16*, int64_t,
                                int64_t, float, Shape);

}  // namespace nanochat::kernels
