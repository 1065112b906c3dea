// The kernels as operators of LibTorch, in the emulator: values and gradients against the tree's own
// functions in double and LibTorch's autograd of them, strange strides, half precision, the meta device, and
// what is refused.
#include <torch/csrc/autograd/autograd.h>
#include <torch/types.h>

#include "harness.h"
#include "nanochat/adamw.h"
#include "nanochat/attention.h"
#include "nanochat/clip.h"
#include "nanochat/kernels/operators.h"
#include "nanochat/loss.h"
#include "nanochat/rmsnorm.h"
#include "nanochat/rotary.h"
#include "nanochat/softmax.h"

namespace probes {
namespace {

namespace operators = nanochat::operators;
using torch::Tensor;
using Inputs = std::vector<Tensor>;
using Function = std::function<Tensor(const Inputs&)>;

// As far apart as so many roundings to the format, of numbers as large as the largest one, are.
void close(Verdict& verdict, const std::string& what, const Tensor& got, const Tensor& want, double steps) {
  const double unit = got.scalar_type() == torch::kBFloat16 ? 0x1p-8 : kFloat;
  const Tensor g = got.detach().to(torch::kFloat64), w = want.detach().to(torch::kFloat64);
  if (g.sizes() != w.sizes()) {
    verdict.fail(what + ": the shape is " + c10::str(g.sizes()) + " and should be " + c10::str(w.sizes()));
    return;
  }
  const double error = (g - w).abs().max().item<double>();
  const double bound = steps * unit * w.abs().max().item<double>() + kTiny;
  verdict.worst = std::max(verdict.worst, error / bound);
  verdict.expect(error <= bound, what + ": off by " + std::to_string(error));
}

// The operator in a format against the function in double, on the same numbers, and the gradients of both by
// the first `leaves` inputs, for the same upstream gradient.
void same(Verdict& verdict, const std::string& what, torch::ScalarType format, const Inputs& inputs,
          size_t leaves, const Function& op, const Function& reference, double steps) {
  Inputs narrow, wide;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const bool is_number = inputs[i].is_floating_point();
    const Tensor rounded = is_number ? inputs[i].detach().to(format) : inputs[i];
    narrow.push_back(is_number ? rounded.clone().requires_grad_(i < leaves) : rounded);
    wide.push_back(is_number ? rounded.to(torch::kFloat64).requires_grad_(i < leaves) : rounded);
  }
  const Tensor y = op(narrow), z = reference(wide);
  close(verdict, what, y, z, steps);
  const Tensor up = torch::randn(z.sizes(), torch::kFloat64).to(y.scalar_type());
  const Inputs of_op(narrow.begin(), narrow.begin() + static_cast<ptrdiff_t>(leaves)),
      of_reference(wide.begin(), wide.begin() + static_cast<ptrdiff_t>(leaves));
  const auto got = torch::autograd::grad({y}, of_op, {up});
  const auto want = torch::autograd::grad({z}, of_reference, {up.to(torch::kFloat64)});
  for (size_t i = 0; i < leaves; ++i) {
    verdict.expect(got[i].scalar_type() == format, what + ": a gradient has another format");
    close(verdict, what + ", gradient " + std::to_string(i), got[i], want[i], 4 * steps);
  }
}

void each_operator(Verdict& verdict, Shape) {
  torch::manual_seed(1);
  for (const torch::ScalarType format : {torch::kFloat32, torch::kBFloat16}) {
    const double steps = format == torch::kFloat32 ? 60 : 4;
    const std::string in = format == torch::kFloat32 ? " fp32" : " bf16";
    const Tensor x = torch::randn({2, 3, 20}, torch::kFloat64);
    same(
        verdict, "rms_norm" + in, format, {x}, 1,
        [](const Inputs& i) { return operators::rms_norm(i[0], 1e-6); },
        [](const Inputs& i) { return nanochat::rms_norm(i[0], 1e-6); }, steps);
    same(
        verdict, "relu2" + in, format, {x}, 1, [](const Inputs& i) { return operators::relu2(i[0]); },
        [](const Inputs& i) { return torch::relu(i[0]).square(); }, steps);
    same(
        verdict, "softmax" + in, format, {x * 3}, 1, [](const Inputs& i) { return operators::softmax(i[0]); },
        [](const Inputs& i) { return nanochat::softmax(i[0], -1); }, steps);

    const nanochat::RotaryCache table = nanochat::precompute_rotary(5, 8);
    same(
        verdict, "rotary" + in, format, {torch::randn({2, 5, 3, 8}, torch::kFloat64)}, 1,
        [&](const Inputs& i) { return operators::rotary(i[0], table.cos, table.sin); },
        [&](const Inputs& i) { return nanochat::apply_rotary(i[0], table.cos, table.sin); }, steps);

    const Tensor targets = torch::tensor({{3, -1, 29}, {0, 7, 7}}, torch::kInt64);
    same(
        verdict, "cross_entropy" + in, format, {torch::randn({2, 3, 30}, torch::kFloat64) * 8, targets}, 1,
        [](const Inputs& i) { return operators::cross_entropy(i[0], i[1], 15.0, -1); },
        [](const Inputs& i) {
          const Tensor z = (15.0 * torch::tanh(i[0] / 15.0)).reshape({-1, 30}), t = i[1].reshape({-1});
          Inputs losses;
          for (int64_t n = 0; n < t.numel(); ++n)
            losses.push_back(t[n].item<int64_t>() == -1 ? z.sum() * 0.0
                                                        : nanochat::cross_entropy(z[n], t[n], -1));
          return torch::stack(losses).reshape(i[1].sizes());
        },
        4 * steps);

    const Tensor tokens = torch::tensor({{4, 0, 4}, {4, 9, 1}}, torch::kInt64);
    same(
        verdict, "embedding" + in, format, {torch::randn({10, 6}, torch::kFloat64), tokens}, 1,
        [](const Inputs& i) { return operators::embedding(i[0], i[1]); },
        [](const Inputs& i) { return i[0].index_select(0, i[1].reshape({-1})).reshape({2, 3, 6}); }, steps);

    const int64_t B = 2, T = 9, H = 4, KV = 2, D = 8;
    same(
        verdict, "attention" + in, format,
        {torch::randn({B, H, T, D}, torch::kFloat64), torch::randn({B, KV, T, D}, torch::kFloat64),
         torch::randn({B, KV, T, D}, torch::kFloat64)},
        3, [](const Inputs& i) { return operators::attention(i[0], i[1], i[2]); },
        [](const Inputs& i) {
          return nanochat::scaled_dot_product_attention(i[0], i[1], i[2], nanochat::causal_mask(T, T));
        },
        4 * steps);
  }
}

// A transposed view, a slice that begins four bytes on, an expanded gradient: the numbers are what counts.
void strides(Verdict& verdict, Shape) {
  torch::manual_seed(2);
  const Tensor x = torch::randn({12, 9});
  for (const Tensor& view : {x.t(), x.slice(1, 1, 8), x.reshape({-1}).slice(0, 1, 25), x.slice(0, 0, 0)}) {
    const Tensor y = operators::rms_norm(view, 1e-6);
    verdict.expect(torch::equal(y, operators::rms_norm(view.clone(at::MemoryFormat::Contiguous), 1e-6)),
                   "a view is not its numbers");
  }
  const Tensor leaf = x.clone().requires_grad_(), other = x.clone().requires_grad_();
  operators::relu2(leaf).sum().backward();  // its gradient has strides of zero
  torch::relu(other).square().sum().backward();
  close(verdict, "the gradient of a sum", leaf.grad(), other.grad(), 4);
}

void training(Verdict& verdict, Shape) {
  torch::manual_seed(3);
  nanochat::AdamWGroup group;
  group.lr = 0.01;
  group.weight_decay = 0.1;
  operators::AdamWTensors tensors;
  for (const auto& sizes : std::vector<std::vector<int64_t>>{{3, 5}, {40}, {7, 1, 2}}) {
    const Tensor value = torch::randn(sizes, torch::kFloat64).to(torch::kFloat32);
    tensors.values.push_back(value.clone());
    tensors.exp_avg.push_back(torch::zeros_like(value));
    tensors.exp_avg_sq.push_back(torch::zeros_like(value));
    tensors.lr.push_back(group.lr);
    tensors.weight_decay.push_back(group.weight_decay);
    group.params.push_back(value.to(torch::kFloat64).requires_grad_());
  }
  nanochat::AdamW adamw({group});
  for (int64_t step = 1; step <= 3; ++step) {
    tensors.gradients.clear();
    for (Tensor& parameter : adamw.groups[0].params) {
      const Tensor gradient = torch::randn(parameter.sizes());
      tensors.gradients.push_back(gradient);
      parameter.mutable_grad() = gradient.to(torch::kFloat64);
    }
    const auto [norm, scale] = operators::gradient_norm(tensors.gradients, 1.5);
    const double want = nanochat::global_grad_norm(adamw.groups[0].params);
    verdict.expect(std::abs(norm.item<double>() - want) < 1e-6 * want, "the norm is another");
    verdict.expect(std::abs(scale.item<double>() - std::min(1.0, 1.5 / want)) < 1e-6, "the scale is another");
    if (step == 2) {  // clipped on the way
      for (Tensor& parameter : adamw.groups[0].params) parameter.mutable_grad() *= std::min(1.0, 1.5 / want);
      operators::adamw_(tensors, step, group.beta1, group.beta2, group.eps, scale);
    } else {
      operators::adamw_(tensors, step, group.beta1, group.beta2, group.eps);
    }
    adamw.step();
    for (size_t i = 0; i < tensors.values.size(); ++i)
      close(verdict, "adamw", tensors.values[i], adamw.groups[0].params[i], 20);
  }
}

void drawing(Verdict& verdict, Shape) {
  torch::manual_seed(4);
  const Tensor logits = torch::randn({40, 17}), uniforms = torch::rand({40});
  const Tensor drawn = operators::sample(logits, uniforms, 0.8);
  const Tensor sums = torch::softmax(logits.to(torch::kFloat64) / 0.8, -1).cumsum(-1);
  for (int64_t n = 0; n < 40; ++n) {
    const int64_t token = drawn[n].item<int64_t>();
    const double u = uniforms[n].item<double>(), upto = sums[n][token].item<double>(),
                 before = token == 0 ? 0.0 : sums[n][token - 1].item<double>();
    verdict.expect(before - 1e-6 <= u && u <= upto + 1e-6, "the token is not where the number falls");
  }
  verdict.expect(torch::equal(operators::sample(logits, uniforms, 0.0), logits.argmax(-1)),
                 "temperature zero is not the largest");
}

void meta(Verdict& verdict, Shape) {
  const auto of = torch::TensorOptions().device(torch::kMeta);
  const Tensor x = torch::empty({2, 3, 8}, of), q = torch::empty({2, 4, 5, 8}, of.dtype(torch::kBFloat16)),
               k = torch::empty({2, 2, 5, 8}, of.dtype(torch::kBFloat16)),
               targets = torch::empty({2, 3}, of.dtype(torch::kInt64));
  const uint64_t before = emulator::accesses();
  for (const auto& [y, like] :
       {std::pair{operators::rms_norm(x, 1e-6), x},
        {operators::softmax(x), x},
        {operators::relu2(x), x},
        {operators::attention(q, k, k), q},
        {operators::rotary(q, torch::empty({4, 4}, of), torch::empty({4, 4}, of)), q}})
    verdict.expect(y.is_meta() && y.sizes() == like.sizes() && y.scalar_type() == like.scalar_type(),
                   "on the meta device the result has another shape or format");
  const Tensor losses = operators::cross_entropy(x, targets, 15.0, -1);
  verdict.expect(
      losses.is_meta() && losses.sizes() == targets.sizes() && losses.scalar_type() == torch::kFloat32,
      "losses on the meta device are others");
  verdict.expect(emulator::accesses() == before, "something was computed on the meta device");
}

// Each call is refused in one sentence that has these words.
void refusals(Verdict& verdict, Shape) {
  const Tensor x = torch::zeros({2, 4}), wide = torch::zeros({2, 4}, torch::kFloat64);
  const Tensor q = torch::zeros({1, 3, 2, 4}), k = torch::zeros({1, 2, 2, 4});
  const Tensor targets = torch::zeros({2}, torch::kInt64);
  const std::vector<std::pair<std::function<void()>, std::string>> all = {
      {[&] { operators::rms_norm(wide, 1e-6); }, "rms_norm takes float32 and bfloat16, not Double"},
      {[&] { operators::softmax(torch::zeros({})); }, "softmax needs rows"},
      {[&] { operators::rotary(x, x, x); }, "rotary needs x of shape (B, T, H, D), not [2, 4]"},
      {[&] { operators::rotary(q, x, x); }, "a table of shape [2, 4] does not fit"},
      {[&] { operators::attention(q, k, k); }, "2 key and value heads do not divide 3 query heads"},
      {[&] { operators::attention(k, k, k.to(torch::kBFloat16)); }, "v is BFloat16"},
      {[&] {
         operators::attention(torch::zeros({1, 1, 2, 130}), torch::zeros({1, 1, 2, 130}),
                              torch::zeros({1, 1, 2, 130}));
       },
       "1 to 128 channels, not 130"},
      {[&] { operators::cross_entropy(x, torch::zeros({3}, torch::kInt64), 15.0, -1); },
       "do not fit targets"},
      {[&] { operators::cross_entropy(x, targets, 50.0, -1); }, "at most 40, not 50"},
      {[&] { operators::cross_entropy(x, targets.to(torch::kInt32), 15.0, -1); }, "ids are int64, not Int"},
      {[&] { operators::sample(x, torch::rand({3}), 1.0); }, "do not fit uniforms"},
      {[&] { operators::gradient_norm({}, 1.0); }, "needs a gradient"},
      {[&] { operators::adamw_({{x}, {x}, {x}, {}, {0.1}, {0.1}}, 1, 0.9, 0.9, 1e-8); }, "different lengths"},
      {[&] { operators::adamw_({{x}, {x}, {x}, {x}, {0.1}, {0.1}}, 0, 0.9, 0.9, 1e-8); }, "count from one"},
      {[&] {
         const Tensor leaf = x.clone().requires_grad_();
         const Tensor slope =
             torch::autograd::grad({operators::rms_norm(leaf, 1e-6).sum()}, {leaf}, {}, true, true)[0];
         slope.sum().backward();
       },
       "derivative for nanochat::rms_norm_backward is not implemented"}};
  for (const auto& [call, words] : all) {
    std::string said = "nothing";
    try {
      call();
    } catch (const std::exception& error) {
      said = error.what();
    }
    verdict.expect(said.find(words) != std::string::npos, "instead of '" + words + "': " + said);
  }
}

const Register kEach("operators", each_operator), kStrides("operators, strides", strides),
    kTraining("operators, training", training), kDrawing("operators, sample", drawing),
    kMeta("operators, meta", meta), kRefusals("operators, refusals", refusals);

}  // namespace
}  // namespace probes
