// Activation checkpointing against the same model without it: gradients, random numbers, precision, memory.

#include "nanochat/recompute.h"

#include "gpt_oracle.h"
#include "nanochat/grad_scaler.h"
#include "nanochat/memory.h"
#include "probe.h"

using namespace probe;
using nanochat::Autocast;
using nanochat::GPT;
using nanochat::GPTConfig;
using nanochat::recompute;

namespace {

// What a training step leaves: the loss, every gradient, and what the generator draws next.
std::vector<torch::Tensor> step(GPT& model, bool again, const torch::Tensor& idx,
                                const torch::Tensor& targets, bool half = false) {
  model->recompute_blocks = again;
  model->zero_grad();
  torch::manual_seed(11);
  torch::Tensor loss;
  {
    const Autocast autocast(torch::kFloat16, half);
    loss = model->loss(idx, targets);
  }
  loss.backward();
  std::vector<torch::Tensor> left = {loss.detach()};
  for (const torch::Tensor& weight : model->parameters()) left.push_back(weight.grad().clone());
  left.push_back(torch::rand({4}, torch::kFloat64));
  return left;
}

void check_equal(const std::vector<torch::Tensor>& ours, const std::vector<torch::Tensor>& theirs,
                 double tolerance) {
  REQUIRE(ours.size() == theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    CAPTURE(i);
    CHECK_THAT(ours[i], close_to(theirs[i], tolerance));
  }
}

}  // namespace

TEST_CASE("recompute.training_step", "[gradients]") {
  for (GPTConfig config : oracle::configs()) {
    for (const double dropout : {0.0, 0.3}) {
      CAPTURE(config.n_layer, dropout);
      config.dropout = dropout;
      GPT model = oracle::make_gpt(config);
      const torch::Tensor idx = oracle::token_ids(3, config.sequence_len, config.vocab_size),
                          targets = oracle::token_ids(3, config.sequence_len, config.vocab_size);
      check_equal(step(model, true, idx, targets), step(model, false, idx, targets), 1e-13);
    }
  }
}

TEST_CASE("recompute.gradients", "[gradients]") {
  // Of a plain function, its input and what it uses.
  const torch::Tensor weight = oracle::normal({5, 5}).requires_grad_();
  const auto block = [&](const torch::Tensor& x) { return torch::tanh(x.matmul(weight)) * x; };
  const torch::Tensor x = oracle::normal({7, 5}).requires_grad_(), direction = oracle::normal({7, 5});
  block(block(x)).backward(direction);
  const torch::Tensor of_x = x.grad().clone(), of_weight = weight.grad().clone();
  x.mutable_grad().reset(), weight.mutable_grad().reset();
  recompute(block, recompute(block, x)).backward(direction);
  CHECK_THAT(x.grad(), close_to(of_x, 1e-13));
  CHECK_THAT(weight.grad(), close_to(of_weight, 1e-13));
}

TEST_CASE("recompute.random", "[dropout]") {
  // Every step draws anew, and the second run draws what the first one drew.
  const torch::Tensor x = oracle::normal({2}).requires_grad_();
  torch::manual_seed(3);
  std::vector<torch::Tensor> drawn;
  const auto block = [&](const torch::Tensor& x) {
    drawn.push_back(torch::rand({3}, torch::kFloat64));
    return x * drawn.back().sum();
  };
  for (int i = 0; i < 2; ++i) recompute(block, recompute(block, x)).sum().backward();
  REQUIRE(drawn.size() == 8);
  torch::manual_seed(3);
  for (const size_t step : {0, 4}) {
    CAPTURE(step);
    for (const size_t which : {0, 1}) {
      const torch::Tensor next = torch::rand({3}, torch::kFloat64);
      CHECK_THAT(drawn[step + which], same_as(next));
      CHECK_THAT(drawn[step + 3 - which], same_as(next));  // the last block first on the way back
    }
  }
}

TEST_CASE("recompute.precision", "[precision]") {
  // Both runs are in the precision of the first, though the backward pass is under no autocast.
  GPTConfig config = oracle::configs()[0];
  config.dropout = 0.2;
  GPT model(config);
  oracle::perturb(*model);
  model->to(torch::kFloat32);
  const torch::Tensor idx = oracle::token_ids(3, 9, 29), targets = oracle::token_ids(3, 9, 29);
  check_equal(step(model, true, idx, targets, true), step(model, false, idx, targets, true), 1e-6);
  std::vector<torch::ScalarType> seen;
  const torch::Tensor x = torch::randn({2, 3}).requires_grad_(), weight = torch::randn({3, 3});
  torch::Tensor y;
  {
    const Autocast autocast(torch::kFloat16);
    y = recompute(
        [&](const torch::Tensor& in) {
          const torch::Tensor out = in.matmul(weight);
          seen.push_back(out.scalar_type());
          return out;
        },
        x);
  }
  y.sum().backward();
  CHECK(seen == std::vector<torch::ScalarType>{torch::kFloat16, torch::kFloat16});
}

TEST_CASE("recompute.memory", "[memory]") {
  GPT model = oracle::make_gpt(oracle::configs()[2]);
  const torch::Tensor idx = oracle::token_ids(8, 7, 41), targets = oracle::token_ids(8, 7, 41);
  const auto held = [&](bool again) {
    model->recompute_blocks = again;
    const int64_t before = nanochat::memory_use().tensor_bytes;
    const torch::Tensor loss = model->loss(idx, targets);
    return nanochat::memory_use().tensor_bytes - before;
  };
  // Of three blocks' activations only their inputs are left.
  CHECK(held(true) < held(false) / 3);
}

TEST_CASE("recompute.once", "[outputs]") {
  // Without gradients there is no second run.
  int runs = 0;
  const auto block = [&](const torch::Tensor& x) {
    ++runs;
    return x * 2.0;
  };
  const torch::Tensor x = oracle::normal({3}).requires_grad_();
  {
    torch::NoGradGuard no_grad;
    CHECK_THAT(recompute(block, x), close_to(x * 2.0, 1e-15));
  }
  CHECK_THAT(recompute(block, x.detach()), close_to(x * 2.0, 1e-15));
  CHECK(runs == 2);
  recompute(block, x).sum().backward();
  CHECK(runs == 4);
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  model->recompute_blocks = true;
  model->eval();
  const torch::Tensor idx = oracle::token_ids(2, 9, 29);
  CHECK_THAT(model(idx), close_to(oracle::logits(model, idx), 1e-12));
}
