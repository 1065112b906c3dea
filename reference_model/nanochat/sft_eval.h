// The validation loss of fine-tuning.

#pragma once

#include "nanochat/epoch_meter.h"
#include "nanochat/gpt.h"
#include "nanochat/sft_loader.h"

namespace nanochat {

// The loss over one epoch of `loader`, in nats a token that an assistant writes, and how many of
// these there are: all tokens count alike, however they are spread over batches. The loader begins
// at its first epoch, and is left behind it. Leaves the model in training mode if it was, and
// records no gradients.
EpochMeter evaluate_sft_loss(GPT& model, SFTLoader& loader);

}  // namespace nanochat
