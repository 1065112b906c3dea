// The square of a rectified value, forward and backward: y = max(x, 0)², dx = 2·max(x, 0)·dy. The
// CPU has it as torch::relu(x).square() in nanochat/gpt.cpp.
//
// A grid-stride loop over packs of sixteen bytes, and one over the values that are left: memory is
// all it waits for.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

template <typename T>
__global__ void relu2_forward_kernel(T* y, const T* x, int64_t count) {
  const int64_t first = blockIdx.x * int64_t{blockDim.x} + threadIdx.x;
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;
  Pack<T> pack;
  const int64_t packs = count / pack.kSize;
  for (int64_t i = first; i < packs; i += stride) {
    pack.load(x, i);
    for (float& value : pack.values) value = rectified(value) * rectified(value);
    pack.store(y, i);
  }
  for (int64_t i = packs * pack.kSize + first; i < count; i += stride) {
    const float value = rectified(to_float(x[i]));
    y[i] = from_float<T>(value * value);
  }
}

template <typename T>
__global__ void relu2_backward_kernel(T* dx, const T* dy, const T* x, int64_t count) {
  const int64_t first = blockIdx.x * int64_t{blockDim.x} + threadIdx.x;
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;
  Pack<T> values, gradients;
  const int64_t packs = count / values.kSize;
  for (int64_t i = first; i < packs; i += stride) {
    values.load(x, i);
    gradients.load(dy, i);
    for (int k = 0; k < values.kSize; ++k)
      gradients.values[k] *= 2.0f * rectified(values.values[k]);
    gradients.store(dx, i);
  }
  for (int64_t i = packs * values.kSize + first; i < count; i += stride) {
    dx[i] = from_float<T>(2.0f * rectified(to_float(x[i])) * to_float(dy[i]));
  }
}

}  // namespace

template <typename T>
void relu2_forward(T* y, const T* x, int64_t count, Shape shape) {
  if (count == 0) return;
  launch(relu2_forward_kernel<T>, blocks_for_packs<T>(count, shape), shape.threads, 0, shape.stream,
         y, x, count);
}

template <typename T>
void relu2_backward(T* dx, const T* dy, const T* x, int64_t count, Shape shape) {
  if (count == 0) return;
  launch(relu2_backward_kernel<T>, blocks_for_packs<T>(count, shape), shape.threads, 0,
         shape.stream, dx, dy, x, count);
}

template void relu2_forward(float*, const float*, int64_t, Shape);
template void relu2_forward(__nv_bfloat16*, const __nv_bfloat16*, int64_t, Shape);
template void relu2_backward(float*, const float*, const float*, int64_t, Shape);
template void relu2_backward(__nv_bfloat16*, const __nv_bfloat16*, const __nv_bfloat16*, int64_t,
                             Shape);

}  // namespace nanochat::kernels
