// chat_sft: teaches a base model to answer, and to use the calculator, from conversations.
//
// Supervised fine-tuning: the base model knows how texts go on; here it sees what an assistant
// says, and learns that and nothing else. Learning rates begin at a fraction of the base model's
// and fall in a line to zero. The model that is kept is the one with the lowest validation loss.
//
// The same options, seed and number of threads give the same numbers to the last bit, also if a run
// was stopped and goes on with --resume. Started by torchrun, several processes train the model
// together, each on its share of every batch; rank 0 prints and saves.

#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/chat.h"
#include "nanochat/checkpoint_manager.h"
#include "nanochat/clip.h"
#include "nanochat/common.h"
#include "nanochat/conversation.h"
#include "nanochat/dataset.h"
#include "nanochat/distributed.h"
#include "nanochat/early_stopping.h"
#include "nanochat/engine.h"
#include "nanochat/epoch_meter.h"
#include "nanochat/files.h"
#include "nanochat/gpt.h"
#include "nanochat/memory.h"
#include "nanochat/metrics.h"
#include "nanochat/schedule.h"
#include "nanochat/sft_eval.h"
#include "nanochat/sft_loader.h"
#include "nanochat/tokenizer.h"
#include "programs/chat_sft_options.h"

namespace {

using namespace nanochat;

struct Conversations {
  std::vector<Conversation> train, val;
};

// Sets every 20th conversation apart, or one if there are fewer.
Conversations split_conversations(std::vector<Conversation> all, const std::string& path) {
  if (all.size() < 2) {
    throw std::runtime_error(path + ": one conversation is not enough to train and to validate");
  }
  Conversations split;
  const size_t every = std::min<size_t>(20, all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    (i % every == every - 1 ? split.val : split.train).push_back(std::move(all[i]));
  }
  return split;
}

// A run under way: what training changes, and what it goes through.
struct Run {
  GPT model{nullptr};
  Tokenizer tokenizer;
  Optimizers optimizers;
  Distributed ranks;
  SFTLoader loader, val_loader;
  LrSchedule schedule{};
  int64_t step = 0;  // optimizer steps taken so far
  double val_loss = std::nan("");
  EpochMeter epoch_loss{};
  EarlyStopping early_stopping;
  int64_t first_bytes = 0;  // in tensors after the first step: no later step needs more
  Diagnostics diagnostics{};
};

// An epoch's optimizer steps.
int64_t steps_in_epoch(const Options& o, const SFTLoader& loader, int64_t epoch) {
  return (loader.batches_in_epoch(epoch) + o.grad_accum - 1) / o.grad_accum;
}

// What one optimizer step has to say.
struct StepStats {
  double loss;        // mean over the step's targets on all ranks, nats a token
  int64_t num_valid;  // how many targets these are
  double grad_norm;   // before clipping
  double lr;          // of the matrices
};

StepStats train_step(const Options& o, Run& run) {
  run.diagnostics.begin(run.step, *run.model);
  std::vector<SFTBatch> batches;
  double num_valid = 0.0;
  const int64_t epoch = run.loader.state().epoch;
  for (int64_t i = 0; i < o.grad_accum && run.loader.state().epoch == epoch; ++i) {
    batches.push_back(run.loader.next());
    num_valid += static_cast<double>(batches.back().num_valid);
  }
  num_valid = run.ranks.all_reduce_sum(num_valid);

  double loss_sum = 0.0;
  for (const SFTBatch& batch : batches) {
    if (batch.num_valid == 0) continue;
    const auto count = static_cast<double>(batch.num_valid);
    run.diagnostics.batch(batch.inputs, batch.targets, run.tokenizer);
    const Diagnostics::Look look(run.diagnostics);
    const torch::Tensor loss =
        run.model->loss(batch.inputs, batch.targets, batch.segments, o.label_smoothing);
    loss_sum += loss.item<double>() * count;
    const double share = count / num_valid * static_cast<double>(run.ranks.world_size());
    (loss * share).backward();
  }
  const std::vector<torch::Tensor> params = run.model->parameters();
  run.ranks.average_gradients(params);
  run.diagnostics.gradients();
  const double grad_norm =
      o.grad_clip > 0 ? clip_grad_norm_(params, o.grad_clip) : global_grad_norm(params);

  AdamW& adamw = run.optimizers.adamw;
  Muon& muon = run.optimizers.muon;
  const double multiplier = o.init_lr_frac * lr_multiplier(run.step, run.schedule);
  for (AdamWGroup& group : adamw.groups) group.lr = group.initial_lr * multiplier;
  for (MuonGroup& group : muon.groups) {
    group.lr = group.initial_lr * multiplier;
    group.momentum = muon_momentum(run.step);
  }
  adamw.step();
  muon.step();
  run.diagnostics.updates(run.optimizers);
  adamw.zero_grad();
  muon.zero_grad();
  run.diagnostics.ranks(run.ranks, loss_sum / num_valid);
  run.step += 1;
  return {run.ranks.all_reduce_sum(loss_sum) / num_valid, static_cast<int64_t>(num_valid),
          grad_norm, muon.groups[0].lr};
}

// The validation loss over all ranks' shares; keeps the model if it is the best so far.
void validate_step(const Options& o, Run& run) {
  const EpochMeter share = evaluate_sft_loss(run.model, run.val_loader);
  const double sum = run.ranks.all_reduce_sum(share.state().sum);
  const double count = run.ranks.all_reduce_sum(static_cast<double>(share.count()));
  run.val_loss = sum / count;
  const bool improved = run.early_stopping.update(run.val_loss, run.step);
  if (improved && !o.out.empty() && run.ranks.is_main()) {
    save_model(o.out, run.model, run.tokenizer, run.step, run.val_loss);
    run.diagnostics.note_file("saved", o.out);
  }
}

void save(const Options& o, Run& run) {
  if (!o.out.empty() && run.ranks.is_main()) {
    // The position in the conversations is counted in batches, and their number tells other ones.
    const SFTLoader::State& position = run.loader.state();
    save_checkpoint(last_path(o), run.model, run.tokenizer, run.step, run.val_loss, run.optimizers,
                    {.data = {.epoch = position.epoch,
                              .next_document = position.batch,
                              .buffer = {},
                              .tokens_per_epoch = run.loader.num_conversations()},
                     .epoch_loss = run.epoch_loss.state(),
                     .early_stopping = run.early_stopping.state(),
                     .options = o.as_typed});
  }
  run.ranks.barrier();
}

void report(const Options& o, Run& run, const StepStats& stats, int64_t epoch, double dt_ms,
            bool evaluated, MetricsWriter& metrics) {
  MetricsLine line;
  line.add("step", run.step - 1).add("loss", stats.loss).add("grad_norm", stats.grad_norm);
  line.add("lr", stats.lr).add("num_valid", stats.num_valid).add("epoch", epoch);
  line.add("epoch_loss", run.epoch_loss.mean()).add("dt_ms", dt_ms);
  const int64_t bytes = memory_use().tensor_bytes;
  if (run.first_bytes == 0) run.first_bytes = bytes;
  line.add("memory_mb", static_cast<double>(bytes) / (1024.0 * 1024.0));
  line.add("memory_growth_mb", static_cast<double>(bytes - run.first_bytes) / (1024.0 * 1024.0));
  if (evaluated) {
    line.add("val_loss", run.val_loss).add("best_val_loss", run.early_stopping.best());
  }
  metrics.write(line);
  if (o.quiet || (!evaluated && run.step % 10 != 0)) return;
  std::fprintf(stderr, "step %5ld/%ld | epoch %ld | loss %.4f | epoch loss %.4f | grad norm %.3f",
               run.step, run.schedule.num_iterations, epoch, stats.loss, run.epoch_loss.mean(),
               stats.grad_norm);
  std::fprintf(stderr, " | lr %.5f | %.0f ms", stats.lr, dt_ms);
  if (evaluated) {
    const bool best = run.early_stopping.best_step() == run.step;
    std::fprintf(stderr, " | val loss %.4f%s", run.val_loss, best ? ", the best" : "");
  }
  std::fprintf(stderr, "\n");
}

void train(const Options& o, Run& run, MetricsWriter& metrics) {
  while (run.step < run.schedule.num_iterations && !run.early_stopping.stop()) {
    const SFTLoader::State position = run.loader.state();
    if (position.batch == 0) run.epoch_loss.reset();
    const auto start = std::chrono::steady_clock::now();
    const StepStats stats = train_step(o, run);
    const std::chrono::duration<double, std::milli> dt = std::chrono::steady_clock::now() - start;
    run.epoch_loss.update(stats.loss, stats.num_valid);

    // The evaluations of an epoch are spread evenly over its steps, the last at its end.
    const int64_t steps = steps_in_epoch(o, run.loader, position.epoch);
    const int64_t done = position.batch / o.grad_accum + 1;
    const bool evaluate =
        done * o.evals_per_epoch / steps != (done - 1) * o.evals_per_epoch / steps;
    if (evaluate) validate_step(o, run);
    report(o, run, stats, position.epoch, dt.count(), evaluate, metrics);
    if (o.save_every > 0 && run.step % o.save_every == 0) save(o, run);
    run.diagnostics.write();
  }
}

// Takes up the run in --resume where it was left. Its model is there already.
void resume(const Options& o, Run& run) {
  const int64_t kept_step = std::filesystem::exists(o.out) ? load_model(o.out).step : -1;
  const TrainingState state = load_training_state(o.resume, run.optimizers, o.as_typed);
  if (state.data.tokens_per_epoch != run.loader.num_conversations()) {
    throw UsageError("the run in " + o.resume + " was trained on other conversations");
  }
  run.loader.restore({.epoch = state.data.epoch, .batch = state.data.next_document});
  run.epoch_loss.restore(state.epoch_loss);
  run.early_stopping.restore(state.early_stopping);
  if (run.step >= run.schedule.num_iterations || run.early_stopping.stop()) {
    throw UsageError("the run in " + o.resume + " is over");
  }
  if (kept_step < run.early_stopping.best_step()) {
    throw UsageError(o.out + " is not the best model so far of the run in " + o.resume);
  }
}

// What the model says to a few questions, as chat_cli would show it.
void show_answers(Run& run, const std::vector<Conversation>& questions) {
  Engine engine(run.model, run.tokenizer);
  for (const Conversation& question : questions) {
    const std::vector<Completion> answers = engine.generate_batch(
        render_for_completion(run.tokenizer, question), 1, {.max_tokens = 128, .temperature = 0.0});
    AnswerText shown(run.tokenizer);
    std::string text;
    for (const int64_t token : answers[0].tokens) text += shown.push(token);
    text += shown.finish();
    std::string asked;
    for (const Part& part : question.messages.back().parts) asked += part.text;
    std::printf("%s\n  %s\n", asked.c_str(), text.c_str());
  }
}

void run_training(Options o) {
  torch::set_num_threads(static_cast<int>(o.threads));
  const auto seed = static_cast<uint64_t>(o.seed);
  torch::manual_seed(seed);

  Distributed ranks = Distributed::from_environment();
  const torch::Device device = device_named(o.device, ranks.world_size());
  if (!ranks.is_main()) {
    o.quiet = true;
    o.metrics = "";
    o.diagnostics.writes = false;
  }
  const Conversations data = split_conversations(
      o.data.empty() ? generate_conversations(o.conversations, seed) : load_conversations(o.data),
      o.data);
  LoadedModel first = load_model(o.resume.empty() ? o.base : o.resume);
  first.model->to(device);
  if (o.sequence_len > first.model->max_positions()) {
    throw UsageError("--sequence-len must be at most " +
                     std::to_string(first.model->max_positions()) + ", the model's positions");
  }
  for (Block& block : first.model->blocks) block->attn->dropout = block->mlp->dropout = o.dropout;

  const SFTLoaderOptions train_options = {
      .pack = !o.no_pack, .seed = seed, .rank = ranks.rank(), .world_size = ranks.world_size()};
  SFTLoaderOptions val_options = train_options;
  val_options.shuffle = false;
  Run run{
      .model = first.model,
      .tokenizer = first.tokenizer,
      .optimizers = first.model->configure_optimizers(o.optimizer),
      .ranks = std::move(ranks),
      .loader = SFTLoader(data.train, first.tokenizer, o.batch_size, o.sequence_len, train_options),
      .val_loader = SFTLoader(data.val, first.tokenizer, o.batch_size, o.sequence_len, val_options),
      .schedule = {.warmup_ratio = 0.0, .warmdown_ratio = 1.0},
      .step = o.resume.empty() ? 0 : first.step,
      .early_stopping = EarlyStopping(o.patience, o.min_delta)};
  for (int64_t epoch = 0; epoch < o.epochs; ++epoch) {
    run.schedule.num_iterations += steps_in_epoch(o, run.loader, epoch);
  }
  if (!o.resume.empty()) resume(o, run);
  if (!run.ranks.is_main()) {
    torch::manual_seed(seed + 1000003 * run.ranks.rank() + run.step);  // dropout of its own
  }

  if (!o.out.empty() && run.ranks.is_main()) check_writable(o.out);
  MetricsWriter metrics(o.metrics, run.step);
  o.diagnostics.first_step = run.step;
  run.diagnostics.open(o.diagnostics);
  if (!o.quiet) {
    std::fprintf(stderr, "%zu conversations to learn, %zu to validate, %ld steps\n",
                 data.train.size(), data.val.size(), run.schedule.num_iterations);
  }
  train(o, run, metrics);

  if (run.early_stopping.best_step() < 0) {
    throw std::runtime_error("the validation loss was never a number: no model was kept");
  }
  run.ranks.barrier();
  if (o.quiet) return;
  if (!o.out.empty()) {
    run.model = load_model(o.out).model;
    run.model->to(device);
  }
  std::vector<Conversation> questions = {data.val.front()};
  if (o.data.empty()) {
    questions = {{{Message(Role::user, "Tell me a story about a red kite.")}},
                 {{Message(Role::user, "What is 17 + 25?")}}};
  }
  show_answers(run, questions);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("chat_sft", args, argc, argv, [&] {
    // A run that goes on must agree with its first part in all of these.
    for (const char* section : {"training", "data"}) {
      options.as_typed.merge(args.values(section));
    }
    validate(options);
    run_training(options);
  });
}
