// AdamW: Adam with decoupled weight decay (Kingma and Ba 2014, arXiv:1412.6980; Loshchilov and
// Hutter 2017, arXiv:1711.05101).
//
// In this model it trains the two matrices that are tables rather than maps, the embedding and the
// head; the matrices between them belong to Muon (muon.h). The parameters come in groups so that
// each can have its own learning rate.

#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

namespace nanochat {

// Parameters that share their settings.
struct AdamWGroup {
  std::string name;                   // for logs
  std::vector<torch::Tensor> params;  // leaves that require gradients
  double lr = 1e-3;                   // what the next step uses; the schedule writes it
  double initial_lr = 1e-3;           // what the schedule multiplies
  double beta1 = 0.8;
  double beta2 = 0.95;
  double eps = 1e-10;
  double weight_decay = 0.0;
};

// What AdamW remembers of one parameter: running means of its gradient and of the gradient's
// square, both of the parameter's shape and dtype, and how many steps they have seen.
struct AdamWState {
  torch::Tensor exp_avg;
  torch::Tensor exp_avg_sq;
  int64_t step = 0;
};

class AdamW {
 public:
  explicit AdamW(std::vector<AdamWGroup> groups);

  // Updates every parameter that has a gradient, in place.
  void step();

  // Forgets all gradients.
  void zero_grad();

  std::vector<AdamWGroup> groups;
  std::vector<std::vector<AdamWState>> states;  // states[g][i] belongs to groups[g].params[i]
};

}  // namespace nanochat
