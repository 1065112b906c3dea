// attention_proof: shows that attention works, or that it does not.
//
// A small GPT learns to reverse sequences of letters, which takes attention, positions, the mask
// and the residual paths, all of them: with one of them out of order hardly any sequence comes out
// right, however long it trains. The exit code is the verdict.
//
// Where it does not work there is a ladder: --checks looks at every component by itself, --twin
// trains a second model beside the first that shares no code with it, --sweep tries other rates,
// widths and heads, and what is predicted is shown, so that a model that always says the same is
// seen.

#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/char_tokenizer.h"
#include "nanochat/clip.h"
#include "nanochat/common.h"
#include "nanochat/component_checks.h"
#include "nanochat/devices.h"
#include "nanochat/diagnostics.h"
#include "nanochat/functional_gpt.h"
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
  bool twin = false;
  bool sweep = false;
  int64_t predictions = 3;
  std::string metrics;
  DiagnosticsOptions diagnostics;
  bool quiet = false;
  int64_t seed = 42;
  int64_t threads = 1;
  std::string device = "cpu";
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
  args.add("sweep", &o.sweep, "train at other rates, widths and heads, and print a table");
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
  args.add("twin", &o.twin,
           "train the model once more beside itself, as a function; float64 keeps them together");
  args.section("evaluation and output");
  args.add("accuracy", &o.accuracy, "share of sequences to reverse; training stops there")
      .at_least(0)
      .at_most(1);
  args.add("eval-every", &o.eval_every, "steps between evaluations").at_least(1);
  args.add("predictions", &o.predictions, "unseen sequences to show at the end").at_least(0);
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("diagnostics", &o.diagnostics.path,
           "a file for what the run tells of itself besides, or - for standard output");
  args.add("diagnostics-every", &o.diagnostics.every, "steps from one line of it to the next")
      .at_least(1);
  args.add("quiet", &o.quiet, "no progress");
  args.section("reproducibility");
  args.add("seed", &o.seed, "of weights and sequences").at_least(0);
  add_device_option(args, &o.device);
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
  if (o.sweep && (o.model.n_head % 2 != 0 || o.model.n_embd % (4 * o.model.n_head) != 0 ||
                  o.model.n_head / 2 % std::min(o.model.n_kv_head, o.model.n_head / 2) != 0)) {
    throw UsageError("--sweep halves --n-embd and --n-head, and these cannot be halved");
  }
}

// What one optimizer step has to say.
struct StepStats {
  double loss;       // nats a letter of the answers
  double grad_norm;  // before clipping
};

StepStats train_step(const Options& o, int64_t step, const torch::Tensor& loss,
                     const std::vector<torch::Tensor>& params, Optimizers& optimizers,
                     Diagnostics* diagnostics = nullptr) {
  loss.backward();
  if (diagnostics) diagnostics->gradients();
  const double grad_norm =
      o.grad_clip > 0 ? clip_grad_norm_(params, o.grad_clip) : global_grad_norm(params);
  for (MuonGroup& group : optimizers.muon.groups) group.momentum = muon_momentum(step);
  optimizers.adamw.step();
  optimizers.muon.step();
  if (diagnostics) diagnostics->updates(optimizers);
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

// The model as a function, trained beside the model itself.
struct Twin {
  Weights weights;
  std::vector<torch::Tensor> params;  // the same tensors
  Optimizers optimizers;
};

Twin make_twin(const Options& o, GPT& model) {
  const Weights weights = copy_weights(model);
  std::vector<torch::Tensor> params;
  for (const auto& item : model->named_parameters()) params.push_back(weights.at(item.key()));
  return {weights, params, functional_optimizers(model, weights, o.optimizer)};
}

// How far each kind of weight is from where it began, beside what it was: the norm of the change
// over the norm at the start, or the norm itself where that was zero.
void add_moved(MetricsLine& line, GPT& model, const Weights& start) {
  for (const char* kind : {"wte", "wpe", "attn", "mlp", "lm_head"}) {
    double change = 0.0, size = 0.0;
    for (const auto& item : model->named_parameters()) {
      if (item.key().find(kind) == std::string::npos) continue;
      const torch::Tensor was = start.at(item.key()).detach();
      change += (item.value().detach() - was).square().sum().item<double>();
      size += was.square().sum().item<double>();
    }
    if (change > 0.0) {
      line.add(std::string("moved_") + kind, std::sqrt(size > 0.0 ? change / size : change));
    }
  }
}

// What came of a training.
struct Outcome {
  double accuracy;
  double loss;    // of the last step
  int64_t steps;  // until it was good enough, or gave up
};

// Trains until the model is good enough or the steps are used up.
Outcome train(const Options& o, GPT& model, const CharTokenizer& tokenizer,
              const std::vector<std::string>& train_sequences,
              const std::vector<std::string>& val_sequences, MetricsWriter& metrics) {
  Optimizers optimizers = model->configure_optimizers(o.optimizer);
  Rng rng(static_cast<uint64_t>(o.seed));
  const Weights start = copy_weights(model);
  std::optional<Twin> twin;
  if (o.twin) twin = make_twin(o, model);
  Outcome outcome{};
  Diagnostics diagnostics;
  if (!o.sweep) diagnostics.open(o.diagnostics);
  for (int64_t step = 0; step < o.steps; ++step) {
    const auto begin = std::chrono::steady_clock::now();
    diagnostics.begin(step, *model);
    const Batch batch = reversal_batch(draw(train_sequences, o.batch_size, rng), tokenizer);
    diagnostics.batch(batch.inputs, batch.targets,
                      [&](const std::vector<int64_t>& ids) { return tokenizer.decode(ids); });
    std::optional<Diagnostics::Look> look(std::in_place, diagnostics);
    const torch::Tensor loss = model->loss(batch.inputs, batch.targets);
    look.reset();
    const StepStats stats =
        train_step(o, step, loss, model->parameters(), optimizers, &diagnostics);
    const std::chrono::duration<double, std::milli> dt = std::chrono::steady_clock::now() - begin;

    MetricsLine line;
    line.add("step", step).add("loss", stats.loss).add("grad_norm", stats.grad_norm);
    line.add("dt_ms", dt.count());
    double apart = 0.0;
    if (twin) {
      const torch::Tensor same =
          functional_loss(model->config, twin->weights, batch.inputs, batch.targets);
      line.add("twin_loss", train_step(o, step, same, twin->params, twin->optimizers).loss);
      apart = weights_apart(model, twin->weights);
      line.add("twin_apart", apart);
    }
    outcome.loss = stats.loss;
    outcome.steps = step + 1;
    const bool evaluate = (step + 1) % o.eval_every == 0 || step + 1 == o.steps;
    if (evaluate) {
      outcome.accuracy = reversal_accuracy(model, val_sequences, tokenizer);
      line.add("accuracy", outcome.accuracy);
      add_moved(line, model, start);
    }
    metrics.write(line);
    diagnostics.write();
    if (!evaluate) continue;
    if (!o.quiet) {
      std::fprintf(stderr, "step %5ld/%ld | loss %.4f | grad norm %.4f | reversed %.1f %%",
                   step + 1, o.steps, stats.loss, stats.grad_norm, 100.0 * outcome.accuracy);
      if (twin) std::fprintf(stderr, " | twin apart by %.2g", apart);
      std::fprintf(stderr, "\n");
    }
    if (outcome.accuracy >= o.accuracy) break;
  }
  return outcome;
}

// What the model makes of a few sequences, and how many letters all its answers have between them.
void show_predictions(const Options& o, GPT& model, const CharTokenizer& tokenizer,
                      const std::vector<std::string>& sequences) {
  const Batch batch = reversal_batch(sequences, tokenizer);
  const int64_t L = o.length;
  const torch::Tensor answers = continue_greedily(model, batch.inputs.slice(1, 0, L + 1), L);
  const torch::Tensor right = answers.eq(batch.targets.slice(1, L)).all(1);  // (B)
  const int64_t count = static_cast<int64_t>(sequences.size());
  for (int64_t b = 0; b < std::min(o.predictions, count); ++b) {
    const torch::Tensor answer = answers[b].contiguous();
    const int64_t* ids = answer.data_ptr<int64_t>();
    std::printf("  %s > %s %s\n", sequences[static_cast<size_t>(b)].c_str(),
                tokenizer.decode({ids, ids + L}).c_str(),
                right[b].item<bool>() ? "right" : "wrong");
  }
  const int64_t different = std::get<0>(at::_unique(answers)).numel();
  std::printf("  %ld different letters in %ld answers\n", different, count);
}

void prove(const Options& o, GPT& model, const CharTokenizer& tokenizer,
           const std::vector<std::string>& train_sequences,
           const std::vector<std::string>& val_sequences) {
  MetricsWriter metrics(o.metrics);
  const double accuracy =
      train(o, model, tokenizer, train_sequences, val_sequences, metrics).accuracy;
  if (o.predictions > 0) show_predictions(o, model, tokenizer, val_sequences);
  char percent[32];
  std::snprintf(percent, sizeof percent, "%.1f %%", 100.0 * accuracy);
  if (accuracy < o.accuracy) {
    throw std::runtime_error("attention does not work: " + std::string(percent) +
                             " of the sequences came out reversed");
  }
  std::printf("attention works: %s of %ld unseen sequences came out reversed\n", percent,
              o.val_sequences);
}

// Trains a new model at each of a few settings around those asked for, and prints what comes of it.
void sweep(const Options& o, const CharTokenizer& tokenizer,
           const std::vector<std::string>& train_sequences,
           const std::vector<std::string>& val_sequences) {
  MetricsWriter none("");
  std::printf("%10s %8s %8s %8s %10s %10s\n", "matrix-lr", "n-embd", "n-head", "steps", "loss",
              "reversed");
  for (const double rate : {0.25, 1.0, 4.0}) {
    for (const int64_t narrower : {2, 1}) {
      for (const int64_t fewer : {2, 1}) {
        Options setting = o;
        setting.optimizer.matrix_lr = o.optimizer.matrix_lr * rate;
        setting.model.n_embd = o.model.n_embd / narrower;
        setting.model.n_head = std::max<int64_t>(o.model.n_head / fewer, 1);
        setting.model.n_kv_head = std::min(o.model.n_kv_head, setting.model.n_head);
        setting.quiet = true;
        torch::manual_seed(static_cast<uint64_t>(o.seed));
        GPT model(setting.model);
        model->to(device_named(o.device), o.dtype == "float64" ? torch::kFloat64 : torch::kFloat32);
        const Outcome outcome =
            train(setting, model, tokenizer, train_sequences, val_sequences, none);
        std::printf("%10g %8ld %8ld %8ld %10.4f %8.1f %%\n", setting.optimizer.matrix_lr,
                    setting.model.n_embd, setting.model.n_head, outcome.steps, outcome.loss,
                    100.0 * outcome.accuracy);
      }
    }
  }
}

// A row asks and answers: the answer is the question backwards, and only it has targets, each the
// next input; every id is one of the vocabulary.
Check check_data(const Options& o, const Batch& batch) {
  const int64_t L = o.length, B = batch.inputs.size(0);
  const torch::Tensor question = batch.inputs.slice(1, 0, L);  // (B, L)
  const torch::Tensor answer = batch.targets.slice(1, L);      // (B, L)
  const torch::Tensor known = batch.inputs.ge(0).logical_and(batch.inputs.lt(o.model.vocab_size));
  const torch::Tensor next = batch.inputs.slice(1, L + 1).eq(batch.targets.slice(1, L, 2 * L - 1));
  const torch::Tensor right = known.all(1)
                                  .logical_and(answer.eq(question.flip(1)).all(1))
                                  .logical_and(batch.targets.slice(1, 0, L).eq(-1).all(1))
                                  .logical_and(next.all(1));  // (B)
  const int64_t count = right.sum().item<int64_t>();
  return {"data", count == B,
          std::to_string(count) + " of " + std::to_string(B) +
              " rows are a question and its answer, in the vocabulary"};
}

void check(const Options& o, const Batch& batch) {
  int64_t failed = 0;
  std::vector<Check> checks = check_components(o.model, batch);
  checks.insert(checks.begin(), check_data(o, batch));
  for (const Check& check : checks) {
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
  if (o.sweep) return sweep(o, tokenizer, train_sequences, val_sequences);
  GPT model(o.model);
  model->to(device_named(o.device), o.dtype == "float64" ? torch::kFloat64 : torch::kFloat32);
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
