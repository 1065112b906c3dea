// Master weights against bfloat16's definition, bit by bit, and sums that are known in closed form.

#include "nanochat/master_weights.h"

#include <bit>
#include <cstdint>

#include "gpt_oracle.h"
#include "probe.h"

using namespace probe;
using nanochat::MasterWeights;
using Tensors = std::vector<torch::Tensor>;

namespace {

// The bfloat16 nearest to x, the even one of two: the upper half of a float's bits.
float nearest_bfloat16(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x), rest = bits & 0xffff;
  uint32_t upper = bits >> 16;
  if (rest > 0x8000 || (rest == 0x8000 && (upper & 1) == 1)) ++upper;
  return std::bit_cast<float>(upper << 16);
}

torch::Tensor rounded(const torch::Tensor& x) {
  torch::Tensor all = x.detach().clone().contiguous();
  float* entries = all.data_ptr<float>();
  for (int64_t i = 0; i < all.numel(); ++i) entries[i] = nearest_bfloat16(entries[i]);
  return all;
}

torch::Tensor master(torch::IntArrayRef sizes) {
  return oracle::normal(sizes).to(torch::kFloat32).requires_grad_();
}

torch::Tensor weight_like(const torch::Tensor& master) {
  return torch::zeros_like(master, torch::kBFloat16).requires_grad_();
}

}  // namespace

TEST_CASE("master_weights.rounded", "[precision]") {
  const Tensors masters = {master({40, 7}), master({5}), master({3, 2, 2})};
  const Tensors weights = {weight_like(masters[0]), weight_like(masters[1]), weight_like(masters[2])};
  MasterWeights both(masters, weights);
  CHECK_THAT(weights[0].detach(), same_as(torch::zeros({40, 7}, torch::kBFloat16)));
  for (int step = 0; step < 3; ++step) {
    Tensors before;
    for (const torch::Tensor& one : masters) before.push_back(one.detach().clone());
    both.write_back();
    for (size_t i = 0; i < 3; ++i) {
      CHECK(weights[i].scalar_type() == torch::kBFloat16);
      CHECK(weights[i].requires_grad());
      CHECK_THAT(weights[i].detach().to(torch::kFloat32), same_as(rounded(before[i])));
      CHECK_THAT(masters[i].detach(), same_as(before[i]));
      // From here on the one changes and the other does not.
      torch::NoGradGuard no_grad;
      masters[i].add_(oracle::normal(masters[i].sizes()).to(torch::kFloat32));
      CHECK_THAT(weights[i].detach().to(torch::kFloat32), same_as(rounded(before[i])));
    }
  }
}

TEST_CASE("master_weights.small_updates", "[precision]") {
  // From one on, a step of 2^-12 is nothing to bfloat16, whose next number is 1 + 2^-7. Seventeen are more
  // than half of the way to it, and 48 are more than half of the way to the one behind.
  const torch::Tensor one = torch::ones({4}).requires_grad_(), weight = weight_like(one);
  MasterWeights both({one}, {weight});
  const auto after = [&](int steps) {
    torch::NoGradGuard no_grad;
    for (int i = 0; i < steps; ++i) {
      one.add_(std::ldexp(1.0, -12));
      both.write_back();
    }
    return weight[2].item<double>();
  };
  CHECK(after(1) == 1.0);
  CHECK(after(15) == 1.0);
  CHECK(after(1) == 1.0 + std::ldexp(1.0, -7));
  CHECK(after(30) == 1.0 + std::ldexp(1.0, -7));
  CHECK(after(2) == 1.0 + std::ldexp(1.0, -6));
  CHECK(one[0].item<double>() == 1.0 + 49 * std::ldexp(1.0, -12));
}

TEST_CASE("master_weights.gradients", "[gradients]") {
  // A step's gradients add up in float32, each once: 1 + 2^-10 and 2^-9 more has no place in bfloat16.
  const Tensors masters = {master({3}), master({2, 2}), master({2})};
  const Tensors weights = {weight_like(masters[0]), weight_like(masters[1]), weight_like(masters[2])};
  MasterWeights both(masters, weights);
  torch::Tensor expected = torch::zeros({3}), other = torch::zeros({2, 2});
  for (const double grad : {1.0, std::ldexp(1.0, -10), std::ldexp(1.0, -9), -0.5}) {
    weights[0].mutable_grad() = torch::full({3}, grad, torch::kBFloat16);
    weights[1].mutable_grad() = torch::full({2, 2}, 3.0 * grad, torch::kBFloat16);
    both.take_gradients();
    expected = expected + grad;
    other = other + 3.0 * grad;
    CHECK_THAT(masters[0].grad(), same_as(expected));
    CHECK_THAT(masters[1].grad(), same_as(other));
    CHECK_FALSE(masters[2].grad().defined());
    for (const torch::Tensor& weight : weights) CHECK_FALSE(weight.grad().defined());
  }
  both.take_gradients();  // none came
  CHECK_THAT(masters[0].grad(), same_as(expected));
  masters[0].mutable_grad().reset();
  weights[0].mutable_grad() = torch::full({3}, 2.0, torch::kBFloat16);
  both.take_gradients();
  CHECK_THAT(masters[0].grad(), same_as(torch::full({3}, 2.0)));
  weights[2].mutable_grad() = torch::full({2}, 0.25, torch::kBFloat16);  // the only one, and the last
  both.take_gradients();
  CHECK_THAT(masters[2].grad(), same_as(torch::full({2}, 0.25)));
}

TEST_CASE("master_weights.training", "[updates]") {
  // Gradient descent on a least-squares problem, beside the same in plain tensors: loss and gradient in
  // bfloat16, the weights in float32.
  const torch::Tensor w = master({6, 4}), weight = weight_like(w);
  torch::Tensor plain = w.detach().clone();
  MasterWeights both({w}, {weight});
  both.write_back();
  const torch::Tensor x = oracle::normal({9, 6}).to(torch::kBFloat16),
                      y = oracle::normal({9, 4}).to(torch::kBFloat16);
  for (int step = 0; step < 8; ++step) {
    for (int batch = 0; batch < 2; ++batch) {
      (x.matmul(weight) - y).square().sum().backward();
      both.take_gradients();
    }
    const torch::Tensor error = x.matmul(plain.to(torch::kBFloat16)) - y;
    const torch::Tensor grad = x.t().matmul(2 * error).to(torch::kFloat32);
    plain = plain - 0.003 * (grad + grad);
    {
      torch::NoGradGuard no_grad;
      w.sub_(0.003 * w.grad());
    }
    w.mutable_grad().reset();
    both.write_back();
    CAPTURE(step);
    CHECK_THAT(w.detach(), close_to(plain, 1e-6));
    CHECK_THAT(weight.detach().to(torch::kFloat32), same_as(rounded(w)));
  }
}

TEST_CASE("master_weights.model", "[precision]") {
  // Of a whole model, whose masters hold what its weights cannot.
  nanochat::GPT model(oracle::configs()[0]), copy(oracle::configs()[0]);
  oracle::perturb(*model);
  model->to(torch::kFloat32);
  copy->to(torch::kBFloat16);
  MasterWeights both(model->parameters(), copy->parameters());
  both.write_back();
  const torch::Tensor idx = oracle::token_ids(2, 7, 29), targets = oracle::token_ids(2, 7, 29);
  copy->loss(idx, targets).backward();
  Tensors grads;
  for (const torch::Tensor& weight : copy->parameters()) grads.push_back(weight.grad().to(torch::kFloat32));
  both.take_gradients();
  for (size_t i = 0; i < grads.size(); ++i) {
    CHECK_THAT(model->parameters()[i].grad(), same_as(grads[i]));
    CHECK_THAT(copy->parameters()[i].detach().to(torch::kFloat32), same_as(rounded(model->parameters()[i])));
  }
}

TEST_CASE("master_weights.none", "[precision]") {
  MasterWeights none;
  none.take_gradients();
  none.write_back();
  const torch::Tensor w = master({3});
  CHECK_THROWS_AS(MasterWeights({w}, {}), c10::Error);
  CHECK_THROWS_AS(MasterWeights({w}, {weight_like(master({4}))}), c10::Error);
}
