// The same kernels against the tree's own functions on the CPU, in double: what the probes' references say is
// what nanochat computes. Gradients come from LibTorch's autograd of the tree's forward pass.
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include "harness.h"
#include "nanochat/adamw.h"
#include "nanochat/attention.h"
#include "nanochat/clip.h"
#include "nanochat/loss.h"
#include "nanochat/rmsnorm.h"
#include "nanochat/rotary.h"
#include "nanochat/softmax.h"

namespace probes {
namespace {

using namespace nanochat::kernels;
using torch::Tensor;

// A tensor of float on the device, and the same numbers in double on the CPU.
struct Both {
  Tensor tensor;
  Device<float> device;

  Both(const char* name, std::vector<int64_t> sizes, uint64_t seed, double deviation = 1.0)
      : Both(name, sizes,
             normal<float>(static_cast<size_t>(c10::multiply_integers(sizes)), seed, deviation)) {}
  float* get() const { return device.get(); }

 private:
  Both(const char* name, const std::vector<int64_t>& sizes, const std::vector<float>& values)
      : tensor(torch::tensor(values, torch::kFloat64).reshape(sizes).requires_grad_()),
        device(name, values) {}
};

// As large a share of the largest value as `steps` roundings of a float are.
void close(Verdict& verdict, const std::string& what, const Device<float>& got, const Tensor& want,
           double steps) {
  const Tensor flat = want.detach().reshape({-1}).contiguous();
  const double scale = flat.abs().max().item<double>();
  std::vector<Expected> expected;
  for (int64_t i = 0; i < flat.numel(); ++i) expected.push_back({flat[i].item<double>(), scale, steps});
  verdict.compare(what, got.read(), expected);
}

Tensor gradient(const Tensor& output, const Tensor& input, const Tensor& upstream) {
  return torch::autograd::grad({output}, {input}, {upstream}, /*retain_graph=*/true)[0];
}

void norms_and_rows(Verdict& verdict, Shape shape) {
  const int64_t N = 5, C = 48;
  const Both x("x", {N, C}, 1), dy("dy", {N, C}, 2);
  const Device<float> y("y", N * C), dx("dx", N * C);
  const Tensor normed = nanochat::rms_norm(x.tensor, 1e-6);
  rms_norm_forward(y.get(), x.get(), N, C, 1e-6f, shape);
  rms_norm_backward(dx.get(), dy.get(), x.get(), N, C, 1e-6f, shape);
  close(verdict, "rms_norm", y, normed, 40);
  close(verdict, "rms_norm gradient", dx, gradient(normed, x.tensor, dy.tensor), 80);

  const Tensor p = nanochat::softmax(x.tensor, -1);
  softmax_forward(y.get(), x.get(), N, C, shape);
  softmax_backward(dx.get(), dy.get(), y.get(), N, C, shape);
  close(verdict, "softmax", y, p, 40);
  close(verdict, "softmax gradient", dx, gradient(p, x.tensor, dy.tensor), 80);

  const Tensor squared = torch::relu(x.tensor).square();
  relu2_forward(y.get(), x.get(), N * C, shape);
  relu2_backward(dx.get(), dy.get(), x.get(), N * C, shape);
  close(verdict, "relu2", y, squared, 2);
  close(verdict, "relu2 gradient", dx, gradient(squared, x.tensor, dy.tensor), 3);
}

void loss(Verdict& verdict, Shape shape) {
  const int64_t N = 6, V = 50;
  const std::vector<int> targets = {3, -1, 49, 0, 7, -1};
  const Both logits("logits", {N, V}, 3, 8.0);
  const Device<int> targets_device("targets", targets);
  const Device<float> upstream("upstream", std::vector<float>(N, 0.25f));
  const Device<float> losses("losses", N), log_sums("log_sums", N), slopes("dlogits", N * V);
  cross_entropy_forward(losses.get(), log_sums.get(), logits.get(), targets_device.get(), N, V, 15.0f, -1,
                        shape);
  cross_entropy_backward(slopes.get(), logits.get(), log_sums.get(), targets_device.get(), N, V, 15.0f, -1,
                         upstream.get(), shape);
  const Tensor mean = nanochat::cross_entropy(15.0 * torch::tanh(logits.tensor / 15.0),
                                              torch::tensor(targets, torch::kInt64));
  double sum = 0.0;
  for (const float one : losses.read()) sum += one;
  verdict.expect(std::abs(sum / 4.0 - mean.item<double>()) < 1e-5, "the mean loss of the tree is another");
  close(verdict, "cross_entropy gradient", slopes,
        gradient(mean, logits.tensor, torch::ones({}, torch::kFloat64)), 400);
}

void positions(Verdict& verdict, Shape shape) {
  const int B = 2, T = 7, H = 4, KV = 2, D = 16;
  const Both x("x", {B, T, H, D}, 4), dy("dy", {B, T, H, D}, 5);
  const nanochat::RotaryCache table = nanochat::precompute_rotary(T, D);
  auto to_device = [](const char* name, const Tensor& t) {
    const Tensor flat = t.reshape({-1}).to(torch::kFloat32).contiguous();
    return Device<float>(name,
                         std::vector<float>(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()));
  };
  const Device<float> cosines = to_device("cos", table.cos), sines = to_device("sin", table.sin);
  const Device<float> y("y", x.device.size()), dx("dx", x.device.size());
  rotary_forward(y.get(), x.get(), cosines.get(), sines.get(), B, T, H, D, shape);
  rotary_backward(dx.get(), dy.get(), cosines.get(), sines.get(), B, T, H, D, shape);
  const Tensor turned = nanochat::apply_rotary(x.tensor, table.cos, table.sin);
  close(verdict, "rotary", y, turned, 6);
  close(verdict, "rotary gradient", dx, gradient(turned, x.tensor, dy.tensor), 6);

  const Both q("q", {B, H, T, D}, 6), k("k", {B, KV, T, D}, 7), v("v", {B, KV, T, D}, 8),
      up("dy", {B, H, T, D}, 9);
  const Device<float> out("y", q.device.size()), dq("dq", q.device.size()), dk("dk", k.device.size()),
      dv("dv", v.device.size()), log_sums("log_sums", B * H * T), products("products", B * H * T);
  attention_forward(out.get(), log_sums.get(), q.get(), k.get(), v.get(), B, T, H, KV, D, shape);
  attention_backward(dq.get(), dk.get(), dv.get(), products.get(), up.get(), out.get(), log_sums.get(),
                     q.get(), k.get(), v.get(), B, T, H, KV, D, shape);
  const Tensor attended =
      nanochat::scaled_dot_product_attention(q.tensor, k.tensor, v.tensor, nanochat::causal_mask(T, T));
  close(verdict, "attention", out, attended, 100);
  close(verdict, "dq", dq, gradient(attended, q.tensor, up.tensor), 200);
  close(verdict, "dk", dk, gradient(attended, k.tensor, up.tensor), 200);
  close(verdict, "dv", dv, gradient(attended, v.tensor, up.tensor), 200);
}

void step(Verdict& verdict, Shape shape) {
  shape.max_blocks = std::min(shape.max_blocks, 3);
  const Both values("values", {30}, 10), slope("gradient", {30}, 11, 0.1);
  const std::vector<float> zeros(30, 0.0f);
  const Device<float> means("exp_avg", zeros), squares("exp_avg_sq", zeros);
  const std::vector<Parameter> parameters = {
      {values.get(), slope.get(), means.get(), squares.get(), 30, 0.02f, 0.1f}};
  const Device<Parameter> described("parameters", parameters);
  const Device<float> norm("norm", 1), scale("scale", 1);
  const Device<double> partial("partial", 1024);
  const Device<unsigned> arrived("arrived", std::vector<unsigned>{0});

  Tensor parameter = values.tensor.detach().clone().requires_grad_();
  parameter.mutable_grad() = slope.tensor.detach().clone();
  nanochat::AdamWGroup group;
  group.params = {parameter};
  group.lr = 0.02;
  group.weight_decay = 0.1;
  group.eps = 1e-10;
  nanochat::AdamW optimizer({group});
  for (int i = 1; i <= 3; ++i) {
    gradient_norm(norm.get(), scale.get(), described.get(), 1, 0.25f, partial.get(), arrived.get(), shape);
    adamw(described.get(), 1, i, 0.8f, 0.95f, 1e-10f, scale.get(), shape);
    parameter.mutable_grad() = slope.tensor.detach().clone();
    const double of_tree = nanochat::clip_grad_norm_({parameter}, 0.25);
    optimizer.step();
    verdict.compare("norm", norm.read(), {{of_tree, of_tree, 1.0}});
  }
  close(verdict, "values after three steps", values.device, parameter, 60);
}

const Register r1("rms_norm, softmax, relu2", norms_and_rows), r2("cross_entropy", loss),
    r3("rotary, attention", positions), r4("adamw, gradient_norm", step);

}  // namespace
}  // namespace probes
