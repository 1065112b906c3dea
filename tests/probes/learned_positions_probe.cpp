// The table of positions by its rows, and the model that uses it, against LibTorch's own building blocks.

#include "nanochat/learned_positions.h"

#include <cmath>

#include "gpt_oracle.h"
#include "nanochat/engine.h"
#include "probe.h"

using namespace probe;
using nanochat::GPT;
using nanochat::GPTConfig;
using nanochat::LearnedPositions;
using torch::Tensor;

namespace {

GPTConfig learned_config() {
  GPTConfig config = oracle::configs()[0];
  config.positions = nanochat::Positions::learned;
  return config;
}

// The model without rotation, with the rows of the table added; one layer, written with at:: functions.
Tensor logits_of(GPT& model, const Tensor& idx) {
  const int64_t B = idx.size(0), T = idx.size(1), H = model->config.n_head, KV = model->config.n_kv_head;
  Tensor x = at::embedding(model->wte->weight, idx) + model->wpe->weight.narrow(0, 0, T);
  x = oracle::rms_norm(x);
  for (nanochat::Block& block : model->blocks) {
    const auto heads = [&](torch::nn::Linear& linear, int64_t count) {
      return at::linear(oracle::rms_norm(x), linear->weight).view({B, T, count, -1}).transpose(1, 2);
    };
    const Tensor q = oracle::rms_norm(heads(block->attn->c_q, H));
    const Tensor k = oracle::rms_norm(heads(block->attn->c_k, KV));
    const Tensor y = oracle::attention(q.contiguous(), k.contiguous(),
                                       heads(block->attn->c_v, KV).contiguous(), oracle::causal(T, T));
    x = x + at::linear(y.transpose(1, 2).reshape({B, T, -1}), block->attn->c_proj->weight);
    x = x + oracle::mlp(block->mlp, oracle::rms_norm(x));
  }
  return oracle::head(model, x);
}

}  // namespace

TEST_CASE("learned_positions.rows", "[outputs]") {
  LearnedPositions positions(9, 5);
  oracle::perturb(*positions);
  CHECK(positions->length() == 9);
  CHECK(positions->weight.sizes() == torch::IntArrayRef({9, 5}));
  const Tensor x = oracle::strided({3, 4, 5}), before = x.clone();
  torch::NoGradGuard no_grad;
  for (const int64_t start : {0, 1, 5}) {
    const Tensor y = start == 0 ? positions(x) : positions(x, start);
    for (int64_t b = 0; b < 3; ++b) {
      for (int64_t t = 0; t < 4; ++t) CHECK_THAT(y[b][t], close_to(x[b][t] + positions->weight[start + t]));
    }
  }
  CHECK_THAT(x, same_as(before));
}

TEST_CASE("learned_positions.init", "[init]") {
  torch::manual_seed(3);
  for (const Tensor& table : {LearnedPositions(200, 50)->weight, [] {
                                GPTConfig config = learned_config();
                                config.sequence_len = 500;
                                return GPT(config)->wpe->weight.detach();
                              }()}) {
    CHECK(table.mean().item<double>() == Approx(0.0).margin(0.01));
    CHECK(table.std().item<double>() == Approx(0.1).margin(0.01));
  }
}

TEST_CASE("learned_positions.gradients", "[gradients]") {
  LearnedPositions positions(6, 3);
  oracle::perturb(*positions);
  REQUIRE(positions->parameters().size() == 1);
  const Tensor x = oracle::leaf(oracle::normal({2, 4, 3})), factor = oracle::normal({2, 4, 3});
  const auto f = [&] { return (positions(x, 1) * factor).sum(); };
  CHECK(oracle::gradient_error(f, {x, positions->weight}) == "");
}

TEST_CASE("learned_positions.limits", "[errors]") {
  LearnedPositions positions(4, 2);
  const Tensor x = torch::zeros({1, 4, 2});
  CHECK_NOTHROW(positions(x));
  CHECK_NOTHROW(positions(x.slice(1, 0, 1), 3));
  CHECK_THROWS_AS(positions(x, 1), c10::Error);
  CHECK_THROWS_AS(positions(x.slice(1, 0, 1), 4), c10::Error);
  CHECK_THROWS_AS(positions(x, -1), c10::Error);
  CHECK_THROWS_AS(positions(torch::zeros({1, 5, 2})), c10::Error);
  CHECK_THROWS_AS(positions(torch::zeros({1, 2, 1})), c10::Error);
  CHECK_THROWS_AS(positions(torch::zeros({4, 2})), c10::Error);
  CHECK_THROWS_AS(LearnedPositions(0, 2), c10::Error);
  CHECK_THROWS_AS(LearnedPositions(2, 0), c10::Error);
  CHECK_NOTHROW(LearnedPositions(1, 1));
}

TEST_CASE("learned_positions.model", "[outputs]") {
  const GPTConfig config = learned_config();
  GPT model = oracle::make_gpt(config);
  for (const int64_t T : {int64_t{1}, int64_t{6}, config.sequence_len}) {
    const Tensor idx = oracle::token_ids(2, T, config.vocab_size);
    CHECK_THAT(model(idx), close_to(logits_of(model, idx), 1e-11));
  }
  CHECK(model->max_positions() == config.sequence_len);
  CHECK_THROWS_AS(model(oracle::token_ids(1, config.sequence_len + 1, config.vocab_size)), c10::Error);
  CHECK_FALSE(oracle::make_gpt(oracle::configs()[0])->wpe);
}

TEST_CASE("learned_positions.cache", "[cache]") {
  // Token by token, a cache gives what the whole gives.
  const GPTConfig config = learned_config();
  GPT model = oracle::make_gpt(config);
  const Tensor idx = oracle::token_ids(2, 7, config.vocab_size), whole = model(idx);
  nanochat::KVCache cache(config.n_layer);
  CHECK_THAT(model(idx.slice(1, 0, 3), &cache), close_to(whole.slice(1, 0, 3)));
  for (int64_t t = 3; t < 7; ++t) {
    CHECK_THAT(model(idx.slice(1, t, t + 1), &cache), close_to(whole.slice(1, t, t + 1)));
  }
}

TEST_CASE("learned_positions.optimizer", "[updates]") {
  // The table is trained, with the embedding, and nothing is trained twice.
  GPT model(learned_config());
  nanochat::Optimizers optimizers = model->configure_optimizers();
  size_t owned = 0, tables = 0;
  for (const auto& group : optimizers.adamw.groups) {
    owned += group.params.size();
    for (const Tensor& param : group.params) {
      if (!param.is_same(model->wpe->weight)) continue;
      ++tables;
      CHECK(group.name == "embedding");
    }
  }
  for (const auto& group : optimizers.muon.groups) owned += group.params.size();
  CHECK(tables == 1);
  CHECK(owned == model->parameters().size());
}

TEST_CASE("learned_positions.no_rotation", "[outputs]") {
  const Tensor x = oracle::normal({2, 5, 3, 6});
  const nanochat::RotaryCache table = nanochat::no_rotation(5, 6);
  CHECK(table.length() == 5);
  CHECK_THAT(nanochat::apply_rotary(x, table.cos, table.sin), close_to(x, 1e-15));
}
