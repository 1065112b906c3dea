// The GPT as the kernels compute it, against the same model in plain LibTorch: the loss, every gradient, a
// step of the optimizer after clipping, and what is drawn.

#include "probe.h"

#include "nanochat/kernels/kernel_gpt.h"

#include <cmath>

#include "nanochat/adamw.h"
#include "nanochat/clip.h"

using namespace nanochat;

namespace {

GPT small_model(bool tied = false) {
  torch::manual_seed(11);
  GPT model(GPTConfig{.sequence_len = 8,
                      .vocab_size = 21,
                      .n_layer = 1,
                      .n_head = 2,
                      .n_kv_head = 1,
                      .n_embd = 16,
                      .dropout = 0.0,
                      .tie_embeddings = tied});
  const torch::NoGradGuard no_grad;
  for (torch::Tensor& parameter : model->parameters()) parameter.normal_(0.0, 0.3);  // none of them zero
  return model;
}

// Whether a checker of kernels has nothing to report since the last call.
bool nothing_found() {
  return operators::take_findings().empty();
}

// Targets of which two do not count.
torch::Tensor some_targets() {
  torch::Tensor targets = torch::randint(0, 21, {2, 5}, torch::kInt64);
  targets[0][2] = -1;
  targets[1][4] = -1;
  return targets;
}

}  // namespace

TEST_CASE("kernel_gpt.loss", "[kernels]") {
  operators::take_findings();  // of others
  for (const bool tied : {false, true}) {
    GPT model = small_model(tied);
    const torch::Tensor idx = torch::randint(0, 21, {2, 5}, torch::kInt64), targets = some_targets();
    const torch::Tensor loss = kernel_loss(model, idx, targets);
    loss.backward();
    std::vector<torch::Tensor> gradients;
    for (torch::Tensor& parameter : model->parameters()) {
      gradients.push_back(parameter.grad().clone());
      parameter.mutable_grad().reset();
    }
    const torch::Tensor expected = model->loss(idx, targets);
    expected.backward();
    CHECK_THAT(loss, probe::close_to(expected, 1e-5));
    CHECK(kernel_logits(model, idx).sizes().vec() == std::vector<int64_t>{2, 5, 21});
    const auto named = model->named_parameters();
    for (size_t i = 0; i < named.size(); ++i) {
      INFO(named[i].key());
      CHECK_THAT(gradients[i], probe::close_to(named[i].value().grad(), 1e-4));
    }
  }
  CHECK(nothing_found());
}

TEST_CASE("kernel_gpt.optimizer", "[kernels]") {
  operators::take_findings();  // of others
  GPT model = small_model(), other = small_model();
  const KernelAdamW::Settings settings{.weight_decay = 0.2, .grad_clip = 0.5};
  KernelAdamW kernels(model, settings);
  AdamWGroup tables{.name = "tables", .params = {other->wte->weight, other->lm_head->weight}},
      matrices{.name = "matrices", .params = {}, .weight_decay = settings.weight_decay};
  for (Block& block : other->blocks)
    for (const torch::Tensor& weight : block->parameters()) matrices.params.push_back(weight);
  for (AdamWGroup* group : {&tables, &matrices}) {
    group->beta1 = settings.beta1;
    group->beta2 = settings.beta2;
    group->eps = settings.eps;
  }
  AdamW adamw({tables, matrices});
  const torch::Tensor idx = torch::randint(0, 21, {2, 5}, torch::kInt64), targets = some_targets();
  for (const double lr : {0.01, 0.02}) {
    kernel_loss(model, idx, targets).backward();
    const double norm = kernels.step(lr);
    other->loss(idx, targets).backward();
    CHECK(std::abs(norm - clip_grad_norm_(other->parameters(), settings.grad_clip)) < 1e-4 * norm);
    for (AdamWGroup& group : adamw.groups) group.lr = lr;
    adamw.step();
    adamw.zero_grad();
    CHECK_FALSE(model->wte->weight.grad().defined());
    for (const auto& weight : model->named_parameters()) {
      INFO(weight.key());
      CHECK_THAT(weight.value(), probe::close_to(other->named_parameters()[weight.key()], 2e-3));
    }
  }
  CHECK(nothing_found());
}

TEST_CASE("kernel_gpt.sample", "[kernels]") {
  operators::take_findings();  // of others
  GPT model = small_model();
  const std::vector<int64_t> greedy = kernel_sample(model, {1, 2}, 5, 0.0);
  std::vector<int64_t> expected{1, 2};
  for (int i = 0; i < 5; ++i) {
    const torch::NoGradGuard no_grad;
    const torch::Tensor logits = model(torch::tensor(expected, torch::kInt64).unsqueeze(0));
    expected.push_back(logits.select(1, -1).argmax(-1).item<int64_t>());
  }
  CHECK(greedy == expected);

  // Drawn by one random number of torch's generator each: the first token whose cumulated probability exceeds
  // it.
  torch::manual_seed(5);
  const std::vector<int64_t> drawn = kernel_sample(model, {3}, 4, 0.8);
  torch::manual_seed(5);
  std::vector<int64_t> by_hand{3};
  for (int i = 0; i < 4; ++i) {
    const torch::NoGradGuard no_grad;
    const double uniform = torch::rand({1}).item<double>();
    const torch::Tensor logits = model(torch::tensor(by_hand, torch::kInt64).unsqueeze(0)).select(1, -1)[0];
    const torch::Tensor sums = torch::softmax(logits.to(torch::kFloat64) / 0.8, -1).cumsum(-1);
    by_hand.push_back(sums.le(uniform).sum().item<int64_t>());
  }
  CHECK(drawn == by_hand);
  CHECK(nothing_found());
}

TEST_CASE("kernel_gpt.refusals", "[kernels]") {
  GPT model(GPTConfig{.sequence_len = 8,
                      .vocab_size = 21,
                      .n_layer = 1,
                      .n_head = 2,
                      .n_kv_head = 1,
                      .n_embd = 16,
                      .dropout = 0.1});
  CHECK_THROWS_AS(kernel_logits(model, torch::zeros({1, 4}, torch::kInt64)), c10::Error);
  model->config.dropout = 0.0;
  CHECK_THROWS_AS(kernel_logits(model, torch::zeros({4}, torch::kInt64)), c10::Error);
  model->config.window = 3;
  CHECK_THROWS_AS(kernel_logits(model, torch::zeros({1, 4}, torch::kInt64)), c10::Error);
}
