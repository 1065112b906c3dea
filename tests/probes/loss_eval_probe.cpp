// The validation loss: a mean over the same batches every time, without a trace in the model.

#include "nanochat/loss_eval.h"

#include <cmath>

#include "gpt_oracle.h"
#include "nanochat/dataset.h"
#include "probe.h"

using namespace probe;
using nanochat::Batch;
using nanochat::DataLoader;
using nanochat::GPT;

namespace {

struct Fixture {
  nanochat::Tokenizer tokenizer{std::vector<nanochat::TokenPair>{{'a', 'n'}, {'h', 'e'}}};
  std::vector<std::string> documents = nanochat::generate_documents(20, 5);
  GPT model = oracle::make_gpt(
      {.sequence_len = 7, .vocab_size = 267, .n_layer = 1, .n_head = 4, .n_kv_head = 2, .n_embd = 24});

  // Nats and bytes of the targets that are bytes, in the first `steps` batches, one at a time.
  double expected_bpb(int64_t steps) {
    torch::NoGradGuard no_grad;
    DataLoader fresh = loader();
    double nats = 0.0;
    int64_t bytes = 0;
    for (int64_t step = 0; step < steps; ++step) {
      const Batch batch = fresh.next();
      const torch::Tensor log_probs = at::log_softmax(oracle::logits(model, batch.inputs), -1);
      for (int64_t b = 0; b < 3; ++b) {
        for (int64_t t = 0; t < 7; ++t) {
          const int64_t id = batch.targets[b][t].item<int64_t>();
          if (id >= 258) continue;  // a special token
          nats -= log_probs[b][t][id].item<double>();
          bytes += id < 256 ? 1 : 2;
        }
      }
    }
    return nats / std::log(2.0) / static_cast<double>(bytes);
  }

  DataLoader loader() const { return DataLoader(documents, tokenizer, 3, 7, 11); }

  // The mean over the first `steps` batches of a fresh loader.
  double expected(int64_t steps) {
    torch::NoGradGuard no_grad;
    DataLoader fresh = loader();
    double total = 0.0;
    for (int64_t step = 0; step < steps; ++step) {
      const Batch batch = fresh.next();
      total += oracle::loss(model, batch.inputs, batch.targets).item<double>();
    }
    return total / static_cast<double>(steps);
  }
};

}  // namespace

TEST_CASE("loss_eval.mean", "[scores]") {
  Fixture f;
  DataLoader loader = f.loader();
  for (const int64_t steps : {1, 2, 5}) {
    CAPTURE(steps);
    CHECK(nanochat::evaluate_loss(f.model, loader, steps) == Approx(f.expected(steps)).epsilon(1e-11));
  }
}

TEST_CASE("loss_eval.same_tokens", "[scores]") {
  // Wherever the loader stood, an evaluation starts from its beginning.
  Fixture f;
  DataLoader loader = f.loader();
  const double first = nanochat::evaluate_loss(f.model, loader, 4);
  CHECK(nanochat::evaluate_loss(f.model, loader, 4) == Approx(first).epsilon(1e-13));
  for (int64_t step = 0; step < 40; ++step) loader.next();
  CHECK(nanochat::evaluate_loss(f.model, loader, 4) == Approx(first).epsilon(1e-13));
}

TEST_CASE("loss_eval.bpb", "[scores]") {
  Fixture f;
  DataLoader loader = f.loader();
  const torch::Tensor bytes = nanochat::token_bytes(f.tokenizer);
  for (const int64_t steps : {1, 2, 6}) {
    CAPTURE(steps);
    for (int64_t step = 0; step < 3; ++step) loader.next();
    const nanochat::EvalResult result = nanochat::evaluate_bpb(f.model, loader, steps, bytes);
    CHECK(result.bpb == Approx(f.expected_bpb(steps)).epsilon(1e-11));
    CHECK(result.loss == Approx(f.expected(steps)).epsilon(1e-11));
  }
}

TEST_CASE("loss_eval.bpb_counts", "[scores]") {
  // What has no bytes counts on neither side, and bytes weigh as many as they are.
  Fixture f;
  DataLoader loader = f.loader();
  const torch::Tensor bytes = nanochat::token_bytes(f.tokenizer);
  const double bpb = nanochat::evaluate_bpb(f.model, loader, 3, bytes).bpb;
  CHECK(nanochat::evaluate_bpb(f.model, loader, 3, 3 * bytes).bpb == Approx(bpb / 3).epsilon(1e-12));
  CHECK(std::isnan(nanochat::evaluate_bpb(f.model, loader, 3, torch::zeros_like(bytes)).bpb));
}

TEST_CASE("loss_eval.token_bytes", "[scores]") {
  // "é" is two bytes in one id, "an" too; "ana" is a merge of a merge.
  const nanochat::Tokenizer tokenizer{std::vector<nanochat::TokenPair>{{0xc3, 0xa9}, {'a', 'n'}, {257, 'a'}}};
  const torch::Tensor bytes = nanochat::token_bytes(tokenizer);
  torch::Tensor expected = torch::ones({268}, torch::kInt64);
  expected[256] = 2;
  expected[257] = 2;
  expected[258] = 3;
  expected.slice(0, 259).zero_();
  CHECK_THAT(bytes, same_as(expected));
}

TEST_CASE("loss_eval.token_losses", "[scores]") {
  for (const double scale : {1.0, 300.0}) {
    const torch::Tensor logits = oracle::strided({3, 5, 7}, scale);
    torch::Tensor targets = oracle::token_ids(3, 5, 7);
    targets[0][1] = -1;
    targets[2][4] = -1;
    const torch::Tensor losses = nanochat::token_losses(logits, targets);
    const torch::Tensor log_probs = at::log_softmax(logits, -1);
    torch::Tensor expected = torch::zeros({3, 5}, torch::kFloat64);
    for (int64_t b = 0; b < 3; ++b) {
      for (int64_t t = 0; t < 5; ++t) {
        const int64_t id = targets[b][t].item<int64_t>();
        if (id >= 0) expected[b][t] = -log_probs[b][t][id];
      }
    }
    CHECK_THAT(losses, close_to(expected, 1e-13));
  }
}

TEST_CASE("loss_eval.dropout", "[scores]") {
  // An evaluation in training mode is an evaluation all the same.
  Fixture f;
  nanochat::GPTConfig config = f.model->config;
  config.dropout = 0.4;
  f.model = oracle::make_gpt(config);
  f.model->train();
  DataLoader loader = f.loader();
  CHECK(nanochat::evaluate_loss(f.model, loader, 2) == Approx(f.expected(2)).epsilon(1e-11));
  const torch::Tensor bytes = nanochat::token_bytes(f.tokenizer);
  CHECK(nanochat::evaluate_bpb(f.model, loader, 2, bytes).bpb == Approx(f.expected_bpb(2)).epsilon(1e-11));
  CHECK(f.model->is_training());
}

TEST_CASE("loss_eval.bpb_mode", "[scores]") {
  Fixture f;
  DataLoader loader = f.loader();
  const torch::Tensor bytes = nanochat::token_bytes(f.tokenizer);
  f.model->eval();
  CHECK_FALSE(oracle::records_gradients([&] { nanochat::evaluate_bpb(f.model, loader, 2, bytes); }));
  CHECK_FALSE(f.model->is_training());
  CHECK(torch::GradMode::is_enabled());
}

TEST_CASE("loss_eval.mode", "[scores]") {
  Fixture f;
  DataLoader loader = f.loader();
  f.model->train();
  nanochat::evaluate_loss(f.model, loader, 2);
  CHECK(f.model->is_training());
  f.model->eval();
  nanochat::evaluate_loss(f.model, loader, 2);
  CHECK_FALSE(f.model->is_training());
  CHECK(torch::GradMode::is_enabled());
}

TEST_CASE("loss_eval.no_gradients", "[scores]") {
  Fixture f;
  DataLoader loader = f.loader();
  std::vector<torch::Tensor> before;
  for (const torch::Tensor& weight : oracle::weights(f.model)) before.push_back(weight.detach().clone());
  CHECK_FALSE(oracle::records_gradients([&] { nanochat::evaluate_loss(f.model, loader, 2); }));
  for (size_t i = 0; i < before.size(); ++i) {
    CHECK_FALSE(oracle::weights(f.model)[i].grad().defined());
    CHECK_THAT(oracle::weights(f.model)[i], same_as(before[i]));
  }
}
