// Muon: momentum, orthogonalised (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/).
//
// For the matrices of attention and MLP. The update is the momentum buffer with its singular values
// pushed towards one, so that rare directions in weight space get as large a step as common ones.
// Only matrices make sense here: embedding and head go to AdamW (adamw.h).

#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

namespace nanochat {

// The nearest semi-orthogonal matrix to G (rows, cols), roughly: a quintic Newton-Schulz iteration
// whose coefficients favour speed, so that singular values land in about [0.7, 1.2] instead of on
// one. Works in G's own dtype (nanochat uses bfloat16, which buys nothing on a CPU).
torch::Tensor newton_schulz(const torch::Tensor& G, int64_t steps = 5);

// Matrices that share their settings.
struct MuonGroup {
  std::string name;                   // for logs
  std::vector<torch::Tensor> params;  // 2-D leaves that require gradients
  double lr = 0.02;                   // what the next step uses; the schedule writes it
  double initial_lr = 0.02;           // what the schedule multiplies
  double momentum = 0.95;             // what the next step uses; the schedule writes it
  bool nesterov = true;
  int64_t ns_steps = 5;
};

class Muon {
 public:
  // Throws c10::Error if a parameter is not a matrix.
  explicit Muon(std::vector<MuonGroup> groups);

  // Updates every parameter that has a gradient, in place.
  void step();

  // Forgets all gradients.
  void zero_grad();

  std::vector<MuonGroup> groups;
  // momentum_buffers[g][i] belongs to groups[g].params[i]
  std::vector<std::vector<torch::Tensor>> momentum_buffers;
};

}  // namespace nanochat
