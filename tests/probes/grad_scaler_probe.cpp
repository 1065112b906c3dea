// The loss scale against the published rule, step by step, and autocast by the dtypes that come out.

#include "nanochat/grad_scaler.h"

#include <cmath>
#include <limits>

#include "gpt_oracle.h"
#include "nanochat/clip.h"
#include "probe.h"

using namespace probe;
using nanochat::Autocast;
using nanochat::GradScaler;
using Tensors = std::vector<torch::Tensor>;

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Parameters of which some have no gradient, all others this one.
Tensors params_with(const torch::Tensor& grad) {
  Tensors params = {oracle::leaf(oracle::normal({3})), oracle::leaf(torch::zeros_like(grad)),
                    oracle::leaf(oracle::normal({2, 2}))};
  params[1].mutable_grad() = grad.clone();
  params[2].mutable_grad() = torch::ones({2, 2}, torch::kFloat64);
  return params;
}

// A step whose gradients have this entry somewhere; returns whether it must be left out.
bool step_with(GradScaler& scaler, double entry) {
  torch::Tensor grad = torch::ones({4, 5}, torch::kFloat64);
  grad[1][3] = entry;
  scaler.unscale_(params_with(grad));
  const bool skip = scaler.found_inf();
  scaler.update();
  return skip;
}

}  // namespace

TEST_CASE("grad_scaler.scale", "[precision]") {
  for (const double scale : {65536.0, 3.0}) {
    const GradScaler scaler({.init_scale = scale});
    const torch::Tensor x = oracle::leaf(oracle::normal({3, 2}));
    const torch::Tensor loss = x.square().sum();
    CHECK_THAT(scaler.scale(loss).detach(), close_to(loss.detach() * scale, 1e-15));
    CHECK_THAT(scaler.scale(x).detach(), close_to(x.detach() * scale, 1e-15));
    scaler.scale(loss).backward();
    CHECK_THAT(x.grad(), close_to(2.0 * scale * x.detach(), 1e-15));
    const torch::Tensor half = torch::full({}, 0.25, torch::kFloat32);
    CHECK(scaler.scale(half).scalar_type() == torch::kFloat32);
  }
  CHECK(GradScaler().state().scale == 65536.0);
}

TEST_CASE("grad_scaler.unscale", "[precision]") {
  GradScaler scaler({.init_scale = 48.0});
  const torch::Tensor grad = oracle::normal({4, 5});
  const Tensors params = params_with(grad);
  const torch::Tensor same = params[1].grad();
  scaler.unscale_(params);
  CHECK_FALSE(scaler.found_inf());
  CHECK_FALSE(params[0].grad().defined());
  CHECK_THAT(params[1].grad(), close_to(grad / 48.0, 1e-15));
  CHECK_THAT(params[2].grad(), close_to(torch::ones({2, 2}, torch::kFloat64) / 48.0, 1e-15));
  CHECK_THAT(same, same_as(params[1].grad()));  // in place
}

TEST_CASE("grad_scaler.infinity", "[precision]") {
  // Whatever is not finite, wherever it is, for this step only.
  GradScaler scaler;
  for (const double entry : {kInf, -kInf, kNaN}) {
    CHECK(step_with(scaler, entry));
    CHECK_FALSE(scaler.found_inf());
    CHECK_FALSE(step_with(scaler, 1e300));
  }
  for (const size_t where : {0, 1, 2}) {
    Tensors params = {oracle::leaf(oracle::normal({2})), oracle::leaf(oracle::normal({3})),
                      oracle::leaf(oracle::normal({1}))};
    for (const torch::Tensor& p : params) torch::Tensor(p).mutable_grad() = torch::ones_like(p);
    params[where].mutable_grad()[-1] = kNaN;
    scaler.unscale_(params);
    CHECK(scaler.found_inf());
    scaler.update();
  }
}

TEST_CASE("grad_scaler.growth", "[precision]") {
  // Twice as large after three good steps in a row, half as large after a bad one.
  GradScaler scaler({.init_scale = 64.0, .growth_interval = 3});
  const std::vector<std::pair<bool, double>> steps = {
      {true, 64}, {true, 64}, {true, 128}, {true, 128}, {true, 128}, {false, 64},
      {true, 64}, {true, 64}, {true, 128}, {false, 64}, {false, 32}, {true, 32},
      {true, 32}, {true, 64}, {true, 64},  {true, 64},  {true, 128}};
  for (const auto& [good, after] : steps) {
    CHECK(step_with(scaler, good ? 1.0 : kInf) != good);
    CHECK(scaler.state().scale == after);
  }
  GradScaler other({.init_scale = 10.0, .growth_factor = 3.0, .backoff_factor = 0.1, .growth_interval = 1});
  step_with(other, 1.0);
  CHECK(other.state().scale == Approx(30.0).epsilon(1e-15));
  step_with(other, kNaN);
  CHECK(other.state().scale == Approx(3.0).epsilon(1e-15));
}

TEST_CASE("grad_scaler.defaults", "[precision]") {
  GradScaler scaler;
  const Tensors params = {oracle::leaf(oracle::normal({1}))};
  const auto steps = [&](int64_t count) {
    for (int64_t step = 0; step < count; ++step) {
      scaler.unscale_(params);
      scaler.update();
    }
  };
  steps(1999);
  CHECK(scaler.state().scale == 65536.0);
  CHECK(scaler.state().growth_tracker == 1999);
  steps(1);
  CHECK(scaler.state().scale == 131072.0);
  step_with(scaler, kInf);
  CHECK(scaler.state().scale == 65536.0);
}

TEST_CASE("grad_scaler.ceiling", "[precision]") {
  // The scale stays a float32.
  GradScaler scaler({.init_scale = std::ldexp(1.0, 126), .growth_interval = 1});
  for (int64_t step = 0; step < 4; ++step) step_with(scaler, 1.0);
  CHECK(scaler.state().scale == std::ldexp(1.0, 127));
}

TEST_CASE("grad_scaler.state", "[precision]") {
  // Restored in the middle of an interval it goes on as if nothing had happened.
  GradScaler scaler({.init_scale = 8.0, .growth_interval = 4}), restored({.growth_interval = 4});
  for (const double entry : {kInf, 1.0, 1.0, 1.0}) step_with(scaler, entry);
  CHECK(scaler.state().scale == 4.0);
  CHECK(scaler.state().growth_tracker == 3);
  restored.load_state(scaler.state());
  CHECK(restored.state().scale == 4.0);
  CHECK_THAT(restored.scale(torch::ones({2})), same_as(torch::full({2}, 4.0)));
  step_with(restored, 1.0);
  CHECK(restored.state().scale == 8.0);
  CHECK(restored.state().growth_tracker == 0);
}

TEST_CASE("grad_scaler.training", "[precision]") {
  // Scaled, unscaled and clipped, a step is the same as without a scale, which is a power of two.
  nanochat::GPT plain = oracle::make_gpt(oracle::configs()[0]),
                scaled = oracle::make_gpt(oracle::configs()[0]);
  const Tensors p = oracle::weights(plain), s = oracle::weights(scaled);
  {
    torch::NoGradGuard no_grad;
    for (size_t i = 0; i < p.size(); ++i) s[i].copy_(p[i]);
  }
  nanochat::Optimizers without = plain->configure_optimizers(), with = scaled->configure_optimizers();
  GradScaler scaler;
  for (int64_t step = 0; step < 2; ++step) {
    const torch::Tensor idx = oracle::token_ids(2, 6, 29), targets = idx.roll(1, -1);
    plain->loss(idx, targets).backward();
    const double norm = nanochat::clip_grad_norm_(p, 0.05);
    scaler.scale(scaled->loss(idx, targets)).backward();
    scaler.unscale_(s);
    CHECK(nanochat::clip_grad_norm_(s, 0.05) == Approx(norm).epsilon(1e-13));
    REQUIRE_FALSE(scaler.found_inf());
    scaler.update();
    for (nanochat::Optimizers* optimizers : {&without, &with}) {
      optimizers->adamw.step();
      optimizers->muon.step();
      optimizers->adamw.zero_grad();
      optimizers->muon.zero_grad();
    }
    for (size_t i = 0; i < p.size(); ++i) CHECK_THAT(s[i].detach(), close_to(p[i].detach(), 1e-11));
  }
}

TEST_CASE("grad_scaler.misuse", "[errors]") {
  const Tensors params = params_with(torch::ones({2, 3}, torch::kFloat64));
  GradScaler scaler;
  CHECK_THROWS_AS(scaler.update(), c10::Error);
  scaler.unscale_(params);
  CHECK_THROWS_AS(scaler.unscale_(params), c10::Error);
  scaler.update();
  CHECK_THROWS_AS(scaler.update(), c10::Error);
  CHECK_THROWS_AS(GradScaler({.init_scale = 0.0}), c10::Error);
  CHECK_THROWS_AS(GradScaler({.init_scale = kInf}), c10::Error);
  CHECK_THROWS_AS(GradScaler({.growth_factor = 1.0}), c10::Error);
  CHECK_THROWS_AS(GradScaler({.backoff_factor = 1.0}), c10::Error);
  CHECK_THROWS_AS(GradScaler({.backoff_factor = 0.0}), c10::Error);
  CHECK_THROWS_AS(GradScaler({.growth_interval = 0}), c10::Error);
  CHECK_THROWS_AS(scaler.load_state({.scale = 0.0, .growth_tracker = 0}), c10::Error);
  CHECK_THROWS_AS(scaler.load_state({.scale = kNaN, .growth_tracker = 0}), c10::Error);
  CHECK_THROWS_AS(scaler.load_state({.scale = kInf, .growth_tracker = 0}), c10::Error);
  CHECK_THROWS_AS(scaler.load_state({.scale = 1.0, .growth_tracker = -1}), c10::Error);
}

TEST_CASE("autocast.dtype", "[precision]") {
  const torch::Tensor a = oracle::normal({3, 4}).to(torch::kFloat32),
                      b = oracle::normal({4, 2}).to(torch::kFloat32);
  const auto dtype = [&] { return a.matmul(b).scalar_type(); };
  CHECK(dtype() == torch::kFloat32);
  {
    const Autocast half(torch::kFloat16);
    CHECK(dtype() == torch::kFloat16);
    CHECK_THAT(a.matmul(b), same_as(a.to(torch::kFloat16).matmul(b.to(torch::kFloat16))));
    {
      const Autocast other(torch::kBFloat16);
      CHECK(dtype() == torch::kBFloat16);
      const Autocast off(torch::kBFloat16, false);
      CHECK(dtype() == torch::kFloat32);
    }
    CHECK(dtype() == torch::kFloat16);
  }
  CHECK(dtype() == torch::kFloat32);
}

TEST_CASE("autocast.weights", "[precision]") {
  // What is multiplied is the weight of now, not of the last time.
  const torch::Tensor x = torch::eye(3),
                      w = oracle::leaf(torch::ones({3, 3})).to(torch::kFloat32).detach().requires_grad_();
  for (const double value : {2.0, 5.0}) {
    {
      torch::NoGradGuard no_grad;
      w.fill_(value);
    }
    const Autocast half(torch::kFloat16);
    CHECK_THAT(x.matmul(w).detach(), same_as(torch::full({3, 3}, value, torch::kFloat16)));
  }
}

TEST_CASE("autocast.gradients", "[precision]") {
  // A model in float32 gets gradients in float32, near those of full precision. Small ones only survive with
  // a scale.
  nanochat::GPT model = oracle::make_gpt(oracle::configs()[0]);
  model->to(torch::kFloat32);
  const torch::Tensor idx = oracle::token_ids(3, 8, 29), targets = idx.roll(1, -1);
  const Tensors params = oracle::weights(model);
  model->loss(idx, targets).backward();
  Tensors expected;
  for (const torch::Tensor& p : params) expected.push_back(p.grad().clone());
  model->zero_grad();

  GradScaler scaler({.init_scale = 1024.0});
  torch::Tensor loss;
  {
    const Autocast half(torch::kFloat16);
    loss = model->loss(idx, targets);
  }
  CHECK(loss.scalar_type() == torch::kFloat32);
  scaler.scale(loss).backward();
  scaler.unscale_(params);
  CHECK_FALSE(scaler.found_inf());
  for (size_t i = 0; i < params.size(); ++i) {
    CAPTURE(i);
    CHECK_THAT(params[i].grad(), close_to(expected[i], 0.05));
    CHECK_FALSE(torch::equal(params[i].grad(), expected[i]));
  }
}
