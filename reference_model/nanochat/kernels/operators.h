// The kernels as operators of LibTorch, each with its gradient: "nanochat::rms_norm" and so on.
// They take float32 and bfloat16 tensors of one device, contiguous or not, and run on its current
// stream. Gradients of gradients are refused.
//
// Which device that is depends on the build: a GPU where the tree is built with CUDA, else the
// CPU, on which the emulator runs them. A tensor on the meta device gets the shape of its result
// and nothing is computed.
//
// Shapes: N rows, C channels, V token ids, B rows in a batch, T positions, H query heads, KV key
// and value heads, D channels a head. Where N is said, any number of leading dimensions will do.
// Errors: c10::Error for shapes and formats that an operator does not take.

#pragma once

#include <torch/types.h>

#include <string>
#include <utility>
#include <vector>

namespace nanochat::operators {

// y = x / sqrt(mean(x²) + eps) along rows; x, y (N, C).
torch::Tensor rms_norm(const torch::Tensor& x, double eps);

// max(x, 0)², value by value.
torch::Tensor relu2(const torch::Tensor& x);

// Rotates the pairs (i, i + D/2) of x (B, T, H, D) by the angles of cos and sin (T, D/2), which are
// constants: they have no gradient.
torch::Tensor rotary(const torch::Tensor& x, const torch::Tensor& cos, const torch::Tensor& sin);

// Probabilities of logits along rows; x, y (N, C).
torch::Tensor softmax(const torch::Tensor& x);

// The loss of each row: z = cap·tanh(logits / cap), log Σ exp z − z[target]; zero where the target
// is ignore_index. logits (N, V), targets (N) of int64; losses (N) of float32. cap is above 0 and
// at most 40. Capped logits and probabilities are never stored.
torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets, double cap,
                            int64_t ignore_index);

// Rows of weight (V, C) by tokens (N) of int64; (N, C). The gradient is the same to the last bit
// every time.
torch::Tensor embedding(const torch::Tensor& weight, const torch::Tensor& tokens);

// Causal attention with grouped heads: q, y (B, H, T, D); k, v (B, KV, T, D); H a multiple of KV,
// D at most 128.
torch::Tensor attention(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v);

// One step of AdamW for all of these in one launch, in place; `step` counts from one. All of
// float32, four lists of the same shapes. Gradients are multiplied by `gradient_scale`, a tensor of
// one float32, if there is one.
struct AdamWTensors {
  std::vector<torch::Tensor> values, gradients, exp_avg, exp_avg_sq;
  std::vector<double> lr, weight_decay;  // of each
};
void adamw_(const AdamWTensors& tensors, int64_t step, double beta1, double beta2, double eps,
            const torch::Tensor& gradient_scale = {});

// The 2-norm of all gradients together, and what to multiply them with so that it is at most
// max_norm: two tensors of one float32 each, on their device.
std::pair<torch::Tensor, torch::Tensor> gradient_norm(const std::vector<torch::Tensor>& gradients,
                                                      double max_norm);

// A token (N) of int64 for each row of logits (N, V), by its number of `uniforms` (N) in [0, 1);
// temperature zero takes the first of the largest.
torch::Tensor sample(const torch::Tensor& logits, const torch::Tensor& uniforms,
                     double temperature);

// Where tensors have to be for the kernels to take them.
torch::Device device();

// Threads in a block of every kernel from here on, a multiple of 32 and at most 1024, else
// c10::Error. At first 256 on a GPU and 64 in the emulator.
void set_block_size(int64_t threads);

// What the emulator found wrong in kernels that ran. On a GPU nothing is ever found: that is what
// NVIDIA's compute-sanitizer is for, whose tools have these names.
struct Finding {
  std::string tool;   // racecheck, memcheck, initcheck or synccheck
  std::string words;  // what it is, and how often, in one line
  std::string text;   // the whole of it, with kernel, threads and lines
};
std::vector<Finding> take_findings();  // since the last call

// The order in which the emulator's threads run from here on: 0 is their own, any other number
// draws one.
void set_schedule(uint64_t seed);

}  // namespace nanochat::operators
