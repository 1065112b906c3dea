// Softmax along rows, forward and backward; the CPU reference is nanochat/softmax.cpp.
//
// A warp has a row, so that no barrier is needed: each lane walks every 32nd value with a running
// maximum m and the sum s of exp(x − m), rescaled when the maximum grows (the online softmax of
// Milakov and Gimelshein 2018, arXiv:1805.02867). The lanes' pairs are then combined by shuffles.
// One walk to know m and s, one to write. Backward: dx = y·(dy − Σ dy·y).

#include "common.cuh"

namespace nanochat::kernels {

namespace {

template <typename T>
__global__ void softmax_forward_kernel(T* y, const T* x, int64_t N, int64_t C) {
  const int lane = threadIdx.x % 32;
  const int64_t warps = int64_t{gridDim.x} * (blockDim.x / 32);
  for (int64_t row = (blockIdx.x * int64_t{blockDim.x} + threadIdx.x) / 32; row < N; row += warps) {
    MaxAndSum seen;
    for (int64_t c = lane; c < C; c += 32) seen.add(to_float(x[row * C + c]));
    seen.combine_warp();
    for (int64_t c = lane; c < C; c += 32) {
      y[row * C + c] = from_float<T>(__expf(to_float(x[row * C + c]) - seen.max) / seen.sum);
    }
  }
}

// The same, a pack at a time.
template <typename T>
__global__ void softmax_forward_packed(T* y, const T* x, int64_t N, int64_t C) {
  const int lane = threadIdx.x % 32;
  const int64_t warps = int64_t{gridDim.x} * (blockDim.x / 32);
  Pack<T> pack;
  for (int64_t row = (blockIdx.x * int64_t{blockDim.x} + threadIdx.x) / 32; row < N; row += warps) {
    MaxAndSum seen;
    for (int64_t i = lane; i < C / pack.kSize; i += 32) {
      pack.load(x + row * C, i);
      seen.add(pack.values);
    }
    seen.combine_warp();
    const float scale = 1.0f / seen.sum;
    for (int64_t i = lane; i < C / pack.kSize; i += 32) {
      pack.load(x + row * C, i);
      for (float& value : pack.values) value = __expf(value - seen.max) * scale;
      pack.store(y + row * C, i);
    }
  }
}

template <typename T>
__global__ void softmax_backward_kernel(T* dx, const T* dy, const T* y, int64_t N, int64_t C) {
  const int lane = threadIdx.x % 32;
  const int64_t warps = int64_t{gridDim.x} * (blockDim.x / 32);
  for (int64_t row = (blockIdx.x * int64_t{blockDim.x} + threadIdx.x) / 32; row < N; row += warps) {
    float product = 0.0f;
    for (int64_t c = lane; c < C; c += 32)
      product += to_float(dy[row * C + c]) * to_float(y[row * C + c]);
    product = warp_sum(product);
    for (int64_t c = lane; c < C; c += 32) {
      dx[row * C + c] =
          from_float<T>(to_float(y[row * C + c]) * (to_float(dy[row * C + c]) - product));
    }
  }
}

unsigned blocks_for_rows(int64_t N, const Shape& shape) {
  const int rows = shape.threads / 32;
  return blocks_for((N + rows - 1) / rows, shape);
}

}  // namespace

template <typename T>
void softmax_forward(T* y, const T* x, int64_t N, int64_t C, Shape shape) {
  if (N == 0 || C == 0) return;
  launch(fits_packs<T>(C) ? softmax_forward_packed<T> : softmax_forward_kernel<T>,
         blocks_for_rows(N, shape), shape.threads, 0, shape.stream, y, x, N, C);
}

template <typename T>
void softmax_backward(T* dx, const T* dy, const T* y, int64_t N, int64_t C, Shape shape) {
  if (N == 0 || C == 0) return;
  launch(softmax_backward_kernel<T>, blocks_for_rows(N, shape), shape.threads, 0, shape.stream, dx,
         dy, y, N, C);
}

template void softmax_forward(float*, const float*, int64_t, int64_t, Shape);
template void softmax_forward(__nv_bfloat16*, const __nv_bfloat16*, int64_t, int64_t, Shape);
template void softmax_backward(float*, const float*, const float*, int64_t, int64_t, Shape);
template void softmax_backward(__nv_bfloat16*, const __nv_bfloat16*, const __nv_bfloat16*, int64_t,
                               int64_t, Shape);

}  // namespace nanochat::kernels
