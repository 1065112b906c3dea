// What can be said to chat_sft on its command line.

#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>

#include "nanochat/args.h"
#include "nanochat/common.h"
#include "nanochat/devices.h"
#include "nanochat/diagnostics.h"
#include "nanochat/gpt.h"

namespace nanochat {

struct Options {
  std::string base = "runs/base.pt";
  double dropout = 0.1;
  OptimizerConfig optimizer;
  double init_lr_frac = 1.0;
  int64_t epochs = 2;
  int64_t batch_size = 4;
  int64_t grad_accum = 1;
  int64_t sequence_len = 128;
  bool no_pack = false;
  double label_smoothing = 0.0;
  double grad_clip = 1.0;
  std::string data;
  int64_t conversations = 1600;
  int64_t seed = 42;
  std::string out = "runs/sft.pt";
  int64_t save_every = 0;
  std::string resume;
  int64_t threads = 1;
  std::string device = "cpu";
  int64_t evals_per_epoch = 4;
  int64_t patience = 4;
  double min_delta = 0.0;
  std::string metrics;
  DiagnosticsOptions diagnostics;
  bool quiet = false;
  std::map<std::string, std::string> as_typed;  // what makes the run what it is, by name
};

inline Args declare(Options& o) {
  Args args("chat_sft",
            "Fine-tunes a base model on conversations and lets it answer two questions at the "
            "end.\nProgress goes to standard error, the answers to standard output; --metrics "
            "writes a line of\nJSON a step.");
  args.section("training");
  args.add("dropout", &o.dropout, "share of activations left out in training")
      .at_least(0)
      .at_most(0.9);
  args.add("epochs", &o.epochs, "times to go through the conversations").at_least(1);
  args.add("batch-size", &o.batch_size, "rows in a batch of one rank").at_least(1);
  args.add("grad-accum", &o.grad_accum, "batches of a rank whose gradients make one step")
      .at_least(1);
  args.add("sequence-len", &o.sequence_len,
           "tokens in a row, several conversations or the most of one")
      .at_least(1);
  args.add("no-pack", &o.no_pack, "a row for every conversation, padded to the longest");
  args.add("label-smoothing", &o.label_smoothing,
           "share of each target that is spread over the whole vocabulary")
      .at_least(0)
      .at_most(0.9);
  args.add("grad-clip", &o.grad_clip, "largest global gradient norm, 0 to leave it alone")
      .at_least(0);
  args.add("embedding-lr", &o.optimizer.embedding_lr, "AdamW's rate for the embedding").at_least(0);
  args.add("unembedding-lr", &o.optimizer.unembedding_lr, "AdamW's rate for the head").at_least(0);
  args.add("matrix-lr", &o.optimizer.matrix_lr, "Muon's rate for everything between").at_least(0);
  args.add("weight-decay", &o.optimizer.weight_decay, "AdamW's weight decay").at_least(0);
  args.add("init-lr-frac", &o.init_lr_frac, "share of these rates to begin with").at_least(0);
  args.section("data");
  args.add("data", &o.data, "a .jsonl file, a line {\"messages\":[{\"role\",\"content\"},...]}");
  args.add("conversations", &o.conversations, "how many to make up without --data").at_least(2);
  args.add("seed", &o.seed, "of conversations, their order, dropout, and the answers").at_least(0);
  args.section("run");
  args.add("base", &o.base, "the model to begin with, a checkpoint of base_train");
  args.add("out", &o.out, "where the best model goes, empty for nowhere");
  args.add("save-every", &o.save_every,
           "steps between checkpoints of the run, beside --out as "
           "NAME.last.pt, 0 for none")
      .at_least(0);
  args.add("resume", &o.resume, "such a checkpoint, with the options the run was started with");
  add_device_option(args, &o.device);
  args.add("threads", &o.threads,
           "threads of LibTorch, worth more than one on an idle machine only")
      .at_least(1)
      .at_most(1024);
  args.section("evaluation and output");
  args.add("evals-per-epoch", &o.evals_per_epoch, "validations in an epoch").at_least(1);
  args.add("patience", &o.patience,
           "validations in a row without improvement that end the run, 0 for never")
      .at_least(0);
  args.add("min-delta", &o.min_delta, "how much lower a loss must be to be an improvement")
      .at_least(0);
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("diagnostics", &o.diagnostics.path,
           "a file for what the run tells of itself besides, or - for standard output");
  args.add("diagnostics-every", &o.diagnostics.every, "steps from one line of it to the next")
      .at_least(1);
  args.add("quiet", &o.quiet, "no progress and no answers");
  return args;
}

// Where the run itself is kept, as opposed to its best model.
inline std::string last_path(const Options& o) {
  return std::filesystem::path(o.out).replace_extension(".last.pt").string();
}

inline void validate(const Options& o) {
  for (const std::string& written : {o.metrics, o.out, o.out.empty() ? "" : last_path(o)}) {
    for (const std::string& read : {o.data, o.base}) {
      std::error_code missing;  // a file that is not there yet is not the same
      if (!read.empty() && std::filesystem::equivalent(read, written, missing)) {
        throw UsageError(read + " would be overwritten");
      }
    }
  }
  if (o.out.empty() && (o.save_every > 0 || !o.resume.empty())) {
    throw UsageError("--save-every and --resume need a file given with --out");
  }
  const std::string& model = o.resume.empty() ? o.base : o.resume;
  std::error_code unreadable;
  if (!std::filesystem::exists(model, unreadable)) {
    throw std::runtime_error("there is no " + model +
                             (o.resume.empty()
                                  ? ": run base_train first, or name a model with --base"
                                  : ", the checkpoint to go on from"));
  }
}

}  // namespace nanochat
