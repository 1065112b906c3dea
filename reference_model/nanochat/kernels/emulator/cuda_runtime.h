// CUDA's language and runtime, as far as the kernels use them, for a C++ compiler: what nvcc knows
// by itself is here a header. With this directory in front of the include path a .cu file compiles
// as C++, unchanged but for its launches, which go through launch() (launch.cuh).
//
// What a kernel may do: threadIdx and its like, static and dynamic shared memory, __syncthreads and
// its three reductions, warp shuffles, votes and __syncwarp with masks, atomics, fences, vector
// loads. Not there: textures, dynamic parallelism, cooperative groups, named barriers, asynchronous
// copies, waiting for another block; nor the word __noinline__, which libstdc++ uses in attributes.
//
// A name for dynamic shared memory: `extern __shared__ T NAME[];` with NAME one of smem, shared,
// shmem, sdata or shared_memory, in no namespace or in nanochat. Any other:
// EMULATOR_DYNAMIC_SHARED("its mangled name") in one file.

#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "vector_types.h"

#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
// A variable of a thread of the operating system: it may stand in a function, and `extern` may
// stand before it. The threads of a block are fibers of one such thread, so they share it.
#define __shared__ thread_local
#define EMULATOR_DYNAMIC_SHARED(name) \
  asm(".weak " name "\n.set " name ", emulator_dynamic_shared\n")

// Calls of barriers stay where they are written: not moved into branches, nor two of them made one.
#define NANOCHAT_CONVERGENT __attribute__((convergent, nomerge, noinline))
#define NANOCHAT_UNSEEN __attribute__((noinline, no_sanitize("coverage", "undefined")))

namespace emulator {

uint3 thread_index() __attribute__((const));
uint3 block_index() __attribute__((const));
dim3 block_dim() __attribute__((const));
dim3 grid_dim() __attribute__((const));

enum class Vote { ballot, any, all, sum, min, max, bit_and, bit_or, bit_xor };
enum class Shuffle { index, up, down, exclusive_or };

// One lane's part in an operation of its warp; what comes back is of the other lanes. `site` is the
// caller's place.
uint64_t warp_vote(Vote kind, unsigned mask, int64_t value, const void* site);
uint64_t warp_shuffle(Shuffle kind, unsigned mask, uint64_t value, int lane, int width,
                      const void* site);
uint64_t warp_match(unsigned mask, uint64_t value, const void* site);
// One thread's arrival at the barrier; the number of threads that came with `value` true.
int barrier(bool value, const char* name, const void* site);
// Checks and records an atomic access that is about to be made.
void atomic_access(void* address, size_t size, const void* site);
void fence(bool of_the_device);

}  // namespace emulator

#define threadIdx (::emulator::thread_index())
#define blockIdx (::emulator::block_index())
#define blockDim (::emulator::block_dim())
#define gridDim (::emulator::grid_dim())
constexpr int warpSize = 32;

// Barriers and fences.
NANOCHAT_CONVERGENT inline void __syncthreads() {
  emulator::barrier(false, "__syncthreads", __builtin_return_address(0));
}
NANOCHAT_CONVERGENT inline int __syncthreads_count(int predicate) {
  return emulator::barrier(predicate != 0, "__syncthreads_count", __builtin_return_address(0));
}
NANOCHAT_CONVERGENT inline int __syncthreads_or(int predicate) {
  return emulator::barrier(predicate != 0, "__syncthreads_or", __builtin_return_address(0)) != 0;
}
NANOCHAT_CONVERGENT inline int __syncthreads_and(int predicate) {
  return emulator::barrier(predicate == 0, "__syncthreads_and", __builtin_return_address(0)) == 0;
}
inline void __threadfence() {
  emulator::fence(true);
}
inline void __threadfence_system() {
  emulator::fence(true);
}
inline void __threadfence_block() {
  emulator::fence(false);
}

// Warps.
NANOCHAT_CONVERGENT void __syncwarp(unsigned mask = 0xffffffffu);
NANOCHAT_CONVERGENT unsigned __activemask();
NANOCHAT_CONVERGENT inline unsigned __ballot_sync(unsigned mask, int predicate) {
  return static_cast<unsigned>(emulator::warp_vote(emulator::Vote::ballot, mask, predicate != 0,
                                                   __builtin_return_address(0)));
}
NANOCHAT_CONVERGENT inline int __any_sync(unsigned mask, int predicate) {
  return static_cast<int>(
      emulator::warp_vote(emulator::Vote::any, mask, predicate != 0, __builtin_return_address(0)));
}
NANOCHAT_CONVERGENT inline int __all_sync(unsigned mask, int predicate) {
  return static_cast<int>(
      emulator::warp_vote(emulator::Vote::all, mask, predicate != 0, __builtin_return_address(0)));
}

namespace emulator {
template <typename T>
uint64_t bits_of(T value) {
  static_assert(sizeof(T) <= 8);
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  return bits;
}
template <typename T>
T of_bits(uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}
}  // namespace emulator

#define NANOCHAT_SHUFFLE(name, kind, lane_type)                                              \
  template <typename T>                                                                      \
  NANOCHAT_CONVERGENT T name(unsigned mask, T value, lane_type lane, int width = 32) {       \
    return emulator::of_bits<T>(                                                             \
        emulator::warp_shuffle(emulator::Shuffle::kind, mask, emulator::bits_of(value),      \
                               static_cast<int>(lane), width, __builtin_return_address(0))); \
  }
NANOCHAT_SHUFFLE(__shfl_sync, index, int)
NANOCHAT_SHUFFLE(__shfl_up_sync, up, unsigned)
NANOCHAT_SHUFFLE(__shfl_down_sync, down, unsigned)
NANOCHAT_SHUFFLE(__shfl_xor_sync, exclusive_or, int)
#undef NANOCHAT_SHUFFLE

#define NANOCHAT_REDUCE(name, kind, type)                                                     \
  NANOCHAT_CONVERGENT inline type name(unsigned mask, type value) {                           \
    return static_cast<type>(                                                                 \
        emulator::warp_vote(emulator::Vote::kind, mask, value, __builtin_return_address(0))); \
  }
NANOCHAT_REDUCE(__reduce_add_sync, sum, int)
NANOCHAT_REDUCE(__reduce_add_sync, sum, unsigned)
NANOCHAT_REDUCE(__reduce_min_sync, min, int)
NANOCHAT_REDUCE(__reduce_min_sync, min, unsigned)
NANOCHAT_REDUCE(__reduce_max_sync, max, int)
NANOCHAT_REDUCE(__reduce_max_sync, max, unsigned)
NANOCHAT_REDUCE(__reduce_and_sync, bit_and, unsigned)
NANOCHAT_REDUCE(__reduce_or_sync, bit_or, unsigned)
NANOCHAT_REDUCE(__reduce_xor_sync, bit_xor, unsigned)
#undef NANOCHAT_REDUCE

template <typename T>
NANOCHAT_CONVERGENT unsigned __match_any_sync(unsigned mask, T value) {
  return static_cast<unsigned>(
      emulator::warp_match(mask, emulator::bits_of(value), __builtin_return_address(0)));
}

// Atomics. The read and the write are one: no other fiber runs in between.
#define NANOCHAT_ATOMIC(name, becomes)                                        \
  template <typename T>                                                       \
  NANOCHAT_UNSEEN T name(T* address, std::type_identity_t<T> value) {         \
    emulator::atomic_access(address, sizeof(T), __builtin_return_address(0)); \
    const T old = *address;                                                   \
    *address = becomes;                                                       \
    return old;                                                               \
  }
NANOCHAT_ATOMIC(atomicAdd, static_cast<T>(old + value))
NANOCHAT_ATOMIC(atomicSub, static_cast<T>(old - value))
NANOCHAT_ATOMIC(atomicExch, value)
NANOCHAT_ATOMIC(atomicMin, old < value ? old : value)
NANOCHAT_ATOMIC(atomicMax, old > value ? old : value)
NANOCHAT_ATOMIC(atomicAnd, static_cast<T>(old& value))
NANOCHAT_ATOMIC(atomicOr, static_cast<T>(old | value))
NANOCHAT_ATOMIC(atomicXor, static_cast<T>(old ^ value))
NANOCHAT_ATOMIC(atomicInc, old >= value ? T(0) : static_cast<T>(old + 1))
NANOCHAT_ATOMIC(atomicDec, old == 0 || old > value ? value : static_cast<T>(old - 1))
#undef NANOCHAT_ATOMIC
template <typename T>
NANOCHAT_UNSEEN T atomicCAS(T* address, std::type_identity_t<T> compare,
                            std::type_identity_t<T> value) {
  emulator::atomic_access(address, sizeof(T), __builtin_return_address(0));
  const T old = *address;
  if (old == compare) *address = value;
  return old;
}

// Loads and stores with a hint for the cache, and mathematics that a C++ library lacks.
template <typename T>
__forceinline__ T __ldg(const T* address) {
  return *address;
}
template <typename T>
__forceinline__ T __ldcs(const T* address) {
  return *address;
}
template <typename T>
__forceinline__ void __stcs(T* address, T value) {
  *address = value;
}

inline float rsqrtf(float x) {
  return 1.0f / std::sqrt(x);
}
inline float __expf(float x) {
  return std::exp(x);
}
inline float __logf(float x) {
  return std::log(x);
}
inline float __fdividef(float x, float y) {
  return x / y;
}
inline int __float_as_int(float x) {
  return emulator::of_bits<int>(emulator::bits_of(x));
}
inline float __int_as_float(int x) {
  return emulator::of_bits<float>(emulator::bits_of(x));
}
inline unsigned __float_as_uint(float x) {
  return emulator::of_bits<unsigned>(emulator::bits_of(x));
}
inline float __uint_as_float(unsigned x) {
  return emulator::of_bits<float>(emulator::bits_of(x));
}
inline int __popc(unsigned x) {
  return __builtin_popcount(x);
}
inline int __ffs(int x) {
  return __builtin_ffs(x);
}
inline int __clz(int x) {
  return x == 0 ? 32 : __builtin_clz(static_cast<unsigned>(x));
}
using std::isinf;
using std::isnan;
using std::max;
using std::min;

// The runtime. The device's memory is the host's. What ended a launch early is an error until
// somebody asks for the last one. Streams and events are streams.h's; the null stream is CUDA's
// own, which waits for all streams but those of cudaStreamNonBlocking.
typedef struct CUstream_st* cudaStream_t;
typedef struct CUevent_st* cudaEvent_t;
constexpr unsigned cudaStreamDefault = 0, cudaStreamNonBlocking = 1;
constexpr unsigned cudaEventDefault = 0, cudaEventDisableTiming = 2;
enum cudaError_t {
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorInvalidConfiguration = 9,
  cudaErrorIllegalAddress = 700,
  cudaErrorLaunchTimeout = 702,
  cudaErrorMisalignedAddress = 716,
  cudaErrorLaunchFailure = 719
};
enum cudaMemcpyKind {
  cudaMemcpyHostToHost,
  cudaMemcpyHostToDevice,
  cudaMemcpyDeviceToHost,
  cudaMemcpyDeviceToDevice,
  cudaMemcpyDefault
};
cudaError_t cudaMalloc(void** pointer, size_t bytes);
template <typename T>
cudaError_t cudaMalloc(T** pointer, size_t bytes) {
  return cudaMalloc(reinterpret_cast<void**>(pointer), bytes);
}
cudaError_t cudaFree(void* pointer);
cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind kind);
cudaError_t cudaMemset(void* to, int value, size_t bytes);
// Asynchronous to the host only where its memory is page-locked, as CUDA's is.
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream = nullptr);
cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t stream = nullptr);
cudaError_t cudaMallocHost(void** pointer, size_t bytes);  // page-locked
template <typename T>
cudaError_t cudaMallocHost(T** pointer, size_t bytes) {
  return cudaMallocHost(reinterpret_cast<void**>(pointer), bytes);
}
cudaError_t cudaFreeHost(void* pointer);
cudaError_t cudaPeekAtLastError();
cudaError_t cudaGetLastError();  // and forgets it
cudaError_t cudaDeviceSynchronize();
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags);
inline cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  return cudaStreamCreateWithFlags(stream, cudaStreamDefault);
}
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags = 0);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags);
inline cudaError_t cudaEventCreate(cudaEvent_t* event) {
  return cudaEventCreateWithFlags(event, cudaEventDefault);
}
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream = nullptr);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
const char* cudaGetErrorString(cudaError_t error);
