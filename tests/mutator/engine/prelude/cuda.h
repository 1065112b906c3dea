// cuda.h: as much of CUDA's headers as the cases need, for Clang's host pass without a toolkit.
#pragma once

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))

struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {}
};
struct uint3 {
  unsigned x, y, z;
};
extern const uint3 threadIdx, blockIdx;
extern const dim3 blockDim, gridDim;

using cudaError_t = int;
using cudaStream_t = struct Stream*;
enum { cudaSuccess = 0 };
// What a launch becomes: the first where Clang knows of no toolkit, the second with one from 9.2 on.
extern "C" cudaError_t cudaConfigureCall(dim3 grid, dim3 block, decltype(sizeof 0) shared = 0,
                                         cudaStream_t stream = nullptr);
extern "C" unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, decltype(sizeof 0) shared = 0,
                                                void* stream = nullptr);
extern "C" cudaError_t cudaLaunchKernel(const void* kernel, dim3 grid, dim3 block, void** arguments,
                                        decltype(sizeof 0) shared, cudaStream_t stream);
cudaError_t cudaGetLastError();
cudaError_t cudaDeviceSynchronize();
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaMemsetAsync(void* where, int value, decltype(sizeof 0) bytes, cudaStream_t stream = nullptr);

__device__ void __syncthreads();
__device__ void __syncwarp(unsigned mask = 0xffffffff);
__device__ float __shfl_xor_sync(unsigned mask, float value, int lane);
__device__ float __shfl_down_sync(unsigned mask, float value, int delta);
__device__ float atomicAdd(float* where, float value);
__device__ float __expf(float x);
__device__ float rsqrtf(float x);
__device__ float fmaxf(float a, float b);
__device__ float tanhf(float x);
