// The oracles of oracle.h: plain loops, and complex numbers.

#include "oracle.h"

#include <ATen/SequenceNumber.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <sstream>

namespace oracle {

Tensor normal(torch::IntArrayRef sizes, double scale) {
  return torch::randn(sizes, torch::kFloat64) * scale;
}

Tensor strided(torch::IntArrayRef sizes, double scale) {
  // Dimensions laid out in reverse, and every second entry of the innermost left out.
  std::vector<int64_t> reversed(sizes.rbegin(), sizes.rend());
  reversed.back() *= 2;
  std::vector<int64_t> back;
  for (int64_t d = static_cast<int64_t>(sizes.size()) - 1; d >= 0; --d) back.push_back(d);
  return normal(reversed, scale).slice(-1, 0, torch::nullopt, 2).permute(back);
}

Tensor leaf(const Tensor& values) {
  return values.detach().to(torch::kFloat64).clone(torch::MemoryFormat::Contiguous).requires_grad_(true);
}

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& keep) {
  const int64_t B = q.size(0), H = q.size(1), T = q.size(2), D = q.size(3), KV = k.size(1), S = k.size(2);
  Tensor out = torch::zeros({B, H, T, D}, torch::kFloat64);
  const auto Q = q.accessor<double, 4>(), K = k.accessor<double, 4>(), V = v.accessor<double, 4>();
  const auto may = keep.accessor<bool, 2>();
  auto O = out.accessor<double, 4>();
  for (int64_t b = 0; b < B; ++b) {
    for (int64_t h = 0; h < H; ++h) {
      const int64_t shared = h / (H / KV);
      for (int64_t t = 0; t < T; ++t) {
        std::vector<double> score(S, 0.0);
        double largest = -INFINITY, total = 0.0;
        for (int64_t s = 0; s < S; ++s) {
          if (!may[t][s]) continue;
          for (int64_t d = 0; d < D; ++d) score[s] += Q[b][h][t][d] * K[b][shared][s][d];
          score[s] /= std::sqrt(static_cast<double>(D));
          largest = std::max(largest, score[s]);
        }
        for (int64_t s = 0; s < S; ++s) total += may[t][s] ? std::exp(score[s] - largest) : 0.0;
        for (int64_t s = 0; s < S; ++s) {
          if (!may[t][s]) continue;
          const double weight = std::exp(score[s] - largest) / total;
          for (int64_t d = 0; d < D; ++d) O[b][h][t][d] += weight * V[b][shared][s][d];
        }
      }
    }
  }
  return out;
}

Tensor rotate(const Tensor& x, int64_t start, double base) {
  const int64_t T = x.size(1), D = x.size(3), half = D / 2;
  Tensor turn = torch::empty({1, T, 1, half}, torch::kComplexDouble);
  auto z = turn.accessor<c10::complex<double>, 4>();
  for (int64_t t = 0; t < T; ++t) {
    for (int64_t j = 0; j < half; ++j) {
      const double angle = static_cast<double>(start + t) * std::exp(-2.0 * j / D * std::log(base));
      z[0][t][0][j] = c10::complex<double>(std::cos(angle), -std::sin(angle));
    }
  }
  const Tensor y = torch::complex(x.narrow(3, 0, half), x.narrow(3, half, half)) * turn;
  return torch::cat({torch::real(y), torch::imag(y)}, 3);
}

Tensor causal(int64_t T, int64_t S) {
  Tensor keep = torch::zeros({T, S}, torch::kBool);
  auto may = keep.accessor<bool, 2>();
  for (int64_t t = 0; t < T; ++t) {
    for (int64_t s = 0; s <= S - T + t; ++s) may[t][s] = true;
  }
  return keep;
}

Tensor product(const Tensor& A, const Tensor& B) {
  const int64_t rows = A.size(0), inner = A.size(1), cols = B.size(1);
  Tensor out = torch::zeros({rows, cols}, torch::kFloat64);
  const Tensor left = A.contiguous(), right = B.contiguous();
  const double *a = left.data_ptr<double>(), *b = right.data_ptr<double>();
  double* o = out.data_ptr<double>();
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t k = 0; k < inner; ++k) {
      for (int64_t j = 0; j < cols; ++j) o[i * cols + j] += a[i * inner + k] * b[k * cols + j];
    }
  }
  return out;
}

Tensor newton_schulz(const Tensor& G, int64_t steps) {
  torch::NoGradGuard no_grad;
  const double a = 3.4445, b = -4.7750, c = 2.0315;
  const bool tall = G.size(0) > G.size(1);
  Tensor X = tall ? G.t().contiguous() : G.contiguous();
  X = X / (std::sqrt((X * X).sum().item<double>()) + 1e-7);
  for (int64_t step = 0; step < steps; ++step) {
    const Tensor gram = product(X, X.t());
    const Tensor cubic = product(gram, X), quintic = product(gram, cubic);
    X = a * X + b * cubic + c * quintic;
  }
  return tall ? X.t().contiguous() : X;
}

std::vector<Tensor> gradients(const Tensor& y, const std::vector<Tensor>& inputs) {
  return torch::autograd::grad({y}, inputs, {}, std::nullopt, false, /*allow_unused=*/true);
}

namespace {

// The derivative of f along `along`, from f's values.
double slope(const std::function<Tensor()>& f, const std::vector<Tensor>& inputs,
             const std::vector<Tensor>& along, double h) {
  torch::NoGradGuard no_grad;
  std::vector<Tensor> home;
  for (const Tensor& x : inputs) home.push_back(x.clone());
  const auto value_at = [&](double distance) {
    for (size_t i = 0; i < inputs.size(); ++i) Tensor(inputs[i]).copy_(home[i] + distance * along[i]);
    return f().item<double>();
  };
  const double result =
      (8.0 * (value_at(h) - value_at(-h)) - (value_at(2.0 * h) - value_at(-2.0 * h))) / (12.0 * h);
  for (size_t i = 0; i < inputs.size(); ++i) Tensor(inputs[i]).copy_(home[i]);
  return result;
}

}  // namespace

std::string gradient_error(const std::function<Tensor()>& f, const std::vector<Tensor>& inputs,
                           double tolerance, double h) {
  for (Tensor x : inputs) x.mutable_grad().reset();
  f().backward();
  std::vector<Tensor> grads;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const Tensor grad = inputs[i].grad();
    if (!grad.defined()) return "input " + std::to_string(i) + " has no gradient";
    if (!grad.isfinite().all().item<bool>())
      return "the gradient of input " + std::to_string(i) + " is not finite";
    grads.push_back(grad.clone());
  }
  // Along each input alone, and along all together.
  for (size_t only = 0; only <= inputs.size(); ++only) {
    std::vector<Tensor> along;
    double expected = 0.0, length = 0.0;
    for (size_t i = 0; i < inputs.size(); ++i) {
      const bool moves = only == i || only == inputs.size();
      along.push_back(moves ? torch::randn_like(inputs[i]) : torch::zeros_like(inputs[i]));
      expected += (grads[i] * along[i]).sum().item<double>();
      if (moves) length += grads[i].square().sum().item<double>();
    }
    const double really = slope(f, inputs, along, h);
    const double allowed = tolerance * std::max(std::sqrt(length), std::abs(really)) + 1e-12;
    if (!(std::abs(expected - really) <= allowed)) {
      std::ostringstream text;
      text.precision(10);
      text << "along " << (only < inputs.size() ? "input " + std::to_string(only) : std::string("all inputs"))
           << " the gradient says " << expected << " and the values " << really;
      return text.str();
    }
  }
  return "";
}

bool records_gradients(const std::function<void()>& work) {
  // Every operation that is recorded takes a number.
  const uint64_t before = at::sequence_number::peek();
  work();
  return at::sequence_number::peek() != before;
}

}  // namespace oracle
