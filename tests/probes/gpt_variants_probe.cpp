// What a model may be asked for beside nanochat's own: one table for embedding and head, and attention to a
// window. Against the oracle of the model, a naive loop and LibTorch's autograd.

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

#include "gpt_oracle.h"
#include "nanochat/kv_cache.h"
#include "probe.h"

using namespace probe;
using nanochat::GPT;
using nanochat::GPTConfig;
using nanochat::Optimizers;

namespace {

GPTConfig tied(GPTConfig config) {
  config.tie_embeddings = true;
  return config;
}

GPTConfig windowed(GPTConfig config, int64_t window) {
  config.window = window;
  return config;
}

}  // namespace

TEST_CASE("gpt.tied", "[outputs]") {
  for (const GPTConfig& config : oracle::configs()) {
    GPT model = oracle::make_gpt(tied(config));
    const torch::Tensor idx = oracle::token_ids(3, config.sequence_len, config.vocab_size);
    CHECK_THAT(model(idx), close_to(oracle::logits(model, idx), 1e-12));
    // What a model has and trains is the one table.
    CHECK(model->parameters().size() == static_cast<size_t>(1 + 6 * config.n_layer));
    CHECK(model->num_parameters() == GPT(config)->num_parameters() - config.vocab_size * config.n_embd);
  }
}

TEST_CASE("gpt.tied_gradient", "[gradients]") {
  // From both of its uses.
  GPT model = oracle::make_gpt(tied(oracle::configs()[0]));
  const torch::Tensor idx = oracle::token_ids(2, 7, 29), targets = oracle::token_ids(2, 7, 29);
  model->loss(idx, targets).backward();
  const std::vector<torch::Tensor> weights = oracle::weights(model);
  const auto expected = torch::autograd::grad({oracle::loss(model, idx, targets)}, weights);
  for (size_t i = 0; i < weights.size(); ++i) {
    CAPTURE(i);
    CHECK_THAT(weights[i].grad(), close_to(expected[i], 1e-11));
  }
}

TEST_CASE("gpt.tied_init", "[init]") {
  torch::manual_seed(5);
  GPT model(GPTConfig{.vocab_size = 500, .n_layer = 1, .n_embd = 128, .tie_embeddings = true});
  // 64,000 draws: their deviation is known to 0.3 %, their mean to 1e-4.
  CHECK(model->wte->weight.std().item<double>() == Approx(0.02).epsilon(0.02));
  CHECK(std::abs(model->wte->weight.mean().item<double>()) < 5e-4);
}

TEST_CASE("gpt.tied_initial_loss", "[loss]") {
  // A row of deviation s gives its own token a logit of s * C, so the first loss is nearly a uniform guess's.
  torch::manual_seed(5);
  GPT model(GPTConfig{.vocab_size = 500, .n_layer = 1, .n_embd = 128, .tie_embeddings = true});
  const torch::Tensor idx = oracle::token_ids(4, 30, 500), other = oracle::token_ids(4, 30, 500);
  CHECK(model->loss(idx, idx).item<double>() == Approx(std::log(500.0) - 0.02 * 128.0).margin(0.15));
  CHECK(model->loss(idx, other).item<double>() == Approx(std::log(500.0)).margin(0.15));
}

TEST_CASE("optimizer.tied", "[updates]") {
  for (const auto positions : {nanochat::Positions::rotary, nanochat::Positions::learned}) {
    GPTConfig config = tied(oracle::configs()[0]);
    config.positions = positions;
    GPT model(config);
    const Optimizers optimizers = model->configure_optimizers({.embedding_lr = 0.5, .unembedding_lr = 0.03});
    std::vector<torch::Tensor> owned;
    for (const auto& group : optimizers.adamw.groups)
      owned.insert(owned.end(), group.params.begin(), group.params.end());
    for (const auto& group : optimizers.muon.groups)
      owned.insert(owned.end(), group.params.begin(), group.params.end());
    CHECK(owned.size() == model->parameters().size());
    for (const torch::Tensor& weight : model->parameters()) {
      CHECK(std::count_if(owned.begin(), owned.end(), [&](const torch::Tensor& other) {
              return other.data_ptr() == weight.data_ptr();
            }) == 1);
    }
    // The table is trained at the head's rate, a table of positions at the embedding's.
    REQUIRE(optimizers.adamw.groups[0].params.size() == 1);
    CHECK(optimizers.adamw.groups[0].params[0].data_ptr() == model->wte->weight.data_ptr());
    CHECK(optimizers.adamw.groups[0].lr == Approx(0.03 * std::sqrt(768.0 / 24.0)).epsilon(1e-12));
    CHECK(optimizers.adamw.groups[1].params.size() == (positions == nanochat::Positions::learned ? 1 : 0));
  }
}

TEST_CASE("attention.window_mask", "[outputs]") {
  for (const int64_t T : {1, 2, 5}) {
    for (const int64_t S : {T, T + 1, T + 6}) {
      for (const int64_t window : {int64_t{1}, int64_t{2}, int64_t{4}, S, S + 3}) {
        CAPTURE(T, S, window);
        const torch::Tensor mask = nanochat::window_mask(T, S, window) & nanochat::causal_mask(T, S);
        REQUIRE(mask.sizes() == torch::IntArrayRef({T, S}));
        const auto cell = mask.accessor<bool, 2>();
        for (int64_t t = 0; t < T; ++t) {
          const int64_t own = S - T + t;
          for (int64_t s = 0; s < S; ++s) CHECK(cell[t][s] == (s <= own && own - s < window));
        }
      }
    }
  }
}

TEST_CASE("gpt.window", "[outputs]") {
  for (const GPTConfig& config : oracle::configs()) {
    for (int64_t window = 1; window <= config.sequence_len; ++window) {
      CAPTURE(window);
      GPT model = oracle::make_gpt(windowed(config, window));
      const torch::Tensor idx = oracle::token_ids(2, config.sequence_len, config.vocab_size);
      CHECK_THAT(model(idx), close_to(oracle::logits(model, idx), 1e-12));
      // What is further away than all layers together reach does not matter; what they reach does.
      const int64_t reach = config.n_layer * (window - 1), last = config.sequence_len - 1;
      for (int64_t t = 0; t <= last; ++t) {
        torch::Tensor other = idx.clone();
        other.select(1, t).add_(1).remainder_(config.vocab_size);
        const bool same = torch::equal(model(other).select(1, last), model(idx).select(1, last));
        CHECK(same == (last - t > reach));
      }
    }
  }
}

TEST_CASE("gpt.window_cached", "[cache]") {
  // A token at a time, a few at a time and all at once: the same window.
  const GPTConfig config = oracle::configs()[0];
  for (const int64_t window : {1, 2, 5, 40}) {
    GPT model = oracle::make_gpt(windowed(config, window));
    model->eval();
    const torch::Tensor idx = oracle::token_ids(2, 23, config.vocab_size), all = model(idx);
    for (const int64_t step : {1, 4}) {
      CAPTURE(window, step);
      nanochat::KVCache cache(config.n_layer);
      for (int64_t t = 0; t < 23; t += step) {
        const int64_t end = std::min<int64_t>(t + step, 23);
        CHECK_THAT(model(idx.slice(1, t, end), &cache), close_to(all.slice(1, t, end), 1e-12));
      }
    }
  }
}

TEST_CASE("packing.window", "[outputs]") {
  // In a packed row each sequence has the window that it has alone.
  const GPTConfig config = oracle::configs()[2];
  GPT model = oracle::make_gpt(windowed(config, 3));
  const torch::Tensor first = oracle::token_ids(1, 4, 41), second = oracle::token_ids(1, 3, 41);
  const torch::Tensor segments = torch::tensor({{0, 0, 0, 0, 1, 1, 1}}, torch::kInt64);
  const torch::Tensor packed = model->forward(torch::cat({first, second}, 1), nullptr, segments);
  CHECK_THAT(packed.slice(1, 0, 4), close_to(model(first), 1e-12));
  CHECK_THAT(packed.slice(1, 4), close_to(model(second), 1e-12));
}

TEST_CASE("gpt.window_refused", "[errors]") {
  CHECK_THROWS_AS(GPT(windowed(oracle::configs()[0], -1)), c10::Error);
  CHECK_THROWS_AS(nanochat::window_mask(3, 3, 0), c10::Error);
  CHECK_THROWS_AS(nanochat::window_mask(4, 3, 2), c10::Error);
}
