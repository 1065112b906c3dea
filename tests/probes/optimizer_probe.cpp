// How the model's weights are shared out between the optimizers, and whole training steps.

#include <torch/optim/adamw.h>

#include "gpt_oracle.h"
#include "nanochat/clip.h"
#include "probe.h"

using namespace probe;
using nanochat::GPT;
using nanochat::GPTConfig;
using nanochat::Optimizers;

TEST_CASE("optimizer.groups", "[updates]") {
  for (const GPTConfig& config : oracle::configs()) {
    GPT model = oracle::make_gpt(config);
    const Optimizers optimizers = model->configure_optimizers();
    REQUIRE(optimizers.adamw.groups.size() == 2);
    REQUIRE(optimizers.muon.groups.size() == 1);

    // Every weight is in one group, once, and is the weight itself and no copy.
    std::vector<torch::Tensor> owned;
    for (const auto& group : optimizers.adamw.groups)
      owned.insert(owned.end(), group.params.begin(), group.params.end());
    for (const auto& group : optimizers.muon.groups)
      owned.insert(owned.end(), group.params.begin(), group.params.end());
    const std::vector<torch::Tensor> weights = oracle::weights(model);
    CHECK(owned.size() == weights.size());
    for (const torch::Tensor& weight : weights) {
      CHECK(std::count_if(owned.begin(), owned.end(), [&](const torch::Tensor& other) {
              return other.data_ptr() == weight.data_ptr();
            }) == 1);
    }

    const auto& head = optimizers.adamw.groups[0].params;
    const auto& embedding = optimizers.adamw.groups[1].params;
    REQUIRE(head.size() == 1);
    REQUIRE(embedding.size() == 1);
    CHECK(head[0].data_ptr() == model->lm_head->weight.data_ptr());
    CHECK(embedding[0].data_ptr() == model->wte->weight.data_ptr());
    CHECK(optimizers.muon.groups[0].params.size() == static_cast<size_t>(6 * config.n_layer));
  }
}

TEST_CASE("optimizer.learning_rates", "[updates]") {
  for (const GPTConfig& config : oracle::configs()) {
    GPT model(config);
    const double width = std::sqrt(768.0 / static_cast<double>(config.n_embd));
    const Optimizers defaults = model->configure_optimizers();
    CHECK(defaults.adamw.groups[0].lr == Approx(0.004 * width).epsilon(1e-12));
    CHECK(defaults.adamw.groups[1].lr == Approx(0.2 * width).epsilon(1e-12));
    CHECK(defaults.muon.groups[0].lr == Approx(0.02).epsilon(1e-12));

    const Optimizers own = model->configure_optimizers(
        {.embedding_lr = 0.5, .unembedding_lr = 0.03, .matrix_lr = 0.007, .weight_decay = 0.6});
    CHECK(own.adamw.groups[0].lr == Approx(0.03 * width).epsilon(1e-12));
    CHECK(own.adamw.groups[1].lr == Approx(0.5 * width).epsilon(1e-12));
    CHECK(own.muon.groups[0].lr == Approx(0.007).epsilon(1e-12));
    for (const auto& group : own.adamw.groups) {
      CHECK(group.initial_lr == group.lr);
      CHECK(group.weight_decay == 0.6);
    }
    CHECK(own.muon.groups[0].initial_lr == own.muon.groups[0].lr);
  }
}

TEST_CASE("optimizer.settings", "[updates]") {
  GPT model(oracle::configs()[0]);
  const Optimizers optimizers = model->configure_optimizers();
  for (const auto& group : optimizers.adamw.groups) {
    CHECK(group.beta1 == 0.8);
    CHECK(group.beta2 == 0.95);
    CHECK(group.eps == 1e-10);
    CHECK(group.weight_decay == 0.0);
  }
  CHECK(optimizers.muon.groups[0].momentum == 0.95);
  CHECK(optimizers.muon.groups[0].nesterov);
  CHECK(optimizers.muon.groups[0].ns_steps == 5);
}

TEST_CASE("optimizer.training_steps", "[updates]") {
  // Forward, backward, clip, step, against the same with nothing of the tree but its weights.
  const GPTConfig config = oracle::configs()[0];
  torch::manual_seed(3);
  GPT model = oracle::make_gpt(config);
  torch::manual_seed(3);
  GPT twin = oracle::make_gpt(config);
  Optimizers optimizers = model->configure_optimizers({.weight_decay = 0.5});
  const double width = std::sqrt(768.0 / static_cast<double>(config.n_embd));

  std::vector<torch::Tensor> weights = oracle::weights(model), others = oracle::weights(twin);
  const auto adamw = [&](double lr) {
    return torch::optim::AdamWOptions(lr * width).betas({0.8, 0.95}).eps(1e-10).weight_decay(0.5);
  };
  torch::optim::AdamW embedding({others.front()}, adamw(0.2)), head({others.back()}, adamw(0.004));
  std::vector<torch::Tensor> buffers;
  for (const torch::Tensor& weight : others) buffers.push_back(torch::zeros_like(weight));

  for (int64_t step = 0; step < 4; ++step) {
    CAPTURE(step);
    const torch::Tensor idx = oracle::token_ids(4, 6, config.vocab_size);
    const torch::Tensor targets = oracle::token_ids(4, 6, config.vocab_size);

    optimizers.adamw.zero_grad();
    optimizers.muon.zero_grad();
    model->loss(idx, targets).backward();
    nanochat::clip_grad_norm_(weights, 0.5);
    optimizers.adamw.step();
    optimizers.muon.step();

    const auto grads = oracle::gradients(oracle::loss(twin, idx, targets), others);
    double squares = 0.0;
    for (const torch::Tensor& grad : grads) squares += grad.square().sum().item<double>();
    const double scale = std::min(1.0, 0.5 / std::sqrt(squares));
    torch::NoGradGuard no_grad;
    for (size_t i = 0; i < others.size(); ++i) {
      const torch::Tensor grad = scale * grads[i];
      others[i].mutable_grad() = grad;
      if (i == 0 || i + 1 == others.size()) continue;
      buffers[i] = 0.95 * buffers[i] + 0.05 * grad;
      const double ratio = static_cast<double>(grad.size(0)) / static_cast<double>(grad.size(1));
      const torch::Tensor update = oracle::newton_schulz(0.95 * buffers[i] + 0.05 * grad, 5);
      others[i].sub_(0.02 * std::sqrt(std::max(1.0, ratio)) * update);
    }
    embedding.step();
    head.step();
    for (size_t i = 0; i < others.size(); ++i) {
      CAPTURE(i);
      CHECK_THAT(weights[i], close_to(others[i], 1e-4));
    }
  }
}
