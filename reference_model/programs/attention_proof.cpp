// attention_proof: shows that attention works, or that it does not.
//
// A small GPT learns to reverse sequences of letters, which takes attention, positions, the mask
// and the residual paths, all of them: with one of them out of order hardly any sequence comes out
// right, however long it trains. The exit code is the verdict.

#include <torch/utils.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/char_tokenizer.h"
#include "nanochat/clip.h"
#include "nanochat/common.h"
#include "nanochat/component_checks.h"
#include "nanochat/gpt.h"
#include "nanochat/metrics.h"
#include "nanochat/reversal.h"
#include "nanochat/schedule.h"

namespace {

using namespace nanochat;

struct Options {
  GPTConfig model{.n_layer = 2, .n_head = 4, .n_kv_head = 2, .n_embd = 64};
  OptimizerConfig optimizer;
  double grad_clip = 1.0;
  int64_t letters = 16;
  int64_t length = 8;
  int64_t sequences = 20000;
  int64_t val_sequences = 200;
  int64_t batch_size = 64;
  int64_t steps = 400;
  int64_t eval_every = 50;
  double accuracy = 0.95;
  std::string positions = "rotary";
  std::string dtype = "float32";
  bool checks = false;
  std::string metrics;
  bool quiet = false;
  int64_t seed = 42;
  int64_t threads = 1;
};

Args declare(Options& o) {
  Args args("attention_proof",
            "Trains a small GPT to reverse sequences of letters: with attention in order it soon\n"
            "reverses nearly all, else nearly none. Exits with 0 if attention works, else with 1.");
  args.section("model");
  args.add("positions", &o.positions, "rotary or learned").one_of({"rotary", "learned"});
  args.add("n-layer,depth", &o.model.n_layer, "blocks").at_least(1);
  args.add("n-embd", &o.model.n_embd, "channels").at_least(1);
  args.add("n-head", &o.model.n_head, "query heads").at_least(1);
  args.add("n-kv-head", &o.model.n_kv_head, "key and value heads, a divisor of n-head").at_least(1);
  args.add("dtype", &o.dtype, "float32 or float64").one_of({"float32", "float64"});
  args.section("task");
  args.add("checks", &o.checks, "do not train: check every component by itself, and print a list");
  args.add("letters", &o.letters, "how many different letters there are").at_least(2).at_most(26);
  args.add("length", &o.length, "letters in a sequence").at_least(1);
  args.add("sequences", &o.sequences, "different sequences to train on").at_least(1);
  args.add("val-sequences", &o.val_sequences, "others to be reversed in an evaluation").at_least(1);
  args.section("training");
  args.add("steps", &o.steps, "optimizer steps after which to give up").at_least(1);
  args.add("batch-size", &o.batch_size, "sequences in a batch").at_least(1);
  args.add("grad-clip", &o.grad_clip, "largest global gradient norm, 0 to leave it alone")
      .at_least(0);
  args.add("embedding-lr", &o.optimizer.embedding_lr, "AdamW's rate for the embedding").at_least(0);
  args.add("unembedding-lr", &o.optimizer.unembedding_lr, "AdamW's rate for the head").at_least(0);
  args.add("matrix-lr", &o.optimizer.matrix_lr, "Muon's rate for everything between").at_least(0);
  args.section("evaluation and output");
  args.add("accuracy", &o.accuracy, "share of sequences to reverse; training stops there")
      .at_least(0)
      .at_most(1);
  args.add("eval-every", &o.eval_every, "steps between evaluations").at_least(1);
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("quiet", &o.quiet, "no progress");
  args.section("reproducibility");
  args.add("seed", &o.seed, "of weights and sequences").at_least(0);
  args.add("threads", &o.threads,
           "threads of LibTorch, worth more than one on an idle machine only")
      .at_least(1)
      .at_most(1024);
  return args;
}

void validate(const Options& o) {
  if (o.model.n_head % o.model.n_kv_head != 0) {
    throw UsageError("--n-head must be a multiple of --n-kv-head");
  }
  if (o.model.n_embd % (2 * o.model.n_head) != 0) {
    throw UsageError("--n-embd must be a multiple of twice --n-head");
  }
}

// What one optimizer step has to say.
struct StepStats {
  double loss;       // nats a letter of the answers
  double grad_norm;  // before clipping
};

StepStats train_step(const Options& o, int64_t step, GPT& model, Optimizers& optimizers,
                     const Batch& batch) {
  const torch::Tensor loss = model->loss(batch.inputs, batch.targets);
  loss.backward();
  const std::vector<torch::Tensor> params = model->parameters();
  const double grad_norm =
      o.grad_clip > 0 ? clip_grad_norm_(params, o.grad_clip) : global_grad_norm(params);
  for (MuonGroup& group : optimizers.muon.groups) group.momentum = muon_momentum(step);
  optimizers.adamw.step();
  optimizers.muon.step();
  optimizers.adamw.zero_grad();
  optimizers.muon.zero_grad();
  return {loss.item<double>(), grad_norm};
}

std::vector<std::string> draw(const std::vector<std::string>& sequences, int64_t count, Rng& rng) {
  std::vector<std::string> drawn;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t which = rng.below(static_cast<int64_t>(sequences.size()));
    drawn.push_back(sequences[static_cast<size_t>(which)]);
  }
  return drawn;
}

// Trains until the model is good enough or the steps are used up, and returns its accuracy.
double train(const Options& o, GPT& model, const CharTokenizer& tokenizer,
             const std::vector<std::string>& train_sequences,
             const std::vector<std::string>& val_sequences, MetricsWriter& metrics) {
  Optimizers optimizers = model->configure_optimizers(o.optimizer);
  Rng rng(static_cast<uint64_t>(o.seed));
  double accuracy = 0.0;
  for (int64_t step = 0; step < o.steps; ++step) {
    const auto start = std::chrono::steady_clock::now();
    const Batch batch = reversal_batch(draw(train_sequences, o.batch_size, rng), tokenizer);
    const StepStats stats = train_step(o, step, model, optimizers, batch);
    const std::chrono::duration<double, std::milli> dt = std::chrono::steady_clock::now() - start;

    MetricsLine line;
    line.add("step", step).add("loss", stats.loss).add("grad_norm", stats.grad_norm);
    line.add("dt_ms", dt.count());
    const bool evaluate = (step + 1) % o.eval_every == 0 || step + 1 == o.steps;
    if (evaluate) {
      accuracy = reversal_accuracy(model, val_sequences, tokenizer);
      line.add("accuracy", accuracy);
    }
    metrics.write(line);
    if (!evaluate) continue;
    if (!o.quiet) {
      std::fprintf(stderr, "step %5ld/%ld | loss %.4f | grad norm %.4f | reversed %.1f %%\n",
                   step + 1, o.steps, stats.loss, stats.grad_norm, 100.0 * accuracy);
    }
    if (accuracy >= o.accuracy) break;
  }
  return accuracy;
}

void prove(const Options& o, GPT& model, const CharTokenizer& tokenizer,
           const std::vector<std::string>& train_sequences,
           const std::vector<std::string>& val_sequences) {
  MetricsWriter metrics(o.metrics);
  const double accuracy = train(o, model, tokenizer, train_sequences, val_sequences, metrics);
  char percent[32];
  std::snprintf(percent, sizeof percent, "%.1f %%", 100.0 * accuracy);
  if (accuracy < o.accuracy) {
    throw std::runtime_error("attention does not work: " + std::string(percent) +
                             " of the sequences came out reversed");
  }
  std::printf("attention works: %s of %ld unseen sequences came out reversed\n", percent,
              o.val_sequences);
}

void check(const Options& o, const Batch& batch) {
  int64_t failed = 0;
  for (const Check& check : check_components(o.model, batch)) {
    std::printf("%-8s %-26s %s\n", check.ok ? "[ok]" : "[FAILED]", check.name.c_str(),
                check.measured.c_str());
    failed += check.ok ? 0 : 1;
  }
  if (failed > 0) throw std::runtime_error(std::to_string(failed) + " of the checks failed");
}

void run(Options o) {
  torch::set_num_threads(static_cast<int>(o.threads));
  torch::manual_seed(static_cast<uint64_t>(o.seed));

  // One draw of different sequences for both sides, so that no side has one of the other's.
  const std::vector<std::string> all = reversal_sequences(o.sequences + o.val_sequences, o.letters,
                                                          o.length, static_cast<uint64_t>(o.seed));
  const std::vector<std::string> train_sequences(all.begin(), all.begin() + o.sequences);
  const std::vector<std::string> val_sequences(all.begin() + o.sequences, all.end());
  const CharTokenizer tokenizer({reversal_line("abcdefghijklmnopqrstuvwxyz")});

  o.model.vocab_size = tokenizer.vocab_size();
  o.model.sequence_len = 2 * o.length;
  o.model.positions = o.positions == "learned" ? Positions::learned : Positions::rotary;
  if (o.checks) return check(o, reversal_batch({all[0], all[1], all[2]}, tokenizer));
  GPT model(o.model);
  model->to(o.dtype == "float64" ? torch::kFloat64 : torch::kFloat32);
  prove(o, model, tokenizer, train_sequences, val_sequences);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("attention_proof", args, argc, argv, [&] {
    validate(options);
    run(options);
  });
}
