// Addresses out of bounds and misaligned, indices that overflow, and memory that nobody wrote.
#include "cases.h"

#define T static_cast<int>(threadIdx.x)
#define B static_cast<int>(blockIdx.x)

template <bool wrong>
__global__ void no_bounds_check(int* x, int* y, int n) {
  const int i = B * 64 + T;
  if (wrong || i < n) y[i] = x[i];  // wrong
}
PAIR(no_bounds_check, "out of bounds", "memcheck", 2, 64, 100);

template <bool wrong>
__global__ void one_too_far(int* x, int* y, int n) {
  if (wrong ? T <= n : T < n) y[T] = x[T];  // wrong
}
PAIR(one_too_far, "out of bounds", "memcheck", 1, 128, 100);

template <bool wrong>
__global__ void left_of_the_first(int* x, int* y, int) {
  y[T] = wrong || T > 0 ? x[T - 1] : 0;  // wrong
}
PAIR(left_of_the_first, "out of bounds", "memcheck", 1, 64, 64);

template <bool wrong>
__global__ void shared_too_small(int* x, int* y, int) {
  __shared__ int s[64];
  s[T + (wrong ? 1 : 0)] = x[T];  // wrong
  __syncthreads();
  y[T] = s[wrong ? 63 : 63 - T];
}
PAIR(shared_too_small, "out of bounds", nullptr, 1, 64, 64);

template <bool wrong>
__global__ void dynamic_too_small(int* x, int* y, int) {
  extern __shared__ int smem[];
  smem[wrong ? T + 64 : T] = x[T];  // wrong
  __syncthreads();
  y[T] = wrong ? 0 : smem[63 - T];
}
PAIR(dynamic_too_small, "out of bounds", "memcheck", 1, 64, 64, 64 * sizeof(int));

template <bool wrong>
__global__ void row_of_a_tile(int* x, int* y, int) {
  __shared__ int tile[4][8];
  tile[T / 8][T % 8] = x[T];
  __syncthreads();
  const int column = T % 8 + (wrong ? 1 : 0);
  y[T] = tile[T / 8][column];  // wrong
}
PAIR(row_of_a_tile, "out of bounds", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void no_pointer(int* x, int* y, int n) {
  int* from = wrong ? reinterpret_cast<int*>(static_cast<size_t>(n - 64)) : x;  // null, where n is 64
  y[T] = from[T];                                                               // wrong
}
PAIR(no_pointer, "out of bounds", "memcheck", 1, 64, 64);

template <bool wrong>
__global__ void pack_beyond_the_end(int* x, int* y, int n) {
  const int packs = wrong ? (n + 3) / 4 : n / 4;
  for (int i = T; i < packs; i += 32) {
    const int4 pack = reinterpret_cast<int4*>(x)[i];  // wrong
    y[i] = pack.x + pack.y + pack.z + pack.w;
  }
}
PAIR(pack_beyond_the_end, "out of bounds", "memcheck", 1, 32, 102);

template <bool wrong>
__global__ void wrong_stride(int* x, int* y, int) {
  const int columns = wrong ? 16 : 8;
  for (int row = 0; row < 8; ++row) {
    if (T < 8) y[row * columns + T] = x[row * 8 + T];  // wrong
  }
}
PAIR(wrong_stride, "out of bounds", "memcheck", 1, 32, 64);

template <bool wrong>
__global__ void far_away(int* x, int* y, int) {
  y[T] = x[wrong ? T * 1000003 : T];  // wrong
}
PAIR(far_away, "out of bounds", "memcheck", 1, 64, 64);

template <bool wrong>
__global__ void misaligned_pair(int* x, int* y, int) {
  const int2 pair = *reinterpret_cast<int2*>(&x[2 * T + (wrong ? 1 : 0)]);  // wrong
  y[T] = pair.x + pair.y;
}
PAIR(misaligned_pair, "misaligned address", "memcheck", 1, 16, 64);

template <bool wrong>
__global__ void misaligned_pack(int* x, int* y, int n) {
  const int width = wrong ? 18 : 16;  // rows of 18 begin anywhere
  if (T >= n / 32) return;
  const int4 pack = *reinterpret_cast<int4*>(&x[T * width]);  // wrong
  y[T] = pack.x + pack.y + pack.z + pack.w;
}
PAIR(misaligned_pack, "misaligned address", "memcheck", 1, 32, 96);

template <bool wrong>
__global__ void misaligned_shared(int* x, int* y, int) {
  __shared__ int2 s[17];
  int* flat = reinterpret_cast<int*>(s);
  flat[T] = x[T];
  if (T < 2) flat[32 + T] = 0;
  __syncthreads();
  if (T >= 16) return;
  const int2 pair = *reinterpret_cast<int2*>(&flat[2 * T + (wrong ? 1 : 0)]);  // wrong
  y[T] = pair.x + pair.y;
}
PAIR(misaligned_shared, "misaligned address", "memcheck", 1, 32, 32);

template <bool wrong>
__global__ void index_overflows(int* x, int* y, int n) {
  const int row = n * 1000 + T;
  const long long at = wrong ? row * 70000 : row * 70000LL;  // wrong
  y[T] = at >= 0 ? x[at % n] : 0;
}
PAIR(index_overflows, "arithmetic", nullptr, 1, 64, 64);

template <bool wrong>
__global__ void remainder_of_nothing(int* x, int* y, int n) {
  const int parts = wrong ? n / 65 : n / 8;
  y[T] = x[T % parts];  // wrong
}
PAIR(remainder_of_nothing, "arithmetic", nullptr, 1, 64, 64);

template <bool wrong>
__global__ void reads_the_output(int* x, int* y, int) {
  if (!wrong) y[T] = 0;
  y[T] += x[T];  // wrong
}
PAIR(reads_the_output, "read of unwritten memory", "initcheck", 1, 64, 64);

template <bool wrong>
__global__ void every_second_only(int* x, int* y, int) {
  if (!wrong || T % 2 == 0) y[T] = x[T];
  x[T] = y[T];  // wrong
}
PAIR(every_second_only, "read of unwritten memory", "initcheck", 1, 64, 64);

template <bool wrong>
__global__ void adds_to_nothing(int* x, int* y, int) {
  if (!wrong && T == 0) y[0] = 0;
  __syncthreads();
  atomicAdd(&y[0], x[T]);  // wrong
}
PAIR(adds_to_nothing, "read of unwritten memory", "initcheck", 1, 64, 64);

template <bool wrong>
__global__ void bins_not_cleared(int* x, int* y, int) {
  __shared__ int bins[8];
  if (!wrong && T < 8) bins[T] = 0;
  __syncthreads();
  atomicAdd(&bins[x[T] % 8], 1);  // wrong
  __syncthreads();
  if (T < 8) y[T] = bins[T];
}
PAIR(bins_not_cleared, "read of unwritten memory", nullptr, 1, 64, 64);

template <bool wrong>
__global__ void tile_not_filled(int* x, int* y, int n) {
  __shared__ int s[64];
  if (T < n) s[T] = x[T];
  if (!wrong && T >= n) s[T] = 0;
  __syncthreads();
  if (T < n) y[T] = s[63 - T];  // wrong
}
PAIR(tile_not_filled, "read of unwritten memory", nullptr, 1, 64, 40);

template <bool wrong>
__global__ void left_by_another_block(int* x, int* y, int) {
  __shared__ int s[32];
  if (!wrong || B == 0) s[T] = x[T];
  __syncthreads();
  y[B * 32 + T] = s[31 - T];  // wrong
}
PAIR(left_by_another_block, "read of unwritten memory", nullptr, 2, 32, 64);
