// Rotary position embedding, forward and backward; the CPU reference is nanochat/rotary.cpp.
//
// A thread has one pair (i, i + D/2) of one head at one position and reads two values and two
// angles' sines. The backward pass is the rotation by the opposite angle, so both are one kernel
// with the sign of the sine.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

// Pairs i, i + 1, … of one head at one position: where they are, and which angles are theirs.
// `Index` is 32 bits where that is enough, because dividing 64 bits takes longer than loading what
// is divided for.
template <typename Index>
struct Where {
  Index at, angle;

  __device__ Where(Index work, Index width, Index T_, Index H, Index half) {
    const Index steps = half / width;
    const Index vector = work / steps;  // of a batch row, a position and a head
    const Index i = (work - vector * steps) * width;
    at = vector * 2 * half + i;
    angle = vector / H % T_ * half + i;
  }
};

template <typename T, typename Index>
__global__ void rotate(T* y, const T* x, const float* cos, const float* sin, Index pairs, Index T_,
                       Index H, Index half, float sign) {
  const Index stride = Index{gridDim.x} * blockDim.x;
  for (Index pair = Index{blockIdx.x} * blockDim.x + threadIdx.x; pair < pairs; pair += stride) {
    const Where<Index> where(pair, 1, T_, H, half);
    const float c = cos[where.angle], s = sign * sin[where.angle];
    const float x1 = to_float(x[where.at]), x2 = to_float(x[where.at + half]);
    y[where.at] = from_float<T>(x1 * c + x2 * s);
    y[where.at + half] = from_float<T>(x2 * c - x1 * s);
  }
}

// A pack of pairs at a time.
template <typename T, typename Index>
__global__ void rotate_packed(T* y, const T* x, const float* cos, const float* sin, Index pairs,
                              Index T_, Index H, Index half, float sign) {
  constexpr Index kSize = Pack<T>::kSize;
  const Index stride = Index{gridDim.x} * blockDim.x;
  Pack<T> x1, x2;
  Pack<float> c, s;
  for (Index pack = Index{blockIdx.x} * blockDim.x + threadIdx.x; pack < pairs / kSize;
       pack += stride) {
    const Where<Index> where(pack, kSize, T_, H, half);
    x1.load(x + where.at, 0);
    x2.load(x + where.at + half, 0);
    for (int quarter = 0; quarter < x1.kSize / c.kSize; ++quarter) {
      c.load(cos + where.angle, quarter);
      s.load(sin + where.angle, quarter);
      for (int k = 0; k < c.kSize; ++k) {
        float &a = x1.values[quarter * c.kSize + k], &b = x2.values[quarter * c.kSize + k];
        const float turned = a * c.values[k] + b * (sign * s.values[k]);
        b = b * c.values[k] - a * (sign * s.values[k]);
        a = turned;
      }
    }
    x1.store(y + where.at, 0);
    x2.store(y + where.at + half, 0);
  }
}

template <typename T, typename Index>
void start_with(T* y, const T* x, const float* cos, const float* sin, int64_t pairs, int T_, int H,
                int half, float sign, const Shape& shape) {
  const bool packed = fits_packs<T>(half) && fits_packs<float>(half);
  const int64_t work = packed ? pairs / Pack<T>::kSize : pairs;
  launch(packed ? rotate_packed<T, Index> : rotate<T, Index>,
         blocks_for((work + shape.threads - 1) / shape.threads, shape), shape.threads, 0,
         shape.stream, y, x, cos, sin, pairs, T_, H, half, sign);
}

template <typename T>
void start(T* y, const T* x, const float* cos, const float* sin, int B, int T_, int H, int D,
           float sign, const Shape& shape) {
  const int64_t pairs = int64_t{B} * T_ * H * (D / 2);
  require(D % 2 == 0, "rotary: a head has an even number of channels");
  if (pairs == 0) return;
  // Beyond the last pair a thread still adds its stride once.
  if (pairs < int64_t{1} << 29) {
    start_with<T, unsigned>(y, x, cos, sin, pairs, T_, H, D / 2, sign, shape);
  } else {
    start_with<T, uint64_t>(y, x, cos, sin, pairs, T_, H, D / 2, sign, shape);
  }
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
