// base_train: trains a base model from scratch, on documents made up on the spot or on your own.
//
// The whole of pretraining in one file: data, tokenizer, model, optimizers, and the loop that
// connects them. With the same options, seed and number of threads two runs are equal to the last
// bit, so a change in the code that should not change the numbers can be proved not to.

#include <torch/utils.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/clip.h"
#include "nanochat/common.h"
#include "nanochat/dataloader.h"
#include "nanochat/dataset.h"
#include "nanochat/engine.h"
#include "nanochat/gpt.h"
#include "nanochat/loss_eval.h"
#include "nanochat/metrics.h"
#include "nanochat/schedule.h"
#include "nanochat/tokenizer.h"

namespace {

using namespace nanochat;

struct Options {
  GPTConfig model;
  OptimizerConfig optimizer;
  LrSchedule schedule{.num_iterations = 200};
  SampleOptions sample{.max_tokens = 96, .temperature = 0.8, .top_k = 50};
  int64_t batch_size = 8;
  int64_t grad_accum = 1;
  double grad_clip = 1.0;
  int64_t eval_every = 50;
  int64_t eval_steps = 8;
  int64_t documents = 4000;
  int64_t seed = 42;
  int64_t threads = 1;
  std::string dtype = "float32";
  std::string data;
  std::string metrics;
  bool quiet = false;
};

Args declare(Options& o) {
  Args args("base_train",
            "Trains a small GPT from scratch and lets it write a few words at the end.\n"
            "Progress goes to standard error; --metrics writes a line of JSON a step.");
  args.section("model");
  args.add("n-layer,depth", &o.model.n_layer, "blocks").at_least(1);
  args.add("n-embd", &o.model.n_embd, "channels").at_least(1);
  args.add("n-head", &o.model.n_head, "query heads").at_least(1);
  args.add("n-kv-head", &o.model.n_kv_head, "key and value heads, a divisor of n-head").at_least(1);
  args.add("sequence-len", &o.model.sequence_len, "tokens in a row of a batch").at_least(1);
  args.add("vocab-size", &o.model.vocab_size, "token ids, 256 bytes and special tokens included");
  args.add("dtype", &o.dtype, "float32 or float64").one_of({"float32", "float64"});
  args.section("training");
  args.add("steps", &o.schedule.num_iterations, "optimizer steps").at_least(1);
  args.add("batch-size", &o.batch_size, "rows in a batch").at_least(1);
  args.add("grad-accum", &o.grad_accum, "batches whose gradients make one step").at_least(1);
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
  args.section("evaluation and output");
  args.add("eval-every", &o.eval_every, "steps between validations, 0 for none").at_least(0);
  args.add("eval-steps", &o.eval_steps, "batches in a validation").at_least(1);
  args.add("sample-tokens", &o.sample.max_tokens, "tokens to write at the end").at_least(0);
  args.add("temperature", &o.sample.temperature, "of what is written, 0 for the likeliest token")
      .at_least(0);
  args.add("top-k", &o.sample.top_k, "draw from the k likeliest tokens, 0 for all").at_least(0);
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("quiet", &o.quiet, "no progress and no sample");
  args.section("reproducibility");
  args.add("seed", &o.seed, "of weights, documents, their order, and the sample").at_least(0);
  args.add("threads", &o.threads,
           "threads of LibTorch, worth more than one on an idle machine only")
      .at_least(1)
      .at_most(1024);
  return args;
}

void validate(const Options& o) {
  if (o.schedule.warmup_ratio + o.schedule.warmdown_ratio > 1) {
    throw UsageError("--warmup-ratio and --warmdown-ratio add up to more than the whole run");
  }
  if (o.model.n_head % o.model.n_kv_head != 0) {
    throw UsageError("--n-head must be a multiple of --n-kv-head");
  }
  if (o.model.n_embd % (2 * o.model.n_head) != 0) {
    throw UsageError("--n-embd must be a multiple of twice --n-head");
  }
  std::error_code missing;  // a file that is not there yet is not the same
  if (!o.data.empty() && std::filesystem::equivalent(o.data, o.metrics, missing)) {
    throw UsageError("--metrics would overwrite the file given with --data");
  }
}

// What one optimizer step has to say.
struct StepStats {
  double loss;       // mean over the step's batches, nats a token
  double grad_norm;  // before clipping
};

StepStats train_step(const Options& o, int64_t step, GPT& model, Optimizers& optimizers,
                     DataLoader& loader) {
  double loss_sum = 0.0;
  for (int64_t micro_step = 0; micro_step < o.grad_accum; ++micro_step) {
    const Batch batch = loader.next();
    torch::Tensor loss = model->loss(batch.inputs, batch.targets);
    loss_sum += loss.item<double>();
    loss = loss / o.grad_accum;
    loss.backward();
  }
  const std::vector<torch::Tensor> params = model->parameters();
  const double grad_norm =
      o.grad_clip > 0 ? clip_grad_norm_(params, o.grad_clip) : global_grad_norm(params);

  const double multiplier = lr_multiplier(step, o.schedule);
  for (AdamWGroup& group : optimizers.adamw.groups) group.lr = group.initial_lr * multiplier;
  for (MuonGroup& group : optimizers.muon.groups) {
    group.lr = group.initial_lr * multiplier;
    group.momentum = muon_momentum(step);
  }
  optimizers.adamw.step();
  optimizers.muon.step();
  optimizers.adamw.zero_grad();
  optimizers.muon.zero_grad();
  return {loss_sum / static_cast<double>(o.grad_accum), grad_norm};
}

void train(const Options& o, GPT& model, DataLoader& train_loader, DataLoader& val_loader,
           MetricsWriter& metrics) {
  Optimizers optimizers = model->configure_optimizers(o.optimizer);
  const int64_t steps = o.schedule.num_iterations;
  const int64_t tokens_per_step = o.batch_size * o.model.sequence_len * o.grad_accum;
  for (int64_t step = 0; step < steps; ++step) {
    const auto start = std::chrono::steady_clock::now();
    const StepStats stats = train_step(o, step, model, optimizers, train_loader);
    const std::chrono::duration<double, std::milli> dt = std::chrono::steady_clock::now() - start;

    const double lr = optimizers.muon.groups[0].lr;
    MetricsLine line;
    line.add("step", step).add("loss", stats.loss).add("grad_norm", stats.grad_norm).add("lr", lr);
    line.add("tokens", (step + 1) * tokens_per_step).add("dt_ms", dt.count());

    const bool last = step + 1 == steps;
    const bool evaluate = o.eval_every > 0 && ((step + 1) % o.eval_every == 0 || last);
    double val_loss = 0.0;
    if (evaluate) {
      val_loss = evaluate_loss(model, val_loader, o.eval_steps);
      line.add("val_loss", val_loss);
    }
    metrics.write(line);

    if (o.quiet || !(evaluate || last || step % 10 == 0)) continue;
    std::fprintf(stderr, "step %5ld/%ld | loss %.4f | grad norm %.4f | lr %.5f | %.0f tok/s", step,
                 steps, stats.loss, stats.grad_norm, lr,
                 1000.0 * static_cast<double>(tokens_per_step) / dt.count());
    if (evaluate) std::fprintf(stderr, " | val loss %.4f", val_loss);
    std::fprintf(stderr, "\n");
  }
}

void run(Options o) {
  torch::set_num_threads(static_cast<int>(o.threads));
  torch::manual_seed(static_cast<uint64_t>(o.seed));
  const auto seed = static_cast<uint64_t>(o.seed);
  o.sample.seed = seed;

  const Split split = split_documents(o.data.empty() ? generate_documents(o.documents, seed)
                                                     : load_documents(o.data));
  const Tokenizer tokenizer = Tokenizer::train(split.train, o.model.vocab_size);
  o.model.vocab_size = tokenizer.vocab_size();  // fewer than asked for if the data has no more
  DataLoader train_loader(split.train, tokenizer, o.batch_size, o.model.sequence_len, seed);
  DataLoader val_loader(split.val, tokenizer, o.batch_size, o.model.sequence_len, seed,
                        /*shuffle=*/false);

  GPT model(o.model);
  model->to(o.dtype == "float64" ? torch::kFloat64 : torch::kFloat32);
  if (o.sample.max_tokens > model->max_positions()) {
    throw UsageError("--sample-tokens must be at most " + std::to_string(model->max_positions()) +
                     ", ten times --sequence-len");
  }
  MetricsWriter metrics(o.metrics);  // the last thing that can fail before there is work to lose
  if (!o.quiet) {
    std::fprintf(stderr, "%zu documents, %ld tokens an epoch, vocabulary %ld, %ld parameters\n",
                 split.train.size(), train_loader.tokens_per_epoch(), o.model.vocab_size,
                 model->num_parameters());
  }

  train(o, model, train_loader, val_loader, metrics);
  if (!o.quiet && o.sample.max_tokens > 0) {
    const auto tokens = generate(model, {tokenizer.bos_token_id()}, o.sample);
    std::fprintf(stderr, "\n%s\n", tokenizer.decode(tokens).c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("base_train", args, argc, argv, [&] {
    validate(options);
    run(options);
  });
}
