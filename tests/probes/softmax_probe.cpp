// Softmax, along every dimension, against LibTorch's and its own definition.

#include "nanochat/softmax.h"
#include "oracle.h"
#include "probe.h"

using namespace probe;

TEST_CASE("softmax.values", "[outputs]") {
  const std::vector<std::vector<int64_t>> shapes = {{7},       {3, 5},       {4, 4},
                                                    {2, 3, 6}, {2, 1, 5, 5}, {3, 4, 2, 7}};
  for (const auto& shape : shapes) {
    const int64_t dims = static_cast<int64_t>(shape.size());
    for (const torch::Tensor& x : {oracle::normal(shape, 3.0), oracle::strided(shape, 3.0)}) {
      const torch::Tensor before = x.clone();
      for (int64_t dim = -dims; dim < dims; ++dim) {
        CAPTURE(shape, dim);
        CHECK_THAT(nanochat::softmax(x, dim), close_to(at::softmax(x, dim), 1e-14));
      }
      CHECK_THAT(x, same_as(before));
    }
  }
}

TEST_CASE("softmax.loops", "[outputs]") {
  const torch::Tensor x = oracle::normal({5, 3, 4}, 2.0);
  const auto in = x.accessor<double, 3>();
  torch::Tensor expected = torch::empty_like(x);
  auto out = expected.accessor<double, 3>();
  for (int64_t i = 0; i < 5; ++i) {
    for (int64_t k = 0; k < 4; ++k) {
      double total = 0.0;
      for (int64_t j = 0; j < 3; ++j) total += std::exp(in[i][j][k]);
      for (int64_t j = 0; j < 3; ++j) out[i][j][k] = std::exp(in[i][j][k]) / total;
    }
  }
  CHECK_THAT(nanochat::softmax(x, 1), close_to(expected, 1e-14));
  CHECK_THAT(nanochat::softmax(x, -2), close_to(expected, 1e-14));
}

TEST_CASE("softmax.sums", "[outputs]") {
  const torch::Tensor x = oracle::normal({4, 6, 5}, 4.0);
  for (int64_t dim = -3; dim < 3; ++dim) {
    const torch::Tensor p = nanochat::softmax(x, dim);
    CHECK_THAT(p.sum(dim), close_to(torch::ones_like(p.sum(dim)), 1e-14));
    CHECK(p.ge(0.0).all().item<bool>());
  }
}

TEST_CASE("softmax.float32", "[outputs]") {
  const torch::Tensor x = oracle::normal({3, 8, 5}, 3.0);
  for (int64_t dim = 0; dim < 3; ++dim) {
    CHECK_THAT(nanochat::softmax(x.to(torch::kFloat32), dim),
               close_to(at::softmax(x, dim).to(torch::kFloat32), 2e-6));
  }
}

TEST_CASE("softmax.large", "[edge]") {
  const torch::Tensor x = oracle::normal({4, 6});
  for (const double size : {1e3, 1e5, 1e300}) {
    for (int64_t dim = 0; dim < 2; ++dim) {
      CHECK_THAT(nanochat::softmax(x * size, dim), close_to(at::softmax(x * size, dim), 1e-12));
    }
  }
  // Far from zero on either side, yet close together: what counts is the differences.
  for (const double offset : {4096.0, -4096.0}) {
    CHECK_THAT(nanochat::softmax(x + offset, -1), close_to(at::softmax(x, -1), 1e-11));
    CHECK_THAT(nanochat::softmax((x + offset).to(torch::kFloat32), 0),
               close_to(at::softmax((x + offset).to(torch::kFloat32), 0), 2e-6));
  }
}

TEST_CASE("softmax.infinity", "[edge]") {
  torch::Tensor x = oracle::normal({5, 6});
  const double inf = std::numeric_limits<double>::infinity();
  for (int64_t row = 0; row < 5; ++row) x.slice(0, row, row + 1).slice(1, row + 1, 6).fill_(-inf);
  const torch::Tensor p = nanochat::softmax(x, -1);
  CHECK_THAT(p, close_to(at::softmax(x, -1), 1e-14));
  CHECK(p.masked_select(x.eq(-inf)).eq(0.0).all().item<bool>());

  const torch::Tensor logits = oracle::leaf(x);
  const torch::Tensor weights = oracle::normal({5, 6});
  (nanochat::softmax(logits, -1) * weights).sum().backward();
  CHECK(finite(logits.grad()));
}

TEST_CASE("softmax.gradient", "[gradients]") {
  for (int64_t dim = -3; dim < 3; ++dim) {
    CAPTURE(dim);
    const torch::Tensor x = oracle::leaf(oracle::normal({3, 4, 5}, 2.0));
    const torch::Tensor upstream = oracle::normal({3, 4, 5});
    (nanochat::softmax(x, dim) * upstream).sum().backward();
    const torch::Tensor s = at::softmax(x.detach(), dim);
    CHECK_THAT(x.grad(), close_to(s * (upstream - (upstream * s).sum(dim, true)), 1e-13));
    CHECK(oracle::gradient_error([&] { return (nanochat::softmax(x, dim) * upstream).sum(); }, {x}) == "");
  }
}
