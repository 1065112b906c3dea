// Training in bfloat16 with master weights in float32 (Micikevicius et al. 2017, arXiv:1710.03740,
// section 3.1).
//
// bfloat16 has the range of float32, so gradients need no loss scale, but only eight bits of
// precision: what is added to a weight is lost if it is less than a 512th of it, and late in
// training most updates are. So the weights exist twice. Loss and gradients are those of a model in
// bfloat16; the optimizers work on masters in float32, in which small updates add up, and what they
// have become is rounded into the model after each step.
//
//   loss = model->loss(...)            the model in bfloat16
//   loss.backward()
//   masters.take_gradients()           after each batch of a step
//   clip, step                         on the masters
//   masters.write_back()

#pragma once

#include <torch/types.h>

#include <vector>

namespace nanochat {

class MasterWeights {
 public:
  // Of no weights: both functions do nothing.
  MasterWeights() = default;

  // `masters` (float32 leaves that the optimizers own) and the `weights` of a model in bfloat16,
  // one for one. Changes neither. Throws c10::Error if their shapes are not the same.
  MasterWeights(std::vector<torch::Tensor> masters, std::vector<torch::Tensor> weights);

  // Adds the gradient of each weight that has one to its master's, in the master's dtype, and
  // forgets it.
  void take_gradients();

  // Makes each weight what its master is, rounded to the weight's own dtype.
  void write_back();

 private:
  std::vector<torch::Tensor> masters_, weights_;
};

}  // namespace nanochat
