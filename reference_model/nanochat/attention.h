// Causal self-attention with grouped key and value heads (Vaswani et al. 2017, arXiv:1706.03762;
// Ainslie et al. 2023, arXiv:2305.13245).
//
// Everything here is spelled out in tensor operations instead of calling a fused kernel: attention
// is what people debug, and a fused kernel cannot be debugged. It costs memory, (B, H, T, S) scores
// a layer, which a small model can afford.

#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "nanochat/rotary.h"

namespace nanochat {

// Which of S keys each of T queries may attend to, (T, S) of bool, true = may attend. The queries
// are the last T of the S positions, so a query never sees what comes after it, also when the keys
// include an older context. Requires T <= S.
torch::Tensor causal_mask(int64_t T, int64_t S, torch::Device device = torch::kCPU);

// Repeats each key or value head for the query heads that share it: (B, KV, S, D) becomes
// (B, KV * n_rep, S, D), copies of one head next to each other.
torch::Tensor repeat_kv(const torch::Tensor& x, int64_t n_rep);

// Scaled dot-product attention, out (B, H, T, D) from
//   q    (B, H, T, D)
//   k, v (B, KV, S, D), where KV divides H
//   keep bool, broadcastable to (B, H, T, S), true = may attend.
// A query that may attend to nothing comes out as NaN.
torch::Tensor scaled_dot_product_attention(const torch::Tensor& q, const torch::Tensor& k,
                                           const torch::Tensor& v, const torch::Tensor& keep);

// The attention layer: x (B, T, C) to (B, T, C). `rotary` holds the rows of x's positions.
class CausalSelfAttentionImpl : public torch::nn::Module {
 public:
  // n_head must divide n_embd, n_kv_head must divide n_head, and a head must have an even number of
  // channels; throws c10::Error otherwise.
  CausalSelfAttentionImpl(int64_t n_embd, int64_t n_head, int64_t n_kv_head);

  torch::Tensor forward(const torch::Tensor& x, const RotaryCache& rotary);

  int64_t n_head, n_kv_head, head_dim;
  torch::nn::Linear c_q{nullptr}, c_k{nullptr}, c_v{nullptr}, c_proj{nullptr};
};
TORCH_MODULE(CausalSelfAttention);

}  // namespace nanochat
