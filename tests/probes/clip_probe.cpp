// The global gradient norm, and clipping by it.

#include "nanochat/clip.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::clip_grad_norm_;
using nanochat::global_grad_norm;

namespace {

// Parameters of several shapes with random gradients; the first and one in between have none.
std::vector<torch::Tensor> with_gradients(double scale) {
  std::vector<torch::Tensor> params = {oracle::leaf(oracle::normal({6}))};
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{4, 5}, {7}, {2, 3, 4}, {1}, {30, 2}}) {
    params.push_back(oracle::leaf(oracle::normal(shape)));
    params.back().mutable_grad() = oracle::normal(shape, scale);
    if (shape.size() == 1 && shape[0] == 7) params.push_back(oracle::leaf(oracle::normal({3, 3})));
  }
  return params;
}

double norm_of(const std::vector<torch::Tensor>& params) {
  long double sum = 0.0L;
  for (const torch::Tensor& p : params) {
    if (!p.grad().defined()) continue;
    const torch::Tensor flat = p.grad().to(torch::kFloat64).reshape({-1});
    for (int64_t i = 0; i < flat.numel(); ++i) sum += std::pow(flat[i].item<double>(), 2.0);
  }
  return static_cast<double>(std::sqrt(sum));
}

// Those that have a gradient.
std::vector<torch::Tensor> trained(const std::vector<torch::Tensor>& params) {
  std::vector<torch::Tensor> some;
  std::copy_if(params.begin(), params.end(), std::back_inserter(some),
               [](const torch::Tensor& p) { return p.grad().defined(); });
  return some;
}

std::vector<torch::Tensor> copies_of_gradients(const std::vector<torch::Tensor>& params) {
  std::vector<torch::Tensor> all;
  for (const torch::Tensor& p : params) all.push_back(p.grad().clone());
  return all;
}

}  // namespace

TEST_CASE("clip.norm", "[clipping]") {
  for (const double scale : {1e-3, 1.0, 1e4}) {
    const std::vector<torch::Tensor> params = with_gradients(scale), some = trained(params);
    const std::vector<torch::Tensor> before = copies_of_gradients(some);
    CHECK(global_grad_norm(params) == Approx(norm_of(params)).epsilon(1e-12));
    for (size_t i = 0; i < some.size(); ++i) CHECK_THAT(some[i].grad(), same_as(before[i]));
  }
  // 3, 4 and 12 are at right angles.
  std::vector<torch::Tensor> three;
  for (const double size : {3.0, -4.0, 12.0}) {
    three.push_back(oracle::leaf(torch::zeros({1}, torch::kFloat64)));
    three.back().mutable_grad() = torch::full({1}, size, torch::kFloat64);
  }
  CHECK(global_grad_norm(three) == Approx(13.0).epsilon(1e-14));
  CHECK(global_grad_norm({}) == 0.0);
}

TEST_CASE("clip.scaled", "[clipping]") {
  for (const double max_norm : {1.0, 0.1, 5.0}) {
    CAPTURE(max_norm);
    const std::vector<torch::Tensor> params = with_gradients(2.0), some = trained(params);
    const std::vector<torch::Tensor> before = copies_of_gradients(some);
    const double norm = norm_of(params);
    REQUIRE(norm > max_norm);
    CHECK(clip_grad_norm_(params, max_norm) == Approx(norm).epsilon(1e-12));
    CHECK(norm_of(params) <= max_norm * (1.0 + 1e-12));
    CHECK(norm_of(params) > max_norm * (1.0 - 1e-5));
    // All by one factor, so that the direction stays.
    const torch::Tensor factor = (some[0].grad() / before[0])[0][0];
    for (size_t i = 0; i < some.size(); ++i) {
      CHECK_THAT(some[i].grad(), close_to(before[i] * (max_norm / norm), 1e-5));
      CHECK_THAT(some[i].grad() / before[i], close_to(factor.expand_as(before[i]), 1e-12));
    }
    CHECK(trained(params).size() == some.size());
  }
}

TEST_CASE("clip.short", "[clipping]") {
  // Gradients that are short enough stay as they are.
  for (const double scale : {1e-4, 0.01, 0.05}) {
    const std::vector<torch::Tensor> params = with_gradients(scale), some = trained(params);
    const std::vector<torch::Tensor> before = copies_of_gradients(some);
    const double norm = norm_of(params);
    REQUIRE(norm < 1.0);
    CHECK(clip_grad_norm_(params, 1.0) == Approx(norm).epsilon(1e-12));
    for (size_t i = 0; i < some.size(); ++i) CHECK_THAT(some[i].grad(), close_to(before[i], 1e-14));
  }
}

TEST_CASE("clip.threshold", "[clipping]") {
  // A hair below the limit nothing changes; a hair above it the norm comes down to it.
  for (const double room : {1.02, 1.3}) {
    const std::vector<torch::Tensor> params = with_gradients(1.0), some = trained(params);
    const std::vector<torch::Tensor> before = copies_of_gradients(some);
    clip_grad_norm_(params, norm_of(params) * room);
    for (size_t i = 0; i < some.size(); ++i) CHECK_THAT(some[i].grad(), same_as(before[i]));
  }
  for (const double room : {0.98, 0.7}) {
    const std::vector<torch::Tensor> params = with_gradients(1.0);
    const double limit = norm_of(params) * room;
    clip_grad_norm_(params, limit);
    CHECK(norm_of(params) == Approx(limit).epsilon(1e-6));
  }
}

TEST_CASE("clip.weights_stay", "[clipping]") {
  const std::vector<torch::Tensor> params = with_gradients(10.0);
  std::vector<torch::Tensor> before;
  for (const torch::Tensor& p : params) before.push_back(p.detach().clone());
  clip_grad_norm_(params, 0.5);
  for (size_t i = 0; i < params.size(); ++i) CHECK_THAT(params[i], same_as(before[i]));
}

TEST_CASE("clip.float32", "[clipping]") {
  const torch::Tensor p = torch::zeros({200, 100}, torch::kFloat32).requires_grad_(true);
  torch::Tensor(p).mutable_grad() = torch::randn({200, 100}, torch::kFloat32);
  const double norm = norm_of({p});
  CHECK(global_grad_norm({p}) == Approx(norm).epsilon(1e-6));
  CHECK(clip_grad_norm_({p}, 1.0) == Approx(norm).epsilon(1e-6));
  CHECK(norm_of({p}) == Approx(1.0).epsilon(1e-5));
}

TEST_CASE("clip.zero", "[clipping]") {
  const torch::Tensor p = oracle::leaf(oracle::normal({3, 4}));
  torch::Tensor(p).mutable_grad() = torch::zeros_like(p);
  CHECK(clip_grad_norm_({p}, 1.0) == 0.0);
  CHECK_THAT(p.grad(), same_as(torch::zeros({3, 4}, torch::kFloat64)));
}
