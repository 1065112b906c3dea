// chat_sft: teaches a base model to answer, and to use the calculator, from conversations.
//
// Supervised fine-tuning: the base model already writes what could come next; here it sees what an
// assistant should write next, and learns only that. Learning rates are a fraction of the base
// model's and fall in a line to zero, and the weights that are kept are those with the lowest
// validation loss.

#include <torch/utils.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "nanochat/args.h"
#include "nanochat/checkpoint_manager.h"
#include "nanochat/clip.h"
#include "nanochat/common.h"
#include "nanochat/conversation.h"
#include "nanochat/dataset.h"
#include "nanochat/early_stopping.h"
#include "nanochat/engine.h"
#include "nanochat/epoch_meter.h"
#include "nanochat/execution.h"
#include "nanochat/gpt.h"
#include "nanochat/metrics.h"
#include "nanochat/schedule.h"
#include "nanochat/sft_loader.h"

namespace {
using namespace nanochat;

struct Options {
  std::string base = "runs/base.pt", out = "runs/sft.pt", data;
  OptimizerConfig optimizer;
  double init_lr_frac = 0.5;
  double dropout = 0.1, grad_clip = 1.0;
  int64_t conversations = 4000, epochs = 2, B = 8, T = 128, seed = 42, threads = 1;
};

double evaluate(GPT& model, SFTLoader& loader) {
  torch::NoGradGuard g;
  model->eval();
  EpochMeter meter;
  loader.restore({});
  for (int64_t i = loader.batches_in_epoch(0); i > 0; --i) {
    SFTBatch b = loader.next();
    meter.update(b.num_valid ? model->loss(b.inputs, b.targets, b.segments).item<double>() : 0, b.num_valid);
  }
  model->train();
  return meter.mean();
}

void run(Options o) {
  torch::set_num_threads(1);
  torch::manual_seed(o.seed);
  LoadedModel base = load_model(o.base);
  GPT& model = base.model;
  for (Block& b : model->blocks) b->attn->dropout = b->mlp->dropout = o.dropout;
  auto all = generate_conversations(o.conversations, o.seed);
  std::vector<Conversation> train, val;
  for (size_t i = 0; i < all.size(); ++i) (i % 20 == 19 ? val : train).push_back(all[i]);
  SFTLoader tl(train, base.tokenizer, o.B, o.T, {.seed = (uint64_t)o.seed});
  SFTLoader vl(val, base.tokenizer, o.B, o.T, {.shuffle = false});
  auto opt = model->configure_optimizers(o.optimizer);
  LrSchedule sched{.warmdown_ratio = 1.0};
  for (int64_t e = 0; e < o.epochs; ++e) sched.num_iterations += tl.batches_in_epoch(e);
  auto t0 = std::chrono::steady_clock::now();
  std::fprintf(stderr, "steps %ld\n", sched.num_iterations);
  EpochMeter meter;
  for (int64_t step = 0; step < sched.num_iterations; ++step) {
    SFTBatch b = tl.next();
    torch::Tensor loss = model->loss(b.inputs, b.targets, b.segments);
    meter.update(loss.item<double>(), b.num_valid);
    loss.backward();
    double norm = clip_grad_norm_(model->parameters(), o.grad_clip);
    double m = lr_multiplier(step, sched) * o.init_lr_frac;
    for (auto& g : opt.adamw.groups) g.lr = g.initial_lr * m;
    for (auto& g : opt.muon.groups) g.lr = g.initial_lr * m, g.momentum = muon_momentum(step);
    opt.adamw.step(); opt.muon.step(); opt.adamw.zero_grad(); opt.muon.zero_grad();
    if (step % 25 == 24 || step + 1 == sched.num_iterations) {
      std::chrono::duration<double> dt = std::chrono::steady_clock::now() - t0;
      std::fprintf(stderr, "step %ld loss %.4f norm %.3f valid %ld val %.4f %.1fs\n", step, meter.mean(), norm, b.num_valid, evaluate(model, vl), dt.count());
      meter.reset();
    }
  }
  save_model(o.out, model, base.tokenizer, 0, 0);
  model->eval();
  Engine engine(model, base.tokenizer);
  int right = 0, n = 0, sums = 0, sums_right = 0;
  for (auto& c : generate_conversations(300, 999)) {
    if (c.messages[1].parts.size() < 3) {
      if (n++ < 12) {
        auto a = engine.generate_batch(render_for_completion(base.tokenizer, c), 1, {.max_tokens = 64, .temperature = 0});
        std::fprintf(stderr, "%s -> %s\n   [%s]\n", c.messages[0].parts[0].text.c_str(), base.tokenizer.decode(a[0].tokens).c_str(), c.messages[1].parts[0].text.c_str());
      }
      continue;
    }
    bool pure = c.messages[1].parts[2].text.find('=') != std::string::npos;
    auto a = engine.generate_batch(render_for_completion(base.tokenizer, c), 1, {.max_tokens = 64, .temperature = 0});
    std::string text = base.tokenizer.decode(a[0].tokens);
    auto& p = c.messages[1].parts;
    std::string want = "<|python_start|>" + p[0].text + "<|python_end|><|output_start|>" + p[1].text + "<|output_end|>" + p[2].text;
    bool ok = text == want;
    (pure ? sums : n) += 1;
    (pure ? sums_right : right) += ok;
    if (!ok && sums < 40) std::fprintf(stderr, "  WRONG %s: %s\n", p[0].text.c_str(), text.c_str());
  }
  std::fprintf(stderr, "sums %d of %d, problems %d\n", sums_right, sums, right);
}
}  // namespace

int main(int argc, char** argv) {
  Options o;
  Args args("chat_sft", "x");
  args.add("base", &o.base, "");
  args.add("out", &o.out, "");
  args.add("init-lr-frac", &o.init_lr_frac, "");
  args.add("embedding-lr", &o.optimizer.embedding_lr, "");
  args.add("unembedding-lr", &o.optimizer.unembedding_lr, "");
  args.add("matrix-lr", &o.optimizer.matrix_lr, "");
  args.add("dropout", &o.dropout, "");
  args.add("conversations", &o.conversations, "");
  args.add("epochs", &o.epochs, "");
  args.add("batch-size", &o.B, "");
  args.add("sequence-len", &o.T, "");
  args.add("seed", &o.seed, "");
  return run_program("chat_sft", args, argc, argv, [&] { run(o); });
}
