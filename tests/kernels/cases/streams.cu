// Streams: launches and copies that nothing orders, and a host that does not wait. What a pair differs in is
// on the host's side.
#include <cstdlib>

#include "cases.h"

#define T static_cast<int>(threadIdx.x)

namespace {

using nanochat::kernels::launch;

cudaStream_t stream(unsigned flags = cudaStreamNonBlocking) {
  cudaStream_t it = nullptr;
  cudaStreamCreateWithFlags(&it, flags);
  return it;
}

__global__ void twice(int* y, const int* x) {
  y[T] = 2 * x[T];  // wrong
}

__global__ void reversed(int* y, const int* x) {
  y[T] = x[63 - T];  // wrong
}

__global__ void count(int* x) {
  atomicAdd(&x[T % 8], 1);
}

}  // namespace

// x doubled in one stream and reversed in another, which has to wait for an event.
static void another_stream(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream(), other = stream();
  cudaEvent_t done = nullptr;
  cudaEventCreate(&done);
  launch(twice, 1, 64, 0, one, y, x);
  cudaEventRecord(done, one);
  if (!wrong) cudaStreamWaitEvent(other, done);
  launch(reversed, 1, 32, 0, other, x, y);
  cudaDeviceSynchronize();
  cudaEventDestroy(done);
}
HOST_PAIR(another_stream, "race", 64);

// An event stands for what was asked before it.
static void event_too_early(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream(), other = stream();
  cudaEvent_t done = nullptr;
  cudaEventCreateWithFlags(&done, cudaEventDisableTiming);
  if (wrong) cudaEventRecord(done, one);
  launch(twice, 1, 64, 0, one, y, x);
  if (!wrong) cudaEventRecord(done, one);
  cudaStreamWaitEvent(other, done);
  launch(reversed, 1, 32, 0, other, x, y);
  cudaDeviceSynchronize();
  cudaEventDestroy(done);
}
HOST_PAIR(event_too_early, "race", 64);

// The null stream waits for the streams that block with it, and for no other.
static void beside_the_null_stream(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream(wrong ? cudaStreamNonBlocking : cudaStreamDefault);
  launch(twice, 1, 64, 0, one, y, x);
  launch(reversed, 1, 32, 0, nullptr, x, y);
  cudaDeviceSynchronize();
}
HOST_PAIR(beside_the_null_stream, "race", 64);

// The second launch is on another stream, and the third comes after the second only.
static void through_a_third(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream(), other = stream();
  cudaEvent_t first = nullptr, second = nullptr;
  cudaEventCreate(&first);
  cudaEventCreate(&second);
  launch(twice, 1, 64, 0, one, y, x);
  cudaEventRecord(first, one);
  if (!wrong) cudaStreamWaitEvent(other, first);
  launch(count, 1, 8, 0, other, x + 64);
  cudaEventRecord(second, other);
  const cudaStream_t last = stream();
  cudaStreamWaitEvent(last, second);
  launch(reversed, 1, 32, 0, last, x, y);
  cudaDeviceSynchronize();
  cudaEventDestroy(first);
  cudaEventDestroy(second);
}
HOST_PAIR(through_a_third, "race", 128);

// Counting from two streams at once is right; a write among it is not.
static void counted_by_two(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream(), other = stream();
  cudaMemsetAsync(y, 0, 8 * sizeof(int), other);
  launch(count, 1, 64, 0, one, x);
  launch(count, 1, 64, 0, other, x);
  if (wrong) launch(twice, 1, 8, 0, other, x, y);
  cudaDeviceSynchronize();
}
HOST_PAIR(counted_by_two, "race", 64);

// What the next launch reads is copied by another stream.
static void copied_meanwhile(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream(), other = stream();
  int* page = nullptr;
  cudaMallocHost(&page, 64 * sizeof(int));
  for (int i = 0; i < 64; ++i) page[i] = i;
  cudaMemcpyAsync(x, page, 64 * sizeof(int), cudaMemcpyHostToDevice, one);
  launch(twice, 1, 64, 0, wrong ? other : one, y, x);
  cudaDeviceSynchronize();
  cudaFreeHost(page);
}
HOST_PAIR(copied_meanwhile, "race", 64);

// cudaMemcpy waits for the null stream, and for those that block with it.
static void result_copied_too_early(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream();
  int result[64];
  launch(twice, 1, 64, 0, one, y, x);
  if (!wrong) cudaStreamSynchronize(one);
  cudaMemcpy(result, y, sizeof(result), cudaMemcpyDeviceToHost);
  cudaDeviceSynchronize();
}
HOST_PAIR(result_copied_too_early, "race", 64);

// A buffer that is filled anew while it is still copied out.
static void filled_while_copied(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream(), other = stream();
  int* page = nullptr;
  cudaMallocHost(&page, 64 * sizeof(int));
  launch(twice, 1, 64, 0, one, y, x);
  cudaMemcpyAsync(page, y, 64 * sizeof(int), cudaMemcpyDeviceToHost, one);
  if (!wrong) cudaStreamSynchronize(one);
  launch(reversed, 1, 32, 0, other, y, x);
  cudaDeviceSynchronize();
  cudaFreeHost(page);
}
HOST_PAIR(filled_while_copied, "race", 64);

// A memset is asynchronous, too.
static void zeroed_meanwhile(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream(), other = stream();
  cudaMemsetAsync(x, 0, 64 * sizeof(int), one);
  if (!wrong) cudaStreamSynchronize(one);
  launch(twice, 1, 64, 0, other, y, x);
  cudaDeviceSynchronize();
}
HOST_PAIR(zeroed_meanwhile, "race", 64);

// Page-locked memory has the result when the host has waited, not before.
static void host_reads_too_early(bool wrong, int* x, int* y, int n) {
  const cudaStream_t one = stream();
  int* page = nullptr;
  cudaMallocHost(&page, 64 * sizeof(int));
  launch(twice, 1, 64, 0, one, y, x);
  cudaMemcpyAsync(page, y, 64 * sizeof(int), cudaMemcpyDeviceToHost, one);
  if (!wrong) cudaStreamSynchronize(one);
  const int last = page[63];  // wrong
  cudaStreamSynchronize(one);
  if (!wrong && last != 2 * 63) std::abort();
  if (wrong && last == 2 * 63 && n == 64) std::abort();
  cudaFreeHost(page);
}
HOST_PAIR(host_reads_too_early, "race", 64);

// The next batch is written where the last one is still copied from.
static void host_writes_too_early(bool wrong, int* x, int* y, int) {
  const cudaStream_t one = stream();
  int* page = nullptr;
  cudaEvent_t copied = nullptr;
  cudaEventCreate(&copied);
  cudaMallocHost(&page, 64 * sizeof(int));
  page[0] = 1;
  cudaMemcpyAsync(x, page, sizeof(int), cudaMemcpyHostToDevice, one);
  cudaEventRecord(copied, one);
  if (!wrong) cudaEventSynchronize(copied);
  page[0] = 2;  // wrong
  launch(twice, 1, 1, 0, one, y, x);
  cudaStreamSynchronize(one);
  cudaFreeHost(page);
  cudaEventDestroy(copied);
}
HOST_PAIR(host_writes_too_early, "race", 64);
