// Rotary position embedding, forward and backward; the CPU reference is nanochat/rotary.cpp.
//
// A thread has one pair (i, i + D/2) of one head at one position and reads two values and two
// angles' sines. The backward pass is the rotation by the opposite angle, so both are one kernel
// with the sign of the sine.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

template <typename T>
__global__ void rotate(T* y, const T* x, const float* cos, const float* sin, int64_t pairs, int T_,
                       int H, int half, float sign) {
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;
  for (int64_t pair = blockIdx.x * int64_t{blockDim.x} + threadIdx.x; pair < pairs;
       pair += stride) {
    const int64_t vector = pair / half;  // of a batch row, a position and a head
    const int i = static_cast<int>(pair % half);
    const int64_t t = vector / H % T_;
    const int64_t at = vector * 2 * half + i;
    const float c = cos[t * half + i], s = sign * sin[t * half + i];
    const float x1 = to_float(x[at]), x2 = to_float(x[at + half]);
    y[at] = from_float<T>(x1 * c + x2 * s);
    y[at + half] = from_float<T>(x2 * c - x1 * s);
  }
}

template <typename T>
void start(T* y, const T* x, const float* cos, const float* sin, int B, int T_, int H, int D,
           float sign, const Shape& shape) {
  const int64_t pairs = int64_t{B} * T_ * H * (D / 2);
  if (pairs == 0) return;
  launch(rotate<T>, blocks_for((pairs + shape.threads - 1) / shape.threads, shape), shape.threads,
         0, shape.stream, y, x, cos, sin, pairs, T_, H, D / 2, sign);
}

}  // namespace

template <typename T>
void rotary_forward(T* y, const T* x, const float* cos, const float* sin, int B, int T_, int H,
                    int D, Shape shape) {
  start(y, x, cos, sin, B, T_, H, D, 1.0f, shape);
}

template <typename T>
void rotary_backward(T* dx, const T* dy, const float* cos, const float* sin, int B, int T_, int H,
                     int D, Shape shape) {
  start(dx, dy, cos, sin, B, T_, H, D, -1.0f, shape);
}

template void rotary_forward(float*, const float*, const float*, const float*, int, int, int, int,
                             Shape);
template void rotary_forward(__nv_bfloat16*, const __nv_bfloat16*, const float*, const float*, int,
                             int, int, int, Shape);
template void rotary_backward(float*, const float*, const float*, const float*, int, int, int, int,
                              Shape);
template void rotary_backward(__nv_bfloat16*, const __nv_bfloat16*, const float*, const float*, int,
                              int, int, int, Shape);

}  // namespace nanochat::kernels
