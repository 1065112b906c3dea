// Causal self-attention with grouped key and value heads, written out. Contracts are in the header.

#include "nanochat/attention.h"

#include <cmath>
#include <limits>
#include <tuple>

#include "nanochat/rmsnorm.h"
#include "nanochat/softmax.h"
#include "nanochat/watch.h"

namespace nanochat {

torch::Tensor causal_mask(int64_t T, int64_t S, torch::Device device) {
  TORCH_CHECK(T <= S, "causal_mask: ", T, " queries do not fit into ", S, " positions");
  return torch::ones({T, S}, torch::dtype(torch::kBool).device(device)).tril(S - T);
}

torch::Tensor window_mask(int64_t T, int64_t S, int64_t window, torch::Device device) {
  TORCH_CHECK(T <= S, "window_mask: ", T, " queries do not fit into ", S, " positions");
  TORCH_CHECK(window > 0, "window_mask: the window must be positive, not ", window);
  return torch::ones({T, S}, torch::dtype(torch::kBool).device(device)).triu(S - T - window + 1);
}

torch::Tensor packed_causal_mask(const torch::Tensor& segments) {
  TORCH_CHECK(segments.dim() == 2, "segments must have the shape (B, T), not ", segments.sizes());
  const int64_t T = segments.size(1);
  const torch::Tensor same = segments.unsqueeze(2) == segments.unsqueeze(1);  // (B, T, T)
  return (same & causal_mask(T, T, segments.device())).unsqueeze(1);          // (B, 1, T, T)
}

torch::Tensor repeat_kv(const torch::Tensor& x, int64_t n_rep) {
  const int64_t B = x.size(0), KV = x.size(1), S = x.size(2), D = x.size(3);
  return x.unsqueeze(2).expand({B, KV, n_rep, S, D}).reshape({B, KV * n_rep, S, D});
}

torch::Tensor scaled_dot_product_attention(const torch::Tensor& q, const torch::Tensor& k,
                                           const torch::Tensor& v, const torch::Tensor& keep) {
  const int64_t H = q.size(1), D = q.size(3), KV = k.size(1);
  TORCH_CHECK(H % KV == 0, KV, " key and value heads do not divide ", H, " query heads");
  const torch::Tensor keys = repeat_kv(k, H / KV);    // (B, H, S, D)
  const torch::Tensor values = repeat_kv(v, H / KV);  // (B, H, S, D)

  const double minus_infinity = -std::numeric_limits<double>::infinity();
  const double scale = std::sqrt(static_cast<double>(D));
  torch::Tensor scores = torch::matmul(q, keys.transpose(-2, -1)) / scale;  // (B, H, T, S)
  scores = scores.masked_fill(~keep, minus_infinity);
  const torch::Tensor weights = nanochat::softmax(scores, -1);  // (B, H, T, S)
  watch("weights", weights);
  return torch::matmul(weights, values);  // (B, H, T, D)
}

CausalSelfAttentionImpl::CausalSelfAttentionImpl(int64_t n_embd, int64_t n_head, int64_t n_kv_head,
                                                 int64_t layer, double dropout)
    : n_head(n_head), n_kv_head(n_kv_head), layer(layer), dropout(dropout) {
  TORCH_CHECK(n_embd > 0 && n_head > 0 && n_kv_head > 0,
              "n_embd, n_head and n_kv_head must be positive");
  TORCH_CHECK(n_embd % n_head == 0, "n_embd ", n_embd, " is not a multiple of n_head ", n_head);
  TORCH_CHECK(n_head % n_kv_head == 0, "n_head ", n_head, " is not a multiple of n_kv_head ",
              n_kv_head);
  head_dim = n_embd / n_head;
  TORCH_CHECK(head_dim % 2 == 0, "a head has ", head_dim,
              " channels, but rotary embedding needs an even number");

  const auto linear = [](int64_t in, int64_t out) {
    return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(false));
  };
  c_q = register_module("c_q", linear(n_embd, n_head * head_dim));
  c_k = register_module("c_k", linear(n_embd, n_kv_head * head_dim));
  c_v = register_module("c_v", linear(n_embd, n_kv_head * head_dim));
  c_proj = register_module("c_proj", linear(n_embd, n_embd));
}

torch::Tensor CausalSelfAttentionImpl::forward(const torch::Tensor& x, const RotaryCache& rotary,
                                               const torch::Tensor& keep, KVCache* cache) {
  const int64_t B = x.size(0), T = x.size(1), C = x.size(2);
  torch::Tensor q = c_q(x).view({B, T, n_head, head_dim});     // (B, T, H, D)
  torch::Tensor k = c_k(x).view({B, T, n_kv_head, head_dim});  // (B, T, KV, D)
  torch::Tensor v = c_v(x).view({B, T, n_kv_head, head_dim});  // (B, T, KV, D)

  q = apply_rotary(q, rotary.cos, rotary.sin);
  k = apply_rotary(k, rotary.cos, rotary.sin);
  q = rms_norm(q);
  k = rms_norm(k);

  q = q.transpose(1, 2);                                          // (B, H, T, D)
  k = k.transpose(1, 2);                                          // (B, KV, T, D)
  v = v.transpose(1, 2);                                          // (B, KV, T, D)
  if (cache) std::tie(k, v) = cache->insert(layer, k, v);         // (B, KV, S, D)
  torch::Tensor y = scaled_dot_product_attention(q, k, v, keep);  // (B, H, T, D)
  watch("attn", y);

  y = y.transpose(1, 2).contiguous().view({B, T, C});  // the heads side by side again
  return torch::dropout(c_proj(y), dropout, is_training());
}

}  // namespace nanochat
