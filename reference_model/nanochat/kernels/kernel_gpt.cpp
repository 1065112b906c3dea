// The GPT as the kernels compute it. Contracts are in the header.

#include "nanochat/kernels/kernel_gpt.h"

#include "nanochat/rotary.h"

namespace nanochat {

namespace {

constexpr double kEps = 1e-6;      // rms_norm's
constexpr double kSoftcap = 15.0;  // the model's

torch::Tensor attention(CausalSelfAttention& layer, const torch::Tensor& x,
                        const RotaryCache& table) {
  const int64_t B = x.size(0), T = x.size(1), C = x.size(2), D = layer->head_dim;
  torch::Tensor q = layer->c_q(x).view({B, T, layer->n_head, D});
  torch::Tensor k = layer->c_k(x).view({B, T, layer->n_kv_head, D});
  const torch::Tensor v = layer->c_v(x).view({B, T, layer->n_kv_head, D});
  q = operators::rms_norm(operators::rotary(q, table.cos, table.sin), kEps);
  k = operators::rms_norm(operators::rotary(k, table.cos, table.sin), kEps);
  const torch::Tensor y =
      operators::attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2));
  return layer->c_proj(y.transpose(1, 2).contiguous().view({B, T, C}));
}

}  // namespace

torch::Tensor kernel_logits(GPT& model, const torch::Tensor& idx) {
  const GPTConfig& config = model->config;
  TORCH_CHECK(config.positions == Positions::rotary && config.dropout == 0.0 && config.window == 0,
              "the kernels compute a model with rotary positions and neither dropout nor a window");
  TORCH_CHECK(idx.dim() == 2, "the model needs token ids of shape (B, T), not ", idx.sizes());
  const RotaryCache table = model->rotary.rows(0, idx.size(1)).to(idx.device());
  torch::Tensor x = operators::rms_norm(operators::embedding(model->wte->weight, idx), kEps);
  for (Block& block : model->blocks) {
    x = x + attention(block->attn, operators::rms_norm(x, kEps), table);
    const torch::Tensor h = block->mlp->c_fc(operators::rms_norm(x, kEps));  // (B, T, 4C)
    x = x + block->mlp->c_proj(operators::relu2(h));
  }
  x = operators::rms_norm(x, kEps);
  return torch::linear(x, model->lm_head ? model->lm_head->weight : model->wte->weight);
}

torch::Tensor kernel_loss(GPT& model, const torch::Tensor& idx, const torch::Tensor& targets) {
  const torch::Tensor losses =
      operators::cross_entropy(kernel_logits(model, idx), targets, kSoftcap, -1);  // (B, T)
  return losses.sum() / targets.ne(-1).sum();
}

KernelAdamW::KernelAdamW(GPT& model, const Settings& settings)
    : settings_(settings), parameters_(model->parameters()) {
  for (const torch::Tensor& parameter : parameters_) {
    const bool is_table = parameter.size(0) == model->config.vocab_size;
    tensors_.values.push_back(parameter.detach());
    tensors_.exp_avg.push_back(torch::zeros_like(parameter));
    tensors_.exp_avg_sq.push_back(torch::zeros_like(parameter));
    tensors_.weight_decay.push_back(is_table ? 0.0 : settings.weight_decay);
  }
}

double KernelAdamW::step(double lr) {
  tensors_.gradients.clear();
  for (torch::Tensor& parameter : parameters_) {
    tensors_.gradients.push_back(parameter.grad().contiguous());
    parameter.mutable_grad().reset();
  }
  const auto [norm, scale] = operators::gradient_norm(tensors_.gradients, settings_.grad_clip);
  tensors_.lr.assign(parameters_.size(), lr);
  steps_ += 1;
  operators::adamw_(tensors_, steps_, settings_.beta1, settings_.beta2, settings_.eps, scale);
  return norm.item<double>();
}

std::vector<int64_t> kernel_sample(GPT& model, std::vector<int64_t> tokens, int64_t count,
                                   double temperature) {
  const torch::NoGradGuard no_grad;
  const torch::Device device = operators::device();
  for (int64_t i = 0; i < count; ++i) {
    const torch::Tensor idx = torch::tensor(tokens, torch::kInt64).unsqueeze(0).to(device);
    const torch::Tensor last = kernel_logits(model, idx).select(1, idx.size(1) - 1);  // (1, V)
    const torch::Tensor capped = kSoftcap * torch::tanh(last / kSoftcap);
    const torch::Tensor drawn =
        operators::sample(capped, torch::rand({1}).to(device), temperature);  // (1)
    tokens.push_back(drawn.item<int64_t>());
  }
  return tokens;
}

}  // namespace nanochat
