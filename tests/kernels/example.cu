// The program of docs/cuda.md: the sum of each block's values, wrong where "wrong" stands.
#include <cstdio>

#include "launch.cuh"

__global__ void block_sums(float* sums, const float* x) {
  __shared__ float s[64];
  s[threadIdx.x] = x[blockIdx.x * blockDim.x + threadIdx.x];
  for (int half = 32; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) s[threadIdx.x] += s[threadIdx.x + half];
  }
  if (threadIdx.x == 63) sums[blockIdx.x] = s[0];  // wrong
}

int main() {
  float host[128], sums[2], *x, *y;
  for (float& value : host) value = 1.0f;
  cudaMalloc(&x, sizeof(host));
  cudaMalloc(&y, sizeof(sums));
  cudaMemcpy(x, host, sizeof(host), cudaMemcpyHostToDevice);
  nanochat::kernels::launch(block_sums, 2, 64, 0, nullptr, y, x);
  cudaMemcpy(sums, y, sizeof(sums), cudaMemcpyDeviceToHost);
  std::printf("%g %g\n", sums[0], sums[1]);
}
