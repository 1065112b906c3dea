// Races: in shared memory between warps and within one, in global memory between threads and between blocks.
#include "cases.h"

#define T static_cast<int>(threadIdx.x)
#define B static_cast<int>(blockIdx.x)

template <bool wrong>
__global__ void read_before_barrier(int* x, int*, int) {
  __shared__ int s[64];
  s[T] = x[T];  // wrong
  if (!wrong) __syncthreads();
  x[T] = s[63 - T];
}
PAIR(read_before_barrier, "race", "racecheck", 1, 64, 64);

template <bool wrong>
__global__ void overwritten_while_read(int* x, int* y, int n) {
  __shared__ int s[64];
  int sum = 0;
  for (int base = 0; base < n; base += 64) {
    s[T] = x[base + T];  // wrong
    __syncthreads();
    sum += s[63 - T];
    if (!wrong) __syncthreads();
  }
  y[T] = sum;
}
PAIR(overwritten_while_read, "race", "racecheck", 1, 64, 192);

template <bool wrong>
__global__ void tree_without_barriers(int* x, int* y, int) {
  __shared__ int s[128];
  s[T] = x[T];
  __syncthreads();
  for (int half = 64; half > 0; half /= 2) {
    if (T < half) s[T] += s[T + half];  // wrong
    if (!wrong || half == 64) __syncthreads();
  }
  if (T == 0) y[0] = s[0];
}
PAIR(tree_without_barriers, "race", "racecheck", 1, 128, 128);

template <bool wrong>
__global__ void last_warp_in_step(int* x, int* y, int) {
  __shared__ int s[32];
  s[T] = x[T];
  __syncwarp();
  for (int half = 16; half > 0; half /= 2) {
    int sum = s[T];
    if (T < half) sum += s[T + half];  // wrong
    if (!wrong) __syncwarp();
    s[T] = sum;  // wrong
    if (!wrong) __syncwarp();
  }
  if (T == 0) y[0] = s[0];
}
PAIR(last_warp_in_step, "race", "racecheck", 1, 32, 32);

template <bool wrong>
__global__ void scan_in_place(int* x, int* y, int) {
  __shared__ int s[64];
  s[T] = x[T];
  __syncthreads();
  for (int distance = 1; distance < 64; distance *= 2) {
    const int left = T >= distance ? s[T - distance] : 0;  // wrong
    if (!wrong) __syncthreads();
    s[T] += left;
    __syncthreads();
  }
  y[T] = s[T];
}
// racecheck says nothing of this one, measured on an H100.
PAIR(scan_in_place, "race", nullptr, 1, 64, 64);

template <bool wrong>
__global__ void histogram(int* x, int* y, int) {
  __shared__ int bins[8];
  if (T < 8) bins[T] = 0;
  __syncthreads();
  if (wrong) {
    bins[x[T] % 8] += 1;  // wrong
  } else {
    atomicAdd(&bins[x[T] % 8], 1);
  }
  __syncthreads();
  if (T < 8) y[T] = bins[T];
}
PAIR(histogram, "race", "racecheck", 1, 64, 64);

template <bool wrong>
__global__ void flag_of_thread_zero(int* x, int* y, int) {
  __shared__ int length;
  if (T == 0) length = x[5];  // wrong
  if (!wrong) __syncthreads();
  y[T] = length;
}
PAIR(flag_of_thread_zero, "race", "racecheck", 1, 64, 64);

template <bool wrong>
__global__ void all_write_one_place(int* x, int* y, int) {
  __shared__ int last;
  if (wrong || T == 63) last = x[T];  // wrong
  __syncthreads();
  y[T] = last;
}
PAIR(all_write_one_place, "race", "racecheck", 1, 64, 64);

template <bool wrong>
__global__ void two_buffers(int* x, int* y, int n) {
  __shared__ int s[2][64];
  int sum = 0;
  for (int step = 0; step < n / 64; ++step) {
    const int which = wrong ? 0 : step % 2;
    s[which][T] = x[step * 64 + T];  // wrong
    __syncthreads();
    sum += s[which][63 - T];
  }
  y[T] = sum;
}
PAIR(two_buffers, "race", "racecheck", 1, 64, 256);

template <bool wrong>
__global__ void two_arrays_of_one(int* x, int* y, int) {
  extern __shared__ int smem[];
  int* a = smem;
  int* b = smem + (wrong ? 32 : 64);
  a[T] = x[T];      // wrong
  b[T] = 2 * x[T];  // wrong
  __syncthreads();
  y[T] = a[63 - T] + b[63 - T];
}
PAIR(two_arrays_of_one, "race", "racecheck", 1, 64, 64, 128 * sizeof(int));

template <bool wrong>
__global__ void stencil_in_place(int* x, int* y, int n) {
  const int i = B * 64 + T;
  const int right = x[(i + 1) % n];  // wrong
  (wrong ? x : y)[i] = right;        // wrong
}
PAIR(stencil_in_place, "race", nullptr, 4, 64, 256);

template <bool wrong>
__global__ void counter(int* x, int*, int) {
  if (wrong) {
    x[0] += 1;  // wrong
  } else {
    atomicAdd(x, 1);
  }
}
PAIR(counter, "race", nullptr, 4, 64, 64);

template <bool wrong>
__global__ void last_block_sums(int* x, int* y, int) {
  __shared__ bool is_last;
  if (T == 0) {
    y[1 + B] = B;  // wrong
    if (!wrong) __threadfence();
    is_last = atomicAdd(x, 1) == static_cast<int>(gridDim.x) - 1;
    if (!wrong) __threadfence();
  }
  __syncthreads();
  if (!is_last || T != 0) return;
  int sum = 0;
  for (int b = 0; b < static_cast<int>(gridDim.x); ++b) sum += y[1 + b];  // wrong
  y[0] = sum;
}
PAIR(last_block_sums, "race", nullptr, 6, 32, 64);

template <bool wrong>
__global__ void fence_of_the_block_only(int* x, int* y, int) {
  if (T != 0) return;
  y[1 + B] = B;  // wrong
  if (wrong)
    __threadfence_block();
  else
    __threadfence();
  const bool is_last = atomicAdd(x, 1) == static_cast<int>(gridDim.x) - 1;
  __threadfence();
  for (int b = 0; is_last && b < static_cast<int>(gridDim.x); ++b) atomicAdd(&x[1], y[1 + b]);  // wrong
}
PAIR(fence_of_the_block_only, "race", nullptr, 6, 32, 64);

template <bool wrong>
__global__ void blocks_overlap(int*, int* y, int) {
  const int i = B * (wrong ? 63 : 64) + T;
  y[i] = i;  // wrong
}
PAIR(blocks_overlap, "race", nullptr, 4, 64, 256);

template <bool wrong>
__global__ void read_while_others_add(int* x, int* y, int) {
  atomicAdd(x, 1);                                 // wrong
  y[B * 32 + T] = wrong ? x[0] : atomicAdd(x, 0);  // wrong
}
PAIR(read_while_others_add, "race", nullptr, 2, 32, 64);

template <bool wrong>
__global__ void bytes_of_one_word(int* x, int* y, int) {
  __shared__ unsigned char s[66];
  s[T] = static_cast<unsigned char>(x[T]);  // wrong
  if (wrong) s[T + 1] = 1;                  // wrong
  __syncthreads();
  y[T] = s[T];
}
PAIR(bytes_of_one_word, "race", "racecheck", 1, 64, 64);

template <bool wrong>
__global__ void half_a_warp(int* x, int* y, int) {
  __shared__ int s[32];
  s[T] = x[T];  // wrong
  const unsigned half = T < 16 ? 0x0000ffffu : 0xffff0000u;
  __syncwarp(half);
  y[T] = s[wrong ? (T + 16) % 32 : T < 16 ? 15 - T : 47 - T];  // wrong
}
PAIR(half_a_warp, "race", "racecheck", 1, 32, 32);

template <bool wrong>
__global__ void shuffle_is_no_barrier(int* x, int* y, int) {
  __shared__ int s[32];
  s[T] = x[T];  // wrong
  const int other = __shfl_xor_sync(0xffffffffu, x[T], 1);
  if (!wrong) __syncwarp();
  y[T] = s[31 - T] + other;  // wrong
}
PAIR(shuffle_is_no_barrier, "race", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void warp_barrier_between_warps(int* x, int* y, int) {
  __shared__ int s[64];
  s[T] = x[T];  // wrong
  if (wrong)
    __syncwarp();
  else
    __syncthreads();
  y[T] = s[63 - T];  // wrong
}
PAIR(warp_barrier_between_warps, "race", "racecheck", 1, 64, 64);

template <bool wrong>
__global__ void transpose(int* x, int* y, int) {
  __shared__ int tile[8][9];
  tile[threadIdx.y][threadIdx.x] = x[threadIdx.y * 8 + threadIdx.x];  // wrong
  if (!wrong) __syncthreads();
  y[threadIdx.y * 8 + threadIdx.x] = tile[threadIdx.x][threadIdx.y];
}
PAIR(transpose, "race", "racecheck", 1, dim3(8, 8), 64);

template <bool wrong>
__global__ void halo(int* x, int* y, int n) {
  __shared__ int s[66];
  s[T + 1] = x[T];
  if (!wrong && T == 0) s[0] = x[n - 1];
  if (!wrong && T == 63) s[65] = x[0];
  __syncthreads();
  if (wrong && T == 0) s[0] = x[n - 1];  // wrong
  if (wrong && T == 1) s[65] = x[0];     // wrong
  if (wrong) __syncwarp();
  y[T] = s[T] + s[T + 2];
}
PAIR(halo, "race", "racecheck", 1, 64, 64);

template <bool wrong>
__global__ void block_sum_used_twice(int* x, int* y, int) {
  __shared__ int of_warps[2];
  for (int round = 0; round < 2; ++round) {
    int value = x[T] + round;
    for (int d = 16; d > 0; d /= 2) value += __shfl_xor_sync(0xffffffffu, value, d);
    if (T % 32 == 0) of_warps[T / 32] = value;  // wrong
    __syncthreads();
    if (round == 0) y[T] = of_warps[0] + of_warps[1];  // wrong
    if (!wrong) __syncthreads();
  }
}
PAIR(block_sum_used_twice, "race", "racecheck", 1, 64, 64);
