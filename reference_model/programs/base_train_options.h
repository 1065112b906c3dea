// What can be said to base_train on its command line.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <system_error>

#include "nanochat/args.h"
#include "nanochat/common.h"
#include "nanochat/devices.h"
#include "nanochat/diagnostics.h"
#include "nanochat/engine.h"
#include "nanochat/gpt.h"
#include "nanochat/schedule.h"

namespace nanochat {

struct Options {
  GPTConfig model;
  OptimizerConfig optimizer;
  LrSchedule schedule{.num_iterations = 400, .warmdown_ratio = 0.4};
  DiagnosticsOptions diagnostics;
  SampleOptions sample{.max_tokens = 96, .temperature = 0.6, .top_k = 50};
  int64_t batch_size = 8;
  int64_t total_batch_size = 0;
  double label_smoothing = 0.0;
  double grad_clip = 1.0;
  int64_t eval_every = 100;
  int64_t eval_steps = 8;
  int64_t save_every = 0;
  int64_t documents = 8000;
  int64_t seed = 42;
  int64_t threads = 1;
  std::string device = "cpu";
  std::string dtype = "float32";
  std::string data, tokenizer, resume, metrics;
  std::string out = "runs/base.pt";
  bool recompute = false;
  bool quiet = false;
  std::map<std::string, std::string> as_typed;  // what makes the run what it is, by name
};

inline Args declare(Options& o) {
  Args args(
      "base_train",
      "Trains a small GPT from scratch and lets it write a few words at the end.\n"
      "Progress goes to standard error, the words to standard output; --metrics writes a line of "
      "JSON\na step.");
  args.section("model");
  args.add("n-layer,depth", &o.model.n_layer, "blocks").at_least(1);
  args.add("n-embd", &o.model.n_embd, "channels").at_least(1);
  args.add("n-head", &o.model.n_head, "query heads").at_least(1);
  args.add("n-kv-head", &o.model.n_kv_head, "key and value heads, a divisor of n-head").at_least(1);
  args.add("sequence-len", &o.model.sequence_len, "tokens in a row of a batch").at_least(1);
  args.add("vocab-size", &o.model.vocab_size, "token ids, 256 bytes and special tokens included");
  args.add("dropout", &o.model.dropout, "share of activations left out in training")
      .at_least(0)
      .at_most(0.9);
  args.add("window", &o.model.window, "tokens that a token attends to, its own included, 0 for all")
      .at_least(0);
  args.add("tie-embeddings", &o.model.tie_embeddings, "one table for embedding and head");
  args.add("dtype", &o.dtype,
           "float32, float64, float16 for matrix products in half precision, or bfloat16 beside "
           "float32 weights")
      .one_of({"float32", "float64", "float16", "bfloat16"});
  args.section("training");
  args.add("batch-size", &o.batch_size, "rows in a batch of one rank").at_least(1);
  args.add("total-batch-size", &o.total_batch_size,
           "tokens in one step of all ranks, 0 for one batch each")
      .at_least(0);
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
  args.add("warmup-ratio", &o.schedule.warmup_ratio, "share of the steps spent warming up")
      .at_least(0);
  args.add("warmdown-ratio", &o.schedule.warmdown_ratio, "share of the steps spent going down")
      .at_least(0);
  args.add("final-lr-frac", &o.schedule.final_lr_frac, "share of the rate that is left at the end")
      .at_least(0);
  args.section("data");
  args.add("data", &o.data, "a .txt file (blank lines between documents) or .jsonl (\"text\")");
  args.add("documents", &o.documents, "how many documents to make up without --data").at_least(2);
  args.add("tokenizer", &o.tokenizer, "a file of tok_train's, instead of training one here");
  args.add("seed", &o.seed, "of weights, documents, their order, and the sample").at_least(0);
  args.section("run");
  args.add("steps", &o.schedule.num_iterations, "optimizer steps").at_least(1);
  args.add("out", &o.out, "where the checkpoint goes, empty for nowhere");
  args.add("save-every", &o.save_every, "steps between checkpoints, 0 for one at the end")
      .at_least(0);
  args.add("resume", &o.resume, "a checkpoint to go on from, with the options it was started with");
  args.add("recompute", &o.recompute,
           "keep no activations of a block, compute them again on the way back");
  add_device_option(args, &o.device);
  args.add("threads", &o.threads,
           "threads of LibTorch, worth more than one on an idle machine only")
      .at_least(1)
      .at_most(1024);
  args.section("evaluation and output");
  args.add("eval-every", &o.eval_every, "steps between validations, 0 for none").at_least(0);
  args.add("eval-steps", &o.eval_steps, "batches in a validation").at_least(1);
  args.add("sample-tokens", &o.sample.max_tokens, "tokens to write at the end").at_least(0);
  args.add("temperature", &o.sample.temperature, "of what is written, 0 for the likeliest token")
      .at_least(0);
  args.add("top-k", &o.sample.top_k, "draw from the k likeliest tokens, 0 for all").at_least(0);
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("diagnostics", &o.diagnostics.path,
           "a file for what the run tells of itself besides, or - for standard output");
  args.add("diagnostics-every", &o.diagnostics.every, "steps from one line of it to the next")
      .at_least(1);
  args.add("quiet", &o.quiet, "no progress and no sample");
  return args;
}

inline void validate(const Options& o) {
  if (o.schedule.warmup_ratio + o.schedule.warmdown_ratio > 1) {
    throw UsageError("--warmup-ratio and --warmdown-ratio add up to more than the whole run");
  }
  if (o.model.n_head % o.model.n_kv_head != 0) {
    throw UsageError("--n-head must be a multiple of --n-kv-head");
  }
  if (o.model.n_embd % (2 * o.model.n_head) != 0) {
    throw UsageError("--n-embd must be a multiple of twice --n-head");
  }
  if (o.sample.max_tokens > 10 * o.model.sequence_len) {
    throw UsageError("--sample-tokens must be at most " +
                     std::to_string(10 * o.model.sequence_len) + ", ten times --sequence-len");
  }
  for (const std::string& written : {o.metrics, o.out}) {
    std::error_code missing;  // a file that is not there yet is not the same
    if (!o.data.empty() && std::filesystem::equivalent(o.data, written, missing)) {
      throw UsageError("the file given with --data would be overwritten");
    }
  }
  if (!o.out.empty() && o.out == o.metrics) throw UsageError("--out and --metrics are one file");
}

}  // namespace nanochat
