// The oracle of the model: see gpt_oracle.h.

#include "gpt_oracle.h"

#include <cmath>

namespace oracle {

const std::vector<nanochat::GPTConfig>& configs() {
  static const std::vector<nanochat::GPTConfig> all = {
      {.sequence_len = 9, .vocab_size = 29, .n_layer = 2, .n_head = 4, .n_kv_head = 2, .n_embd = 24},
      {.sequence_len = 5, .vocab_size = 17, .n_layer = 1, .n_head = 3, .n_kv_head = 3, .n_embd = 12},
      {.sequence_len = 7, .vocab_size = 41, .n_layer = 3, .n_head = 6, .n_kv_head = 1, .n_embd = 36},
      {.sequence_len = 6, .vocab_size = 23, .n_layer = 2, .n_head = 6, .n_kv_head = 3, .n_embd = 48},
  };
  return all;
}

void perturb(torch::nn::Module& module) {
  torch::NoGradGuard no_grad;
  module.to(torch::kFloat64);
  for (Tensor& weight : module.parameters()) {
    weight.add_(torch::randn_like(weight) / std::sqrt(static_cast<double>(weight.size(1))));
  }
}

nanochat::GPT make_gpt(const nanochat::GPTConfig& config) {
  nanochat::GPT model(config);
  perturb(*model);
  torch::NoGradGuard no_grad;
  if (model->lm_head) model->lm_head->weight.mul_(4.0);  // enough for the soft cap to bend the logits
  return model;
}

Tensor token_ids(int64_t B, int64_t T, int64_t V) {
  return torch::randint(V, {B, T}, torch::kInt64);
}

Tensor rms_norm(const Tensor& x, double eps) {
  return at::rms_norm(x, {x.size(-1)}, {}, eps);
}

Tensor attention_layer(nanochat::CausalSelfAttention& attn, const Tensor& x, int64_t H, int64_t KV,
                       int64_t start, int64_t window) {
  const int64_t B = x.size(0), T = x.size(1), D = x.size(2) / H;
  const auto heads = [&](const Tensor& weight, int64_t count) {
    return torch::einsum("btc,hdc->bthd", {x, weight.view({count, D, x.size(2)})});
  };
  const Tensor q = rms_norm(rotate(heads(attn->c_q->weight, H), start));
  const Tensor k = rms_norm(rotate(heads(attn->c_k->weight, KV), start)).repeat_interleave(H / KV, 2);
  const Tensor v = heads(attn->c_v->weight, KV).repeat_interleave(H / KV, 2);
  const Tensor scores = torch::einsum("bthd,bshd->bhts", {q, k}) / std::sqrt(static_cast<double>(D));
  Tensor blocked = torch::zeros({T, T}, torch::kFloat64)
                       .masked_fill(causal(T, T).logical_not(), -std::numeric_limits<double>::infinity());
  if (window > 0) {
    auto cell = blocked.accessor<double, 2>();
    for (int64_t t = 0; t < T; ++t)
      for (int64_t s = 0; s + window <= t; ++s) cell[t][s] = -std::numeric_limits<double>::infinity();
  }
  const Tensor y = torch::einsum("bhts,bshd->bthd", {at::softmax(scores + blocked, -1), v});
  return at::linear(y.reshape({B, T, H * D}), attn->c_proj->weight);
}

Tensor mlp(nanochat::MLP& mlp, const Tensor& x) {
  const Tensor h = at::linear(x, mlp->c_fc->weight);
  return at::linear(at::clamp_min(h, 0.0) * h, mlp->c_proj->weight);
}

Tensor block(nanochat::Block& block, const Tensor& x, int64_t H, int64_t KV, int64_t window) {
  const Tensor y = x + attention_layer(block->attn, rms_norm(x), H, KV, 0, window);
  return y + mlp(block->mlp, rms_norm(y));
}

Tensor head(nanochat::GPT& model, const Tensor& x) {
  const Tensor& table = model->config.tie_embeddings ? model->wte->weight : model->lm_head->weight;
  return 15.0 * at::tanh(at::linear(rms_norm(x), table) / 15.0);
}

Tensor logits(nanochat::GPT& model, const Tensor& idx) {
  const int64_t H = model->config.n_head, KV = model->config.n_kv_head;
  Tensor x = rms_norm(at::embedding(model->wte->weight, idx));
  for (nanochat::Block& layer : model->blocks) x = block(layer, x, H, KV, model->config.window);
  return head(model, x);
}

Tensor loss(nanochat::GPT& model, const Tensor& idx, const Tensor& targets) {
  return at::cross_entropy_loss(logits(model, idx).flatten(0, 1), targets.flatten(), {}, at::Reduction::Mean,
                                -1);
}

std::vector<Tensor> weights(nanochat::GPT& model) {
  std::vector<Tensor> all = {model->wte->weight};
  for (nanochat::Block& layer : model->blocks) {
    for (const torch::nn::Linear& linear : {layer->attn->c_q, layer->attn->c_k, layer->attn->c_v,
                                            layer->attn->c_proj, layer->mlp->c_fc, layer->mlp->c_proj}) {
      all.push_back(linear->weight);
    }
  }
  if (!model->config.tie_embeddings) all.push_back(model->lm_head->weight);
  return all;
}

}  // namespace oracle
