// What can be said to chat_rl on its command line.

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
#include "nanochat/engine.h"
#include "nanochat/gpt.h"

namespace nanochat {

struct Options {
  std::string base = "runs/sft.pt";
  int64_t steps = 60;
  int64_t questions = 8;
  int64_t samples = 8;
  SampleOptions sample{.max_tokens = 48, .temperature = 1.0, .top_k = 50};
  OptimizerConfig optimizer;
  double init_lr_frac = 0.05;
  double grad_clip = 1.0;
  std::string data;
  int64_t conversations = 1600;
  int64_t seed = 42;
  std::string out = "runs/rl.pt";
  int64_t save_every = 0;
  std::string resume;
  int64_t threads = 1;
  std::string device = "cpu";
  int64_t eval_every = 20;
  int64_t eval_questions = 32;
  std::string metrics;
  DiagnosticsOptions diagnostics;
  bool quiet = false;
  std::map<std::string, std::string> as_typed;  // what makes the run what it is, by name
};

inline Args declare(Options& o) {
  Args args(
      "chat_rl",
      "Teaches a fine-tuned model to answer sums rightly, from rewards for its own answers.\n"
      "Progress goes to standard error, two answers at the end to standard output; --metrics\n"
      "writes a line of JSON a step.");
  args.section("training");
  args.add("questions", &o.questions, "questions in a step").at_least(1);
  args.add("samples", &o.samples, "answers to each question").at_least(2);
  args.add("max-tokens", &o.sample.max_tokens, "the longest answer").at_least(1);
  args.add("temperature", &o.sample.temperature, "at which answers are drawn").at_least(1e-3);
  args.add("top-k", &o.sample.top_k, "draw from the k likeliest tokens, 0 for all").at_least(0);
  args.add("grad-clip", &o.grad_clip, "largest global gradient norm, 0 to leave it alone")
      .at_least(0);
  args.add("embedding-lr", &o.optimizer.embedding_lr, "AdamW's rate for the embedding").at_least(0);
  args.add("unembedding-lr", &o.optimizer.unembedding_lr, "AdamW's rate for the head").at_least(0);
  args.add("matrix-lr", &o.optimizer.matrix_lr, "Muon's rate for everything between").at_least(0);
  args.add("weight-decay", &o.optimizer.weight_decay, "AdamW's weight decay").at_least(0);
  args.add("init-lr-frac", &o.init_lr_frac, "share of these rates to begin with").at_least(0);
  args.add("steps", &o.steps, "optimizer steps; the rates fall in a line to zero").at_least(1);
  args.section("data");
  args.add("data", &o.data, "a .jsonl file of conversations; those that end in a sum are taken");
  args.add("conversations", &o.conversations, "how many to make up without --data").at_least(2);
  args.add("seed", &o.seed, "of conversations and answers").at_least(0);
  args.add("eval-questions", &o.eval_questions, "questions set apart for evaluation").at_least(1);
  args.section("run");
  args.add("base", &o.base, "the model to begin with, a checkpoint of chat_sft");
  args.add("out", &o.out, "where the model goes, empty for nowhere");
  args.add("save-every", &o.save_every,
           "steps between checkpoints of the run, beside --out as NAME.last.pt, 0 for none")
      .at_least(0);
  args.add("resume", &o.resume, "such a checkpoint, with the options the run was started with");
  add_device_option(args, &o.device);
  args.add("threads", &o.threads,
           "threads of LibTorch, worth more than one on an idle machine only")
      .at_least(1)
      .at_most(1024);
  args.section("evaluation and output");
  args.add("eval-every", &o.eval_every, "steps between evaluations, 0 for none").at_least(0);
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("diagnostics", &o.diagnostics.path,
           "a file for what the run tells of itself besides, or - for standard output");
  args.add("diagnostics-every", &o.diagnostics.every, "steps from one line of it to the next")
      .at_least(1);
  args.add("quiet", &o.quiet, "no progress and no answers");
  return args;
}

// Where the run itself is kept, as opposed to the model that comes of it.
inline std::string last_path(const Options& o) {
  return std::filesystem::path(o.out).replace_extension(".last.pt").string();
}

inline void validate(const Options& o) {
  if (o.out.empty() && o.save_every > 0) {
    throw UsageError("--save-every needs a file given with --out");
  }
  for (const std::string& written : {o.metrics, o.out, o.out.empty() ? "" : last_path(o)}) {
    for (const std::string& read : {o.data, o.base}) {
      std::error_code missing;  // a file that is not there yet is not the same
      if (!read.empty() && std::filesystem::equivalent(read, written, missing)) {
        throw UsageError(read + " would be overwritten");
      }
    }
  }
  const std::string& model = o.resume.empty() ? o.base : o.resume;
  std::error_code unreadable;
  if (!std::filesystem::exists(model, unreadable)) {
    throw std::runtime_error("there is no " + model +
                             (o.resume.empty() ? ": run chat_sft first, or name a model with --base"
                                               : ", the checkpoint to go on from"));
  }
}

}  // namespace nanochat
