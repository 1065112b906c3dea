// The gradient of a table of embeddings: each token's row of dy is added to the table's row of that
// token.
//
// With atomics: a thread has a channel of a token and adds it. It is short and fast, and because
// additions of floats are rounded in whatever order they come, two runs differ in the last bits.
//
// In order: a block has a row of the table. It reads the tokens a block's width at a time, collects
// the positions of its own token with ballots, in order, and adds those rows of dy, a thread a
// channel. Every sum has one order, so the result is the same to the bit; the price is that every
// block reads all tokens.

#include "common.cuh"

namespace nanochat::kernels {

namespace {

template <typename T>
__global__ void embedding_atomic_kernel(float* dweight, const T* dy, const int* tokens, int64_t N,
                                        int64_t C) {
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;
  for (int64_t i = blockIdx.x * int64_t{blockDim.x} + threadIdx.x; i < N * C; i += stride) {
    atomicAdd(&dweight[tokens[i / C] * C + i % C], to_float(dy[i]));
  }
}

}  // namespace

// In no unnamed namespace: its dynamic shared memory is a name that others define.
template <typename T>
__global__ void embedding_ordered_kernel(float* dweight, const T* dy, const int* tokens, int64_t N,
                                         int64_t C, int64_t V) {
  extern __shared__ int smem[];
  int* found = smem;                  // (blockDim.x) positions of this row's token, in order
  int* of_warps = smem + blockDim.x;  // (32) how many of them each warp has
  const unsigned warp = threadIdx.x / 32, lane = threadIdx.x % 32, warps = blockDim.x / 32;

  for (int64_t row = blockIdx.x; row < V; row += gridDim.x) {
    for (int64_t begin = 0; begin < N; begin += blockDim.x) {
      const int64_t n = begin + threadIdx.x;
      const bool mine = n < N && tokens[n] == row;
      const unsigned lanes = __ballot_sync(kAllLanes, mine);
      if (lane == 0) of_warps[warp] = __popc(lanes);
      __syncthreads();
      int before = 0, count = 0;
      for (unsigned w = 0; w < warps; ++w) {
        if (w < warp) before += of_warps[w];
        count += of_warps[w];
      }
      if (mine) found[before + __popc(lanes & ((1u << lane) - 1))] = static_cast<int>(n);
      __syncthreads();
      for (int64_t c = threadIdx.x; count > 0 && c < C; c += blockDim.x) {
        float sum = dweight[row * C + c];
        for (int i = 0; i < count; ++i) sum += to_float(dy[found[i] * C + c]);
        dweight[row * C + c] = sum;
      }  // who writes `found` anew is behind the next piece's first barrier
    }
  }
}

template <typename T>
void embedding_backward_atomic(float* dweight, const T* dy, const int* tokens, int64_t N, int64_t C,
                               Shape shape) {
  if (N == 0 || C == 0) return;
  launch(embedding_atomic_kernel<T>, blocks_for((N * C + shape.threads - 1) / shape.threads, shape),
         shape.threads, 0, shape.stream, dweight, dy, tokens, N, C);
}

template <typename T>
void embedding_backward(float* dweight, const T* dy, const int* tokens, int64_t N, int64_t C,
                        int64_t V, Shape shape) {
  if (N == 0 || C == 0) return;
  const size_t shared_bytes = (shape.threads + 32) * sizeof(int);
  launch(embedding_ordered_kernel<T>, blocks_for(V, shape), shape.threads, shared_bytes,
         shape.stream, dweight, dy, tokens, N, C, V);
}

template void embedding_backward_atomic(float*, const float*, const int*, int64_t, int64_t, Shape);
template void embedding_backward_atomic(float*, const __nv_bfloat16*, const int*, int64_t, int64_t,
                                        Shape);
template void embedding_backward(float*, const float*, const int*, int64_t, int64_t, int64_t,
                                 Shape);
template void embedding_backward(float*, const __nv_bfloat16*, const int*, int64_t, int64_t,
                                 int64_t, Shape);

}  // namespace nanochat::kernels
