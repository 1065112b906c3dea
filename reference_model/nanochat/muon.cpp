// Muon, written out. Contracts are in the header.

#include "nanochat/muon.h"

#include <algorithm>
#include <cmath>

namespace nanochat {

torch::Tensor newton_schulz(const torch::Tensor& G, int64_t steps) {
  const double a = 3.4445, b = -4.7750, c = 2.0315;
  // The Gram matrix is taken over the shorter side, where it is cheap.
  const bool tall = G.size(0) > G.size(1);
  torch::Tensor X = tall ? G.t().contiguous() : G;
  // The iteration needs singular values of at most one, and the Frobenius norm bounds the largest.
  X = X / (X.norm() + 1e-7);
  for (int64_t i = 0; i < steps; ++i) {
    const torch::Tensor A = X.matmul(X.t());
    const torch::Tensor B = torch::addmm(A, A, A, b, c);
    X = torch::addmm(X, B, X, a, 1.0);
  }
  return tall ? X.t() : X;
}

namespace {

// One step of one matrix.
void update(torch::Tensor param, torch::Tensor& momentum_buffer, const MuonGroup& group) {
  const torch::Tensor grad = param.grad();
  momentum_buffer.lerp_(grad, 1.0 - group.momentum);
  // Nesterov looks ahead: it mixes the fresh gradient in once more.
  const torch::Tensor direction =
      group.nesterov ? grad.lerp(momentum_buffer, group.momentum) : momentum_buffer;
  const torch::Tensor orthogonal = newton_schulz(direction, group.ns_steps);

  // How far an orthogonal update moves an output depends on the shape of the matrix; this makes up
  // for it, so that one learning rate serves all shapes.
  const double rows = static_cast<double>(param.size(0));
  const double cols = static_cast<double>(param.size(1));
  const double shape_scale = std::sqrt(std::max(1.0, rows / cols));
  param.add_(orthogonal, -group.lr * shape_scale);
}

}  // namespace

Muon::Muon(std::vector<MuonGroup> groups_in) : groups(std::move(groups_in)) {
  for (const MuonGroup& group : groups) {
    momentum_buffers.emplace_back();
    for (const torch::Tensor& param : group.params) {
      TORCH_CHECK(param.dim() == 2, "Muon trains matrices, not tensors of shape ", param.sizes());
      momentum_buffers.back().push_back(torch::zeros_like(param));
    }
  }
}

void Muon::step() {
  torch::NoGradGuard no_grad;
  for (size_t g = 0; g < groups.size(); ++g) {
    for (size_t i = 0; i < groups[g].params.size(); ++i) {
      if (!groups[g].params[i].grad().defined()) continue;
      update(groups[g].params[i], momentum_buffers[g][i], groups[g]);
    }
  }
}

void Muon::zero_grad() {
  for (MuonGroup& group : groups) {
    for (torch::Tensor& param : group.params) param.mutable_grad().reset();
  }
}

}  // namespace nanochat
