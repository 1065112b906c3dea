// The model as a function. Contracts are in the header.

#include "nanochat/functional_gpt.h"

#include <algorithm>
#include <cmath>

namespace nanochat {

namespace {

torch::Tensor unit_rms(const torch::Tensor& x) {
  return at::rms_norm(x, {x.size(-1)}, {}, 1e-6);
}

// x (B, H, T, D), turned: channels j and j + D/2 are one complex number, position t an angle.
torch::Tensor turn(const torch::Tensor& x) {
  const int64_t T = x.size(2), D = x.size(3);
  const auto options = torch::dtype(torch::kFloat64).device(x.device());
  const torch::Tensor frequency = torch::pow(10000.0, -torch::arange(0, D, 2, options) / D);
  const torch::Tensor angle = torch::outer(torch::arange(T, options), frequency);  // (T, D/2)
  const torch::Tensor direction = torch::polar(torch::ones_like(angle), -angle);
  const auto halves = x.chunk(2, -1);
  const torch::Tensor pairs = torch::complex(halves[0], halves[1]);
  const torch::Tensor turned = pairs * direction.to(pairs.scalar_type());
  return torch::cat({torch::real(turned), torch::imag(turned)}, -1);
}

// x (B, T, C) to (B, T, C) with the weights whose names begin with `name`.
torch::Tensor attention(const GPTConfig& config, const Weights& weights, const std::string& name,
                        const torch::Tensor& x) {
  const int64_t B = x.size(0), T = x.size(1), D = config.n_embd / config.n_head;
  const auto heads = [&](const char* which, int64_t count) {
    const torch::Tensor y = torch::linear(x, weights.at(name + which + ".weight"));
    return y.view({B, T, count, D}).transpose(1, 2);  // (B, count, T, D)
  };
  const bool learned = config.positions == Positions::learned;
  torch::Tensor q = heads("c_q", config.n_head), k = heads("c_k", config.n_kv_head);
  q = unit_rms(learned ? q : turn(q));
  k = unit_rms(learned ? k : turn(k));
  const int64_t shared = config.n_head / config.n_kv_head;
  torch::Tensor mask = torch::ones({T, T}, x.options().dtype(torch::kBool)).tril();
  if (config.window > 0) mask = mask.triu(1 - config.window);
  const torch::Tensor y =
      at::scaled_dot_product_attention(q, k.repeat_interleave(shared, 1),
                                       heads("c_v", config.n_kv_head).repeat_interleave(shared, 1),
                                       mask);  // (B, H, T, D)
  return torch::linear(y.transpose(1, 2).reshape({B, T, config.n_embd}),
                       weights.at(name + "c_proj.weight"));
}

}  // namespace

Weights copy_weights(GPT& model) {
  Weights weights;
  for (const auto& item : model->named_parameters()) {
    weights[item.key()] = item.value().detach().clone().requires_grad_();
  }
  return weights;
}

torch::Tensor functional_logits(const GPTConfig& config, const Weights& weights,
                                const torch::Tensor& idx) {
  const int64_t T = idx.size(1);
  const torch::Tensor& table = weights.at("wte.weight");
  torch::Tensor x = at::embedding(table, idx.to(table.device()));  // (B, T, C)
  if (config.positions == Positions::learned) x = x + weights.at("wpe.weight").narrow(0, 0, T);
  x = unit_rms(x);
  for (int64_t layer = 0; layer < config.n_layer; ++layer) {
    const std::string block = "h" + std::to_string(layer) + ".";
    x = x + attention(config, weights, block + "attn.", unit_rms(x));
    const torch::Tensor h = torch::linear(unit_rms(x), weights.at(block + "mlp.c_fc.weight"));
    x = x + torch::linear(at::clamp_min(h, 0).pow(2), weights.at(block + "mlp.c_proj.weight"));
  }
  const std::string head = config.tie_embeddings ? "wte.weight" : "lm_head.weight";
  const torch::Tensor logits = torch::linear(unit_rms(x), weights.at(head));  // (B, T, V)
  return 15.0 * torch::tanh(logits / 15.0);
}

torch::Tensor functional_loss(const GPTConfig& config, const Weights& weights,
                              const torch::Tensor& idx, const torch::Tensor& targets) {
  const torch::Tensor logits = functional_logits(config, weights, idx);
  return at::cross_entropy_loss(logits.flatten(0, 1), targets.to(logits.device()).flatten(), {},
                                at::Reduction::Mean,
                                /*ignore_index=*/-1);
}

Optimizers functional_optimizers(GPT& model, const Weights& weights,
                                 const OptimizerConfig& options) {
  Optimizers optimizers = model->configure_optimizers(options);
  const auto exchange = [&](auto& groups) {
    for (auto& group : groups) {
      for (torch::Tensor& param : group.params) {
        for (const auto& item : model->named_parameters()) {
          if (!item.value().is_same(param)) continue;
          param = weights.at(item.key());
          break;
        }
      }
    }
  };
  exchange(optimizers.adamw.groups);
  exchange(optimizers.muon.groups);
  return optimizers;
}

double weights_apart(GPT& model, const Weights& weights) {
  double apart = 0.0;
  for (const auto& item : model->named_parameters()) {
    const torch::Tensor difference = item.value().detach() - weights.at(item.key()).detach();
    apart = std::max(apart, difference.abs().max().item<double>());
  }
  return apart;
}

}  // namespace nanochat
