// The GPT model. Contracts and the list of features are in the header.

#include "nanochat/gpt.h"

#include <algorithm>
#include <cmath>

#include "nanochat/left_padding.h"
#include "nanochat/loss.h"
#include "nanochat/recompute.h"
#include "nanochat/rmsnorm.h"
#include "nanochat/watch.h"

namespace nanochat {

MLPImpl::MLPImpl(int64_t n_embd, double dropout) : dropout(dropout) {
  using torch::nn::LinearOptions;
  c_fc = register_module("c_fc", torch::nn::Linear(LinearOptions(n_embd, 4 * n_embd).bias(false)));
  c_proj =
      register_module("c_proj", torch::nn::Linear(LinearOptions(4 * n_embd, n_embd).bias(false)));
}

torch::Tensor MLPImpl::forward(const torch::Tensor& x) {
  const torch::Tensor h = torch::relu(c_fc(x)).square();  // (B, T, 4C)
  watch("mlp", h);
  return torch::dropout(c_proj(h), dropout, is_training());  // (B, T, C)
}

BlockImpl::BlockImpl(const GPTConfig& config, int64_t layer) {
  attn = register_module("attn", CausalSelfAttention(config.n_embd, config.n_head, config.n_kv_head,
                                                     layer, config.dropout));
  mlp = register_module("mlp", MLP(config.n_embd, config.dropout));
}

torch::Tensor BlockImpl::forward(torch::Tensor x, const RotaryCache& rotary,
                                 const torch::Tensor& keep, KVCache* cache) {
  x = x + attn(rms_norm(x), rotary, keep, cache);
  x = x + mlp(rms_norm(x));
  return x;
}

GPTImpl::GPTImpl(const GPTConfig& config) : config(config) {
  TORCH_CHECK(config.sequence_len > 0 && config.vocab_size > 0 && config.n_layer > 0,
              "sequence_len, vocab_size and n_layer must be positive");
  TORCH_CHECK(config.dropout >= 0.0 && config.dropout < 1.0,
              "dropout is a probability below one, not ", config.dropout);
  TORCH_CHECK(config.window >= 0, "window must not be negative, it is ", config.window);
  wte = register_module("wte", torch::nn::Embedding(config.vocab_size, config.n_embd));
  if (config.positions == Positions::learned) {
    wpe = register_module("wpe", LearnedPositions(config.sequence_len, config.n_embd));
  }
  for (int64_t layer = 0; layer < config.n_layer; ++layer) {
    blocks.push_back(register_module("h" + std::to_string(layer), Block(config, layer)));
  }
  if (!config.tie_embeddings) {
    lm_head = register_module(
        "lm_head",
        torch::nn::Linear(torch::nn::LinearOptions(config.n_embd, config.vocab_size).bias(false)));
  }

  // The table is small and generation runs past the length of training, so it is made generously.
  rotary = precompute_rotary(10 * config.sequence_len, config.n_embd / config.n_head);
  init_weights();
}

// The scale of what flows through a layer should depend neither on its width nor on its depth: the
// spectral condition of arXiv:2310.17813 sees to the first, blocks that start out as the identity
// to the second. The first loss is that of a uniform guess. A tied table gives each token a logit
// of its own that grows with the table, so it is drawn as small as GPT-2's.
void GPTImpl::init_weights() {
  torch::NoGradGuard no_grad;
  const auto init_linear = [](torch::nn::Linear& linear) {
    const double fan_out = static_cast<double>(linear->weight.size(0));
    const double fan_in = static_cast<double>(linear->weight.size(1));
    linear->weight.normal_(0.0, std::min(1.0, std::sqrt(fan_out / fan_in)) / std::sqrt(fan_in));
  };
  wte->weight.normal_(0.0, config.tie_embeddings ? 0.02 : 1.0);
  if (wpe) wpe->weight.normal_(0.0, 0.1);
  for (Block& block : blocks) {
    init_linear(block->attn->c_q);
    init_linear(block->attn->c_k);
    init_linear(block->attn->c_v);
    init_linear(block->mlp->c_fc);
    block->attn->c_proj->weight.zero_();
    block->mlp->c_proj->weight.zero_();
  }
  if (lm_head) lm_head->weight.zero_();
}

torch::Tensor GPTImpl::forward(const torch::Tensor& idx, KVCache* cache,
                               const torch::Tensor& segments) {
  TORCH_CHECK(idx.dim() == 2, "the model needs token ids of shape (B, T), not ", idx.sizes());
  TORCH_CHECK(!cache || !segments.defined(), "packed sequences cannot go on from a cache");
  const torch::Tensor padding = cache ? cache->padding() : torch::Tensor();  // (B)
  TORCH_CHECK(!wpe || !padding.defined(), "learned positions cannot be moved by padding");
  const int64_t T = idx.size(1), past = cache ? cache->position() : 0;
  const torch::Device device = wte->weight.device();
  torch::Tensor keep = segments.defined() ? packed_causal_mask(segments.to(device))
                                          : causal_mask(T, past + T, device);
  if (config.window > 0) keep = keep & window_mask(T, past + T, config.window, device);
  torch::Tensor x = wte(idx.to(device));  // (B, T, C)
  if (wpe) x = wpe(x, past);
  RotaryCache table = wpe ? no_rotation(T, config.n_embd / config.n_head) : rotary.rows(past, T);
  if (padding.defined()) {
    keep = keep & padding_mask(padding, T, past + T).to(device);  // (B, 1, T, S)
    table = rotary.at(token_positions(padding, past, T));
  }
  const RotaryCache positions = table.to(x.options().requires_grad(false));

  x = rms_norm(x);
  for (Block& block : blocks) {
    if (recompute_blocks && is_training() && !cache) {
      x = recompute([=](const torch::Tensor& in) mutable { return block(in, positions, keep); }, x);
    } else {
      x = block(x, positions, keep, cache);
    }
    watch("block", x);
  }
  x = rms_norm(x);

  // At least float32 from here on: the softmax that follows has no use for fewer digits.
  torch::Tensor logits = lm_head ? lm_head(x) : torch::linear(x, wte->weight);  // (B, T, V)
  if (logits.scalar_type() != torch::kFloat64) logits = logits.to(torch::kFloat32);
  const double softcap = 15.0;
  return softcap * torch::tanh(logits / softcap);
}

torch::Tensor GPTImpl::loss(const torch::Tensor& idx, const torch::Tensor& targets,
                            const torch::Tensor& segments, double label_smoothing) {
  const torch::Tensor logits = forward(idx, nullptr, segments);  // (B, T, V)
  return cross_entropy(logits, targets.to(logits.device()), -1, label_smoothing);
}

Optimizers GPTImpl::configure_optimizers(const OptimizerConfig& options) {
  std::vector<torch::Tensor> matrices;
  for (Block& block : blocks) {
    for (const torch::Tensor& weight : block->parameters()) matrices.push_back(weight);
  }
  std::vector<torch::Tensor> tables = lm_head ? wte->parameters() : std::vector<torch::Tensor>();
  if (wpe) tables.push_back(wpe->weight);
  // Adam's step does not shrink as a table gets wider, but its effect on the logits grows.
  const double width_scale = std::pow(static_cast<double>(config.n_embd) / 768.0, -0.5);
  const double head_lr = options.unembedding_lr * width_scale;
  const double embedding_lr = options.embedding_lr * width_scale;
  AdamWGroup head{.name = "head",
                  .params = lm_head ? lm_head->parameters() : wte->parameters(),
                  .lr = head_lr,
                  .initial_lr = head_lr,
                  .weight_decay = options.weight_decay};
  AdamWGroup embedding{.name = "embedding",
                       .params = tables,
                       .lr = embedding_lr,
                       .initial_lr = embedding_lr,
                       .weight_decay = options.weight_decay};
  MuonGroup matrix{.name = "matrix",
                   .params = matrices,
                   .lr = options.matrix_lr,
                   .initial_lr = options.matrix_lr};
  return {AdamW({head, embedding}), Muon({matrix})};
}

int64_t GPTImpl::num_parameters() const {
  int64_t count = 0;
  for (const torch::Tensor& weight : parameters()) count += weight.numel();
  return count;
}

}  // namespace nanochat
