// AdamW against LibTorch's, in float64, over many steps.

#include "nanochat/adamw.h"

#include <torch/optim/adamw.h>

#include "oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::AdamW;
using nanochat::AdamWGroup;

namespace {

std::vector<torch::Tensor> make_params() {
  return {oracle::leaf(oracle::normal({5, 3})), oracle::leaf(oracle::normal({7})),
          oracle::leaf(oracle::normal({2, 3, 4}))};
}

std::vector<torch::Tensor> copies(const std::vector<torch::Tensor>& params) {
  std::vector<torch::Tensor> all;
  for (const torch::Tensor& p : params) all.push_back(oracle::leaf(p));
  return all;
}

// The same random gradient for both; now and then a much larger one.
void set_gradients(const torch::Tensor& a, const torch::Tensor& b, int64_t step) {
  const torch::Tensor grad = oracle::normal(a.sizes(), step % 5 == 3 ? 50.0 : 0.3);
  torch::Tensor(a).mutable_grad() = grad.clone();
  torch::Tensor(b).mutable_grad() = grad.clone();
}

torch::optim::AdamW torchs(const std::vector<torch::Tensor>& params, const AdamWGroup& group) {
  return torch::optim::AdamW(params, torch::optim::AdamWOptions(group.lr)
                                         .betas({group.beta1, group.beta2})
                                         .eps(group.eps)
                                         .weight_decay(group.weight_decay));
}

// Runs both for `steps` and compares after each.
void compare(AdamWGroup group, int64_t steps) {
  group.params = make_params();
  const std::vector<torch::Tensor> others = copies(group.params);
  auto reference = torchs(others, group);
  AdamW adamw({group});
  for (int64_t step = 0; step < steps; ++step) {
    CAPTURE(step);
    for (size_t i = 0; i < others.size(); ++i) set_gradients(group.params[i], others[i], step);
    adamw.step();
    reference.step();
    for (size_t i = 0; i < others.size(); ++i) CHECK_THAT(group.params[i], close_to(others[i], 1e-12));
  }
}

}  // namespace

TEST_CASE("adamw.steps", "[updates]") {
  compare({.lr = 0.01}, 25);
  compare({.lr = 0.3, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8}, 25);
  compare({.lr = 0.05, .beta1 = 0.0, .beta2 = 0.5}, 10);
  compare({.lr = 0.02, .weight_decay = 0.1}, 10);
}

TEST_CASE("adamw.weight_decay", "[updates]") {
  // With lr * weight_decay this large, what is decayed matters: the weight before the update, not after.
  compare({.lr = 0.5, .weight_decay = 0.8}, 20);
  compare({.lr = 0.1, .beta1 = 0.9, .beta2 = 0.99, .eps = 1e-8, .weight_decay = 3.0}, 20);
}

TEST_CASE("adamw.decay_alone", "[updates]") {
  // Without any gradient the weight shrinks by lr * weight_decay: it never enters the means.
  const torch::Tensor p = oracle::leaf(oracle::normal({4, 5})), before = p.detach().clone();
  AdamW adamw({{.params = {p}, .lr = 0.25, .weight_decay = 0.4}});
  for (int64_t step = 1; step <= 5; ++step) {
    torch::Tensor(p).mutable_grad() = torch::zeros_like(p);
    adamw.step();
    CHECK_THAT(p, close_to(before * std::pow(0.9, step), 1e-13));
  }
}

TEST_CASE("adamw.first_step", "[updates]") {
  // The correction makes up for means that start at zero: the first step is lr in every direction, however
  // long the gradient is.
  for (const double size : {1e-3, 1.0, 1e4}) {
    const torch::Tensor p = oracle::leaf(oracle::normal({4, 5})), before = p.detach().clone();
    const torch::Tensor grad = oracle::normal({4, 5}, size);
    AdamW adamw({{.params = {p}, .lr = 0.1}});
    torch::Tensor(p).mutable_grad() = grad.clone();
    adamw.step();
    CHECK_THAT(p, close_to(before - 0.1 * grad / (grad.abs() + 1e-10), 1e-12));
  }
}

TEST_CASE("adamw.epsilon", "[edge]") {
  // It is added to the corrected root, where it outweighs a tiny gradient. A gradient of zero moves nothing.
  const torch::Tensor p = oracle::leaf(torch::zeros({6}, torch::kFloat64));
  const torch::Tensor grad = torch::tensor({0.0, 1e-12, -1e-10, 1e-8, 1e-150, 1.0}, torch::kFloat64);
  AdamW adamw({{.params = {p}, .lr = 0.1, .eps = 1e-10}});
  for (int64_t step = 1; step <= 3; ++step) {
    torch::Tensor(p).mutable_grad() = grad.clone();
    adamw.step();
    CHECK(finite(p));
    CHECK_THAT(p, close_to(-0.1 * static_cast<double>(step) * grad / (grad.abs() + 1e-10), 1e-12));
    CHECK_THAT(p[2], close_to(torch::tensor(0.05 * static_cast<double>(step), torch::kFloat64), 1e-10));
  }
}

TEST_CASE("adamw.own_state", "[updates]") {
  // A parameter that joins late starts from its own first step.
  const std::vector<torch::Tensor> params = make_params(), others = copies(params);
  const AdamWGroup group{.params = params, .lr = 0.05, .weight_decay = 0.1};
  auto reference = torchs(others, group);
  AdamW adamw({group});
  for (int64_t step = 0; step < 12; ++step) {
    CAPTURE(step);
    for (size_t i = 0; i < params.size(); ++i) {
      torch::Tensor(params[i]).mutable_grad().reset();
      torch::Tensor(others[i]).mutable_grad().reset();
      if (step >= static_cast<int64_t>(3 * i) && (step + static_cast<int64_t>(i)) % 4 != 3) {
        set_gradients(params[i], others[i], step);
      }
    }
    adamw.step();
    reference.step();
    for (size_t i = 0; i < params.size(); ++i) CHECK_THAT(params[i], close_to(others[i], 1e-12));
  }
}

TEST_CASE("adamw.skips", "[updates]") {
  // No gradient, no change, not even by decay.
  const std::vector<torch::Tensor> params = make_params();
  const torch::Tensor before = params[1].detach().clone();
  AdamW adamw({{.params = params, .lr = 0.5, .weight_decay = 0.5}});
  torch::Tensor(params[0]).mutable_grad() = torch::ones_like(params[0]);
  adamw.step();
  adamw.step();
  CHECK_THAT(params[1], close_to(before, 0.0));

  // Those behind it are not passed over with it: Adam's first step is lr long, whatever the gradient.
  const std::vector<torch::Tensor> all = make_params();
  std::vector<torch::Tensor> began;
  for (const torch::Tensor& param : all) began.push_back(param.detach().clone());
  AdamW behind({{.params = all, .lr = 0.5}});
  for (size_t i = 1; i < all.size(); ++i) torch::Tensor(all[i]).mutable_grad() = torch::ones_like(all[i]);
  behind.step();
  for (size_t i = 0; i < all.size(); ++i) CHECK_THAT(all[i], close_to(began[i] - (i > 0 ? 0.5 : 0.0), 1e-6));
}

TEST_CASE("adamw.groups", "[updates]") {
  // Every group has its own settings, and what is written to lr holds from the next step on.
  const std::vector<torch::Tensor> params = make_params(), others = copies(params);
  AdamW adamw({{.params = {params[0]}, .lr = 0.2, .weight_decay = 0.3},
               {.params = {params[1], params[2]}, .lr = 0.01, .beta1 = 0.5, .beta2 = 0.7, .eps = 1e-4}});
  auto first = torchs({others[0]}, adamw.groups[0]), second = torchs({others[1], others[2]}, adamw.groups[1]);
  for (int64_t step = 0; step < 10; ++step) {
    adamw.groups[0].lr = 0.2 / static_cast<double>(step + 1);
    adamw.groups[1].lr = 0.01 * static_cast<double>(step);
    first.param_groups()[0].options().set_lr(adamw.groups[0].lr);
    second.param_groups()[0].options().set_lr(adamw.groups[1].lr);
    for (size_t i = 0; i < params.size(); ++i) set_gradients(params[i], others[i], step);
    adamw.step();
    first.step();
    second.step();
    for (size_t i = 0; i < params.size(); ++i) CHECK_THAT(params[i], close_to(others[i], 1e-12));
  }
}

TEST_CASE("adamw.float32", "[updates]") {
  const torch::Tensor p = oracle::normal({6, 5}).to(torch::kFloat32).requires_grad_(true);
  const torch::Tensor q = p.detach().clone().requires_grad_(true);
  AdamW adamw({{.params = {p}, .lr = 0.1, .eps = 1e-8, .weight_decay = 0.5}});
  auto reference = torchs({q}, adamw.groups[0]);
  for (int64_t step = 0; step < 10; ++step) {
    torch::Tensor(p).mutable_grad() = torch::randn_like(p);
    torch::Tensor(q).mutable_grad() = p.grad().clone();
    adamw.step();
    reference.step();
    CHECK_THAT(p, close_to(q, 1e-5));
  }
}

TEST_CASE("adamw.leaves_gradients", "[gradients]") {
  // A step reads gradients; zero_grad forgets them.
  const std::vector<torch::Tensor> params = make_params();
  AdamW adamw({{.params = {params[0]}}, {.params = {params[1], params[2]}, .weight_decay = 0.1}});
  for (const torch::Tensor& p : params) torch::Tensor(p).mutable_grad() = torch::full_like(p, 0.75);
  adamw.step();
  for (const torch::Tensor& p : params) {
    CHECK(p.requires_grad());
    CHECK(p.is_leaf());
    CHECK_THAT(p.grad(), same_as(torch::full_like(p, 0.75)));
  }
  adamw.zero_grad();
  for (const torch::Tensor& p : params) CHECK((!p.grad().defined() || p.grad().eq(0.0).all().item<bool>()));
}
