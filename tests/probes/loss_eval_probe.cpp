// The validation loss: a mean over the same batches every time, without a trace in the model.

#include "nanochat/loss_eval.h"

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

TEST_CASE("loss_eval.mean", "[loss]") {
  Fixture f;
  DataLoader loader = f.loader();
  for (const int64_t steps : {1, 2, 5}) {
    CAPTURE(steps);
    CHECK(nanochat::evaluate_loss(f.model, loader, steps) == Approx(f.expected(steps)).epsilon(1e-11));
  }
}

TEST_CASE("loss_eval.same_tokens", "[loss]") {
  // Wherever the loader stood, an evaluation starts from its beginning.
  Fixture f;
  DataLoader loader = f.loader();
  const double first = nanochat::evaluate_loss(f.model, loader, 4);
  CHECK(nanochat::evaluate_loss(f.model, loader, 4) == first);
  for (int64_t step = 0; step < 40; ++step) loader.next();
  CHECK(nanochat::evaluate_loss(f.model, loader, 4) == first);
}

TEST_CASE("loss_eval.mode", "[gradients]") {
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

TEST_CASE("loss_eval.no_gradients", "[gradients]") {
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
