// quality_train: trains the filter that keeps junk out of what a language model is trained on.
//
// Documents with labels come from a generator or from a file; what comes out is a classifier that
// gives every document a probability of being good. Training stops when the validation loss has not
// improved for some epochs, and the weights that are kept are the best ones, not the last.

#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/checkpoint_manager.h"
#include "nanochat/clip.h"
#include "nanochat/common.h"
#include "nanochat/devices.h"
#include "nanochat/diagnostics.h"
#include "nanochat/early_stopping.h"
#include "nanochat/epoch_meter.h"
#include "nanochat/files.h"
#include "nanochat/memory.h"
#include "nanochat/metrics.h"
#include "nanochat/quality_checkpoint.h"
#include "nanochat/quality_classifier.h"
#include "nanochat/quality_data.h"
#include "nanochat/schedule.h"
#include "nanochat/tokenizer.h"

namespace {

using namespace nanochat;

constexpr const char* kDefaultBase = "runs/base.pt";

struct Options {
  QualityConfig model;
  QualityOptimizerConfig optimizer;
  std::string base = "auto";
  int64_t frozen_epochs = 1;
  int64_t epochs = 6;
  int64_t patience = 3;
  int64_t batch_size = 32;
  double noise = 0.1;
  std::string dtype = "float32";
  double grad_clip = 1.0;
  std::string data;
  int64_t documents = 2000;
  int64_t val_every = 5;
  std::string out = "runs/quality.pt";
  std::string metrics;
  DiagnosticsOptions diagnostics;
  bool quiet = false;
  int64_t seed = 42;
  int64_t threads = 1;
  std::string device = "cpu";
};

Args declare(Options& o) {
  Args args("quality_train",
            "Trains a classifier that tells documents worth training on from junk.\n"
            "Progress goes to standard error, the result to standard output.");
  args.section("model");
  args.add("base", &o.base,
           "a checkpoint of base_train for tokenizer and embedding; auto: runs/base.pt if it is "
           "there; empty: start afresh");
  args.add("frozen-epochs", &o.frozen_epochs, "epochs that leave a base model's embedding as it is")
      .at_least(0);
  args.add("n-embd", &o.model.n_embd, "channels, unless a base model says").at_least(1);
  args.add("vocab-size", &o.model.vocab_size, "token ids, unless a base model says");
  args.add("n-head", &o.model.n_head, "query heads").at_least(1);
  args.add("n-kv-head", &o.model.n_kv_head, "key and value heads, a divisor of n-head").at_least(1);
  args.add("max-len", &o.model.max_len, "tokens of a document that are read").at_least(1);
  args.add("dropout", &o.model.dropout, "share of entries dropped in training")
      .at_least(0)
      .at_most(0.99);
  args.add("dtype", &o.dtype, "float32 or float64").one_of({"float32", "float64"});
  args.section("training");
  args.add("epochs", &o.epochs, "at most so many").at_least(1);
  args.add("patience", &o.patience, "epochs without improvement to wait for, 0 to go on")
      .at_least(0);
  args.add("batch-size", &o.batch_size, "documents in a batch").at_least(2);
  args.add("noise", &o.noise, "share of tokens lost or replaced in training")
      .at_least(0)
      .at_most(1);
  args.add("grad-clip", &o.grad_clip, "largest global gradient norm, 0 to leave it alone")
      .at_least(0);
  args.add("embedding-lr", &o.optimizer.embedding_lr, "AdamW's rate for tokens and positions")
      .at_least(0);
  args.add("head-lr", &o.optimizer.head_lr, "AdamW's rate for batch norm and head").at_least(0);
  args.add("matrix-lr", &o.optimizer.matrix_lr, "Muon's rate for the block").at_least(0);
  args.add("weight-decay", &o.optimizer.weight_decay, "AdamW's weight decay").at_least(0);
  args.section("data");
  args.add("data", &o.data, "a .jsonl file, {\"text\":\"...\",\"label\":1} for a good document");
  args.add("documents", &o.documents, "how many documents to make up without --data").at_least(2);
  args.add("val-every", &o.val_every, "every so many documents one is kept for validation")
      .at_least(2);
  args.section("output");
  args.add("out", &o.out, "where to put the best classifier, empty for nowhere");
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("diagnostics", &o.diagnostics.path,
           "a file for what the run tells of itself besides, or - for standard output");
  args.add("diagnostics-every", &o.diagnostics.every, "steps from one line of it to the next")
      .at_least(1);
  args.add("quiet", &o.quiet, "no progress and no documents");
  args.section("reproducibility");
  args.add("seed", &o.seed, "of weights, documents, their order, and noise").at_least(0);
  add_device_option(args, &o.device);
  args.add("threads", &o.threads,
           "threads of LibTorch, worth more than one on an idle machine only")
      .at_least(1)
      .at_most(1024);
  return args;
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code missing;  // a file that is not there yet is not the same
  return !a.empty() && !b.empty() && std::filesystem::equivalent(a, b, missing);
}

// The checkpoint to start from, or nothing.
std::string base_path(const Options& o) {
  if (o.base != "auto") return o.base;
  return std::filesystem::exists(kDefaultBase) ? kDefaultBase : "";
}

void validate(const Options& o) {
  if (o.model.n_head % o.model.n_kv_head != 0) {
    throw UsageError("--n-head must be a multiple of --n-kv-head");
  }
  const std::vector<std::pair<std::string, std::string>> inputs = {{"--data", o.data},
                                                                   {"--base", base_path(o)}};
  for (const auto& [name, input] : inputs) {
    if (same_file(input, o.metrics)) {
      throw UsageError("--metrics would overwrite the file given with " + name);
    }
    if (same_file(input, o.out)) {
      throw UsageError("--out would overwrite the file given with " + name);
    }
  }
  if (!o.out.empty() && o.out == o.metrics) {
    throw UsageError("--out and --metrics name the same file");
  }
}

// What everything starts from: a tokenizer, and the embedding of a base model if there is one.
struct Base {
  Tokenizer tokenizer;
  torch::Tensor embedding;  // (V, C), or undefined
};

Base make_base(const Options& o, const LabelledSplit& split) {
  const std::string path = base_path(o);
  if (!path.empty()) {
    const LoadedModel loaded = load_model(path);
    return {loaded.tokenizer, loaded.model->wte->weight.detach()};
  }
  std::vector<std::string> texts;
  for (const LabelledDocument& document : split.train) texts.push_back(document.text);
  return {Tokenizer::train(texts, o.model.vocab_size), {}};
}

// Down in a line over all epochs, so that the last ones settle what the first ones found.
void set_learning_rate(Optimizers& optimizers, int64_t step, int64_t num_steps) {
  const LrSchedule schedule{.num_iterations = num_steps, .warmdown_ratio = 1.0};
  const double multiplier = lr_multiplier(step, schedule);
  for (AdamWGroup& group : optimizers.adamw.groups) group.lr = group.initial_lr * multiplier;
  for (MuonGroup& group : optimizers.muon.groups) group.lr = group.initial_lr * multiplier;
}

// One step of training, and its loss.
double train_step(const Options& o, QualityClassifier& model, Optimizers& optimizers,
                  const QualityBatch& batch, const torch::Tensor& weights, MetricsLine& line,
                  Diagnostics& diagnostics) {
  const torch::Tensor logits = model(batch.tokens, batch.mask, batch.features);
  const torch::Tensor loss =
      weighted_cross_entropy(logits, batch.labels.to(logits.device()), weights.to(logits.device()));
  loss.backward();
  diagnostics.gradients();
  const std::vector<torch::Tensor> params = model->parameters();
  const double grad_norm =
      o.grad_clip > 0 ? clip_grad_norm_(params, o.grad_clip) : global_grad_norm(params);
  optimizers.adamw.step();
  optimizers.muon.step();
  diagnostics.updates(optimizers);
  optimizers.adamw.zero_grad();
  optimizers.muon.zero_grad();
  line.add("loss", loss.item<double>()).add("grad_norm", grad_norm);
  return loss.item<double>();
}

// What is kept of the best epoch.
std::vector<torch::Tensor> tensors_of(QualityClassifier& model) {
  std::vector<torch::Tensor> tensors = model->parameters();
  for (const torch::Tensor& buffer : model->buffers()) tensors.push_back(buffer);
  return tensors;
}

void report_epoch(int64_t epoch, double train_loss, const QualityScores& val, bool improved) {
  std::fprintf(stderr,
               "epoch %2ld | loss %.4f | val loss %.4f | accuracy %.2f %% | balanced %.2f %%%s\n",
               epoch, train_loss, val.loss, 100.0 * val.accuracy, 100.0 * val.balanced_accuracy,
               improved ? " | best" : "");
}

// Trains until the validation loss stops improving, and leaves the model with its best weights.
void train(const Options& o, QualityClassifier& model, const QualityDataset& dataset, int64_t pad,
           bool has_base, MetricsWriter& metrics) {
  Optimizers optimizers = configure_optimizers(model, o.optimizer);
  const torch::Tensor weights = class_weights(dataset.train);
  const std::vector<QualityBatch> val = val_batches(dataset.val, o.batch_size, pad);
  const NoiseOptions noise{.noise = o.noise, .vocab_size = model->config.vocab_size};
  Rng rng(static_cast<uint64_t>(o.seed));
  EpochMeter train_loss;
  EarlyStopping stopping(o.patience);
  std::vector<torch::Tensor> best;
  int64_t first_bytes = 0;  // in tensors after the first epoch: no later one needs more
  int64_t step = 0;
  Diagnostics diagnostics;
  diagnostics.open(o.diagnostics);
  for (int64_t epoch = 0; epoch < o.epochs && !stopping.stop(); ++epoch) {
    model->wte->weight.requires_grad_(!has_base || epoch >= o.frozen_epochs);
    model->train();
    train_loss.reset();
    const auto batches = train_batches(dataset.train, o.batch_size, pad, noise, rng);
    for (const QualityBatch& batch : batches) {
      set_learning_rate(optimizers, step, o.epochs * static_cast<int64_t>(batches.size()));
      MetricsLine line;
      diagnostics.begin(step, *model);
      line.add("step", step++).add("epoch", epoch);
      train_loss.update(train_step(o, model, optimizers, batch, weights, line, diagnostics),
                        batch.labels.size(0));
      metrics.write(line);
      diagnostics.write();
    }
    const QualityScores scores = evaluate_quality(model, val, weights);
    const bool improved = stopping.update(scores.loss, epoch);
    if (improved) {
      best.clear();
      for (const torch::Tensor& tensor : tensors_of(model)) best.push_back(tensor.detach().clone());
    }
    MetricsLine line;
    line.add("epoch", epoch).add("train_loss", train_loss.mean()).add("val_loss", scores.loss);
    line.add("accuracy", scores.accuracy).add("balanced_accuracy", scores.balanced_accuracy);
    line.add("recall_junk", scores.recall[0]).add("recall_good", scores.recall[1]);
    line.add("best_val_loss", stopping.best());
    const int64_t bytes = memory_use().tensor_bytes;
    if (first_bytes == 0) first_bytes = bytes;
    line.add("memory_mb", static_cast<double>(bytes) / (1024.0 * 1024.0));
    line.add("memory_growth_mb", static_cast<double>(bytes - first_bytes) / (1024.0 * 1024.0));
    metrics.write(line);
    if (!o.quiet) report_epoch(epoch, train_loss.mean(), scores, improved);
  }
  torch::NoGradGuard no_grad;
  const std::vector<torch::Tensor> now = tensors_of(model);
  for (size_t i = 0; i < best.size(); ++i) torch::Tensor(now[i]).copy_(best[i]);
}

// A document in one line.
std::string excerpt(const std::string& text) {
  std::string line = text.substr(0, 70);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line + (text.size() > 70 ? "..." : "");
}

void report(const Options& o, const QualityScores& scores,
            const std::vector<LabelledDocument>& documents) {
  const auto confusion = scores.confusion.accessor<int64_t, 2>();
  std::printf("accuracy %.2f %%, balanced %.2f %%\n", 100.0 * scores.accuracy,
              100.0 * scores.balanced_accuracy);
  std::printf("            called junk  called good  recall\n");
  for (int64_t label = 0; label < kNumClasses; ++label) {
    std::printf("%-11s %11ld  %11ld  %.2f %%\n", label == 1 ? "good" : "junk", confusion[label][0],
                confusion[label][1], 100.0 * scores.recall[static_cast<size_t>(label)]);
  }
  if (o.quiet) return;
  std::vector<std::pair<double, size_t>> order;
  for (size_t i = 0; i < documents.size(); ++i) order.push_back({-scores.good[i], i});
  std::sort(order.begin(), order.end());
  const size_t shown = std::min<size_t>(3, order.size());
  std::printf("\nbest and worst by probability of being good:\n");
  for (size_t place = 0; place < order.size(); ++place) {
    if (place >= shown && place + shown < order.size()) continue;
    const LabelledDocument& document = documents[order[place].second];
    std::printf("  %.4f %s  %s\n", -order[place].first, document.label == 1 ? "good" : "junk",
                excerpt(document.text).c_str());
  }
}

void run(Options o) {
  const torch::Device device = device_named(o.device);
  torch::set_num_threads(static_cast<int>(o.threads));
  torch::manual_seed(static_cast<uint64_t>(o.seed));

  const auto documents =
      o.data.empty() ? generate_labelled_documents(o.documents, static_cast<uint64_t>(o.seed))
                     : load_labelled_documents(o.data);
  const LabelledSplit split = split_labelled(documents, o.val_every);
  const Base base = make_base(o, split);
  const QualityDataset dataset = make_dataset(split, base.tokenizer, o.model.max_len);
  o.model.vocab_size = base.tokenizer.vocab_size();
  if (base.embedding.defined()) o.model.n_embd = base.embedding.size(1);
  if (o.model.n_embd % (2 * o.model.n_head) != 0) {
    throw UsageError("the embedding's " + std::to_string(o.model.n_embd) +
                     " channels must be a multiple of twice --n-head");
  }
  QualityClassifier model(o.model);
  if (base.embedding.defined()) model->load_embedding(base.embedding);
  model->to(device, o.dtype == "float64" ? torch::kFloat64 : torch::kFloat32);
  if (!o.out.empty()) check_writable(o.out);
  MetricsWriter metrics(o.metrics);  // the last thing that can fail before there is work to lose
  if (!o.quiet) {
    std::fprintf(stderr,
                 "%zu documents, %zu of them different: %zu to train on, %zu to validate; %s\n",
                 documents.size(), split.train.size() + split.val.size(), split.train.size(),
                 split.val.size(),
                 base.embedding.defined() ? "embedding of a base model" : "fresh embedding");
  }

  const int64_t pad = base.tokenizer.bos_token_id();
  train(o, model, dataset, pad, base.embedding.defined(), metrics);
  if (!o.out.empty()) {
    save_classifier(o.out, model, base.tokenizer, dataset.stats);
    model = load_classifier(o.out).model;  // what is reported is what was kept
    model->to(device);
  }
  const QualityScores scores = evaluate_quality(model, val_batches(dataset.val, o.batch_size, pad),
                                                class_weights(dataset.train));
  MetricsLine kept;
  kept.add("kept_loss", scores.loss).add("kept_accuracy", scores.accuracy);
  metrics.write(kept.add("kept_balanced_accuracy", scores.balanced_accuracy));
  report(o, scores, split.val);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("quality_train", args, argc, argv, [&] {
    validate(options);
    run(options);
  });
}
