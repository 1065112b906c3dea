// base_eval: how good a model is, in numbers and in words.
//
// Three views of the same checkpoint: how well it predicts text (loss, and bits per byte), what it
// understood of it (tasks in the manner of CORE), and what it writes. Works on a model of chat_sft
// as well.

#include <torch/utils.h>

#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/chat.h"
#include "nanochat/checkpoint_manager.h"
#include "nanochat/common.h"
#include "nanochat/core_eval.h"
#include "nanochat/core_tasks.h"
#include "nanochat/dataloader.h"
#include "nanochat/dataset.h"
#include "nanochat/devices.h"
#include "nanochat/engine.h"
#include "nanochat/loss_eval.h"
#include "nanochat/metrics.h"

namespace {

using namespace nanochat;

const std::vector<std::string> kPrompts = {
    "",
    "One day Lily",
    "Tom had a red ball. He took it to the park every day.",
    "Anna has 4 figs. She finds 3 more at the farm. Now",
    "12 + 7 =",
};

struct Options {
  std::string model = "runs/base.pt";
  std::string data;
  int64_t documents = 8000;
  int64_t batch_size = 8;
  int64_t eval_steps = 20;
  std::string tasks;
  int64_t task_items = 40;
  int64_t num_fewshot = 0;
  SampleOptions sample{.max_tokens = 48, .temperature = 0.0};
  std::string metrics;
  bool quiet = false;
  int64_t seed = 42;
  int64_t threads = 1;
  std::string device = "cpu";
};

Args declare(Options& o) {
  Args args(
      "base_eval",
      "Evaluates a model: loss and bits per byte, tasks in the manner of CORE, and samples.\n"
      "With the --data, --documents and --seed of its training, val is text it has not seen.");
  args.section("model");
  args.add("model", &o.model, "a checkpoint of base_train or chat_sft");
  args.section("loss and bits per byte");
  args.add("data", &o.data, "a .txt file (blank lines between documents) or .jsonl (\"text\")");
  args.add("documents", &o.documents, "how many documents to make up without --data").at_least(2);
  args.add("batch-size", &o.batch_size, "rows in a batch").at_least(1);
  args.add("eval-steps", &o.eval_steps, "batches of each side, 0 for none").at_least(0);
  args.section("tasks");
  args.add("tasks", &o.tasks, "a .jsonl file of tasks instead of those made up");
  args.add("task-items", &o.task_items, "items of each task made up, 0 for none").at_least(0);
  args.add("num-fewshot", &o.num_fewshot, "solved items before each item of --tasks").at_least(0);
  args.section("samples and output");
  args.add("sample-tokens", &o.sample.max_tokens, "tokens of each sample, 0 for none").at_least(0);
  args.add("temperature", &o.sample.temperature, "of the samples, 0 for the likeliest token")
      .at_least(0);
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("quiet", &o.quiet, "no table and no samples");
  args.section("reproducibility");
  args.add("seed", &o.seed, "of documents, tasks and samples").at_least(0);
  add_device_option(args, &o.device);
  args.add("threads", &o.threads, "threads of LibTorch").at_least(1).at_most(1024);
  return args;
}

struct Evaluator {
  const Options& o;
  LoadedModel loaded;
  MetricsWriter metrics;

  void losses(const std::vector<std::string>& documents, const char* name, MetricsLine& summary) {
    const torch::Tensor bytes = token_bytes(loaded.tokenizer);
    // Shuffled, so that a few batches hold documents of every kind.
    DataLoader loader(documents, loaded.tokenizer, o.batch_size, loaded.model->config.sequence_len,
                      static_cast<uint64_t>(o.seed));
    const EvalResult result = evaluate_bpb(loaded.model, loader, o.eval_steps, bytes);
    summary.add(std::string(name) + "_loss", result.loss);
    summary.add(std::string(name) + "_bpb", result.bpb);
    if (!o.quiet) std::printf("%-14s%8.4f%10.4f\n", name, result.loss, result.bpb);
  }

  void core(const std::vector<Task>& tasks, MetricsLine& summary) {
    const CoreResult result = evaluate_core(loaded.model, loaded.tokenizer, tasks);
    if (!o.quiet)
      std::printf("\n%-14s%8s%10s%8s%10s\n", "", "items", "accuracy", "guess", "centered");
    for (const TaskResult& task : result.tasks) {
      MetricsLine line;
      line.add("task", task.name).add("items", task.items).add("accuracy", task.accuracy);
      metrics.write(line.add("guess", task.guess).add("centered", task.centered));
      if (o.quiet) continue;
      std::printf("%-14s%8ld%10.3f%8.3f%10.3f\n", task.name.c_str(), task.items, task.accuracy,
                  task.guess, task.centered);
    }
    summary.add("core", result.core);
    if (!o.quiet) std::printf("%-14s%36.3f\n", "CORE", result.core);
  }

  void samples() {
    Engine engine(loaded.model, loaded.tokenizer);
    for (const std::string& prompt : kPrompts) {
      const std::vector<int64_t> tokens = loaded.tokenizer.encode(prompt, "<|bos|>");
      const Completion completion = engine.generate_batch(tokens, 1, o.sample)[0];
      AnswerText text(loaded.tokenizer);
      std::printf("\n> %s", prompt.c_str());
      for (const int64_t token : completion.tokens) std::printf("%s", text.push(token).c_str());
      std::printf("%s\n", text.finish().c_str());
    }
  }
};

LoadedModel load(const std::string& path) {
  std::error_code unreadable;
  if (!std::filesystem::exists(path, unreadable)) {
    throw std::runtime_error("there is no " + path +
                             ": run base_train first, or name a model with --model");
  }
  return load_model(path);
}

std::vector<Task> choose_tasks(const Options& o) {
  if (!o.tasks.empty()) return load_tasks(o.tasks, o.num_fewshot);
  if (o.task_items == 0) return {};
  return generate_tasks(o.task_items, static_cast<uint64_t>(o.seed) + 1);
}

void run(Options o) {
  torch::set_num_threads(static_cast<int>(o.threads));
  const auto seed = static_cast<uint64_t>(o.seed);
  o.sample.seed = seed;
  const std::vector<Task> tasks = choose_tasks(o);
  const Split split = split_documents(o.data.empty() ? generate_documents(o.documents, seed)
                                                     : load_documents(o.data));
  LoadedModel loaded = load(o.model);
  loaded.model->to(device_named(o.device));
  GPT& model = loaded.model;
  if (!o.quiet) {
    std::printf("%s: step %ld, %ld parameters, vocabulary %ld\n", o.model.c_str(), loaded.step,
                model->num_parameters(), model->config.vocab_size);
  }
  MetricsLine summary;
  summary.add("step", loaded.step);
  Evaluator evaluator{o, std::move(loaded), MetricsWriter(o.metrics)};
  if (o.eval_steps > 0) {
    if (!o.quiet) std::printf("\n%-14s%8s%10s\n", "", "loss", "bpb");
    evaluator.losses(split.train, "train", summary);
    evaluator.losses(split.val, "val", summary);
  }
  if (!tasks.empty()) evaluator.core(tasks, summary);
  evaluator.metrics.write(summary);
  if (!o.quiet && o.sample.max_tokens > 0) evaluator.samples();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("base_eval", args, argc, argv, [&] { run(options); });
}
