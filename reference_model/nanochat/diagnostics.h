// What a training run tells of itself beside its metrics, for who looks for a fault in it.
//
// One JSON object a line, for the first step and every so many after it. Its names are a series, or
// a series and a part of the model: "grad_norm/h0.attn.c_q.weight". Numbers are as in metrics.h.
//
//   grad_norm/PARAM          L2 norm of the gradient that the step uses, before clipping
//   weight_norm/PARAM        L2 norm of the parameter before the step
//   update_ratio/PARAM       norm of what the step changes over the one before; not where that is 0
//   activation_rms/hL        root of the mean square of what leaves block L
//   activation_rms/hL.attn   of what its heads read, side by side, before the projection
//   activation_rms/hL.mlp    of its hidden activations
//   zeros/hL.mlp             the share of those that are exactly zero
//   attention_entropy/hL.H   of head H's weights, in nats, the mean over rows and queries
//   attention/hL             the weights themselves of the batch's first row, the mean over heads:
//                            a table, no more than 24 queries and keys of it
//   logits/mean, largest, spread       of the batch, after the soft cap; the spread is their
//                                      standard deviation
//   lr/GROUP, weight_decay/GROUP, momentum/GROUP    what the step used
//   batch/inputs, targets    the first row as text; "[-]" stands for targets that do not count
//   batch/tokens, counted    how many inputs the batch has, and how many targets count
//   documents                how the documents begin that begin in the batch, one a row
//   reward/mean, spread, advantage/mean, spread    of the answers to the step's first question
//   answer                   one of these answers
//   saved                    what was written, and how large it is
//   rank_loss/R, weights_checksum/R    of rank R: its loss, and the sum of its weights
//
// and what a program adds (note()). Text is UTF-8, with U+FFFD for a byte that is part of no
// character. Activations are those of the first batch of the step.
//
// Nothing that the run computes is another for it, to the last bit: no random number is drawn, no
// tensor changed, and none is kept beyond the step. Without a file nothing of this happens.

#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nanochat/common.h"
#include "nanochat/distributed.h"
#include "nanochat/gpt.h"
#include "nanochat/metrics.h"
#include "nanochat/tokenizer.h"
#include "nanochat/watch.h"

namespace nanochat {

struct DiagnosticsOptions {
  std::string path = {};  // the file, "-" for standard output, empty for none
  int64_t every = 10;     // steps from one line to the next
  int64_t first_step =
      0;               // of a run that goes on: what is in the file of the steps before it stays
  bool writes = true;  // false on ranks that take part in the counting and have no file
};

class Diagnostics : private Watcher {
 public:
  Diagnostics() = default;  // tells nothing

  // From here on it tells what it is told to. Throws std::runtime_error if the file cannot be
  // opened.
  void open(const DiagnosticsOptions& options);

  Diagnostics(const Diagnostics&) = delete;
  Diagnostics& operator=(const Diagnostics&) = delete;
  ~Diagnostics() override;

  // Whether the step that was begun is one to tell of.
  bool on() const { return on_; }

  // A step begins; `model` is the one that the optimizers change. What was noted since the last
  // write() stays.
  void begin(int64_t step, const torch::nn::Module& model);

  // While it lives, the first batch of the step is looked at: what flows through the model.
  class Look {
   public:
    explicit Look(Diagnostics& diagnostics);
    ~Look();
    Look(const Look&) = delete;
    Look& operator=(const Look&) = delete;

   private:
    Watcher* before_;
    Diagnostics& diagnostics_;
  };

  // Ids as text.
  using Decode = std::function<std::string(const std::vector<int64_t>&)>;

  // The step's first batch: token ids (B, T), and targets of which `ignored` does not count. The
  // documents that begin in it are told where they are known by the tokenizer's <|bos|>.
  void batch(const torch::Tensor& inputs, const torch::Tensor& targets, const Decode& decode,
             int64_t ignored = -1);
  void batch(const torch::Tensor& inputs, const torch::Tensor& targets, const Tokenizer& tokenizer,
             int64_t ignored = -1);

  // When the gradients are those of the step, before they are clipped.
  void gradients();

  // When the step has been taken.
  void updates(const Optimizers& optimizers);

  // All ranks call it, in the same steps.
  void ranks(Distributed& ranks, double loss);

  // Anything else; nothing where there is no file. A step that notes something has a line.
  void note(const std::string& name, double value);
  void note(const std::string& name, const std::string& words);
  void note_file(const std::string& name, const std::string& path);  // its name, and its size

  // The first question of a step of learning from rewards: the rewards and advantages (B) of its
  // answers, and the tokens of one of them.
  void question(const torch::Tensor& rewards, const torch::Tensor& advantages,
                const std::vector<int64_t>& answer, const Tokenizer& tokenizer);

  // The end of the step: its line, if it has one.
  void write();

 private:
  void see(std::string_view what, const torch::Tensor& x) override;
  void see_weights(const std::string& layer, const torch::Tensor& weights);

  DiagnosticsOptions options_;
  std::optional<MetricsWriter> file_;
  std::optional<MetricsLine> line_;
  int64_t step_ = 0;
  bool on_ = false, looked_ = false, batch_noted_ = false, question_noted_ = false;
  std::map<std::string, int64_t, std::less<>> seen_;  // how many of each kind
  std::vector<std::pair<std::string, torch::Tensor>> parameters_, before_;
};

}  // namespace nanochat
