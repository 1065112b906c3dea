// The validation loss. Contracts are in the header.

#include "nanochat/loss_eval.h"

namespace nanochat {

double evaluate_loss(GPT& model, DataLoader& loader, int64_t steps) {
  torch::NoGradGuard no_grad;
  const bool was_training = model->is_training();
  model->eval();
  loader.rewind();
  double total = 0.0;
  for (int64_t step = 0; step < steps; ++step) {
    const Batch batch = loader.next();
    total += model->loss(batch.inputs, batch.targets).item<double>();
  }
  model->train(was_training);
  return total / static_cast<double>(steps);
}

}  // namespace nanochat
