// Barriers that not all reach, and operations of a warp with lanes that are not there.
#include "cases.h"

#define T static_cast<int>(threadIdx.x)
#define B static_cast<int>(blockIdx.x)
// compute-sanitizer says nothing of threads that are missing because they have left: on GPUs since sm_70 a
// barrier waits only for those that are still there. CUDA's guide allows no such barrier, and the emulator
// reports it.
constexpr unsigned kAll = 0xffffffffu;

template <bool wrong>
__global__ void barrier_in_a_branch(int* x, int* y, int n) {
  __shared__ int s[64];
  if (T < n) s[T] = x[T];
  if (!wrong) __syncthreads();
  if (T < n) {
    if (wrong) __syncthreads();  // wrong
    y[T] = s[n - 1 - T];
  }
}
PAIR(barrier_in_a_branch, "divergent barrier", nullptr, 1, 64, 40);

template <bool wrong>
__global__ void left_early(int* x, int* y, int n) {
  __shared__ int s[64];
  if (wrong && T >= n) return;
  if (T < n) s[T] = x[T];
  __syncthreads();  // wrong
  if (T < n) y[T] = s[n - 1 - T];
}
PAIR(left_early, "divergent barrier", nullptr, 1, 64, 40);

template <bool wrong>
__global__ void a_barrier_in_each_branch(int* x, int* y, int) {
  __shared__ int s[64];
  s[T] = x[T];
  const bool first = wrong ? T < 32 : B == 0;
  if (first) {
    __syncthreads();  // wrong
    y[T] = s[63 - T];
  } else {
    __syncthreads();  // wrong
    y[T] = s[(T + 1) % 64];
  }
}
PAIR(a_barrier_in_each_branch, "divergent barrier", nullptr, 1, 64, 64);

template <bool wrong>
__global__ void loops_of_different_length(int* x, int* y, int n) {
  const int rounds = wrong ? (n - T + 63) / 64 : (n + 63) / 64;
  int sum = 0;
  for (int i = 0; i < rounds; ++i) {
    if (i * 64 + T < n) sum += x[i * 64 + T];
    __syncthreads();  // wrong
  }
  y[T] = sum;
}
PAIR(loops_of_different_length, "divergent barrier", nullptr, 1, 64, 100);

template <bool wrong>
__global__ void counting_barrier(int* x, int* y, int) {
  int count = 0;
  if (!wrong || T < 48) count = __syncthreads_count(x[T] % 2);  // wrong
  y[T] = count;
}
PAIR(counting_barrier, "divergent barrier", nullptr, 1, 64, 64);

template <bool wrong>
__global__ void mask_of_all_in_a_branch(int* x, int* y, int) {
  if (T < 16) {
    const int other = __shfl_xor_sync(wrong ? kAll : 0xffffu, x[T], 1);  // wrong
    y[T] = other;
  } else {
    __syncwarp(0xffff0000u);
    y[T] = 0;
  }
}
PAIR(mask_of_all_in_a_branch, "wrong mask", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void mask_without_the_caller(int* x, int* y, int) {
  const unsigned mask = wrong ? 0xfffffffeu : kAll;
  y[T] = __ballot_sync(mask, x[T] % 2) != 0;  // wrong
}
PAIR(mask_without_the_caller, "wrong mask", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void warp_barrier_without_the_caller(int* x, int* y, int) {
  __syncwarp(wrong ? 0xfffffffeu : kAll);  // wrong
  y[T] = x[T];
}
PAIR(warp_barrier_without_the_caller, "wrong mask", "synccheck", 1, 32, 32);

template <bool wrong>
__global__ void half_a_warp_is_there(int* x, int* y, int) {
  const unsigned mask = wrong || T < 32 ? kAll : 0x0000ffffu;
  int sum = x[T];
  for (int d = T < 32 ? 16 : 8; d > 0; d /= 2)
    sum += __shfl_down_sync(mask, sum, d, T < 32 ? 32 : 16);  // wrong
  y[T] = sum;
}
PAIR(half_a_warp_is_there, "wrong mask", nullptr, 1, 48, 48);

template <bool wrong>
__global__ void reads_a_lane_outside(int* x, int* y, int) {
  if (T < 8) y[T] = __shfl_sync(0xffu, x[T], wrong ? T + 8 : 7 - T);  // wrong
}
PAIR(reads_a_lane_outside, "wrong mask", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void lanes_that_left(int* x, int* y, int n) {
  if (T >= n) return;
  const unsigned mask = wrong ? kAll : (1u << n) - 1;
  y[T] = __any_sync(mask, x[T] == 3);  // wrong
}
PAIR(lanes_that_left, "wrong mask", nullptr, 1, 32, 20);

template <bool wrong>
__global__ void warp_barrier_in_a_branch(int* x, int* y, int) {
  __shared__ int s[32];
  s[T] = x[T];
  if (T < 16) {
    __syncwarp(wrong ? kAll : 0xffffu);  // wrong
    y[T] = s[15 - T];
  }
  __syncthreads();
}
PAIR(warp_barrier_in_a_branch, "divergent warp", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void masks_that_disagree(int* x, int* y, int) {
  const unsigned mask = wrong && T == 5 ? 0xffffu : kAll;
  y[T] = __all_sync(mask, x[T] >= 0);  // wrong
}
PAIR(masks_that_disagree, "divergent warp", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void lanes_leave_a_loop(int* x, int* y, int) {
  int left = x[T] % 4;
  while (wrong ? left > 0 : __any_sync(kAll, left > 0)) {
    if (wrong) __syncwarp();  // wrong
    --left;
  }
  __syncthreads();
  y[T] = left;
}
PAIR(lanes_leave_a_loop, "divergent warp", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void active_lanes_are_not_all(int* x, int* y, int) {
  int value = x[T];
  if (T % 2 == 0) value += __shfl_down_sync(wrong ? __activemask() : 0x55555555u, value, 2);  // wrong
  y[T] = value;
}
PAIR(active_lanes_are_not_all, "wrong mask", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void sub_warps(int* x, int* y, int) {
  const unsigned mask = wrong ? 0xffu : 0xffu << (T / 8 * 8);
  int sum = x[T];
  for (int d = 4; d > 0; d /= 2) sum += __shfl_xor_sync(mask, sum, d, 8);  // wrong
  y[T] = sum;
}
PAIR(sub_warps, "wrong mask", nullptr, 1, 32, 32);

template <bool wrong>
__global__ void different_operations(int* x, int* y, int) {
  int value = x[T];
  if (wrong && T < 16) {
    value = __shfl_up_sync(kAll, value, 1);  // wrong
  } else {
    value = __shfl_down_sync(kAll, value, 1);  // wrong
  }
  y[T] = value;
}
PAIR(different_operations, "divergent warp", nullptr, 1, 32, 32);
