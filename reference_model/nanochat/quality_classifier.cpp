// The quality classifier. Contracts are in the header.

#include "nanochat/quality_classifier.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "nanochat/rmsnorm.h"
#include "nanochat/rotary.h"
#include "nanochat/softmax.h"

namespace nanochat {

torch::Tensor masked_mean(const torch::Tensor& x, const torch::Tensor& mask) {
  const torch::Tensor kept = mask.unsqueeze(-1);                 // (B, T, 1)
  const torch::Tensor total = x.masked_fill(~kept, 0.0).sum(1);  // (B, C)
  const torch::Tensor count = mask.sum(1, /*keepdim=*/true);     // (B, 1)
  return total / count.clamp_min(1).to(x.dtype());
}

QualityClassifierImpl::QualityClassifierImpl(const QualityConfig& config) : config(config) {
  const int64_t n_channels = config.n_embd + config.n_features;
  const GPTConfig block_config{.n_head = config.n_head,
                               .n_kv_head = config.n_kv_head,
                               .n_embd = config.n_embd,
                               .dropout = config.dropout};
  wte = register_module("wte", torch::nn::Embedding(config.vocab_size, config.n_embd));
  wpe = register_module("wpe", LearnedPositions(config.max_len, config.n_embd));
  block = register_module("block", Block(block_config, 0));
  norm = register_module("norm", BatchNorm(n_channels));
  head = register_module("head", torch::nn::Linear(n_channels, kNumClasses));
}

void QualityClassifierImpl::load_embedding(const torch::Tensor& weight) {
  TORCH_CHECK(weight.sizes() == wte->weight.sizes(), "an embedding of shape ", weight.sizes(),
              " does not fit one of shape ", wte->weight.sizes());
  torch::NoGradGuard no_grad;
  wte->weight.copy_(weight);
}

torch::Tensor QualityClassifierImpl::forward(const torch::Tensor& tokens, const torch::Tensor& mask,
                                             const torch::Tensor& features) {
  const int64_t T = tokens.size(1);
  // Every token may attend to every other, before and behind it; order comes from the table alone.
  const torch::Device device = wte->weight.device();
  const torch::Tensor is_token = mask.to(device);                 // (B, T)
  const torch::Tensor keep = is_token.unsqueeze(1).unsqueeze(1);  // (B, 1, 1, T)
  torch::Tensor x = rms_norm(wte(tokens.to(device)));  // (B, T, C), as the base model does
  x = wpe(x);
  const RotaryCache unrotated =
      no_rotation(T, config.n_embd / config.n_head).to(x.options().requires_grad(false));
  x = block(x, unrotated, keep);
  x = rms_norm(x);

  const torch::Tensor pooled = masked_mean(x, is_token);                            // (B, C)
  torch::Tensor h = torch::cat({pooled, features.to(device, x.scalar_type())}, 1);  // (B, C + F)
  h = norm(h);
  h = torch::dropout(h, config.dropout, is_training());
  return head(h);  // (B, K)
}

Optimizers configure_optimizers(QualityClassifier& model, const QualityOptimizerConfig& options) {
  std::vector<torch::Tensor> tables = model->wte->parameters();
  tables.push_back(model->wpe->weight);
  std::vector<torch::Tensor> top = model->norm->parameters();
  for (const torch::Tensor& weight : model->head->parameters()) top.push_back(weight);
  AdamWGroup embedding{.name = "embedding",
                       .params = tables,
                       .lr = options.embedding_lr,
                       .initial_lr = options.embedding_lr,
                       .weight_decay = options.weight_decay};
  AdamWGroup head{.name = "head",
                  .params = top,
                  .lr = options.head_lr,
                  .initial_lr = options.head_lr,
                  .weight_decay = options.weight_decay};
  MuonGroup matrix{.name = "matrix",
                   .params = model->block->parameters(),
                   .lr = options.matrix_lr,
                   .initial_lr = options.matrix_lr};
  return {AdamW({embedding, head}), Muon({matrix})};
}

torch::Tensor class_weights(const std::vector<Example>& examples) {
  std::vector<double> count(kNumClasses, 0.0);
  for (const Example& example : examples) count[static_cast<size_t>(example.label)] += 1.0;
  torch::Tensor weights = torch::empty({kNumClasses});
  for (int64_t label = 0; label < kNumClasses; ++label) {
    const double of_label = count[static_cast<size_t>(label)];
    if (of_label == 0.0) {
      throw std::runtime_error("there is no example with label " + std::to_string(label));
    }
    weights[label] = static_cast<double>(examples.size()) / (kNumClasses * of_label);
  }
  return weights;
}

torch::Tensor weighted_cross_entropy(const torch::Tensor& logits, const torch::Tensor& labels,
                                     const torch::Tensor& weights) {
  const torch::Tensor largest = logits.amax(-1, /*keepdim=*/true).detach();  // (B, 1)
  const torch::Tensor log_sum_exp =
      (logits - largest).exp().sum(-1, /*keepdim=*/true).log() + largest;           // (B, 1)
  const torch::Tensor picked = logits.gather(-1, labels.unsqueeze(-1));             // (B, 1)
  const torch::Tensor losses = (log_sum_exp - picked).squeeze(-1);                  // (B)
  const torch::Tensor weight = weights.to(logits.dtype()).index_select(0, labels);  // (B)
  return (weight * losses).sum() / weight.sum();
}

QualityScores score_predictions(const torch::Tensor& logits, const torch::Tensor& labels,
                                const torch::Tensor& weights) {
  QualityScores scores;
  scores.loss = weighted_cross_entropy(logits, labels, weights).item<double>();
  const torch::Tensor predicted = logits.argmax(-1);  // (N)
  scores.confusion = torch::zeros({kNumClasses, kNumClasses}, torch::kInt64);
  int64_t right = 0, classes = 0;
  double recalls = 0.0;
  for (int64_t label = 0; label < kNumClasses; ++label) {
    const torch::Tensor is_label = labels.eq(label);  // (N)
    for (int64_t prediction = 0; prediction < kNumClasses; ++prediction) {
      scores.confusion[label][prediction] = (is_label & predicted.eq(prediction)).sum();
    }
    const int64_t hits = scores.confusion[label][label].item<int64_t>();
    const int64_t total = is_label.sum().item<int64_t>();
    scores.recall.push_back(static_cast<double>(hits) / static_cast<double>(total));
    right += hits;
    if (total == 0) continue;
    recalls += scores.recall.back();
    ++classes;
  }
  scores.accuracy = static_cast<double>(right) / static_cast<double>(labels.size(0));
  scores.balanced_accuracy = recalls / static_cast<double>(classes);
  const torch::Tensor good =
      nanochat::softmax(logits, -1).select(1, 1).to(torch::kFloat64).contiguous();
  scores.good.assign(good.data_ptr<double>(), good.data_ptr<double>() + good.numel());
  return scores;
}

QualityScores evaluate_quality(QualityClassifier& model, const std::vector<QualityBatch>& batches,
                               const torch::Tensor& weights) {
  torch::NoGradGuard no_grad;
  const bool was_training = model->is_training();
  model->eval();
  std::vector<torch::Tensor> logits, labels;
  for (const QualityBatch& batch : batches) {
    logits.push_back(model(batch.tokens, batch.mask, batch.features).to(torch::kCPU));
    labels.push_back(batch.labels);
  }
  model->train(was_training);
  return score_predictions(torch::cat(logits), torch::cat(labels), weights);
}

}  // namespace nanochat
