// cuda_train: trains a base model by the CUDA kernels of this tree (nanochat/kernels).
//
// The model, its weights and its data are base_train's; what changes is who computes. Every step
// but the matrix products is a kernel: embedding, norms, rotation, attention, the loss, clipping
// and AdamW, forward and backward. On a machine without a GPU the emulator runs them, thread by
// thread in an order that --schedule draws, and --check says what it saw go wrong between threads,
// as compute-sanitizer does on a GPU.

#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/clip.h"
#include "nanochat/dataloader.h"
#include "nanochat/dataset.h"
#include "nanochat/devices.h"
#include "nanochat/diagnostics.h"
#include "nanochat/kernels/kernel_gpt.h"
#include "nanochat/kernels/operators.h"
#include "nanochat/loss_eval.h"
#include "nanochat/master_weights.h"
#include "nanochat/metrics.h"
#include "nanochat/schedule.h"
#include "nanochat/tokenizer.h"

namespace {

using namespace nanochat;

struct Options {
  GPTConfig model{.sequence_len = 16,
                  .vocab_size = 288,
                  .n_layer = 2,
                  .n_head = 2,
                  .n_kv_head = 1,
                  .n_embd = 32};
  KernelAdamW::Settings adamw;
  LrSchedule schedule{.num_iterations = 100, .warmdown_ratio = 0.4};
  DiagnosticsOptions diagnostics{.every = 4};
  double lr = 0.01;
  int64_t batch_size = 2;
  int64_t eval_every = 20;
  int64_t eval_steps = 4;
  int64_t documents = 400;
  int64_t sample_tokens = 24;
  double temperature = 0.7;
  int64_t seed = 42;
  int64_t block_size = 0;
  int64_t threads_order = 1;
  std::string dtype = "float32";
  std::string data, metrics;
  bool check = false;
  bool quiet = false;
};

Args declare(Options& o) {
  Args args("cuda_train",
            "Trains a small GPT by this tree's CUDA kernels, on a GPU or in their emulator.\n"
            "Progress goes to standard error, a few words at the end to standard output.");
  args.section("model");
  args.add("n-layer", &o.model.n_layer, "blocks").at_least(1);
  args.add("n-embd", &o.model.n_embd, "channels").at_least(1);
  args.add("n-head", &o.model.n_head, "query heads").at_least(1);
  args.add("n-kv-head", &o.model.n_kv_head, "key and value heads, a divisor of n-head").at_least(1);
  args.add("sequence-len", &o.model.sequence_len, "tokens in a row of a batch").at_least(1);
  args.add("vocab-size", &o.model.vocab_size, "token ids, 256 bytes and special tokens included");
  args.add("tie-embeddings", &o.model.tie_embeddings, "one table for embedding and head");
  args.add("dtype", &o.dtype, "float32, or bfloat16 beside float32 weights")
      .one_of({"float32", "bfloat16"});
  args.section("training");
  args.add("steps", &o.schedule.num_iterations, "optimizer steps").at_least(1);
  args.add("batch-size", &o.batch_size, "rows in a batch").at_least(1);
  args.add("lr", &o.lr, "AdamW's rate").at_least(0);
  args.add("weight-decay", &o.adamw.weight_decay, "AdamW's, of the matrices in the blocks")
      .at_least(0);
  args.add("grad-clip", &o.adamw.grad_clip, "largest global gradient norm").at_least(1e-6);
  args.section("data");
  args.add("data", &o.data, "a .txt file (blank lines between documents) or .jsonl (\"text\")");
  args.add("documents", &o.documents, "how many documents to make up without --data").at_least(2);
  args.add("seed", &o.seed, "of weights, documents, their order, and the sample").at_least(0);
  args.section("kernels");
  args.add("block-size", &o.block_size,
           "threads in a block, a multiple of 32; 0 for 256 on a GPU and 64 in the emulator")
      .at_least(0);
  args.add("schedule", &o.threads_order,
           "the order of the emulator's threads: 0 for their own, else one is drawn each step")
      .at_least(0);
  args.add("check", &o.check, "say what the emulator finds wrong, and exit with 1 if it does");
  args.section("evaluation and output");
  args.add("eval-every", &o.eval_every, "steps between validations, 0 for none").at_least(0);
  args.add("eval-steps", &o.eval_steps, "batches in a validation").at_least(1);
  args.add("sample-tokens", &o.sample_tokens, "tokens to write at the end").at_least(0);
  args.add("temperature", &o.temperature, "of what is written, 0 for the likeliest token")
      .at_least(0);
  args.add("metrics", &o.metrics, "a file for the metrics, or - for standard output");
  args.add("diagnostics", &o.diagnostics.path,
           "a file for what the run tells of itself besides, or - for standard output");
  args.add("diagnostics-every", &o.diagnostics.every, "steps from one line of it to the next")
      .at_least(1);
  args.add("quiet", &o.quiet, "no progress and no sample");
  return args;
}

void validate(const Options& o) {
  if (o.model.n_head % o.model.n_kv_head != 0) {
    throw UsageError("--n-head must be a multiple of --n-kv-head");
  }
  if (o.model.n_embd % (2 * o.model.n_head) != 0) {
    throw UsageError("--n-embd must be a multiple of twice --n-head");
  }
  if (o.block_size % 32 != 0 || o.block_size > 1024) {
    throw UsageError("--block-size must be a multiple of 32, at most 1024");
  }
  if (o.model.n_embd / o.model.n_head > 128) {
    throw UsageError("a head has more than the 128 channels that the attention kernel takes");
  }
}

// The mean probability that the model gives to the token that comes, which is what softmax is for.
double confidence(GPT& model, const Batch& batch) {
  const torch::NoGradGuard no_grad;
  const torch::Device device = operators::device();
  const torch::Tensor probabilities =
      operators::softmax(kernel_logits(model, batch.inputs.to(device)));  // (B, T, V)
  return probabilities.gather(-1, batch.targets.to(device).unsqueeze(-1))
      .mean(torch::kFloat32)
      .item<double>();
}

// What the tree's other half, in plain LibTorch, makes of the same batch and weights, and how far
// the kernels' numbers are from it. The model's own gradients are as they were.
void tell_reference(Diagnostics& diagnostics, GPT& model, const Batch& batch, double own_loss) {
  const auto parameters = model->named_parameters();
  const double own_norm = global_grad_norm(model->parameters());
  std::vector<torch::Tensor> gradients;
  for (const auto& item : parameters) {
    torch::Tensor parameter = item.value();
    gradients.push_back(parameter.grad());
    parameter.mutable_grad().reset();
  }
  const torch::Tensor loss = model->loss(batch.inputs, batch.targets);
  loss.backward();
  const double norm = global_grad_norm(model->parameters());
  diagnostics.note("reference/loss", loss.item<double>());
  diagnostics.note("reference/loss_off", own_loss - loss.item<double>());
  diagnostics.note("reference/grad_norm", norm);
  diagnostics.note("reference/grad_norm_off", own_norm - norm);
  for (size_t i = 0; i < gradients.size(); ++i) {
    torch::Tensor parameter = parameters[i].value();
    const torch::Tensor expected = parameter.grad();
    const double size = expected.norm().item<double>();
    const double off = (gradients[i] - expected).norm().item<double>();
    diagnostics.note("gradient_off/" + parameters[i].key(), size > 0.0 ? off / size : off);
    parameter.mutable_grad() = gradients[i];
  }
}

// Findings of the kernels that ran since the last call: by tool into the diagnostics, and where
// --check asks for them to standard error. Returns how many.
size_t tell_findings(const Options& o, Diagnostics& diagnostics) {
  const std::vector<operators::Finding> findings = operators::take_findings();
  std::map<std::string, std::string> of_tool{
      {"racecheck", ""}, {"memcheck", ""}, {"initcheck", ""}, {"synccheck", ""}};
  for (const operators::Finding& finding : findings) {
    std::string& words = of_tool[finding.tool];
    words += (words.empty() ? "" : "\n") + finding.words;
    if (o.check) std::fprintf(stderr, "%s: %s\n", finding.tool.c_str(), finding.text.c_str());
  }
  for (const auto& [tool, words] : of_tool) {
    diagnostics.note(tool, words.empty() ? "nothing" : words);
  }
  return findings.size();
}

// What a run is made of.
struct Training {
  const Options& o;
  GPT& model;
  GPT compute;            // what the kernels compute: the model, or its copy in bfloat16
  MasterWeights masters;  // for bfloat16: the model's weights, rounded into the copy
  KernelAdamW adamw;
  const Tokenizer& tokenizer;
  DataLoader loader, val_loader;
  Diagnostics diagnostics;

  MetricsLine step(int64_t number) {
    const torch::Device device = operators::device();
    const Batch batch = loader.next();
    diagnostics.begin(number, *model);
    diagnostics.batch(batch.inputs, batch.targets, tokenizer);
    const torch::Tensor loss =
        kernel_loss(compute, batch.inputs.to(device), batch.targets.to(device));
    loss.backward();
    masters.take_gradients();
    diagnostics.gradients();
    if (diagnostics.on()) tell_reference(diagnostics, model, batch, loss.item<double>());
    const double lr = o.lr * lr_multiplier(number, o.schedule);
    const double grad_norm = adamw.step(lr);
    masters.write_back();

    MetricsLine line;
    line.add("step", number).add("loss", loss.item<double>()).add("grad_norm", grad_norm);
    line.add("lr", lr);
    const int64_t done = number + 1, steps = o.schedule.num_iterations;
    if (o.eval_every > 0 && (done % o.eval_every == 0 || done == steps)) {
      const double val_loss = evaluate_loss(model, val_loader, o.eval_steps);
      line.add("val_loss", val_loss).add("confidence", confidence(compute, batch));
      if (!o.quiet) {
        std::fprintf(stderr,
                     "step %5ld/%ld | loss %.4f | grad norm %.3f | lr %.5f | val loss %.4f\n", done,
                     steps, loss.item<double>(), grad_norm, lr, val_loss);
      }
    }
    return line;
  }

  // A few words from the model.
  std::string sample() {
    const int64_t tokens = std::min(o.sample_tokens, model->max_positions() - 1);
    const std::vector<int64_t> text =
        kernel_sample(compute, {tokenizer.bos_token_id()}, tokens, o.temperature);
    return tokenizer.decode({text.begin() + 1, text.end()});
  }
};

void run(const Options& o) {
  if (operators::device().is_cuda()) device_named("cuda");  // says so if there is none
  torch::set_num_threads(1);
  if (o.block_size > 0) operators::set_block_size(o.block_size);
  const auto seed = static_cast<uint64_t>(o.seed);
  torch::manual_seed(seed);
  const Split split = split_documents(o.data.empty() ? generate_documents(o.documents, seed)
                                                     : load_documents(o.data));
  const Tokenizer tokenizer = Tokenizer::train(split.train, o.model.vocab_size);
  GPTConfig config = o.model;
  config.vocab_size = tokenizer.vocab_size();  // fewer than asked for if the data has no more
  GPT model(config);
  model->to(operators::device());
  const auto rows = [&](const auto& documents, bool shuffle) {
    return DataLoader(documents, tokenizer, o.batch_size, config.sequence_len, seed, shuffle);
  };
  Training training{.o = o,
                    .model = model,
                    .compute = model,
                    .masters = {},
                    .adamw = {model, o.adamw},
                    .tokenizer = tokenizer,
                    .loader = rows(split.train, /*shuffle=*/true),
                    .val_loader = rows(split.val, /*shuffle=*/false),
                    .diagnostics = {}};
  if (o.dtype == "bfloat16") {
    training.compute = GPT(config);
    training.compute->to(operators::device(), torch::kBFloat16);
    training.masters = MasterWeights(model->parameters(), training.compute->parameters());
    training.masters.write_back();
  }
  training.diagnostics.open(o.diagnostics);
  MetricsWriter metrics(o.metrics, 0);

  size_t found = 0;
  const auto tell = [&] {
    found += tell_findings(o, training.diagnostics);
    training.diagnostics.write();
  };
  for (int64_t step = 0; step < o.schedule.num_iterations; ++step) {
    operators::set_schedule(o.threads_order == 0 ? 0
                                                 : static_cast<uint64_t>(o.threads_order + step));
    try {
      metrics.write(training.step(step));
    } catch (...) {  // a kernel that ended early is what is to be told of
      tell();
      throw;
    }
    tell();
  }
  if (!o.quiet && o.sample_tokens > 0) {
    std::printf("%s\n", training.sample().c_str());
    tell();
  }
  if (o.check && found > 0) {
    throw std::runtime_error("the kernels did " + std::to_string(found) +
                             " things that they may not do");
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  Args args = declare(options);
  return run_program("cuda_train", args, argc, argv, [&] {
    validate(options);
    run(options);
  });
}
