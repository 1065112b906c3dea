// The kernels, as a host calls them. Pointers are to the device's memory, tensors are contiguous
// and begin at a multiple of sixteen bytes; T is float or __nv_bfloat16. Every function only starts
// its work, on `shape.stream`: errors of the launch are cudaGetLastError's. Sizes that a kernel
// does not take are a std::invalid_argument, thrown before anything is started.
//
// Each stands in the file of its name, with how it is laid out. Shapes: N rows (or tokens), C
// channels, V token ids, B rows in a batch, T positions, H query heads, KV key and value heads, D
// channels a head.

#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>

namespace nanochat::kernels {

// How a kernel is spread: threads a block, a multiple of 32, and the most blocks. Results do not
// depend on it but for the order of sums.
struct Shape {
  int threads = 256;
  int max_blocks = 65535;
  cudaStream_t stream = nullptr;
};

// y = x / sqrt(mean(x²) + eps) along rows of C; x, y (N, C). Backward: dx of dy.
template <typename T>
void rms_norm_forward(T* y, const T* x, int64_t N, int64_t C, float eps, Shape shape = {});
template <typename T>
void rms_norm_backward(T* dx, const T* dy, const T* x, int64_t N, int64_t C, float eps,
                       Shape shape = {});

// y = max(x, 0)², value by value. Backward: dx of dy.
template <typename T>
void relu2_forward(T* y, const T* x, int64_t count, Shape shape = {});
template <typename T>
void relu2_backward(T* dx, const T* dy, const T* x, int64_t count, Shape shape = {});

// Rotates the pairs (i, i + D/2) of x (B, T, H, D) by the angles of cos and sin (T, D/2): y1 = x1·c
// + x2·s, y2 = −x1·s + x2·c. Backward: dx of dy, the rotation the other way.
template <typename T>
void rotary_forward(T* y, const T* x, const float* cos, const float* sin, int B, int T_, int H,
                    int D, Shape shape = {});
template <typename T>
void rotary_backward(T* dx, const T* dy, const float* cos, const float* sin, int B, int T_, int H,
                     int D, Shape shape = {});

// Probabilities of logits along rows of C; x, y (N, C). Backward: dx of dy, from y.
template <typename T>
void softmax_forward(T* y, const T* x, int64_t N, int64_t C, Shape shape = {});
template <typename T>
void softmax_backward(T* dx, const T* dy, const T* y, int64_t N, int64_t C, Shape shape = {});

// Cross-entropy of soft-capped logits: z = cap·tanh(logits / cap), cap at most 40, loss = log Σ exp
// z − z[target]. logits (N, V), targets, losses and log_sums (N). A target of ignore_index has loss
// zero. Backward: dlogits of upstream (N), the gradient of the losses; rows that are ignored get
// zeros. It may overwrite logits.
template <typename T>
void cross_entropy_forward(float* losses, float* log_sums, const T* logits, const int* targets,
                           int64_t N, int64_t V, float cap, int ignore_index, Shape shape = {});
template <typename T>
void cross_entropy_backward(T* dlogits, const T* logits, const float* log_sums, const int* targets,
                            int64_t N, int64_t V, float cap, int ignore_index,
                            const float* upstream, Shape shape = {});

// A parameter as AdamW and the gradient norm see it; all pointers are to float.
struct Parameter {
  float* values;
  const float* gradient;
  float *exp_avg, *exp_avg_sq;
  int64_t count;
  float lr, weight_decay;
};

// One step of AdamW for all parameters (an array on the device) in one launch. `step` counts from
// one. Gradients are multiplied by *gradient_scale, which is on the device too: what clips them, if
// not null.
void adamw(const Parameter* parameters, int parameter_count, int step, float beta1, float beta2,
           float eps, const float* gradient_scale, Shape shape = {});

// The Euclidean norm of all gradients together, to *norm; and what to multiply them with so that it
// is at most max_norm, to *scale. `partial` has room for shape.max_blocks (at most 1024 are used)
// doubles, `arrived` is one counter that is zero before and after.
void gradient_norm(float* norm, float* scale, const Parameter* parameters, int parameter_count,
                   float max_norm, double* partial, unsigned* arrived, Shape shape = {});

// Adds the rows of dy (N, C) to the rows of dweight (V, C) that tokens (N) name: with atomics, in
// whatever order, or in the order of the tokens, the same to the last bit every time.
template <typename T>
void embedding_backward_atomic(float* dweight, const T* dy, const int* tokens, int64_t N, int64_t C,
                               Shape shape = {});
template <typename T>
void embedding_backward(float* dweight, const T* dy, const int* tokens, int64_t N, int64_t C,
                        int64_t V, Shape shape = {});

// Causal attention with grouped heads: q, y (B, H, T, D); k, v (B, KV, T, D); H a multiple of KV, D
// at most 128. log_sums (B, H, T) is for the backward pass, which needs `products` (B, H, T) as
// room.
template <typename T>
void attention_forward(T* y, float* log_sums, const T* q, const T* k, const T* v, int B, int T_,
                       int H, int KV, int D, Shape shape = {});
template <typename T>
void attention_backward(T* dq, T* dk, T* dv, float* products, const T* dy, const T* y,
                        const float* log_sums, const T* q, const T* k, const T* v, int B, int T_,
                        int H, int KV, int D, Shape shape = {});

// Draws a token of each row of logits (N, V) by its `uniforms` value in [0, 1]: the first whose
// cumulated probability, at this temperature, exceeds it. Temperature zero takes the first of the
// largest.
template <typename T>
void sample(int* tokens, const T* logits, const float* uniforms, int64_t N, int64_t V,
            float temperature, Shape shape = {});

}  // namespace nanochat::kernels
