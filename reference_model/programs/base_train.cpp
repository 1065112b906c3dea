// base_train: trains a base model from scratch, on documents made up on the spot or on your own.
//
// The whole of pretraining in one file: data, tokenizer, model, optimizers, and the loop that
// connects them. With the same options, seed and number of threads two runs are equal to the last
// bit, so a change in the code that should not change the numbers can be proved not to; and a run
// that was stopped and goes on with --resume is equal to one that never stopped.
//
// Started by torchrun, several processes train the model together, each on its share of every
// batch. Rank 0 is the one that evaluates, prints and saves.

#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/checkpoint_manager.h"
#include "nanochat/clip.h"
#include "nanochat/common.h"
#include "nanochat/dataloader.h"
#include "nanochat/dataset.h"
#include "nanochat/distributed.h"
#include "nanochat/engine.h"
#include "nanochat/files.h"
#include "nanochat/gpt.h"
#include "nanochat/grad_scaler.h"
#include "nanochat/loss_eval.h"
#include "nanochat/master_weights.h"
#include "nanochat/memory.h"
#include "nanochat/metrics.h"
#include "nanochat/prefetch_loader.h"
#include "nanochat/schedule.h"
#include "nanochat/tokenizer.h"
#include "programs/base_train_options.h"

namespace {

using namespace nanochat;

// A run under way: what training changes, and what it goes through.
struct Run {
  GPT model{nullptr};
  Tokenizer tokenizer;
  Optimizers optimizers;
  Distributed ranks;
  int64_t grad_accum;  // batches of a rank whose gradients make one step
  int64_t step = 0;    // optimizer steps taken so far
  double val_loss = std::nan("");
  GPT compute{nullptr};     // what the loss is of: the model, or its copy in bfloat16
  MasterWeights masters{};  // for bfloat16: the model's weights, rounded into the copy
  GradScaler scaler{};      // for float16
  SmoothedLoss smoothed_loss{};
  Diagnostics diagnostics{};
};

// What one optimizer step has to say.
struct StepStats {
  double loss;       // mean over the step's batches on all ranks, nats a token
  double grad_norm;  // before clipping
  double lr;         // of the matrices
};

StepStats train_step(const Options& o, Run& run, PrefetchLoader& loader) {
  const bool half = o.dtype == "float16";
  run.diagnostics.begin(run.step, *run.model);
  double loss_sum = 0.0;
  for (int64_t micro_step = 0; micro_step < run.grad_accum; ++micro_step) {
    const Batch batch = loader.next();
    run.diagnostics.batch(batch.inputs, batch.targets, run.tokenizer);
    torch::Tensor loss;
    {
      const Diagnostics::Look look(run.diagnostics);
      const Autocast autocast(torch::kFloat16, half);
      loss = run.compute->loss(batch.inputs, batch.targets, {}, o.label_smoothing);
    }
    loss_sum += loss.item<double>();
    loss = loss / run.grad_accum;
    if (half) loss = run.scaler.scale(loss);
    loss.backward();
    run.masters.take_gradients();
  }
  const std::vector<torch::Tensor> params = run.model->parameters();
  run.ranks.average_gradients(params);
  if (half) run.scaler.unscale_(params);
  run.diagnostics.gradients();
  const double grad_norm =
      o.grad_clip > 0 ? clip_grad_norm_(params, o.grad_clip) : global_grad_norm(params);

  AdamW& adamw = run.optimizers.adamw;
  Muon& muon = run.optimizers.muon;
  const double multiplier = lr_multiplier(run.step, o.schedule);
  for (AdamWGroup& group : adamw.groups) group.lr = group.initial_lr * multiplier;
  for (MuonGroup& group : muon.groups) {
    group.lr = group.initial_lr * multiplier;
    group.momentum = muon_momentum(run.step);
  }
  if (!run.scaler.found_inf()) {
    adamw.step();
    muon.step();
  }
  run.diagnostics.updates(run.optimizers);
  run.masters.write_back();
  if (half) run.scaler.update();
  adamw.zero_grad();
  muon.zero_grad();
  run.step += 1;
  const double loss = loss_sum / static_cast<double>(run.grad_accum);
  run.diagnostics.ranks(run.ranks, loss);
  return {run.ranks.all_reduce_mean(loss), grad_norm, muon.groups[0].lr};
}

double megabytes(int64_t bytes) {
  return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

void save(const Options& o, Run& run, const LoaderState& data) {
  if (!o.out.empty()) {
    save_checkpoint(o.out, run.model, run.tokenizer, run.step, run.val_loss, run.optimizers,
                    {.data = data,
                     .scaler = run.scaler.state(),
                     .smoothed_loss = run.smoothed_loss,
                     .options = o.as_typed});
  }
  run.ranks.barrier();  // only rank 0 has written: the file is there when any rank goes on or ends
  if (!o.out.empty()) run.diagnostics.note_file("saved", o.out);
}

void train(const Options& o, Run& run, PrefetchLoader& loader, DataLoader& val_loader,
           MetricsWriter& metrics) {
  const torch::Tensor bytes = token_bytes(run.tokenizer);
  const int64_t steps = o.schedule.num_iterations;
  int64_t first_bytes = 0;  // in tensors after the first step: no later step needs more
  while (run.step < steps) {
    const auto start = std::chrono::steady_clock::now();
    const StepStats stats = train_step(o, run, loader);
    const std::chrono::duration<double> dt = std::chrono::steady_clock::now() - start;
    run.smoothed_loss.add(stats.loss);
    const MemoryUse memory = memory_use();
    MetricsLine line;
    line.add("step", run.step - 1).add("loss", stats.loss).add("grad_norm", stats.grad_norm);
    line.add("lr", stats.lr).add("tokens", run.step * o.total_batch_size);
    line.add("epoch", loader.epoch()).add("dt_ms", 1000.0 * dt.count());
    line.add("memory_mb", megabytes(memory.tensor_bytes));
    line.add("rss_mb", megabytes(memory.resident_bytes));
    if (first_bytes == 0) first_bytes = memory.tensor_bytes;
    line.add("memory_growth_mb", megabytes(memory.tensor_bytes - first_bytes));
    if (o.dtype == "float16") line.add("scale", run.scaler.state().scale);

    const bool last = run.step == steps;
    const bool evaluate = o.eval_every > 0 && (run.step % o.eval_every == 0 || last);
    EvalResult val{};
    if (evaluate && run.ranks.is_main()) {
      val = evaluate_bpb(run.model, val_loader, o.eval_steps, bytes);
      run.val_loss = val.loss;
      line.add("val_loss", val.loss).add("val_bpb", val.bpb);
    }
    metrics.write(line);
    if (!o.quiet && (evaluate || last || run.step % 10 == 0)) {
      std::fprintf(stderr, "step %5ld/%ld | loss %.4f | grad norm %.3f | lr %.5f | epoch %ld",
                   run.step, steps, run.smoothed_loss.value(), stats.grad_norm, stats.lr,
                   loader.epoch());
      std::fprintf(stderr, " | %.0f tok/s | %.0f MB",
                   static_cast<double>(o.total_batch_size) / dt.count(),
                   megabytes(memory.resident_bytes));
      if (evaluate) std::fprintf(stderr, " | val loss %.4f, bpb %.4f", val.loss, val.bpb);
      std::fprintf(stderr, "\n");
    }
    if (last || (o.save_every > 0 && run.step % o.save_every == 0)) save(o, run, loader.state());
    run.diagnostics.write();
  }
}

// The model to begin with: a new one, or the one to go on with.
LoadedModel first_model(const Options& o, const std::vector<std::string>& documents) {
  if (!o.resume.empty()) return load_model(o.resume);
  const Tokenizer tokenizer = o.tokenizer.empty() ? Tokenizer::train(documents, o.model.vocab_size)
                                                  : Tokenizer::load(o.tokenizer);
  GPTConfig config = o.model;
  config.vocab_size = tokenizer.vocab_size();  // fewer than asked for if the data has no more
  GPT model(config);
  model->to(o.dtype == "float64" ? torch::kFloat64 : torch::kFloat32);
  return {.model = model, .tokenizer = tokenizer, .step = 0, .val_loss = std::nan("")};
}

// Takes up the run in --resume where it was left. Its model is there already.
void resume(const Options& o, Run& run, DataLoader& loader) {
  const TrainingState state = load_training_state(o.resume, run.optimizers, o.as_typed);
  if (run.step >= o.schedule.num_iterations) {
    throw UsageError("the run in " + o.resume + " is over after its " + std::to_string(run.step) +
                     " steps; --steps can ask for more");
  }
  loader.restore(state.data);
  run.scaler.load_state(state.scaler);
  run.smoothed_loss = state.smoothed_loss;
}

// Shows what the model makes of the beginning of a document that it has not seen.
void show_sample(const Options& o, Run& run, const std::string& document) {
  const int64_t bos = run.tokenizer.bos_token_id();
  std::vector<int64_t> tokens = run.tokenizer.encode(document, "<|bos|>");
  const int64_t room = run.model->max_positions() + 1 - o.sample.max_tokens;
  tokens.resize(std::min({tokens.size(), static_cast<size_t>(room), size_t{16}}));
  std::vector<int64_t> more = generate(run.model, tokens, o.sample);
  more.erase(std::find(more.begin(), more.end(), bos), more.end());  // the next document
  tokens.erase(tokens.begin());
  std::printf("%s [...] %s\n", run.tokenizer.decode(tokens).c_str(),
              run.tokenizer.decode(more).c_str());
}

void run_training(Options o) {
  torch::set_num_threads(static_cast<int>(o.threads));
  const auto seed = static_cast<uint64_t>(o.seed);
  torch::manual_seed(seed);
  o.sample.seed = seed;

  Distributed ranks = Distributed::from_environment();
  const torch::Device device = device_named(o.device, ranks.world_size());
  const int64_t B = o.batch_size, T = o.model.sequence_len;
  if (o.total_batch_size == 0) o.total_batch_size = B * T * ranks.world_size();
  o.as_typed["total-batch-size"] = std::to_string(o.total_batch_size);
  const int64_t grad_accum = grad_accum_steps(o.total_batch_size, B, T, ranks.world_size());
  if (!ranks.is_main()) {
    o.quiet = true;
    o.out = o.metrics = "";
    o.diagnostics.writes = false;
  }

  const Split split = split_documents(o.data.empty() ? generate_documents(o.documents, seed)
                                                     : load_documents(o.data));
  LoadedModel first = first_model(o, split.train);
  first.model->to(device);
  DataLoader loader(split.train, first.tokenizer, B, T, seed, /*shuffle=*/true, ranks.rank(),
                    ranks.world_size());
  DataLoader val_loader(split.val, first.tokenizer, B * ranks.world_size(), T, seed);
  Run run{.model = first.model,
          .tokenizer = first.tokenizer,
          .optimizers = first.model->configure_optimizers(o.optimizer),
          .ranks = std::move(ranks),
          .grad_accum = grad_accum,
          .step = first.step,
          .val_loss = first.val_loss,
          .compute = first.model};
  if (o.dtype == "bfloat16") {
    run.compute = GPT(run.model->config);
    run.compute->to(device, torch::kBFloat16);
    run.masters = MasterWeights(run.model->parameters(), run.compute->parameters());
  }
  run.compute->recompute_blocks = o.recompute;
  if (!o.resume.empty()) resume(o, run, loader);
  run.ranks.broadcast(run.model->parameters());
  run.masters.write_back();
  if (!run.ranks.is_main()) {  // dropout that is not rank 0's
    torch::manual_seed(seed + static_cast<uint64_t>(1000003 * run.ranks.rank() + run.step));
  }

  if (!o.out.empty()) check_writable(o.out);
  MetricsWriter metrics(o.metrics, run.step);
  o.diagnostics.first_step = run.step;
  run.diagnostics.open(o.diagnostics);
  if (!o.quiet) {
    std::fprintf(stderr, "%zu documents, %ld tokens an epoch, vocabulary %ld, %ld parameters\n",
                 split.train.size(), loader.tokens_per_epoch(), run.tokenizer.vocab_size(),
                 run.model->num_parameters());
  }
  PrefetchLoader prefetch_loader(std::move(loader));
  train(o, run, prefetch_loader, val_loader, metrics);

  if (!o.quiet && o.sample.max_tokens > 0) show_sample(o, run, split.val.front());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("base_train", args, argc, argv, [&] {
    // A run that goes on must agree with its first part in all of these.
    for (const char* section : {"model", "training", "data"}) {
      options.as_typed.merge(args.values(section));
    }
    validate(options);
    run_training(options);
  });
}
