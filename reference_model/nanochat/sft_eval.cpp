// The validation loss of fine-tuning. Contracts are in the header.

#include "nanochat/sft_eval.h"

#include "nanochat/eval_mode.h"

namespace nanochat {

EpochMeter evaluate_sft_loss(GPT& model, SFTLoader& loader) {
  torch::NoGradGuard no_grad;
  const EvalMode eval_mode(model);
  loader.restore({.epoch = 0, .batch = 0});
  EpochMeter meter;
  for (int64_t batches = loader.batches_in_epoch(0); batches > 0; --batches) {
    const SFTBatch batch = loader.next();
    const torch::Tensor loss = model->loss(batch.inputs, batch.targets, batch.segments);
    meter.update(loss.item<double>(), batch.num_valid);
  }
  return meter;
}

}  // namespace nanochat
