// Batch normalisation against LibTorch's own module, batch by batch.

#include "nanochat/batch_norm.h"

#include <torch/nn/modules/batchnorm.h>

#include "oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::BatchNorm;
using torch::Tensor;

namespace {

// Both modules with the same weights, float64, none of them what it starts out as.
struct Pair {
  BatchNorm mine{nullptr};
  torch::nn::BatchNorm1d theirs{nullptr};
};

Pair make_pair(int64_t C, double momentum = 0.1, double eps = 1e-5) {
  Pair pair{BatchNorm(C, momentum, eps),
            torch::nn::BatchNorm1d(torch::nn::BatchNorm1dOptions(C).momentum(momentum).eps(eps))};
  pair.mine->to(torch::kFloat64);
  pair.theirs->to(torch::kFloat64);
  torch::NoGradGuard no_grad;
  pair.mine->weight.copy_(oracle::normal({C}));
  pair.mine->bias.copy_(oracle::normal({C}));
  pair.theirs->weight.copy_(pair.mine->weight);
  pair.theirs->bias.copy_(pair.mine->bias);
  return pair;
}

Tensor batch(int64_t N, int64_t C) {
  return oracle::strided({N, C}, 2.0) + torch::arange(C, torch::kFloat64);
}

}  // namespace

TEST_CASE("batch_norm.training", "[classifier]") {
  for (const auto& [N, C] : std::vector<std::pair<int64_t, int64_t>>{{7, 3}, {2, 5}, {4, 4}, {31, 1}}) {
    Pair pair = make_pair(C);
    for (int64_t step = 0; step < 4; ++step) {
      const Tensor x = batch(N, C), before = x.clone();
      CHECK_THAT(pair.mine(x), close_to(pair.theirs(x)));
      CHECK_THAT(x, same_as(before));
    }
  }
}

TEST_CASE("batch_norm.running", "[classifier]") {
  for (const double momentum : {0.1, 0.35, 1.0}) {
    Pair pair = make_pair(3, momentum);
    for (const int64_t N : {5, 2, 9}) {
      const Tensor x = batch(N, 3);
      pair.mine(x);
      pair.theirs(x);
      CHECK_THAT(pair.mine->running_mean, close_to(pair.theirs->running_mean));
      CHECK_THAT(pair.mine->running_var, close_to(pair.theirs->running_var));
    }
  }
  Pair fresh = make_pair(4);
  CHECK_THAT(fresh.mine->running_mean, same_as(torch::zeros({4}, torch::kFloat64)));
  CHECK_THAT(fresh.mine->running_var, same_as(torch::ones({4}, torch::kFloat64)));
}

TEST_CASE("batch_norm.evaluation", "[classifier]") {
  // By the running statistics, which stay as they are; a row does not depend on its neighbours.
  Pair pair = make_pair(3);
  for (int64_t step = 0; step < 3; ++step) {
    const Tensor x = batch(6, 3);
    pair.mine(x);
    pair.theirs(x);
  }
  pair.mine->eval();
  pair.theirs->eval();
  const Tensor mean = pair.mine->running_mean.clone(), var = pair.mine->running_var.clone();
  const Tensor x = batch(5, 3), y = pair.mine(x);
  CHECK_THAT(y, close_to(pair.theirs(x)));
  for (int64_t n = 0; n < 5; ++n) CHECK_THAT(pair.mine(x.narrow(0, n, 1)), close_to(y.narrow(0, n, 1)));
  CHECK_THAT(pair.mine->running_mean, same_as(mean));
  CHECK_THAT(pair.mine->running_var, same_as(var));
}

TEST_CASE("batch_norm.gradients", "[classifier]") {
  for (const bool training : {true, false}) {
    Pair pair = make_pair(3);
    pair.mine->train(training);
    pair.theirs->train(training);
    const Tensor x = oracle::leaf(batch(6, 3)), factor = oracle::normal({6, 3});
    const std::vector<Tensor> mine =
        oracle::gradients((pair.mine(x) * factor).sum(), {x, pair.mine->weight, pair.mine->bias});
    const std::vector<Tensor> theirs =
        oracle::gradients((pair.theirs(x) * factor).sum(), {x, pair.theirs->weight, pair.theirs->bias});
    for (size_t i = 0; i < mine.size(); ++i) CHECK_THAT(mine[i], close_to(theirs[i], 1e-11));
    CHECK_FALSE(pair.mine->running_mean.requires_grad());
    CHECK_FALSE(pair.mine->running_var.requires_grad());
  }
}

TEST_CASE("batch_norm.constant", "[classifier]") {
  // A column that is the same everywhere: what `eps` is for, and how large it is.
  for (const double eps : {1e-5, 1e-2}) {
    Pair pair = make_pair(2, 0.1, eps);
    Tensor x = batch(4, 2);
    x.select(1, 0).fill_(3.0);
    CHECK_THAT(pair.mine(x), close_to(pair.theirs(x)));
    x.select(1, 0).copy_(torch::tensor({1e-3, 2e-3, 0.0, -1e-3}));
    CHECK_THAT(pair.mine(x), close_to(pair.theirs(x), 1e-11));
  }
}

TEST_CASE("batch_norm.module", "[classifier]") {
  BatchNorm norm(4);
  CHECK(norm->named_parameters().size() == 2);
  CHECK(norm->named_buffers().contains("running_mean"));
  CHECK(norm->named_buffers().contains("running_var"));
  CHECK_THAT(norm->weight.detach(), same_as(torch::ones({4})));
  CHECK_THAT(norm->bias.detach(), same_as(torch::zeros({4})));
}

TEST_CASE("batch_norm.bad_input", "[errors]") {
  BatchNorm norm(3);
  CHECK_THROWS_AS(norm(torch::zeros({1, 3})), c10::Error);
  CHECK_THROWS_AS(norm(torch::zeros({4, 1})), c10::Error);
  CHECK_THROWS_AS(norm(torch::zeros({2, 4, 3})), c10::Error);
  CHECK_NOTHROW(norm(torch::zeros({2, 3})));
  norm->eval();
  CHECK_NOTHROW(norm(torch::zeros({1, 3})));
}
