// The quality classifier: its pieces against loops and LibTorch, the whole against its pieces, and what must
// not make a difference to it. What it saves, and that it comes back.

#include "nanochat/quality_classifier.h"

#include <torch/nn/functional/loss.h>

#include <cmath>

#include "gpt_oracle.h"
#include "nanochat/quality_checkpoint.h"
#include "probe.h"
#include "record.h"
#include "temporary.h"

using namespace probe;
using nanochat::QualityBatch;
using nanochat::QualityClassifier;
using nanochat::QualityConfig;
using nanochat::QualityScores;
using torch::Tensor;

namespace {

const QualityConfig kConfig{.vocab_size = 17,
                            .max_len = 9,
                            .n_embd = 12,
                            .n_head = 3,
                            .n_kv_head = 1,
                            .n_features = 5,
                            .dropout = 0.0};

// Perturbed, float64, with running statistics that are not what they start out as.
QualityClassifier make_model(const QualityConfig& config = kConfig) {
  QualityClassifier model(config);
  model->to(torch::kFloat64);
  torch::NoGradGuard no_grad;
  for (Tensor& weight : model->parameters()) weight.add_(0.3 * torch::randn_like(weight));
  model->norm->running_mean.copy_(oracle::normal({config.n_embd + config.n_features}, 0.3));
  model->norm->running_var.copy_(oracle::normal({config.n_embd + config.n_features}).square() + 0.5);
  model->eval();
  return model;
}

// Rows of these lengths; what is no token is `pad`.
QualityBatch ragged(const std::vector<int64_t>& lengths, int64_t T, int64_t pad) {
  const auto B = static_cast<int64_t>(lengths.size());
  QualityBatch batch{.tokens = oracle::token_ids(B, T, kConfig.vocab_size),
                     .mask = torch::zeros({B, T}, torch::kBool),
                     .features = oracle::normal({B, kConfig.n_features}),
                     .labels = oracle::token_ids(B, 1, 2).squeeze(1)};
  for (int64_t b = 0; b < B; ++b) {
    batch.mask[b].slice(0, 0, lengths[static_cast<size_t>(b)]).fill_(true);
    batch.tokens[b].slice(0, lengths[static_cast<size_t>(b)], T).fill_(pad);
  }
  return batch;
}

Tensor run(QualityClassifier& model, const QualityBatch& batch) {
  return model(batch.tokens, batch.mask, batch.features);
}

// One document, without padding, from LibTorch's own building blocks: logits (K).
Tensor logits_of(QualityClassifier& model, const Tensor& tokens, const Tensor& features) {
  const int64_t T = tokens.size(0), H = kConfig.n_head, KV = kConfig.n_kv_head;
  Tensor x = oracle::rms_norm(at::embedding(model->wte->weight, tokens)) + model->wpe->weight.narrow(0, 0, T);
  x = x.unsqueeze(0);  // (1, T, C)
  const auto heads = [&](torch::nn::Linear& linear, int64_t count) {
    return at::linear(oracle::rms_norm(x), linear->weight)
        .view({1, T, count, -1})
        .transpose(1, 2)
        .contiguous();
  };
  auto& attn = model->block->attn;
  const Tensor y =
      oracle::attention(oracle::rms_norm(heads(attn->c_q, H)), oracle::rms_norm(heads(attn->c_k, KV)),
                        heads(attn->c_v, KV), torch::ones({T, T}, torch::kBool));
  x = x + at::linear(y.transpose(1, 2).reshape({1, T, -1}), attn->c_proj->weight);
  x = x + oracle::mlp(model->block->mlp, oracle::rms_norm(x));
  const Tensor pooled = oracle::rms_norm(x)[0].mean(0);
  const Tensor h = torch::cat({pooled, features}).unsqueeze(0);
  const Tensor normed = at::batch_norm(h, model->norm->weight, model->norm->bias, model->norm->running_mean,
                                       model->norm->running_var, false, 0.1, 1e-5, false);
  return at::linear(normed, model->head->weight, model->head->bias)[0];
}

}  // namespace

TEST_CASE("quality_classifier.pooling", "[classifier]") {
  const Tensor x = oracle::strided({4, 5, 3});
  Tensor mask =
      torch::tensor({{1, 1, 0, 0, 0}, {1, 1, 1, 1, 1}, {0, 1, 0, 0, 1}, {1, 0, 0, 0, 0}}).to(torch::kBool);
  const Tensor pooled = nanochat::masked_mean(x, mask);
  REQUIRE(pooled.sizes() == torch::IntArrayRef({4, 3}));
  for (int64_t b = 0; b < 4; ++b) {
    Tensor total = torch::zeros({3}, torch::kFloat64);
    double count = 0.0;
    for (int64_t t = 0; t < 5; ++t) {
      if (!mask[b][t].item<bool>()) continue;
      total += x[b][t];
      count += 1.0;
    }
    CHECK_THAT(pooled[b], close_to(total / count));
  }
  // Whatever stands where nothing counts.
  Tensor garbage = x.clone();
  garbage[0][3].fill_(std::nan(""));
  garbage[2][0].fill_(INFINITY);
  CHECK_THAT(nanochat::masked_mean(garbage, mask), close_to(pooled, 1e-15));
  mask[3][0] = false;
  CHECK_THAT(nanochat::masked_mean(x, mask)[3], same_as(torch::zeros({3}, torch::kFloat64)));
  CHECK(nanochat::masked_mean(x.to(torch::kFloat32), mask).scalar_type() == torch::kFloat32);
}

TEST_CASE("quality_classifier.forward", "[classifier]") {
  QualityClassifier model = make_model();
  for (const int64_t T : {1, 4, 9}) {
    const QualityBatch batch = ragged({T, T, T}, T, 0);
    const Tensor logits = run(model, batch);
    REQUIRE(logits.sizes() == torch::IntArrayRef({3, 2}));
    for (int64_t b = 0; b < 3; ++b) {
      CHECK_THAT(logits[b], close_to(logits_of(model, batch.tokens[b], batch.features[b]), 1e-11));
    }
  }
}

TEST_CASE("quality_classifier.padding", "[classifier]") {
  QualityClassifier model = make_model();
  const std::vector<int64_t> lengths = {2, 6, 1, 5};
  const QualityBatch batch = ragged(lengths, 6, 0);
  const Tensor logits = run(model, batch);
  // Neither what the padding is nor how much there is of it, nor who is beside.
  QualityBatch other = batch;
  other.tokens = batch.tokens.where(batch.mask, 11);
  CHECK_THAT(run(model, other), close_to(logits));
  other.tokens = torch::cat({batch.tokens, torch::full({4, 3}, 5, torch::kInt64)}, 1);
  other.mask = torch::cat({batch.mask, torch::zeros({4, 3}, torch::kBool)}, 1);
  CHECK_THAT(run(model, other), close_to(logits));
  for (int64_t b = 0; b < 4; ++b) {
    const int64_t length = lengths[static_cast<size_t>(b)];
    const Tensor alone =
        model(batch.tokens.narrow(0, b, 1).slice(1, 0, length),
              batch.mask.narrow(0, b, 1).slice(1, 0, length), batch.features.narrow(0, b, 1));
    CHECK_THAT(alone[0], close_to(logits[b]));
  }
}

TEST_CASE("quality_classifier.order", "[classifier]") {
  // Tokens, their order, and features all count.
  QualityClassifier model = make_model();
  const QualityBatch batch = ragged({5, 5}, 5, 0);
  const Tensor logits = run(model, batch);
  QualityBatch other = batch;
  other.tokens = batch.tokens.flip(1);
  other.tokens[0].copy_(torch::tensor({1, 2, 3, 4, 5}));
  QualityBatch reversed = other;
  reversed.tokens = other.tokens.flip(1);
  CHECK((run(model, reversed)[0] - run(model, other)[0]).abs().max().item<double>() > 1e-6);
  other = batch;
  other.features = batch.features + 0.1;
  CHECK((run(model, other) - logits).abs().min().item<double>() > 1e-6);
}

TEST_CASE("quality_classifier.dropout", "[dropout]") {
  QualityConfig config = kConfig;
  config.dropout = 0.5;
  QualityClassifier model = make_model(config);
  const QualityBatch batch = ragged({3, 5, 4}, 5, 0);
  CHECK_THAT(run(model, batch), close_to(run(model, batch), 1e-14));
  {  // with a head that sees constants only, what is dropped shows by itself
    torch::NoGradGuard no_grad;
    model->norm->weight.zero_();
    model->norm->bias.fill_(1.0);
    model->head->weight.fill_(1.0);
    model->head->bias.zero_();
  }
  CHECK_THAT(run(model, batch), close_to(torch::full({3, 2}, 17.0, torch::kFloat64)));
  model->train();
  double total = 0.0;
  bool even = true;
  for (int64_t i = 0; i < 60; ++i) {
    const Tensor logits = run(model, batch).detach();
    even = even && logits.remainder(2.0).abs().max().item<double>() < 1e-9;
    total += logits.mean().item<double>() / 60.0;
  }
  CHECK(even);  // each of the 17 counts 0 or 2
  CHECK(total == Approx(17.0).margin(2.0));
  CHECK_FALSE(torch::equal(run(model, batch), run(model, batch)));
}

TEST_CASE("quality_classifier.embedding", "[classifier]") {
  QualityClassifier model(kConfig);
  const Tensor weight = torch::randn({17, 12});
  model->load_embedding(weight);
  CHECK_THAT(model->wte->weight.detach(), same_as(weight));
  CHECK(model->wte->weight.requires_grad());
  CHECK(model->wte->weight.is_leaf());
  const Tensor before = weight.clone();
  torch::NoGradGuard no_grad;
  model->wte->weight.add_(1.0);
  CHECK_THAT(weight, same_as(before));  // a copy
  CHECK_THROWS_AS(model->load_embedding(torch::randn({17, 11})), c10::Error);
  CHECK_THROWS_AS(model->load_embedding(torch::randn({1, 12})), c10::Error);
}

TEST_CASE("quality_classifier.gradients", "[classifier]") {
  QualityClassifier model = make_model();
  const QualityBatch batch = ragged({3, 5, 4, 2}, 5, 0);
  const Tensor weights = torch::tensor({0.6, 3.0}, torch::kFloat64);
  for (const bool training : {false, true}) {
    model->train(training);
    const auto f = [&] { return nanochat::weighted_cross_entropy(run(model, batch), batch.labels, weights); };
    CHECK(oracle::gradient_error(f, model->parameters(), 1e-6, 1e-5) == "");
  }
  CHECK(model->parameters().size() == 12);
}

TEST_CASE("quality_classifier.optimizers", "[classifier]") {
  QualityClassifier model(kConfig);
  const nanochat::Optimizers optimizers = nanochat::configure_optimizers(
      model, {.embedding_lr = 0.1, .head_lr = 0.2, .matrix_lr = 0.3, .weight_decay = 0.4});
  REQUIRE(optimizers.adamw.groups.size() == 2);
  REQUIRE(optimizers.muon.groups.size() == 1);
  const auto& embedding = optimizers.adamw.groups[0];
  const auto& head = optimizers.adamw.groups[1];
  const auto& matrix = optimizers.muon.groups[0];
  CHECK(embedding.name == "embedding");
  CHECK(head.name == "head");
  CHECK(matrix.name == "matrix");
  CHECK((embedding.lr == 0.1 && embedding.initial_lr == 0.1 && embedding.weight_decay == 0.4));
  CHECK((head.lr == 0.2 && head.initial_lr == 0.2 && head.weight_decay == 0.4));
  CHECK((matrix.lr == 0.3 && matrix.initial_lr == 0.3));
  const auto holds = [](const auto& group, const std::vector<Tensor>& params) {
    if (group.params.size() != params.size()) return false;
    for (const Tensor& param : params) {
      int64_t found = 0;
      for (const Tensor& owned : group.params) found += owned.is_same(param);
      if (found != 1) return false;
    }
    return true;
  };
  CHECK(holds(embedding, {model->wte->weight, model->wpe->weight}));
  CHECK(holds(head, {model->norm->weight, model->norm->bias, model->head->weight, model->head->bias}));
  CHECK(holds(matrix, model->block->parameters()));
}

TEST_CASE("quality_classifier.limits", "[errors]") {
  QualityClassifier model = make_model();
  const QualityBatch batch = ragged({10, 10}, 10, 0);
  CHECK_THROWS_AS(run(model, batch), c10::Error);
}

TEST_CASE("quality_classifier.class_weights", "[classifier]") {
  const auto with = [](int64_t junk, int64_t good) {
    std::vector<nanochat::Example> examples;
    for (int64_t i = 0; i < junk + good; ++i) examples.push_back({{1}, torch::zeros({2}), i < junk ? 0 : 1});
    return examples;
  };
  CHECK_THAT(nanochat::class_weights(with(12, 2)),
             close_to(torch::tensor({14.0f / 24.0f, 14.0f / 4.0f}), 1e-6));
  CHECK_THAT(nanochat::class_weights(with(3, 3)), close_to(torch::tensor({1.0f, 1.0f}), 1e-6));
  CHECK_THAT(nanochat::class_weights(with(1, 4)), close_to(torch::tensor({2.5f, 0.625f}), 1e-6));
  CHECK(complaint([&] { nanochat::class_weights(with(4, 0)); }) != "");
  CHECK(complaint([&] { nanochat::class_weights(with(0, 4)); }) != "");
}

TEST_CASE("quality_classifier.loss", "[classifier]") {
  for (const auto& [B, K] : std::vector<std::pair<int64_t, int64_t>>{{7, 2}, {1, 2}, {5, 4}, {3, 3}}) {
    const Tensor logits = oracle::leaf(3.0 * oracle::normal({B, K})),
                 labels = oracle::token_ids(B, 1, K).squeeze(1);
    const Tensor weights = oracle::normal({K}).abs() + 0.1;
    const Tensor mine = nanochat::weighted_cross_entropy(logits, labels, weights);
    const Tensor theirs = at::cross_entropy_loss(logits, labels, weights);
    CHECK_THAT(mine, close_to(theirs));
    CHECK_THAT(oracle::gradients(mine, {logits})[0], close_to(oracle::gradients(theirs, {logits})[0]));
  }
  // Large logits do not overflow.
  const Tensor large = torch::tensor({{1e4, -1e4}, {0.0, 5e3}}, torch::kFloat64);
  const Tensor labels = torch::tensor({0, 0}, torch::kInt64);
  CHECK_THAT(nanochat::weighted_cross_entropy(large, labels, torch::tensor({1.0, 2.0}, torch::kFloat64)),
             close_to(torch::tensor(2500.0, torch::kFloat64)));
}

TEST_CASE("quality_classifier.scores", "[classifier]") {
  // Three junk, two of them found; four good, one found.
  const Tensor logits = torch::tensor(
      {{2.0, 1.0}, {0.0, 1.0}, {3.0, -1.0}, {1.0, 0.5}, {0.5, 0.6}, {1.0, 0.0}, {2.0, 0.0}}, torch::kFloat64);
  const Tensor labels = torch::tensor({0, 0, 0, 1, 1, 1, 1}, torch::kInt64);
  const Tensor weights = torch::tensor({1.0, 3.0}, torch::kFloat64);
  const QualityScores scores = nanochat::score_predictions(logits, labels, weights);
  CHECK(scores.accuracy == Approx(3.0 / 7.0).epsilon(1e-12));
  CHECK(scores.balanced_accuracy == Approx((2.0 / 3.0 + 1.0 / 4.0) / 2.0).epsilon(1e-12));
  REQUIRE(scores.recall.size() == 2);
  CHECK(scores.recall[0] == Approx(2.0 / 3.0).epsilon(1e-12));
  CHECK(scores.recall[1] == Approx(1.0 / 4.0).epsilon(1e-12));
  CHECK_THAT(scores.confusion, same_as(torch::tensor({{2, 1}, {3, 1}}, torch::kInt64)));
  CHECK(scores.loss == Approx(at::cross_entropy_loss(logits, labels, weights).item<double>()).epsilon(1e-12));
  REQUIRE(scores.good.size() == 7);
  for (int64_t n = 0; n < 7; ++n) {
    CHECK(scores.good[static_cast<size_t>(n)] == Approx(at::softmax(logits, 1)[n][1].item<double>()));
  }
}

TEST_CASE("quality_classifier.scores_missing", "[classifier]") {
  // A class that does not occur has no recall, and no say in the mean.
  const Tensor logits = torch::tensor({{2.0f, 1.0f}, {0.0f, 1.0f}, {1.0f, 0.0f}, {4.0f, 0.0f}});
  for (const int64_t label : {0, 1}) {
    const Tensor labels = torch::full({4}, label, torch::kInt64);
    const QualityScores scores = nanochat::score_predictions(logits, labels, torch::ones({2}));
    const double share = label == 0 ? 0.75 : 0.25;
    CHECK(scores.accuracy == Approx(share).epsilon(1e-12));
    CHECK(scores.balanced_accuracy == Approx(share).epsilon(1e-12));
    CHECK(scores.recall[static_cast<size_t>(label)] == Approx(share).epsilon(1e-12));
    CHECK(std::isnan(scores.recall[static_cast<size_t>(1 - label)]));
    CHECK(scores.good.size() == 4);
  }
}

TEST_CASE("quality_classifier.evaluate", "[classifier]") {
  // Batches of any size give what one batch gives, in evaluation mode, and change nothing.
  QualityConfig config = kConfig;
  config.dropout = 0.4;
  QualityClassifier model = make_model(config);
  const QualityBatch batch = ragged({3, 5, 4, 2, 5, 1, 3}, 5, 0);
  const Tensor weights = torch::tensor({0.6, 3.0}, torch::kFloat64), logits = run(model, batch);
  const Tensor mean = model->norm->running_mean.clone();
  const QualityScores expected = nanochat::score_predictions(logits, batch.labels, weights);
  std::vector<QualityBatch> batches;
  for (const auto& [from, to] : std::vector<std::pair<int64_t, int64_t>>{{0, 3}, {3, 6}, {6, 7}}) {
    batches.push_back({batch.tokens.slice(0, from, to), batch.mask.slice(0, from, to),
                       batch.features.slice(0, from, to), batch.labels.slice(0, from, to)});
  }
  for (const bool training : {true, false}) {
    model->train(training);
    const QualityScores scores = nanochat::evaluate_quality(model, batches, weights);
    CHECK(scores.loss == Approx(expected.loss));
    CHECK_THAT(scores.confusion, same_as(expected.confusion));
    CHECK(scores.balanced_accuracy == Approx(expected.balanced_accuracy));
    for (size_t i = 0; i < 7; ++i) CHECK(scores.good[i] == Approx(expected.good[i]));
    CHECK(model->is_training() == training);
    CHECK(model->norm->is_training() == training);
    CHECK_THAT(model->norm->running_mean, same_as(mean));
  }
  CHECK_FALSE(oracle::records_gradients([&] { nanochat::evaluate_quality(model, batches, weights); }));
}

TEST_CASE("quality_checkpoint.round_trip", "[saved]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "there/quality.pt";
  const nanochat::Tokenizer tokenizer({{'a', 'b'}, {256, 'c'}});
  const nanochat::FeatureStats stats{oracle::normal({5}), oracle::normal({5}).abs()};
  QualityConfig config = kConfig;
  config.dropout = 0.25;
  QualityClassifier model(config);
  torch::NoGradGuard no_grad;
  for (Tensor& weight : model->parameters()) weight.add_(torch::randn_like(weight));
  for (Tensor& buffer : model->buffers()) buffer.add_(torch::rand_like(buffer));
  nanochat::save_classifier(path, model, tokenizer, stats);
  model->eval();

  nanochat::LoadedClassifier loaded = nanochat::load_classifier(path);
  CHECK_FALSE(loaded.model->is_training());
  CHECK(loaded.tokenizer.merges() == tokenizer.merges());
  CHECK_THAT(loaded.stats.mean, same_as(stats.mean));
  CHECK_THAT(loaded.stats.std, same_as(stats.std));
  CHECK(loaded.model->config.max_len == 9);
  CHECK(loaded.model->config.vocab_size == 17);
  CHECK(loaded.model->config.n_head == 3);
  CHECK(loaded.model->config.n_kv_head == 1);
  CHECK(loaded.model->config.n_features == 5);
  CHECK(loaded.model->config.dropout == 0.25);
  CHECK_THAT(loaded.model->norm->running_mean, same_as(model->norm->running_mean));
  CHECK_THAT(loaded.model->norm->running_var, same_as(model->norm->running_var));
  const QualityBatch batch = ragged({3, 5, 4}, 5, 0);
  const auto weights = model->named_parameters(), same_weights = loaded.model->named_parameters();
  CHECK(same_weights.size() == weights.size());
  for (const auto& weight : weights) CHECK_THAT(same_weights[weight.key()], same_as(weight.value()));
  CHECK_THAT(run(loaded.model, batch), close_to(run(model, batch), 1e-5));
}

TEST_CASE("quality_checkpoint.bad_files", "[errors]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "quality.pt";
  const auto says = [&] { return complaint([&] { nanochat::load_classifier(path); }); };
  CHECK(says().find(path) != std::string::npos);
  put_content(path, "no classifier");
  CHECK(says().find(path) != std::string::npos);
  QualityClassifier model(kConfig);
  nanochat::save_classifier(path, model, nanochat::Tokenizer({}), {torch::zeros({5}), torch::ones({5})});
  CHECK(says() == "");
  const std::string whole = content_of(path);
  put_content(path, whole.substr(0, whole.size() / 2));
  CHECK(says().find(path) != std::string::npos);
  // One value replaced by another of its kind that does not fit.
  for (const auto& entry : record_of(whole)) {
    const std::string key = entry.key().toStringRef();
    CAPTURE(key);
    c10::IValue other = "something else";
    if (entry.value().isTensor() && key.find("stats") == std::string::npos) {
      other = torch::ones({3, 1, 4});
    } else if (!entry.value().isString()) {
      continue;
    }
    put_content(path, changed(whole, key, other));
    CHECK(says().find(path) != std::string::npos);
  }
  // Another program's file.
  nanochat::GPT gpt(oracle::configs()[0]);
  put_content(path, "");
  CHECK(says().find(path) != std::string::npos);
  CHECK(complaint([&] {
          nanochat::save_classifier(path + "/below", model, nanochat::Tokenizer({}),
                                    {torch::zeros({5}), torch::ones({5})});
        }) != "");
}
