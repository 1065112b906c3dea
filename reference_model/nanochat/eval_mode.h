// A model in evaluation mode for as long as this object lives, and then in the mode that it was in
// before. In training mode dropout would make every answer a different one.

#pragma once

#include "nanochat/gpt.h"

namespace nanochat {

class EvalMode {
 public:
  explicit EvalMode(GPT& model) : model_(model), was_training_(model->is_training()) {
    model_->eval();
  }
  ~EvalMode() { model_->train(was_training_); }
  EvalMode(const EvalMode&) = delete;
  EvalMode& operator=(const EvalMode&) = delete;

 private:
  GPT& model_;
  bool was_training_;
};

}  // namespace nanochat
