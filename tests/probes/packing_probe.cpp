// Several sequences in one row: each must come out as if it were alone. And dropout in the whole model.

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::GPT;
using nanochat::GPTConfig;

namespace {

// One row, (1, T), of segments with these lengths.
torch::Tensor segments_of(const std::vector<std::pair<int64_t, int64_t>>& id_and_length) {
  std::vector<torch::Tensor> pieces;
  for (const auto& [id, length] : id_and_length)
    pieces.push_back(torch::full({1, length}, id, torch::kInt64));
  return torch::cat(pieces, 1);
}

}  // namespace

TEST_CASE("packing.mask", "[outputs]") {
  const torch::Tensor segments = torch::tensor({{4, 4, 9, 9, 9, 4}, {0, 1, 2, 2, -1, -1}}, torch::kInt64);
  const torch::Tensor keep = nanochat::packed_causal_mask(segments);
  REQUIRE(keep.sizes() == torch::IntArrayRef({2, 1, 6, 6}));
  REQUIRE(keep.scalar_type() == torch::kBool);
  const auto id = segments.accessor<int64_t, 2>();
  for (int64_t b = 0; b < 2; ++b) {
    for (int64_t t = 0; t < 6; ++t) {
      for (int64_t s = 0; s < 6; ++s) {
        CAPTURE(b, t, s);
        CHECK(keep[b][0][t][s].item<bool>() == (s <= t && id[b][s] == id[b][t]));
      }
    }
  }
}

TEST_CASE("packing.device", "[outputs]") {
  // The mask is made where the segments are. Meta tensors have a device and no data.
  const torch::Tensor segments = torch::zeros({2, 5}, torch::dtype(torch::kInt64).device(torch::kMeta));
  const torch::Tensor keep = nanochat::packed_causal_mask(segments);
  CHECK(keep.device() == torch::Device(torch::kMeta));
  CHECK(keep.sizes() == torch::IntArrayRef({2, 1, 5, 5}));
}

TEST_CASE("packing.logits", "[outputs]") {
  for (const GPTConfig& config : oracle::configs()) {
    CAPTURE(config.n_layer, config.n_head, config.n_kv_head, config.n_embd);
    GPT model = oracle::make_gpt(config);
    const std::vector<std::vector<std::pair<int64_t, int64_t>>> rows = {
        {{0, 4}, {1, 1}, {2, 3}, {-1, 1}}, {{7, 9}}, {{1, 2}, {0, 2}, {1000, 5}}};
    std::vector<torch::Tensor> segments;
    for (const auto& row : rows) segments.push_back(segments_of(row));
    const torch::Tensor idx = oracle::token_ids(3, 9, config.vocab_size);
    const torch::Tensor packed = model(idx, nullptr, torch::cat(segments, 0));
    for (size_t b = 0; b < rows.size(); ++b) {
      int64_t start = 0;
      for (const auto& [id, length] : rows[b]) {
        CAPTURE(b, start, length);
        const auto row = static_cast<int64_t>(b);
        const torch::Tensor alone = oracle::logits(model, idx.narrow(0, row, 1).narrow(1, start, length));
        CHECK_THAT(packed.narrow(0, row, 1).narrow(1, start, length), close_to(alone, 1e-11));
        start += length;
      }
    }
  }
}

TEST_CASE("packing.loss", "[gradients]") {
  // The loss of a packed row and its gradients are those of its sequences, weighted by their tokens.
  const GPTConfig config = oracle::configs()[0];
  GPT model = oracle::make_gpt(config);
  const torch::Tensor segments = segments_of({{3, 2}, {1, 4}, {2, 1}, {5, 2}});
  const torch::Tensor idx = oracle::token_ids(1, 9, config.vocab_size);
  torch::Tensor targets = oracle::token_ids(1, 9, config.vocab_size);
  targets[0][1] = -1;
  targets[0][4] = -1;
  const torch::Tensor packed = model->loss(idx, targets, segments);
  torch::Tensor sum = torch::zeros({}, torch::kFloat64);
  for (const auto& [start, length, counted] :
       std::vector<std::array<int64_t, 3>>{{0, 2, 1}, {2, 4, 3}, {6, 1, 1}, {7, 2, 2}}) {
    sum = sum + counted * oracle::loss(model, idx.narrow(1, start, length), targets.narrow(1, start, length));
  }
  const torch::Tensor expected = sum / 7;
  CHECK_THAT(packed, close_to(expected, 1e-12));
  const std::vector<torch::Tensor> weights = oracle::weights(model);
  const auto got = oracle::gradients(packed, weights), wanted = oracle::gradients(expected, weights);
  for (size_t i = 0; i < weights.size(); ++i) CHECK_THAT(got[i], close_to(wanted[i], 1e-10));
}

TEST_CASE("packing.bad_input", "[errors]") {
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  const torch::Tensor idx = oracle::token_ids(1, 4, 29), segments = segments_of({{0, 4}});
  nanochat::KVCache cache(model->config.n_layer);
  CHECK_THROWS_AS(model(idx, &cache, segments), c10::Error);
  CHECK_THROWS_AS(nanochat::packed_causal_mask(segments[0]), c10::Error);
}

TEST_CASE("gpt.dropout", "[dropout]") {
  torch::manual_seed(5);
  GPTConfig config = oracle::configs()[0];
  config.dropout = 0.3;
  GPT model = oracle::make_gpt(config);
  const torch::Tensor idx = oracle::token_ids(3, 7, config.vocab_size);
  model->eval();
  CHECK_THAT(model(idx), close_to(oracle::logits(model, idx), 1e-11));
  model->train();
  CHECK_FALSE(torch::equal(model(idx), model(idx)));
  torch::manual_seed(6);
  const torch::Tensor once = model(idx);
  torch::manual_seed(6);
  CHECK_THAT(model(idx), close_to(once, 1e-14));
}

TEST_CASE("gpt.dropout_block", "[dropout]") {
  // Both branches of a block are thinned out: with the other one silent, about p of what it adds is missing.
  torch::manual_seed(7);
  GPTConfig config = oracle::configs()[0];
  config.dropout = 0.4;
  const int64_t T = 30;
  const nanochat::RotaryCache rotary = nanochat::precompute_rotary(T, config.n_embd / config.n_head);
  const torch::Tensor x = oracle::normal({9, T, config.n_embd}), keep = oracle::causal(T, T);
  for (const bool attention : {true, false}) {
    CAPTURE(attention);
    nanochat::Block block(config, 0);
    oracle::perturb(*block);
    {
      torch::NoGradGuard no_grad;
      (attention ? block->mlp->c_proj : block->attn->c_proj)->weight.zero_();
    }
    block->eval();
    const torch::Tensor full = block(x, rotary, keep) - x;
    block->train();
    const torch::Tensor thinned = block(x, rotary, keep) - x, dropped = thinned.eq(0);
    CHECK_THAT(thinned, close_to((full / 0.6).masked_fill(dropped, 0.0), 1e-12));
    const double n = static_cast<double>(x.numel()),
                 share = dropped.to(torch::kFloat64).mean().item<double>();
    CHECK(std::abs(share - 0.4) < 6.0 * std::sqrt(0.4 * 0.6 / n));
  }
}

TEST_CASE("gpt.dropout_mlp", "[dropout]") {
  torch::manual_seed(8);
  nanochat::MLP mlp(24, 0.2);
  oracle::perturb(*mlp);
  const torch::Tensor x = oracle::normal({40, 24}), full = oracle::mlp(mlp, x);
  const torch::Tensor thinned = mlp(x), dropped = thinned.eq(0);
  CHECK_THAT(thinned, close_to((full / 0.8).masked_fill(dropped, 0.0)));
  const double n = static_cast<double>(x.numel()), share = dropped.to(torch::kFloat64).mean().item<double>();
  CHECK(std::abs(share - 0.2) < 6.0 * std::sqrt(0.2 * 0.8 / n));
  mlp->eval();
  CHECK_THAT(mlp(x), close_to(full));
}

TEST_CASE("gpt.dropout_range", "[errors]") {
  GPTConfig config = oracle::configs()[0];
  for (const double p : {-0.1, 1.0, 1.5}) {
    config.dropout = p;
    CHECK_THROWS_AS(GPT(config), c10::Error);
  }
}
