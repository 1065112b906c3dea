// Rotary embedding against complex multiplication, and the properties that it exists for.

#include "nanochat/rotary.h"
#include "oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::apply_rotary;
using nanochat::precompute_rotary;
using nanochat::RotaryCache;

namespace {

torch::Tensor rotate(const torch::Tensor& x, const RotaryCache& table) {
  return apply_rotary(x, table.cos, table.sin);
}

struct Shape {
  int64_t B, T, H, D;
};

const std::vector<Shape> kShapes = {{2, 7, 3, 6},   {1, 1, 1, 2}, {3, 5, 4, 8},
                                    {2, 13, 2, 32}, {4, 4, 4, 4}, {1, 3, 5, 10}};

}  // namespace

TEST_CASE("rotary.frequencies", "[outputs]") {
  for (const double base : {10000.0, 500.0, 1e6}) {
    for (const int64_t D : {2, 6, 8, 32, 50}) {
      CAPTURE(base, D);
      const int64_t T = 12;
      const RotaryCache table = precompute_rotary(T, D, base);
      torch::Tensor cos = torch::empty({1, T, 1, D / 2}, torch::kFloat64), sin = torch::empty_like(cos);
      for (int64_t t = 0; t < T; ++t) {
        for (int64_t j = 0; j < D / 2; ++j) {
          const double angle = static_cast<double>(t) / std::pow(base, 2.0 * static_cast<double>(j) / D);
          cos[0][t][0][j] = std::cos(angle);
          sin[0][t][0][j] = std::sin(angle);
        }
      }
      CHECK_THAT(table.cos, close_to(cos, 1e-13));
      CHECK_THAT(table.sin, close_to(sin, 1e-13));
      CHECK(table.length() == T);
    }
  }
}

TEST_CASE("rotary.base", "[outputs]") {
  const RotaryCache table = precompute_rotary(9, 16);
  CHECK_THAT(table.cos, close_to(precompute_rotary(9, 16, 1e4).cos, 1e-14));
  CHECK_THAT(table.sin.select(1, 1).flatten(),
             close_to(torch::pow(1e4, -torch::arange(8, torch::kFloat64) / 8.0).sin()));
}

TEST_CASE("rotary.far", "[edge]") {
  // The angle of a late position has digits enough.
  const int64_t T = 20000;
  const RotaryCache table = precompute_rotary(T, 4);
  for (const int64_t t : {4097, 9999, 19999}) {
    CHECK_THAT(table.cos.select(1, t).flatten()[0],
               close_to(torch::tensor(std::cos(t * 1.0), torch::kFloat64)));
    CHECK_THAT(table.sin.select(1, t).flatten()[1],
               close_to(torch::tensor(std::sin(t * 0.01), torch::kFloat64)));
  }
}

TEST_CASE("rotary.values", "[outputs]") {
  for (const auto& [B, T, H, D] : kShapes) {
    CAPTURE(B, T, H, D);
    for (const torch::Tensor& x : {oracle::normal({B, T, H, D}), oracle::strided({B, T, H, D})}) {
      const torch::Tensor before = x.clone();
      CHECK_THAT(rotate(x, precompute_rotary(T, D)), close_to(oracle::rotate(x)));
      CHECK_THAT(rotate(x, precompute_rotary(T, D, 77.0)), close_to(oracle::rotate(x, 0, 77.0)));
      CHECK_THAT(x, same_as(before));
    }
  }
}

TEST_CASE("rotary.direction", "[outputs]") {
  // A quarter of a turn takes the first half of the channels to minus the second.
  const torch::Tensor cos = torch::zeros({1, 1, 1, 2}, torch::kFloat64), sin = torch::ones_like(cos);
  const torch::Tensor x = torch::tensor({1.0, 2.0, 0.0, 0.0}, torch::kFloat64).view({1, 1, 1, 4});
  const torch::Tensor y = torch::tensor({0.0, 0.0, -1.0, -2.0}, torch::kFloat64).view({1, 1, 1, 4});
  CHECK_THAT(apply_rotary(x, cos, sin), same_as(y));
  CHECK_THAT(apply_rotary(y, cos, sin), same_as(-x));
}

TEST_CASE("rotary.length", "[outputs]") {
  for (const auto& [B, T, H, D] : kShapes) {
    const torch::Tensor x = oracle::normal({B, T, H, D}), y = rotate(x, precompute_rotary(T, D));
    CHECK_THAT(y.square().sum(-1), close_to(x.square().sum(-1)));
    // Of every pair of channels too.
    const torch::Tensor pairs = x.narrow(3, 0, D / 2).square() + x.narrow(3, D / 2, D / 2).square();
    CHECK_THAT(y.narrow(3, 0, D / 2).square() + y.narrow(3, D / 2, D / 2).square(), close_to(pairs));
  }
}

TEST_CASE("rotary.position_zero", "[outputs]") {
  const torch::Tensor x = oracle::normal({2, 5, 3, 8}), y = rotate(x, precompute_rotary(5, 8));
  CHECK_THAT(y.select(1, 0), close_to(x.select(1, 0), 1e-15));
  CHECK((y - x).slice(1, 1).abs().amax(-1).min().item<double>() > 1e-3);
}

TEST_CASE("rotary.relative", "[outputs]") {
  // The product of a query at t and a key at s depends on t - s alone.
  const int64_t T = 9, D = 12;
  const torch::Tensor q = oracle::normal({1, 1, 1, D}).expand({1, T, 1, D}),
                      k = oracle::normal({1, 1, 1, D}).expand({1, T, 1, D});
  const RotaryCache table = precompute_rotary(T, D);
  const torch::Tensor scores =
      rotate(q, table).squeeze(2)[0].matmul(rotate(k, table).squeeze(2)[0].t());  // (T, T)
  for (int64_t distance = -T + 1; distance < T; ++distance) {
    const torch::Tensor same = scores.diagonal(distance);
    CHECK_THAT(same, close_to(same[0].expand_as(same), 1e-12));
  }
  CHECK((scores.diagonal(1)[0] - scores.diagonal(0)[0]).abs().item<double>() > 1e-6);
}

TEST_CASE("rotary.rows", "[outputs]") {
  const RotaryCache table = precompute_rotary(20, 6);
  for (const auto& [start, T] :
       std::vector<std::pair<int64_t, int64_t>>{{0, 20}, {0, 1}, {7, 5}, {19, 1}, {3, 17}}) {
    CAPTURE(start, T);
    const RotaryCache rows = table.rows(start, T);
    CHECK_THAT(rows.cos, close_to(table.cos.narrow(1, start, T), 1e-15));
    CHECK_THAT(rows.sin, close_to(table.sin.narrow(1, start, T), 1e-15));
    CHECK(rows.length() == T);
    const torch::Tensor x = oracle::normal({2, T, 3, 6});
    CHECK_THAT(rotate(x, rows), close_to(oracle::rotate(x, start)));
  }
}

TEST_CASE("rotary.float32", "[outputs]") {
  const RotaryCache table = precompute_rotary(30, 16), narrow = table.to(torch::dtype(torch::kFloat32));
  CHECK_THAT(narrow.cos, same_as(table.cos.to(torch::kFloat32)));
  CHECK_THAT(narrow.sin, same_as(table.sin.to(torch::kFloat32)));
  const torch::Tensor x = oracle::normal({2, 30, 3, 16});
  CHECK_THAT(rotate(x.to(torch::kFloat32), narrow), close_to(oracle::rotate(x).to(torch::kFloat32), 1e-6));
  // Same dtype as x, also when the table has more digits.
  CHECK_THAT(rotate(x.to(torch::kFloat32), table), close_to(oracle::rotate(x).to(torch::kFloat32), 1e-6));
}

TEST_CASE("rotary.gradient", "[gradients]") {
  for (const auto& [B, T, H, D] : kShapes) {
    CAPTURE(B, T, H, D);
    const RotaryCache table = precompute_rotary(T, D);
    const torch::Tensor x = oracle::leaf(oracle::normal({B, T, H, D})),
                        upstream = oracle::normal({B, T, H, D});
    (rotate(x, table) * upstream).sum().backward();
    // A rotation's transpose is the rotation back.
    CHECK_THAT(oracle::rotate(x.grad()), close_to(upstream));
    CHECK(oracle::gradient_error([&] { return (rotate(x, table) * upstream).sum(); }, {x}) == "");
  }
}

TEST_CASE("rotary.length_check", "[errors]") {
  const RotaryCache table = precompute_rotary(8, 6);
  CHECK_NOTHROW(table.rows(0, 8));
  CHECK_THROWS_AS(table.rows(0, 9), c10::Error);
  CHECK_THROWS_AS(table.rows(5, 4), c10::Error);
  CHECK_THROWS_AS(table.rows(-1, 4), c10::Error);
  CHECK(table.rows(3, 0).length() == 0);
  const torch::Tensor x = oracle::normal({2, 5, 3, 6});
  CHECK_THROWS_AS(rotate(x, table), c10::Error);                    // more rows than positions
  CHECK_THROWS_AS(rotate(x, table.rows(0, 4)), c10::Error);         // fewer
  CHECK_THROWS_AS(rotate(x, table.rows(0, 1)), c10::Error);         // one, which would broadcast
  CHECK_THROWS_AS(rotate(x, precompute_rotary(5, 8)), c10::Error);  // another head size
  CHECK_THROWS_AS(rotate(x, precompute_rotary(5, 2)), c10::Error);
  CHECK_THROWS_AS(precompute_rotary(5, 7), c10::Error);
}
