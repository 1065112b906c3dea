#include <cstdio>
#include "launch.cuh"

__global__ void square(float* y, const float* x, int n) {
  const int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = x[i] * x[i];
}

int main() {
  const int n = 100;
  float *x, *y, *host;
  cudaStream_t copy, compute;
  cudaStreamCreateWithFlags(&copy, cudaStreamNonBlocking);
  cudaStreamCreateWithFlags(&compute, cudaStreamNonBlocking);
  cudaMalloc(&x, n * sizeof(float));
  cudaMalloc(&y, n * sizeof(float));
  cudaMallocHost(&host, n * sizeof(float));
  for (int i = 0; i < n; ++i) host[i] = i;
  cudaMemcpyAsync(x, host, n * sizeof(float), cudaMemcpyHostToDevice, copy);
  nanochat::kernels::launch(square, 2, 64, 0, compute, y, x, n);
  cudaMemcpyAsync(host, y, n * sizeof(float), cudaMemcpyDeviceToHost, compute);
  std::printf("%g\n", host[9]);
  cudaDeviceSynchronize();
  std::printf("%g\n", host[9]);
}
