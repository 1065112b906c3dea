// Muon: the orthogonalisation against loops, and whole steps against a second implementation of them.

#include "nanochat/muon.h"
#include "oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::Muon;
using nanochat::MuonGroup;
using nanochat::newton_schulz;

namespace {

const std::vector<std::pair<int64_t, int64_t>> kShapes = {{6, 6}, {4, 11}, {11, 4}, {1, 5},
                                                          {5, 1}, {12, 3}, {24, 30}};

// Long enough for the epsilon beside its norm not to matter.
torch::Tensor matrix(int64_t rows, int64_t cols) {
  return oracle::normal({rows, cols}, 1e4);
}

// What Muon should do to one matrix.
struct Naive {
  torch::Tensor weight, momentum_buffer;

  explicit Naive(const torch::Tensor& start)
      : weight(start.detach().clone()), momentum_buffer(torch::zeros_like(weight)) {}

  void step(const torch::Tensor& grad, const MuonGroup& group) {
    momentum_buffer = group.momentum * momentum_buffer + (1.0 - group.momentum) * grad;
    const torch::Tensor direction =
        group.nesterov ? group.momentum * momentum_buffer + (1.0 - group.momentum) * grad : momentum_buffer;
    const double ratio = static_cast<double>(weight.size(0)) / static_cast<double>(weight.size(1));
    weight = weight - group.lr * std::sqrt(ratio > 1.0 ? ratio : 1.0) *
                          oracle::newton_schulz(direction, group.ns_steps);
  }
};

void compare(MuonGroup group, int64_t steps) {
  std::vector<Naive> naive;
  for (const auto& [rows, cols] : kShapes) {
    group.params.push_back(oracle::leaf(oracle::normal({rows, cols})));
    naive.emplace_back(group.params.back());
  }
  Muon muon({group});
  for (int64_t step = 0; step < steps; ++step) {
    CAPTURE(step);
    for (size_t i = 0; i < naive.size(); ++i) {
      const torch::Tensor grad = matrix(kShapes[i].first, kShapes[i].second) * (step % 3 == 1 ? 10.0 : 1.0);
      group.params[i].mutable_grad() = grad.clone();
      naive[i].step(grad, group);
    }
    muon.step();
    for (size_t i = 0; i < naive.size(); ++i) CHECK_THAT(group.params[i], close_to(naive[i].weight, 1e-9));
  }
}

}  // namespace

TEST_CASE("muon.newton_schulz", "[updates]") {
  for (const auto& [rows, cols] : kShapes) {
    for (const int64_t steps : {1, 2, 5, 7}) {
      CAPTURE(rows, cols, steps);
      const torch::Tensor G = matrix(rows, cols), before = G.clone();
      CHECK_THAT(newton_schulz(G, steps), close_to(oracle::newton_schulz(G, steps), 1e-10));
      CHECK_THAT(newton_schulz(G.t(), steps), close_to(oracle::newton_schulz(G, steps).t(), 1e-10));
      CHECK_THAT(G, same_as(before));
    }
    const torch::Tensor G = matrix(rows, cols);
    CHECK_THAT(newton_schulz(G), close_to(oracle::newton_schulz(G, 5), 1e-10));
  }
}

TEST_CASE("muon.singular_values", "[updates]") {
  // Whatever they were, unless very small, they come out near one, and the singular vectors stay.
  for (const auto& [rows, cols] : kShapes) {
    CAPTURE(rows, cols);
    const int64_t rank = std::min(rows, cols);
    const torch::Tensor U = std::get<0>(at::linalg_qr(oracle::normal({rows, rank})));
    const torch::Tensor V = std::get<0>(at::linalg_qr(oracle::normal({cols, rank})));
    const torch::Tensor sigma = torch::linspace(1.0, 0.05, rank, torch::kFloat64);
    const torch::Tensor X = newton_schulz(torch::matmul(U * sigma, V.t()));
    const torch::Tensor out = torch::matmul(U.t(), torch::matmul(X, V));
    const torch::Tensor values = out.diagonal();
    CHECK(values.min().item<double>() > 0.65);
    CHECK(values.max().item<double>() < 1.25);
    CHECK_THAT(out - values.diag(), close_to(torch::zeros_like(out), 1e-12));
  }
}

TEST_CASE("muon.length", "[updates]") {
  // The length of a gradient does not matter.
  for (const auto& [rows, cols] : kShapes) {
    const torch::Tensor G = matrix(rows, cols), X = newton_schulz(G);
    CHECK_THAT(newton_schulz(1e3 * G), close_to(X, 1e-9));
    CHECK_THAT(newton_schulz(-7.0 * G), close_to(-X, 1e-9));
  }
}

TEST_CASE("muon.zero", "[edge]") {
  CHECK_THAT(newton_schulz(torch::zeros({4, 6}, torch::kFloat64)),
             same_as(torch::zeros({4, 6}, torch::kFloat64)));
  const torch::Tensor p = oracle::leaf(oracle::normal({6, 4})), before = p.detach().clone();
  Muon muon({{.params = {p}}});
  torch::Tensor(p).mutable_grad() = torch::zeros_like(p);
  muon.step();
  CHECK_THAT(p, same_as(before));
}

TEST_CASE("muon.steps", "[updates]") {
  compare({.lr = 0.02}, 8);
  compare({.lr = 0.5, .momentum = 0.6, .ns_steps = 3}, 6);
}

TEST_CASE("muon.nesterov", "[updates]") {
  compare({.lr = 0.02, .momentum = 0.9, .nesterov = true}, 5);
  compare({.lr = 0.02, .momentum = 0.9, .nesterov = false}, 5);
  compare({.lr = 0.02, .momentum = 0.0, .nesterov = false}, 3);
}

TEST_CASE("muon.momentum", "[updates]") {
  // Without Nesterov a gradient of zero leaves the direction as it was.
  const torch::Tensor p = oracle::leaf(oracle::normal({5, 8}));
  Muon muon({{.params = {p}, .lr = 0.1, .momentum = 0.95, .nesterov = false}});
  torch::Tensor(p).mutable_grad() = matrix(5, 8);
  torch::Tensor before = p.detach().clone();
  muon.step();
  const torch::Tensor first = p.detach() - before;
  for (int64_t step = 0; step < 3; ++step) {
    torch::Tensor(p).mutable_grad() = torch::zeros_like(p);
    before = p.detach().clone();
    muon.step();
    CHECK_THAT(p.detach() - before, close_to(first, 1e-8));
  }
}

TEST_CASE("muon.shape_scale", "[updates]") {
  // A step's size, from its largest singular value: lr, times the root of rows over columns where that is
  // more than 1.
  for (const auto& [rows, cols] : kShapes) {
    CAPTURE(rows, cols);
    const torch::Tensor p = oracle::leaf(torch::zeros({rows, cols}, torch::kFloat64)),
                        grad = matrix(rows, cols);
    Muon muon({{.params = {p}, .lr = 0.3}});
    torch::Tensor(p).mutable_grad() = grad.clone();
    muon.step();
    const double scale = rows > cols ? std::sqrt(static_cast<double>(rows) / static_cast<double>(cols)) : 1.0;
    CHECK_THAT(p.detach(), close_to(-0.3 * scale * oracle::newton_schulz(grad, 5), 1e-9));
  }
}

TEST_CASE("muon.groups", "[updates]") {
  // Every group has its own settings, and what is written to them holds from the next step on.
  std::vector<MuonGroup> groups = {{.lr = 0.1, .momentum = 0.8},
                                   {.lr = 0.01, .momentum = 0.5, .nesterov = false}};
  std::vector<Naive> naive;
  for (size_t g = 0; g < 2; ++g) {
    groups[g].params = {oracle::leaf(oracle::normal({6, 9}))};
    naive.emplace_back(groups[g].params[0]);
  }
  Muon muon(groups);
  for (int64_t step = 0; step < 6; ++step) {
    for (size_t g = 0; g < 2; ++g) {
      muon.groups[g].momentum = 0.85 + 0.02 * static_cast<double>(step);
      muon.groups[g].lr = 0.1 / static_cast<double>(step + 1 + static_cast<int64_t>(g));
      const torch::Tensor grad = matrix(6, 9);
      groups[g].params[0].mutable_grad() = grad.clone();
      naive[g].step(grad, muon.groups[g]);
    }
    muon.step();
    for (size_t g = 0; g < 2; ++g) CHECK_THAT(groups[g].params[0], close_to(naive[g].weight, 1e-9));
  }
}

TEST_CASE("muon.skips", "[updates]") {
  // No gradient, no change and no memory of the step, even if there was momentum.
  const torch::Tensor p = oracle::leaf(oracle::normal({4, 5})), grad = matrix(4, 5), second = matrix(4, 5);
  Naive naive(p);
  Muon muon({{.params = {p}, .lr = 0.1}});
  torch::Tensor(p).mutable_grad() = grad.clone();
  muon.step();
  torch::Tensor(p).mutable_grad().reset();
  muon.step();
  torch::Tensor(p).mutable_grad() = second.clone();
  muon.step();
  naive.step(grad, muon.groups[0]);
  naive.step(second, muon.groups[0]);
  CHECK_THAT(p, close_to(naive.weight, 1e-9));

  // It alone is passed over, wherever it stands.
  for (size_t without = 0; without < 3; ++without) {
    std::vector<torch::Tensor> params;
    std::vector<Naive> expected;
    for (size_t i = 0; i < 3; ++i) {
      params.push_back(oracle::leaf(oracle::normal({4, 5})));
      expected.emplace_back(params[i]);
    }
    Muon all({{.params = params, .lr = 0.1}});
    for (size_t i = 0; i < 3; ++i) {
      if (i == without) continue;
      params[i].mutable_grad() = grad.clone();
      expected[i].step(grad, all.groups[0]);
    }
    all.step();
    for (size_t i = 0; i < 3; ++i) CHECK_THAT(params[i], close_to(expected[i].weight, 1e-9));
  }
}

TEST_CASE("muon.leaves_gradients", "[gradients]") {
  const torch::Tensor p = oracle::leaf(oracle::normal({4, 5})), grad = oracle::normal({4, 5});
  Muon muon({{.params = {p}}});
  for (int64_t step = 0; step < 2; ++step) {
    torch::Tensor(p).mutable_grad() = grad.clone();
    muon.step();
    CHECK_THAT(p.grad(), same_as(grad));
    CHECK(p.requires_grad());
    CHECK(p.is_leaf());
  }
  muon.zero_grad();
  CHECK((!p.grad().defined() || p.grad().eq(0.0).all().item<bool>()));
}

TEST_CASE("muon.matrices_only", "[errors]") {
  CHECK_THROWS_AS(Muon({{.params = {oracle::leaf(oracle::normal({5}))}}}), c10::Error);
  CHECK_THROWS_AS(Muon({{.params = {oracle::leaf(oracle::normal({2, 3, 4}))}}}), c10::Error);
}
