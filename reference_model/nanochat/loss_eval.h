// The validation loss.

#pragma once

#include "nanochat/dataloader.h"
#include "nanochat/gpt.h"

namespace nanochat {

// The mean loss, in nats a token, over the first `steps` batches of `loader`, which is rewound
// first, so that every evaluation of a run reads the same tokens. Leaves the model in training mode
// if it was, and records no gradients.
double evaluate_loss(GPT& model, DataLoader& loader, int64_t steps);

}  // namespace nanochat
