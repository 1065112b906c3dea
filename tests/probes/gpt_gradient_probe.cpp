// The gradient of the loss in every weight, against the oracle's and against the loss itself.

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::GPT;
using nanochat::GPTConfig;

TEST_CASE("gpt.gradients", "[gradients]") {
  for (const GPTConfig& config : oracle::configs()) {
    CAPTURE(config.n_layer, config.n_head, config.n_kv_head, config.n_embd);
    GPT model = oracle::make_gpt(config);
    const torch::Tensor idx = oracle::token_ids(3, 6, config.vocab_size);
    const torch::Tensor targets = oracle::token_ids(3, 6, config.vocab_size);
    const std::vector<torch::Tensor> weights = oracle::weights(model);
    const auto wanted = oracle::gradients(oracle::loss(model, idx, targets), weights);
    model->loss(idx, targets).backward();
    for (size_t i = 0; i < weights.size(); ++i) {
      CAPTURE(i);
      CHECK_THAT(weights[i].grad(), close_to(wanted[i], 1e-10));
    }
  }
}

TEST_CASE("gpt.gradient_directions", "[gradients]") {
  const GPTConfig config = oracle::configs()[0];
  GPT model = oracle::make_gpt(config);
  const torch::Tensor idx = oracle::token_ids(2, 5, config.vocab_size);
  const torch::Tensor targets = oracle::token_ids(2, 5, config.vocab_size);
  // The step is small because relu^2 has a kink in its slope.
  CHECK(oracle::gradient_error([&] { return model->loss(idx, targets); }, oracle::weights(model), 1e-5,
                               1e-5) == "");
}

TEST_CASE("gpt.gradients_accumulate", "[gradients]") {
  // A second backward pass adds to the first.
  const GPTConfig config = oracle::configs()[1];
  GPT model = oracle::make_gpt(config);
  const torch::Tensor idx = oracle::token_ids(2, 5, config.vocab_size);
  const torch::Tensor targets = oracle::token_ids(2, 5, config.vocab_size);
  model->loss(idx, targets).backward();
  std::vector<torch::Tensor> once;
  for (const torch::Tensor& weight : oracle::weights(model)) {
    REQUIRE(weight.grad().defined());
    once.push_back(weight.grad().clone());
  }
  model->loss(idx, targets).backward();
  for (size_t i = 0; i < once.size(); ++i)
    CHECK_THAT(oracle::weights(model)[i].grad(), close_to(2.0 * once[i]));
}

TEST_CASE("gpt.trainable", "[gradients]") {
  // Every weight is registered, wants a gradient and gets one that is not zero.
  for (const GPTConfig& config : oracle::configs()) {
    GPT model = oracle::make_gpt(config);
    const auto registered = model->parameters();
    model->loss(oracle::token_ids(3, 6, config.vocab_size), oracle::token_ids(3, 6, config.vocab_size))
        .backward();
    for (const torch::Tensor& weight : oracle::weights(model)) {
      CHECK(weight.requires_grad());
      CHECK(std::count_if(registered.begin(), registered.end(),
                          [&](const torch::Tensor& other) { return other.is_same(weight); }) == 1);
      REQUIRE(weight.grad().defined());
      CHECK(weight.grad().abs().max().item<double>() > 0.0);
    }
  }
}
