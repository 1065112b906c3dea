// Scaled dot-product attention, its mask and its shared heads, against loops over every query.

#include "nanochat/attention.h"
#include "oracle.h"
#include "probe.h"

using namespace probe;

namespace {

struct Shape {
  int64_t B, H, KV, T, S, D;
};

// Batch and heads differ, lengths are no powers of two, and every way of sharing heads occurs.
const std::vector<Shape> kShapes = {{2, 4, 2, 7, 7, 6}, {3, 6, 1, 5, 5, 4},  {1, 3, 3, 11, 11, 8},
                                    {3, 2, 2, 3, 9, 2}, {2, 6, 3, 1, 6, 10}, {2, 8, 2, 13, 13, 16},
                                    {5, 4, 4, 4, 4, 4}};

torch::Tensor attend(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v,
                     const torch::Tensor& keep) {
  return nanochat::scaled_dot_product_attention(q, k, v, keep);
}

torch::Tensor all_visible(int64_t T, int64_t S) {
  return torch::ones({T, S}, torch::kBool);
}

}  // namespace

TEST_CASE("attention.values", "[outputs]") {
  for (const auto& [B, H, KV, T, S, D] : kShapes) {
    CAPTURE(B, H, KV, T, S, D);
    const torch::Tensor q = oracle::normal({B, H, T, D}), k = oracle::normal({B, KV, S, D});
    const torch::Tensor v = oracle::normal({B, KV, S, D});
    const torch::Tensor keep = oracle::causal(T, S);
    CHECK_THAT(attend(q, k, v, keep), close_to(oracle::attention(q, k, v, keep)));

    // Any mask will do, as long as every query sees something.
    torch::Tensor random = torch::rand({T, S}).gt(0.5);
    random.select(1, S / 2).fill_(true);
    CHECK_THAT(attend(q, k, v, random), close_to(oracle::attention(q, k, v, random)));
  }
}

TEST_CASE("attention.strided", "[outputs]") {
  for (const auto& [B, H, KV, T, S, D] : kShapes) {
    CAPTURE(B, H, KV, T, S, D);
    const torch::Tensor q = oracle::strided({B, H, T, D}), k = oracle::strided({B, KV, S, D});
    const torch::Tensor v = oracle::strided({B, KV, S, D});
    const torch::Tensor before_q = q.clone(), before_k = k.clone(), before_v = v.clone();
    const torch::Tensor keep = oracle::causal(T, S);
    CHECK_THAT(attend(q, k, v, keep), close_to(oracle::attention(q, k, v, keep)));
    CHECK_THAT(q, same_as(before_q));
    CHECK_THAT(k, same_as(before_k));
    CHECK_THAT(v, same_as(before_v));
    CHECK_THAT(keep, same_as(oracle::causal(T, S)));
  }
}

TEST_CASE("attention.scale", "[outputs]") {
  // Two keys, and values that show their weights: the log of their ratio is the difference of the scaled
  // scores.
  for (const int64_t D : {2, 6, 16, 50}) {
    CAPTURE(D);
    const torch::Tensor q = oracle::normal({3, 2, 1, D}), k = oracle::normal({3, 2, 2, D});
    torch::Tensor v = torch::zeros({3, 2, 2, D}, torch::kFloat64);
    v.select(2, 0).select(2, 0).fill_(1.0);
    v.select(2, 1).select(2, 1).fill_(1.0);
    const torch::Tensor weights = attend(q, k, v, all_visible(1, 2)).select(2, 0);
    const torch::Tensor log_ratio = (weights.select(2, 0) / weights.select(2, 1)).log();
    const torch::Tensor difference = (q.select(2, 0) * (k.select(2, 0) - k.select(2, 1))).sum(-1);
    CHECK_THAT(log_ratio, close_to(difference / std::sqrt(static_cast<double>(D)), 1e-11));
  }
}

TEST_CASE("attention.causality", "[outputs]") {
  const int64_t T = 9;
  const torch::Tensor q = oracle::normal({2, 4, T, 6}), k = oracle::normal({2, 2, T, 6});
  const torch::Tensor v = oracle::normal({2, 2, T, 6});
  const torch::Tensor keep = nanochat::causal_mask(T, T);
  const torch::Tensor before = attend(q, k, v, keep);
  for (int64_t changed = 0; changed < T; ++changed) {
    CAPTURE(changed);
    torch::Tensor k2 = k.clone(), v2 = v.clone();
    k2.select(2, changed).add_(3.0 * oracle::normal({2, 2, 6}));
    v2.select(2, changed).add_(100.0);
    const torch::Tensor after = attend(q, k2, v2, keep);
    CHECK_THAT(after.slice(2, 0, changed), close_to(before.slice(2, 0, changed), 1e-13));
    // A token sees itself, and all that follow see it too.
    const torch::Tensor moved = (after - before).slice(2, changed).abs().amax(-1);
    CHECK(moved.min().item<double>() > 1e-6);
  }
}

TEST_CASE("attention.first_token", "[outputs]") {
  // It sees nothing but itself.
  const torch::Tensor q = oracle::normal({2, 4, 5, 6}), k = oracle::normal({2, 2, 5, 6});
  const torch::Tensor v = oracle::normal({2, 2, 5, 6});
  const torch::Tensor first = attend(q, k, v, nanochat::causal_mask(5, 5)).select(2, 0);
  CHECK_THAT(first, close_to(v.select(2, 0).repeat_interleave(2, 1)));
}

TEST_CASE("attention.mask_polarity", "[outputs]") {
  // Where one key alone may be attended to, its value comes out.
  const int64_t S = 6;
  const torch::Tensor q = oracle::normal({2, 3, S, 4}), k = oracle::normal({2, 3, S, 4});
  const torch::Tensor v = oracle::normal({2, 3, S, 4});
  const torch::Tensor chosen = torch::randperm(S);
  const torch::Tensor keep = chosen.unsqueeze(1).eq(torch::arange(S).unsqueeze(0));
  CHECK_THAT(attend(q, k, v, keep), close_to(v.index_select(2, chosen)));
}

TEST_CASE("attention.fully_visible", "[outputs]") {
  for (const auto& [B, H, KV, T, S, D] : kShapes) {
    CAPTURE(B, H, KV, T, S, D);
    const torch::Tensor q = oracle::normal({B, H, T, D}), k = oracle::normal({B, KV, S, D});
    const torch::Tensor v = oracle::normal({B, KV, S, D});
    const torch::Tensor expected =
        at::scaled_dot_product_attention(q, k.repeat_interleave(H / KV, 1), v.repeat_interleave(H / KV, 1));
    CHECK_THAT(attend(q, k, v, all_visible(T, S)), close_to(expected));
  }
}

TEST_CASE("attention.mask_broadcast", "[outputs]") {
  const int64_t B = 3, H = 4, T = 5, S = 7;
  const torch::Tensor q = oracle::normal({B, H, T, 6}), k = oracle::normal({B, 2, S, 6});
  const torch::Tensor v = oracle::normal({B, 2, S, 6});
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{B, H, T, S}, {B, 1, T, S}, {1, H, T, S}, {B, 1, 1, S}, {T, S}}) {
    CAPTURE(shape);
    torch::Tensor keep = torch::rand(shape).gt(0.5);
    keep.select(-1, 2).fill_(true);
    const torch::Tensor full = keep.expand({B, H, T, S});
    const torch::Tensor y = attend(q, k, v, keep);
    for (int64_t b = 0; b < B; ++b) {
      for (int64_t h = 0; h < H; ++h) {
        const torch::Tensor expected =
            oracle::attention(q.narrow(0, b, 1).narrow(1, h, 1), k.narrow(0, b, 1).narrow(1, h / 2, 1),
                              v.narrow(0, b, 1).narrow(1, h / 2, 1), full[b][h]);
        CHECK_THAT(y.narrow(0, b, 1).narrow(1, h, 1), close_to(expected));
      }
    }
  }
}

TEST_CASE("attention.head_mapping", "[outputs]") {
  // Each value head carries its own number; every query head must read that of the group it belongs to.
  for (const auto& [H, KV] :
       std::vector<std::pair<int64_t, int64_t>>{{6, 2}, {6, 3}, {4, 1}, {5, 5}, {12, 4}}) {
    CAPTURE(H, KV);
    const torch::Tensor q = oracle::normal({2, H, 3, 4}), k = oracle::normal({2, KV, 3, 4});
    const torch::Tensor numbers = torch::arange(KV, torch::kFloat64).view({1, KV, 1, 1});
    const torch::Tensor v = numbers.expand({2, KV, 3, 4}).contiguous();
    const torch::Tensor y = attend(q, k, v, all_visible(3, 3));
    for (int64_t h = 0; h < H; ++h) {
      CHECK_THAT(y.select(1, h),
                 close_to(torch::full({2, 3, 4}, static_cast<double>(h / (H / KV)), torch::kFloat64)));
    }
  }
}

TEST_CASE("attention.repeat_kv", "[outputs]") {
  for (const auto& [B, H, KV, T, S, D] : kShapes) {
    CAPTURE(B, H, KV, S, D);
    for (const torch::Tensor& x : {oracle::normal({B, KV, S, D}), oracle::strided({B, KV, S, D})}) {
      const torch::Tensor y = nanochat::repeat_kv(x, H / KV);
      REQUIRE(y.sizes() == torch::IntArrayRef({B, H, S, D}));
      for (int64_t h = 0; h < H; ++h) CHECK_THAT(y.select(1, h), same_as(x.select(1, h / (H / KV))));
    }
  }
}

TEST_CASE("attention.causal_mask", "[outputs]") {
  for (int64_t S = 1; S <= 7; ++S) {
    for (int64_t T = 1; T <= S; ++T) {
      CAPTURE(T, S);
      CHECK_THAT(nanochat::causal_mask(T, S), same_as(oracle::causal(T, S)));
    }
  }
}

TEST_CASE("attention.huge_scores", "[edge]") {
  // However large the scores are, on either side, what may not be seen is not.
  const torch::Tensor q = oracle::normal({2, 4, 6, 4}).abs(), k = oracle::normal({2, 2, 6, 4}).abs();
  const torch::Tensor v = oracle::normal({2, 2, 6, 4});
  const torch::Tensor keep = oracle::causal(6, 6);
  for (const double size : {1e8, -1e8, 1e12, -1e12, 1e100, -1e100}) {
    CAPTURE(size);
    const torch::Tensor y = attend(q * size, k, v, keep);
    CHECK(finite(y));
    CHECK_THAT(y, close_to(oracle::attention(q * size, k, v, keep), 1e-12));
  }
  const torch::Tensor y =
      attend((q * -1e12).to(torch::kFloat32), k.to(torch::kFloat32), v.to(torch::kFloat32), keep);
  CHECK(finite(y));
  CHECK_THAT(y.select(2, 0), close_to(v.select(2, 0).repeat_interleave(2, 1).to(torch::kFloat32), 1e-6));
}

TEST_CASE("attention.gradient", "[gradients]") {
  for (const auto& [B, H, KV, T, S, D] : kShapes) {
    CAPTURE(B, H, KV, T, S, D);
    const torch::Tensor q = oracle::leaf(oracle::normal({B, H, T, D})),
                        k = oracle::leaf(oracle::normal({B, KV, S, D}));
    const torch::Tensor v = oracle::leaf(oracle::normal({B, KV, S, D})),
                        upstream = oracle::normal({B, H, T, D});
    const torch::Tensor keep = oracle::causal(T, S);
    const torch::Tensor blocked =
        torch::zeros({T, S}, torch::kFloat64)
            .masked_fill(keep.logical_not(), -std::numeric_limits<double>::infinity());
    const torch::Tensor scores = torch::einsum("bhtd,bhsd->bhts", {q, k.repeat_interleave(H / KV, 1)}) /
                                 std::sqrt(static_cast<double>(D));
    const torch::Tensor expected =
        torch::einsum("bhts,bhsd->bhtd", {at::softmax(scores + blocked, -1), v.repeat_interleave(H / KV, 1)});
    const auto wanted = oracle::gradients((expected * upstream).sum(), {q, k, v});
    const auto got = oracle::gradients((attend(q, k, v, keep) * upstream).sum(), {q, k, v});
    for (size_t i = 0; i < 3; ++i) CHECK_THAT(got[i], close_to(wanted[i]));
    CHECK(oracle::gradient_error([&] { return (attend(q, k, v, keep) * upstream).sum(); }, {q, k, v}) == "");
  }
}

TEST_CASE("attention.bad_shapes", "[errors]") {
  const torch::Tensor q = oracle::normal({1, 5, 3, 4}), k = oracle::normal({1, 2, 3, 4});
  CHECK_THROWS(attend(q, k, k, all_visible(3, 3)));
  CHECK_THROWS_AS(nanochat::causal_mask(5, 4), c10::Error);  // more queries than positions
}
