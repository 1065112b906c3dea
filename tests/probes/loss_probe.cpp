// Cross-entropy against LibTorch's.

#include "nanochat/loss.h"
#include "oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::cross_entropy;

namespace {

torch::Tensor classes(torch::IntArrayRef sizes, int64_t V) {
  return torch::randint(V, sizes, torch::kInt64);
}

torch::Tensor torchs(const torch::Tensor& logits, const torch::Tensor& targets, int64_t ignore_index = -1) {
  return at::cross_entropy_loss(logits.reshape({-1, logits.size(-1)}), targets.reshape({-1}), {},
                                at::Reduction::Mean, ignore_index);
}

}  // namespace

TEST_CASE("loss.values", "[loss]") {
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{}, {7}, {1}, {3, 5}, {5, 5}, {2, 3, 4}}) {
    for (const int64_t V : {2, 5, 31}) {
      CAPTURE(shape, V);
      std::vector<int64_t> sizes = shape;
      sizes.push_back(V);
      const torch::Tensor targets = classes(shape, V);
      for (const torch::Tensor& logits : {oracle::normal(sizes, 3.0), oracle::strided(sizes, 3.0)}) {
        const torch::Tensor before = logits.clone(), targets_before = targets.clone();
        CHECK_THAT(cross_entropy(logits, targets), close_to(torchs(logits, targets), 1e-13));
        CHECK_THAT(logits, same_as(before));
        CHECK_THAT(targets, same_as(targets_before));
      }
    }
  }
}

TEST_CASE("loss.closed_form", "[loss]") {
  const torch::Tensor logits = oracle::normal({6, 9}, 2.0), targets = classes({6}, 9);
  const auto x = logits.accessor<double, 2>();
  double total = 0.0;
  for (int64_t i = 0; i < 6; ++i) {
    double sum = 0.0;
    for (int64_t c = 0; c < 9; ++c) sum += std::exp(x[i][c]);
    total += std::log(sum) - x[i][targets[i].item<int64_t>()];
  }
  CHECK(cross_entropy(logits, targets).item<double>() == Approx(total / 6.0).epsilon(1e-13));
}

TEST_CASE("loss.sign", "[loss]") {
  // Never negative, small where the right class stands out, large where a wrong one does.
  const torch::Tensor targets = classes({8}, 12);
  const torch::Tensor right = 20.0 * at::one_hot(targets, 12).to(torch::kFloat64);
  CHECK(cross_entropy(right, targets).item<double>() > 0.0);
  CHECK(cross_entropy(right, targets).item<double>() < 1e-6);
  CHECK(cross_entropy(-right, targets).item<double>() > 20.0);
}

TEST_CASE("loss.uniform", "[loss]") {
  for (const int64_t V : {2, 10, 513}) {
    const torch::Tensor logits = torch::full({4, 3, V}, -2.5, torch::kFloat64);
    CHECK(cross_entropy(logits, classes({4, 3}, V)).item<double>() == Approx(std::log(V)).epsilon(1e-13));
  }
}

TEST_CASE("loss.ignore_index", "[loss]") {
  const torch::Tensor logits = oracle::normal({4, 6, 11}, 3.0);
  torch::Tensor targets = classes({4, 6}, 11);
  targets[0][0] = -1;
  targets[2].fill_(-1);
  CHECK_THAT(cross_entropy(logits, targets), close_to(torchs(logits, targets), 1e-13));
  // What is ignored may be anything, and does not matter.
  torch::Tensor other = logits.clone();
  other[0][0].mul_(100.0);
  other[2].fill_(3.0);
  CHECK_THAT(cross_entropy(other, targets), close_to(torchs(logits, targets), 1e-13));
  targets.masked_fill_(targets.eq(-1), -100);
  CHECK_THAT(cross_entropy(logits, targets, -100), close_to(torchs(logits, targets, -100), 1e-13));
  // A class can be ignored too.
  const torch::Tensor all = classes({4, 6}, 11);
  CHECK_THAT(cross_entropy(logits, all, 4), close_to(torchs(logits, all, 4), 1e-13));
}

TEST_CASE("loss.float32", "[loss]") {
  const torch::Tensor logits = oracle::normal({40, 17}, 3.0).to(torch::kFloat32), targets = classes({40}, 17);
  CHECK_THAT(cross_entropy(logits, targets), close_to(torchs(logits, targets), 1e-6));
}

TEST_CASE("loss.huge", "[edge]") {
  const torch::Tensor x = oracle::normal({6, 9}), targets = classes({6}, 9);
  for (const double size : {1e3, 1e6, 1e200}) {
    CHECK_THAT(cross_entropy(x * size, targets), close_to(torchs(x * size, targets), 1e-13));
  }
  for (const double offset : {5000.0, -5000.0}) {
    CHECK_THAT(cross_entropy(x + offset, targets), close_to(torchs(x, targets), 1e-10));
    const torch::Tensor narrow = (x + offset).to(torch::kFloat32);
    CHECK_THAT(cross_entropy(narrow, targets), close_to(torchs(narrow, targets), 1e-3));
  }
  // A probability that float32 cannot hold still has a logarithm, and a gradient.
  const torch::Tensor logits = torch::tensor({{200.0F, 0.0F, -3.0F}}, torch::kFloat32).requires_grad_(true);
  const torch::Tensor loss = cross_entropy(logits, torch::tensor({1}, torch::kInt64));
  CHECK(loss.item<double>() == Approx(200.0).epsilon(1e-6));
  loss.backward();
  CHECK_THAT(logits.grad(), close_to(torch::tensor({{1.0F, -1.0F, 0.0F}}, torch::kFloat32), 1e-6));
}

TEST_CASE("loss.gradient", "[gradients]") {
  const torch::Tensor logits = oracle::leaf(oracle::normal({3, 5, 7}, 2.0));
  torch::Tensor targets = classes({3, 5}, 7);
  targets[1][1] = -1;
  targets[2][4] = -1;
  cross_entropy(logits, targets).backward();
  const torch::Tensor kept = targets.ne(-1).unsqueeze(-1).to(torch::kFloat64);
  const torch::Tensor hot = at::one_hot(targets.clamp_min(0), 7).to(torch::kFloat64);
  CHECK_THAT(logits.grad(), close_to((at::softmax(logits.detach(), -1) - hot) * kept / 13.0, 1e-13));
  CHECK(oracle::gradient_error([&] { return cross_entropy(logits, targets); }, {logits}) == "");
}

TEST_CASE("loss.shapes", "[errors]") {
  const torch::Tensor logits = oracle::normal({3, 5, 7});
  CHECK_THROWS_AS(cross_entropy(logits, classes({3, 4}, 7)), c10::Error);
  CHECK_THROWS_AS(cross_entropy(logits, classes({15}, 7)), c10::Error);
  CHECK_THROWS_AS(cross_entropy(logits, torch::full({3, 5}, 7, torch::kInt64)), c10::Error);
  CHECK_THROWS_AS(cross_entropy(logits, torch::full({3, 5}, -2, torch::kInt64)), c10::Error);
}

TEST_CASE("loss.label_smoothing", "[loss]") {
  const torch::Tensor logits = oracle::normal({5, 7, 13}, 3.0);
  for (const bool some_ignored : {false, true}) {
    torch::Tensor targets = classes({5, 7}, 13);
    if (some_ignored) {
      targets[0].fill_(-1);
      targets[3][2] = -1;
    }
    for (const double smoothing : {0.0, 0.1, 0.5, 0.95}) {
      CAPTURE(some_ignored, smoothing);
      const torch::Tensor own = logits.clone().requires_grad_(), other = logits.clone().requires_grad_();
      const torch::Tensor expected = at::cross_entropy_loss(other.reshape({-1, 13}), targets.reshape({-1}),
                                                            {}, at::Reduction::Mean, -1, smoothing);
      const torch::Tensor actual = cross_entropy(own, targets, -1, smoothing);
      CHECK_THAT(actual, close_to(expected, 1e-13));
      actual.backward();
      expected.backward();
      CHECK_THAT(own.grad(), close_to(other.grad(), 1e-14));
    }
  }
}

TEST_CASE("loss.smoothing_refused", "[errors]") {
  const torch::Tensor logits = oracle::normal({2, 3}, 1.0), targets = classes({2}, 3);
  for (const double wrong : {-0.1, 1.0, 2.0, std::nan("")})
    CHECK_THROWS_AS(cross_entropy(logits, targets, -1, wrong), c10::Error);
}
