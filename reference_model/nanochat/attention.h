// Causal self-attention with grouped key and value heads (Vaswani et al. 2017, arXiv:1706.03762;
// Ainslie et al. 2023, arXiv:2305.13245).
//
// Everything here is spelled out in tensor operations instead of calling a fused kernel: attention
// is what people debug, and a fused kernel cannot be debugged. It costs memory, (B, H, T, S) scores
// a layer, which a small model can afford.

#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include "nanochat/kv_cache.h"
#include "nanochat/rotary.h"
#include "nanochat/torch_modules.h"

namespace nanochat {

// Which of S keys each of T queries may attend to, (T, S) of bool, true = may attend. The queries
// are the last T of the S positions, so a query never sees what comes after it, also when the keys
// include an older context. Requires T <= S.
torch::Tensor causal_mask(int64_t T, int64_t S, torch::Device device = torch::kCPU);

// Which of S keys are among the last `window` positions of each of T queries, its own included, (T,
// S) of bool. Together with causal_mask() that is sliding-window attention (Beltagy et al. 2020,
// arXiv:2004.05150). Requires T <= S and a positive window.
torch::Tensor window_mask(int64_t T, int64_t S, int64_t window, torch::Device device = torch::kCPU);

// As causal_mask(), for rows in which several sequences are packed behind one another, (B, 1, T, T)
// of bool: no query sees another sequence. `segments` (B, T) of int64 says which sequence each
// position belongs to; the number has no meaning beyond being the same or another.
torch::Tensor packed_causal_mask(const torch::Tensor& segments);

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

// The attention layer: x (B, T, C) to (B, T, C).
class CausalSelfAttentionImpl : public torch::nn::Module {
 public:
  // n_head must divide n_embd, n_kv_head must divide n_head, and a head must have an even number of
  // channels; throws c10::Error otherwise. `layer` is the layer's place in the model, counted from
  // 0. With probability `dropout` an entry of the output is dropped in training.
  CausalSelfAttentionImpl(int64_t n_embd, int64_t n_head, int64_t n_kv_head, int64_t layer = 0,
                          double dropout = 0.0);

  // `rotary` holds the rows of x's positions. `keep` says who may attend to whom, as for
  // scaled_dot_product_attention, over S keys: those of `cache`, if there is one, and then x's own,
  // which are added to it.
  torch::Tensor forward(const torch::Tensor& x, const RotaryCache& rotary,
                        const torch::Tensor& keep, KVCache* cache = nullptr);

  int64_t n_head, n_kv_head, head_dim, layer;
  double dropout;
  torch::nn::Linear c_q{nullptr}, c_k{nullptr}, c_v{nullptr}, c_proj{nullptr};
};
TORCH_MODULE(CausalSelfAttention);

}  // namespace nanochat
