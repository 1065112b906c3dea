// The attention layer: projections, rotation, QK norm, attention and the way out, against the oracle's own
// layer.

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::CausalSelfAttention;

namespace {

struct Shape {
  int64_t B, T, C, H, KV;
};

const std::vector<Shape> kShapes = {{2, 7, 24, 4, 2}, {3, 5, 12, 6, 6}, {1, 13, 40, 5, 1},
                                    {4, 1, 32, 2, 1}, {4, 4, 16, 4, 4}, {2, 6, 48, 6, 3}};

CausalSelfAttention make_layer(int64_t C, int64_t H, int64_t KV) {
  CausalSelfAttention layer(C, H, KV);
  oracle::perturb(*layer);
  return layer;
}

// The table's rows for T positions from `start` on, in float64.
nanochat::RotaryCache positions(const CausalSelfAttention& layer, int64_t start, int64_t T) {
  return nanochat::precompute_rotary(start + T + 3, layer->head_dim).rows(start, T);
}

torch::Tensor run(CausalSelfAttention& layer, const torch::Tensor& x, int64_t start = 0) {
  return layer(x, positions(layer, start, x.size(1)), oracle::causal(x.size(1), x.size(1)));
}

}  // namespace

TEST_CASE("attention.layer", "[outputs]") {
  for (const auto& [B, T, C, H, KV] : kShapes) {
    CAPTURE(B, T, C, H, KV);
    CausalSelfAttention layer = make_layer(C, H, KV);
    for (const torch::Tensor& x : {oracle::normal({B, T, C}), oracle::strided({B, T, C})}) {
      const torch::Tensor before = x.clone();
      CHECK_THAT(run(layer, x), close_to(oracle::attention_layer(layer, x, H, KV)));
      CHECK_THAT(run(layer, x, 17), close_to(oracle::attention_layer(layer, x, H, KV, 17)));
      CHECK_THAT(x, same_as(before));
    }
  }
}

TEST_CASE("attention.layer_causality", "[outputs]") {
  CausalSelfAttention layer = make_layer(24, 4, 2);
  const torch::Tensor x = oracle::normal({3, 8, 24}), before = run(layer, x);
  for (int64_t changed = 0; changed < 8; ++changed) {
    CAPTURE(changed);
    torch::Tensor other = x.clone();
    other.select(1, changed).add_(oracle::normal({3, 24}));
    const torch::Tensor after = run(layer, other);
    CHECK_THAT(after.slice(1, 0, changed), close_to(before.slice(1, 0, changed), 1e-13));
    CHECK((after - before).slice(1, changed).abs().amax(-1).min().item<double>() > 1e-6);
  }
}

TEST_CASE("attention.batch", "[outputs]") {
  CausalSelfAttention layer = make_layer(24, 6, 2);
  const torch::Tensor x = oracle::normal({4, 5, 24}), together = run(layer, x);
  for (int64_t b = 0; b < 4; ++b) {
    CHECK_THAT(together.narrow(0, b, 1), close_to(run(layer, x.narrow(0, b, 1)), 1e-13));
  }
}

TEST_CASE("attention.qk_norm", "[outputs]") {
  // Queries and keys are normalised, so longer ones make no difference, but for the norm's epsilon of 1e-6. The
  // input is of size one: with a large one, and no norm, softmax would pick one key whatever the length.
  CausalSelfAttention layer = make_layer(24, 4, 2);
  const torch::Tensor x = oracle::normal({2, 7, 24}), before = run(layer, x);
  torch::NoGradGuard no_grad;
  layer->c_q->weight.mul_(5.0);
  CHECK_THAT(run(layer, x), close_to(before, 1e-5));
  layer->c_k->weight.mul_(7.0);
  CHECK_THAT(run(layer, x), close_to(before, 1e-5));
  // Values are not.
  layer->c_v->weight.mul_(3.0);
  CHECK_THAT(run(layer, x), close_to(3.0 * before, 1e-5));
}

TEST_CASE("attention.positions", "[outputs]") {
  CausalSelfAttention layer = make_layer(32, 4, 2);
  const torch::Tensor x = oracle::normal({2, 6, 32}), before = run(layer, x);
  // Only distances count.
  for (const int64_t start : {1, 5, 40}) CHECK_THAT(run(layer, x, start), close_to(before, 1e-10));
  // But they do: the last token can tell in which order the others came.
  const torch::Tensor order = torch::tensor({1, 0, 2, 4, 3, 5}, torch::kInt64);
  const torch::Tensor after = run(layer, x.index_select(1, order));
  CHECK((after - before).select(1, 5).abs().max().item<double>() > 1e-4);
}

TEST_CASE("attention.projection", "[outputs]") {
  CausalSelfAttention layer = make_layer(24, 4, 2);
  const torch::Tensor x = oracle::normal({2, 5, 24}), before = run(layer, x);
  torch::NoGradGuard no_grad;
  layer->c_proj->weight.mul_(-2.0);
  CHECK_THAT(run(layer, x), close_to(-2.0 * before));
  layer->c_proj->weight.zero_();
  CHECK_THAT(run(layer, x), close_to(torch::zeros({2, 5, 24}, torch::kFloat64)));
}

TEST_CASE("attention.parameters", "[init]") {
  for (const auto& [B, T, C, H, KV] : kShapes) {
    CAPTURE(C, H, KV);
    CausalSelfAttention layer(C, H, KV);
    const int64_t kv = C / H * KV;
    CHECK(layer->c_q->weight.sizes() == torch::IntArrayRef({C, C}));
    CHECK(layer->c_k->weight.sizes() == torch::IntArrayRef({kv, C}));
    CHECK(layer->c_v->weight.sizes() == torch::IntArrayRef({kv, C}));
    CHECK(layer->c_proj->weight.sizes() == torch::IntArrayRef({C, C}));
    CHECK(layer->parameters().size() == 4);
  }
}

TEST_CASE("attention.layer_gradient", "[gradients]") {
  for (const auto& [B, T, C, H, KV] : kShapes) {
    CAPTURE(B, T, C, H, KV);
    CausalSelfAttention layer = make_layer(C, H, KV);
    const torch::Tensor x = oracle::leaf(oracle::normal({B, T, C})), upstream = oracle::normal({B, T, C});
    const std::vector<torch::Tensor> inputs = {x, layer->c_q->weight, layer->c_k->weight, layer->c_v->weight,
                                               layer->c_proj->weight};
    const auto wanted =
        oracle::gradients((oracle::attention_layer(layer, x, H, KV) * upstream).sum(), inputs);
    const auto got = oracle::gradients((run(layer, x) * upstream).sum(), inputs);
    for (size_t i = 0; i < inputs.size(); ++i) CHECK_THAT(got[i], close_to(wanted[i], T == 1 ? 1e-9 : 1e-11));
    if (T > 1) {
      CHECK(oracle::gradient_error([&] { return (run(layer, x) * upstream).sum(); }, inputs, 1e-7, 1e-5) ==
            "");
    }
  }
}

TEST_CASE("attention.keep", "[outputs]") {
  // The layer attends to what it is told to, whatever that is, and to nothing else.
  CausalSelfAttention layer = make_layer(24, 4, 2);
  const torch::Tensor x = oracle::normal({2, 6, 24});
  const torch::Tensor alone = torch::eye(6, torch::kBool);  // everybody only to itself
  const nanochat::RotaryCache rotary = positions(layer, 3, 6);
  const torch::Tensor together = layer(x, rotary, alone);
  for (int64_t t = 0; t < 6; ++t) {
    const torch::Tensor one = layer(x.narrow(1, t, 1), rotary.rows(t, 1), oracle::causal(1, 1));
    CHECK_THAT(together.narrow(1, t, 1), close_to(one));
  }
}

TEST_CASE("attention.dropout", "[dropout]") {
  // In training each entry is dropped or scaled up so that the mean stays; in evaluation nothing is.
  torch::manual_seed(11);
  CausalSelfAttention layer(24, 4, 2, 0, 0.25);
  oracle::perturb(*layer);
  const torch::Tensor x = oracle::normal({8, 40, 24});
  const nanochat::RotaryCache rotary = positions(layer, 0, 40);
  const torch::Tensor keep = oracle::causal(40, 40);
  layer->eval();
  const torch::Tensor full = layer(x, rotary, keep);
  CHECK_THAT(full, close_to(oracle::attention_layer(layer, x, 4, 2)));
  layer->train();
  const torch::Tensor thinned = layer(x, rotary, keep), dropped = thinned.eq(0);
  CHECK_THAT(thinned, close_to((full / 0.75).masked_fill(dropped, 0.0)));
  const double n = static_cast<double>(full.numel()),
               share = dropped.to(torch::kFloat64).mean().item<double>();
  CHECK(std::abs(share - 0.25) < 6.0 * std::sqrt(0.25 * 0.75 / n));
}

TEST_CASE("attention.sizes", "[errors]") {
  CHECK_THROWS_AS(CausalSelfAttention(25, 4, 2), c10::Error);  // heads do not divide channels
  CHECK_THROWS_AS(CausalSelfAttention(24, 4, 3), c10::Error);  // key and value heads do not divide heads
  CHECK_THROWS_AS(CausalSelfAttention(20, 4, 2), c10::Error);  // five channels a head
  CHECK_THROWS_AS(CausalSelfAttention(24, 2, 4), c10::Error);  // more key and value heads than heads
  CHECK_NOTHROW(CausalSelfAttention(24, 4, 1));
}
