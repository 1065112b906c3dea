// Checkpoints: a run on the disk.
//
// One file holds all that belongs together (the weights, the sizes of the model and the tokenizer
// whose ids it speaks), so that no half of it can be lost, or mixed up with another run's. It is a
// dictionary in PyTorch's own format: torch.load("runs/base.pt") opens it in Python. It is written
// beside its place and moved there when it is whole: a run that is killed while it saves leaves the
// checkpoint before.
//
// A run that is to go on later needs more than its model: what the optimizers remember, where in
// the data it was, what the random generator would have drawn next. A checkpoint of a run has these
// too, and a run that goes on from one equals the run that was never stopped, to the last bit.

#pragma once

#include <map>
#include <string>

#include "nanochat/dataloader.h"
#include "nanochat/early_stopping.h"
#include "nanochat/epoch_meter.h"
#include "nanochat/gpt.h"
#include "nanochat/grad_scaler.h"
#include "nanochat/metrics.h"
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

// What a run is made of beside its model, its optimizers and torch's default generator.
struct TrainingState {
  LoaderState data{};
  GradScalerState scaler{.scale = 1.0, .growth_tracker = 0};
  SmoothedLoss smoothed_loss{};
  EpochMeter::State epoch_loss{};              // of fine-tuning
  EarlyStopping::State early_stopping{};       // of fine-tuning
  std::map<std::string, std::string> options;  // what the run was started with, for comparison
};

// The same as save_model(), together with `state`, the optimizers' state and that of torch's
// default generator.
void save_checkpoint(const std::string& path, GPT& model, const Tokenizer& tokenizer, int64_t step,
                     double val_loss, const Optimizers& optimizers, const TrainingState& state);

// What load_model() leaves in the file: fills `optimizers`, those of the model that it loads, sets
// torch's default generator, and returns the rest. Throws std::runtime_error, with one sentence
// that names the file, if it was written by save_model() or does not fit, and UsageError, which names
// it, if one of `options` is not what the run was started with; nothing has changed then.
TrainingState load_training_state(const std::string& path, Optimizers& optimizers,
                                  const std::map<std::string, std::string>& options = {});

}  // namespace nanochat
