// The model as a function, against the oracle of the model, and training beside the model itself.

#include "nanochat/functional_gpt.h"

#include <torch/csrc/autograd/autograd.h>

#include <set>

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::functional_logits;
using nanochat::functional_loss;
using nanochat::GPT;
using nanochat::GPTConfig;
using nanochat::Weights;

namespace {

std::vector<GPTConfig> all_configs() {
  std::vector<GPTConfig> configs = oracle::configs();
  GPTConfig tied = configs[0], windowed = configs[2];
  tied.tie_embeddings = true;
  windowed.window = 3;
  configs.push_back(tied);
  configs.push_back(windowed);
  return configs;
}

}  // namespace

TEST_CASE("functional_gpt.logits", "[outputs]") {
  for (const GPTConfig& config : all_configs()) {
    GPT model = oracle::make_gpt(config);
    const torch::Tensor idx = oracle::token_ids(3, config.sequence_len, config.vocab_size);
    CAPTURE(config.n_layer, config.window);
    CHECK_THAT(functional_logits(config, nanochat::copy_weights(model), idx).detach(),
               close_to(oracle::logits(model, idx).detach(), 1e-12));
  }
}

TEST_CASE("functional_gpt.learned", "[outputs]") {
  // Positions from a table: a token's place changes what comes out as its embedding would.
  GPTConfig config = oracle::configs()[0];
  config.positions = nanochat::Positions::learned;
  GPT model = oracle::make_gpt(config);
  const torch::Tensor idx = oracle::token_ids(2, 8, 29);
  torch::Tensor x = at::embedding(model->wte->weight, idx) + model->wpe->weight.narrow(0, 0, 8);
  x = oracle::rms_norm(x);
  const nanochat::RotaryCache still = nanochat::no_rotation(8, 6);
  const torch::Tensor keep = oracle::causal(8, 8);
  for (nanochat::Block& block : model->blocks) x = block(x, still, keep);
  CHECK_THAT(functional_logits(config, nanochat::copy_weights(model), idx).detach(),
             close_to(oracle::head(model, x).detach(), 1e-12));
}

TEST_CASE("functional_gpt.gradients", "[gradients]") {
  for (const GPTConfig& config : all_configs()) {
    GPT model = oracle::make_gpt(config);
    const Weights weights = nanochat::copy_weights(model);
    const torch::Tensor idx = oracle::token_ids(2, config.sequence_len, config.vocab_size);
    torch::Tensor targets = oracle::token_ids(2, config.sequence_len, config.vocab_size);
    targets[0][1] = -1;
    const torch::Tensor loss = functional_loss(config, weights, idx, targets);
    const torch::Tensor expected = oracle::loss(model, idx, targets);
    CHECK(loss.item<double>() == Approx(expected.item<double>()).epsilon(1e-12));
    loss.backward();
    CHECK(weights.size() == model->named_parameters().size());
    for (const auto& item : model->named_parameters()) {
      CAPTURE(item.key());
      const torch::Tensor grad = torch::autograd::grad({expected}, {item.value()}, {}, true)[0];
      CHECK_THAT(weights.at(item.key()).grad(), close_to(grad, 1e-10));
    }
    for (const torch::Tensor& weight : model->parameters()) CHECK_FALSE(weight.grad().defined());
  }
}

TEST_CASE("functional_gpt.copy", "[init]") {
  // What is copied is the model's no longer.
  GPT model = oracle::make_gpt(oracle::configs()[1]);
  const Weights weights = nanochat::copy_weights(model);
  CHECK(nanochat::weights_apart(model, weights) == 0.0);
  torch::NoGradGuard no_grad;
  const torch::Tensor before = weights.at("lm_head.weight").clone();
  model->lm_head->weight[2][3] += 0.75;
  CHECK_THAT(weights.at("lm_head.weight"), same_as(before));
  CHECK(nanochat::weights_apart(model, weights) == Approx(0.75).epsilon(1e-12));
}

TEST_CASE("functional_gpt.optimizers", "[updates]") {
  // The same groups and settings over the copies, each once; what steps is them and not the model.
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  const Weights weights = nanochat::copy_weights(model);
  const nanochat::OptimizerConfig options{.matrix_lr = 0.03, .weight_decay = 0.1};
  nanochat::Optimizers theirs = model->configure_optimizers(options);
  nanochat::Optimizers ours = nanochat::functional_optimizers(model, weights, options);
  std::set<const void*> owned;
  const auto compare = [&](const auto& mine, const auto& other) {
    REQUIRE(mine.size() == other.size());
    for (size_t g = 0; g < mine.size(); ++g) {
      CHECK(mine[g].name == other[g].name);
      CHECK(mine[g].lr == other[g].lr);
      REQUIRE(mine[g].params.size() == other[g].params.size());
      for (size_t i = 0; i < mine[g].params.size(); ++i) {
        CHECK_FALSE(mine[g].params[i].is_same(other[g].params[i]));
        CHECK_THAT(mine[g].params[i].detach(), same_as(other[g].params[i].detach()));
        owned.insert(mine[g].params[i].unsafeGetTensorImpl());
      }
    }
  };
  compare(ours.adamw.groups, theirs.adamw.groups);
  compare(ours.muon.groups, theirs.muon.groups);
  CHECK(owned.size() == weights.size());

  // Step by step the two stay together, to the rounding of float64.
  for (int64_t step = 0; step < 6; ++step) {
    const torch::Tensor idx = oracle::token_ids(3, 8, 29), targets = oracle::token_ids(3, 8, 29);
    model->loss(idx, targets).backward();
    functional_loss(model->config, weights, idx, targets).backward();
    for (nanochat::Optimizers* one : {&theirs, &ours}) {
      one->adamw.step();
      one->muon.step();
      one->adamw.zero_grad();
      one->muon.zero_grad();
    }
    CAPTURE(step);
    CHECK(nanochat::weights_apart(model, weights) < 1e-9);
  }
}
