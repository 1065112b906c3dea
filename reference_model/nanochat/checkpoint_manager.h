// Checkpoints: a run on the disk.
//
// One file holds all that belongs together (the weights, the sizes of the model and the tokenizer
// whose ids it speaks), so that no half of it can be lost, or mixed up with another run's. It is a
// dictionary in PyTorch's own format: torch.load("runs/base.pt") opens it in Python. It is written
// beside its place and moved there when it is whole: a run that is killed while it saves leaves the
// checkpoint before.

#pragma once

#include <string>

#include "nanochat/gpt.h"
#include "nanochat/tokenizer.h"

namespace nanochat {

// A model as it was saved.
struct LoadedModel {
  GPT model{nullptr};  // in training mode, in the dtype that it was saved in
  Tokenizer tokenizer;
  int64_t step;     // optimizer steps that it has seen
  double val_loss;  // nats a token, NaN if it was never measured
};

// Writes a model to `path`, making directories on the way. Throws std::runtime_error, with one
// sentence, if that fails; what was there before is untouched then.
void save_model(const std::string& path, GPT& model, const Tokenizer& tokenizer, int64_t step,
                double val_loss);

// Reads it back, to the bit. Throws std::runtime_error, with one sentence that names the file, if
// it is missing, cut short or no checkpoint, or if its weights, sizes and tokenizer do not fit
// together.
LoadedModel load_model(const std::string& path);

}  // namespace nanochat
