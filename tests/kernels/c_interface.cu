// The kernels by names of C, for tools/gpu-check, which measures them on tensors of PyTorch.
#include "kernels.h"

using namespace nanochat::kernels;
using bf16 = __nv_bfloat16;

namespace {

Shape on(void* stream, int threads) {
  Shape shape;
  shape.threads = threads;
  shape.stream = static_cast<cudaStream_t>(stream);
  return shape;
}

}  // namespace

#define BOTH(declare) declare(float, f32) declare(bf16, bf16)

#define DECLARE(T, name)                                                                                     \
  extern "C" void rms_norm_forward_##name(void* y, const void* x, int64_t N, int64_t C, void* stream) {      \
    rms_norm_forward(static_cast<T*>(y), static_cast<const T*>(x), N, C, 1e-6f, on(stream, 256));            \
  }                                                                                                          \
  extern "C" void rms_norm_backward_##name(void* dx, const void* dy, const void* x, int64_t N, int64_t C,    \
                                           void* stream) {                                                   \
    rms_norm_backward(static_cast<T*>(dx), static_cast<const T*>(dy), static_cast<const T*>(x), N, C, 1e-6f, \
                      on(stream, 256));                                                                      \
  }                                                                                                          \
  extern "C" void relu2_forward_##name(void* y, const void* x, int64_t count, void* stream) {                \
    relu2_forward(static_cast<T*>(y), static_cast<const T*>(x), count, on(stream, 256));                     \
  }                                                                                                          \
  extern "C" void relu2_backward_##name(void* dx, const void* dy, const void* x, int64_t count,              \
                                        void* stream) {                                                      \
    relu2_backward(static_cast<T*>(dx), static_cast<const T*>(dy), static_cast<const T*>(x), count,          \
                   on(stream, 256));                                                                         \
  }                                                                                                          \
  extern "C" void rotary_forward_##name(void* y, const void* x, const float* cos, const float* sin, int B,   \
                                        int T_, int H, int D, void* stream) {                                \
    rotary_forward(static_cast<T*>(y), static_cast<const T*>(x), cos, sin, B, T_, H, D, on(stream, 256));    \
  }                                                                                                          \
  extern "C" void softmax_forward_##name(void* y, const void* x, int64_t N, int64_t C, void* stream) {       \
    softmax_forward(static_cast<T*>(y), static_cast<const T*>(x), N, C, on(stream, 256));                    \
  }                                                                                                          \
  extern "C" void cross_entropy_forward_##name(float* losses, float* log_sums, const void* logits,           \
                                               const int* targets, int64_t N, int64_t V, void* stream) {     \
    cross_entropy_forward(losses, log_sums, static_cast<const T*>(logits), targets, N, V, 15.0f, -1,         \
                          on(stream, 512));                                                                  \
  }                                                                                                          \
  extern "C" void cross_entropy_backward_##name(void* dlogits, const void* logits, const float* log_sums,    \
                                                const int* targets, int64_t N, int64_t V,                     \
                                                const float* upstream, void* stream) {                       \
    cross_entropy_backward(static_cast<T*>(dlogits), static_cast<const T*>(logits), log_sums, targets, N, V, \
                           15.0f, -1, upstream, on(stream, 512));                                            \
  }                                                                                                          \
  extern "C" void embedding_backward_##name(float* dweight, const void* dy, const int* tokens, int64_t N,    \
                                            int64_t C, int64_t V, void* stream) {                            \
    embedding_backward(dweight, static_cast<const T*>(dy), tokens, N, C, V, on(stream, 256));                \
  }                                                                                                          \
  extern "C" void embedding_backward_atomic_##name(float* dweight, const void* dy, const int* tokens,        \
                                                   int64_t N, int64_t C, void* stream) {                     \
    embedding_backward_atomic(dweight, static_cast<const T*>(dy), tokens, N, C, on(stream, 256));            \
  }                                                                                                          \
  extern "C" void attention_forward_##name(void* y, float* log_sums, const void* q, const void* k,           \
                                           const void* v, int B, int T_, int H, int KV, int D,               \
                                           void* stream) {                                                   \
    attention_forward(static_cast<T*>(y), log_sums, static_cast<const T*>(q), static_cast<const T*>(k),      \
                      static_cast<const T*>(v), B, T_, H, KV, D, on(stream, 512));                           \
  }                                                                                                          \
  extern "C" void attention_backward_##name(                                                                 \
      void* dq, void* dk, void* dv, float* products, const void* dy, const void* y, const float* log_sums,   \
      const void* q, const void* k, const void* v, int B, int T_, int H, int KV, int D, void* stream) {      \
    attention_backward(static_cast<T*>(dq), static_cast<T*>(dk), static_cast<T*>(dv), products,              \
                       static_cast<const T*>(dy), static_cast<const T*>(y), log_sums,                        \
                       static_cast<const T*>(q), static_cast<const T*>(k), static_cast<const T*>(v), B, T_,  \
                       H, KV, D, on(stream, 512));                                                           \
  }                                                                                                          \
  extern "C" void sample_##name(int* tokens, const void* logits, const float* uniforms, int64_t N,           \
                                int64_t V, float temperature, void* stream) {                                \
    sample(tokens, static_cast<const T*>(logits), uniforms, N, V, temperature, on(stream, 512));             \
  }
BOTH(DECLARE)

extern "C" void adamw_f32(const void* parameters, int count, int step, void* stream) {
  adamw(static_cast<const Parameter*>(parameters), count, step, 0.8f, 0.95f, 1e-10f, nullptr,
        on(stream, 256));
}

extern "C" void gradient_norm_f32(float* norm, float* scale, const void* parameters, int count,
                                  double* partial, unsigned* arrived, void* stream) {
  gradient_norm(norm, scale, static_cast<const Parameter*>(parameters), count, 1.0f, partial, arrived,
                on(stream, 256));
}
