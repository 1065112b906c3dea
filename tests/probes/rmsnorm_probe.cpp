// RMSNorm against its closed form, and at the edges where its epsilon does the work.

#include "nanochat/rmsnorm.h"
#include "oracle.h"
#include "probe.h"

using namespace probe;

namespace {

// x / sqrt(mean(x^2) + eps), in loops over the rows.
torch::Tensor closed_form(const torch::Tensor& x, double eps) {
  const int64_t C = x.size(-1);
  torch::Tensor out = x.to(torch::kFloat64).clone(torch::MemoryFormat::Contiguous);
  double* row = out.data_ptr<double>();
  for (int64_t i = 0; i < out.numel() / C; ++i, row += C) {
    double squares = 0.0;
    for (int64_t c = 0; c < C; ++c) squares += row[c] * row[c];
    const double root = std::sqrt(squares / static_cast<double>(C) + eps);
    for (int64_t c = 0; c < C; ++c) row[c] /= root;
  }
  return out;
}

const std::vector<std::vector<int64_t>> kShapes = {{5},          {3, 7}, {2, 3, 8}, {4, 4, 4},
                                                   {2, 3, 5, 6}, {1, 1}, {9, 33}};

}  // namespace

TEST_CASE("rmsnorm.values", "[outputs]") {
  for (const auto& shape : kShapes) {
    CAPTURE(shape);
    for (const torch::Tensor& x : {oracle::normal(shape), oracle::strided(shape, 3.0)}) {
      const torch::Tensor before = x.clone();
      CHECK_THAT(nanochat::rms_norm(x), close_to(closed_form(x, 1e-6), 1e-14));
      CHECK_THAT(x, same_as(before));
    }
  }
}

TEST_CASE("rmsnorm.epsilon", "[outputs]") {
  for (const double eps : {1e-12, 1e-3, 0.5, 10.0}) {
    CAPTURE(eps);
    const torch::Tensor x = oracle::normal({4, 3, 10});
    CHECK_THAT(nanochat::rms_norm(x, eps), close_to(closed_form(x, eps), 1e-14));
  }
}

TEST_CASE("rmsnorm.unit", "[outputs]") {
  const torch::Tensor y = nanochat::rms_norm(oracle::normal({6, 11}, 100.0));
  CHECK_THAT(y.square().mean(-1), close_to(torch::ones({6}, torch::kFloat64), 1e-8));
  // A row with a mean keeps it: nothing is subtracted.
  const torch::Tensor shifted = nanochat::rms_norm(oracle::normal({6, 11}) + 50.0);
  CHECK(shifted.mean(-1).min().item<double>() > 0.9);
}

TEST_CASE("rmsnorm.rows", "[outputs]") {
  // Each row by itself.
  const torch::Tensor x = oracle::normal({5, 6}), y = nanochat::rms_norm(x);
  torch::Tensor other = x.clone();
  other[3].mul_(1000.0).add_(7.0);
  const torch::Tensor z = nanochat::rms_norm(other);
  for (const int64_t row : {0, 1, 2, 4}) CHECK_THAT(z[row], close_to(y[row], 1e-15));
}

TEST_CASE("rmsnorm.float32", "[outputs]") {
  const torch::Tensor x = oracle::normal({4, 9, 16}).to(torch::kFloat32);
  CHECK_THAT(nanochat::rms_norm(x), close_to(closed_form(x, 1e-6).to(torch::kFloat32), 1e-6));
}

TEST_CASE("rmsnorm.zero_row", "[edge]") {
  for (const auto dtype : {torch::kFloat64, torch::kFloat32}) {
    torch::Tensor x = oracle::normal({4, 3, 6}).to(dtype);
    x[1][2].zero_();
    x[3].zero_();
    const torch::Tensor y = nanochat::rms_norm(x);
    CHECK(finite(y));
    CHECK_THAT(y[1][2], same_as(torch::zeros({6}, dtype)));
    CHECK_THAT(y[3], same_as(torch::zeros({3, 6}, dtype)));
  }
}

TEST_CASE("rmsnorm.zero_row_gradient", "[edge]") {
  for (const double eps : {1e-6, 1e-2}) {
    const torch::Tensor x = oracle::leaf(torch::zeros({3, 5}, torch::kFloat64)),
                        upstream = oracle::normal({3, 5});
    (nanochat::rms_norm(x, eps) * upstream).sum().backward();
    CHECK(finite(x.grad()));
    CHECK_THAT(x.grad(), close_to(upstream / std::sqrt(eps), 1e-13));
  }
}

TEST_CASE("rmsnorm.tiny", "[edge]") {
  // The epsilon is larger than the mean square: a tiny row stays small instead of becoming noise of full
  // size.
  for (const double size : {1e-3, 1e-5, 1e-12, 1e-150}) {
    CAPTURE(size);
    const torch::Tensor x = oracle::normal({4, 8}) * size;
    CHECK_THAT(nanochat::rms_norm(x), close_to(closed_form(x, 1e-6), 1e-13));
  }
}

TEST_CASE("rmsnorm.big", "[edge]") {
  for (const double size : {1e6, 1e50, 1e150}) {
    CAPTURE(size);
    const torch::Tensor x = oracle::normal({4, 8}) * size;
    CHECK_THAT(nanochat::rms_norm(x), close_to(closed_form(x, 1e-6), 1e-13));
  }
  const torch::Tensor x = (oracle::normal({4, 8}) * 1e15).to(torch::kFloat32);
  CHECK_THAT(nanochat::rms_norm(x), close_to(closed_form(x, 1e-6).to(torch::kFloat32), 1e-6));
}

TEST_CASE("rmsnorm.gradient", "[gradients]") {
  for (const auto& [size, eps] :
       std::vector<std::pair<double, double>>{{1.0, 1e-6}, {1.0, 0.3}, {30.0, 1e-6}}) {
    const int64_t C = 7;
    const torch::Tensor x = oracle::leaf(oracle::normal({2, 3, C}, size)),
                        upstream = oracle::normal({2, 3, C});
    (nanochat::rms_norm(x, eps) * upstream).sum().backward();
    // r g - r^3 x mean(x g), with r = 1 / rms
    const torch::Tensor v = x.detach(), r = 1.0 / (v.square().sum(-1, true) / C + eps).sqrt();
    CHECK_THAT(x.grad(), close_to(r * upstream - r.pow(3) * v * (v * upstream).mean(-1, true)));
    CHECK(oracle::gradient_error([&] { return (nanochat::rms_norm(x, eps) * upstream).sum(); }, {x}) == "");
  }
}
