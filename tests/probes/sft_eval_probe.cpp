// The validation loss of fine-tuning against every conversation on its own, and what a checkpoint keeps of a
// fine-tuning run.

#include "nanochat/sft_eval.h"

#include <cmath>
#include <limits>

#include "gpt_oracle.h"
#include "nanochat/checkpoint_manager.h"
#include "nanochat/dataset.h"
#include "probe.h"
#include "temporary.h"

using namespace probe;
using nanochat::Conversation;
using nanochat::EpochMeter;
using nanochat::evaluate_sft_loss;
using nanochat::GPT;
using nanochat::SFTLoader;
using nanochat::SFTLoaderOptions;
using nanochat::Tokenizer;

namespace {

const Tokenizer& tokenizer() {
  static const Tokenizer trained = Tokenizer::train(nanochat::generate_documents(60, 4), 330);
  return trained;
}

GPT model(double dropout = 0.0) {
  return oracle::make_gpt({.sequence_len = 40,
                           .vocab_size = tokenizer().vocab_size(),
                           .n_layer = 2,
                           .n_head = 2,
                           .n_kv_head = 1,
                           .n_embd = 12,
                           .dropout = dropout});
}

// Sum and number of the losses of everything an assistant writes, a conversation at a time.
std::pair<double, int64_t> by_hand(GPT& gpt, const std::vector<Conversation>& all, int64_t T) {
  torch::NoGradGuard no_grad;
  double sum = 0.0;
  int64_t count = 0;
  for (const Conversation& conversation : all) {
    const auto [ids, mask] = nanochat::render_conversation(tokenizer(), conversation, T + 1);
    const torch::Tensor tokens = torch::tensor(ids, torch::kInt64).unsqueeze(0);
    const torch::Tensor log_probs = at::log_softmax(oracle::logits(gpt, tokens)[0], -1);
    for (size_t i = 1; i < ids.size(); ++i) {
      if (!mask[i]) continue;
      sum -= log_probs[static_cast<int64_t>(i) - 1][ids[i]].item<double>();
      count += 1;
    }
  }
  return {sum, count};
}

}  // namespace

TEST_CASE("sft_eval.loss", "[scores]") {
  const std::vector<Conversation> all = nanochat::generate_conversations(9, 6);
  GPT gpt = model();
  for (const auto& [B, T, pack] : std::vector<std::tuple<int64_t, int64_t, bool>>{
           {2, 130, true}, {2, 130, false}, {4, 60, true}, {5, 70, false}}) {
    CAPTURE(B, T, pack);
    const auto [sum, count] = by_hand(gpt, all, T);
    SFTLoader loader(all, tokenizer(), B, T, {.pack = pack, .shuffle = false});
    const EpochMeter loss = evaluate_sft_loss(gpt, loader);
    CHECK(loss.count() == count);
    CHECK(loss.mean() == Approx(sum / static_cast<double>(count)).epsilon(1e-10));
    CHECK(loss.state().sum == Approx(sum).epsilon(1e-10));
  }
}

TEST_CASE("sft_eval.begins_anew", "[scores]") {
  // Wherever the loader was: the same conversations every time.
  const std::vector<Conversation> all = nanochat::generate_conversations(9, 7);
  GPT gpt = model();
  SFTLoader loader(all, tokenizer(), 2, 130, {.seed = 1}), fresh(all, tokenizer(), 2, 130, {.seed = 1});
  loader.next();
  const double first = evaluate_sft_loss(gpt, loader).mean();
  CHECK(evaluate_sft_loss(gpt, fresh).mean() == Approx(first).epsilon(1e-13));
  CHECK(loader.state().epoch == 1);
  CHECK(loader.state().batch == 0);
  loader.next();
  CHECK(evaluate_sft_loss(gpt, loader).mean() == Approx(first).epsilon(1e-13));
}

TEST_CASE("sft_eval.first_epoch", "[scores]") {
  // Shuffled and packed, epochs are not of one length; it is the first that counts, to its end.
  const std::vector<Conversation> all = nanochat::generate_conversations(7, 12);
  GPT gpt = model();
  const auto [sum, count] = by_hand(gpt, all, 100);
  int64_t longer = 0, shorter = 0;
  for (uint64_t seed = 0; seed < 200 && (longer == 0 || shorter == 0); ++seed) {
    SFTLoader loader(all, tokenizer(), 1, 100, {.seed = seed, .window = 1});
    const int64_t difference = loader.batches_in_epoch(1) - loader.batches_in_epoch(0);
    if (difference == 0 || (difference > 0 ? longer : shorter) > 0) continue;
    (difference > 0 ? longer : shorter) += 1;
    const EpochMeter loss = evaluate_sft_loss(gpt, loader);
    CHECK(loss.count() == count);
    CHECK(loss.state().sum == Approx(sum).epsilon(1e-10));
    CHECK(loader.state().epoch == 1);
    CHECK(loader.state().batch == 0);
  }
  CHECK(longer == 1);
  CHECK(shorter == 1);
}

TEST_CASE("sft_eval.ranks", "[ranks]") {
  // The ranks' shares add up to the whole, also where one has nothing but padding.
  const std::vector<Conversation> all = nanochat::generate_conversations(5, 8);
  GPT gpt = model();
  const auto [sum, count] = by_hand(gpt, all, 130);
  double total = 0.0;
  int64_t tokens = 0;
  for (int64_t rank = 0; rank < 3; ++rank) {
    SFTLoader loader(all, tokenizer(), 2, 130, {.pack = false, .rank = rank, .world_size = 3});
    const EpochMeter share = evaluate_sft_loss(gpt, loader);
    total += share.state().sum;
    tokens += share.count();
  }
  CHECK(tokens == count);
  CHECK(total == Approx(sum).epsilon(1e-10));
}

TEST_CASE("sft_eval.mode", "[scores]") {
  // Without dropout, whatever mode the model is in, and it is in that mode afterwards.
  const std::vector<Conversation> all = nanochat::generate_conversations(6, 9);
  GPT gpt = model(0.5);
  SFTLoader loader(all, tokenizer(), 2, 130, {.shuffle = false});
  for (const bool training : {true, false}) {
    gpt->train(training);
    const double loss = evaluate_sft_loss(gpt, loader).mean();
    CHECK(gpt->is_training() == training);
    CHECK(gpt->blocks[1]->mlp->is_training() == training);
    gpt->eval();
    const auto [sum, count] = by_hand(gpt, all, 130);
    CHECK(loss == Approx(sum / static_cast<double>(count)).epsilon(1e-10));
  }
}

TEST_CASE("sft_eval.no_gradients", "[scores]") {
  GPT gpt = model();
  SFTLoader loader(nanochat::generate_conversations(4, 9), tokenizer(), 2, 130);
  CHECK_FALSE(oracle::records_gradients([&] { evaluate_sft_loss(gpt, loader); }));
  CHECK(torch::GradMode::is_enabled());
}

TEST_CASE("checkpoint.fine_tuning", "[saved]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "run.pt";
  GPT gpt = model();
  nanochat::Optimizers optimizers = gpt->configure_optimizers();
  for (const double best : {0.1 + 0.2, std::numeric_limits<double>::infinity()}) {
    const nanochat::TrainingState state = {
        .epoch_loss = {.sum = 10.1 / 3.0, .count = 17},
        .early_stopping = {.best = best, .best_step = 40, .bad_evaluations = 3},
        .options = {}};
    nanochat::save_checkpoint(path, gpt, tokenizer(), 5, 1.0, optimizers, state);
    const nanochat::TrainingState loaded = nanochat::load_training_state(path, optimizers);
    CHECK(loaded.epoch_loss.sum == 10.1 / 3.0);
    CHECK(loaded.epoch_loss.count == 17);
    CHECK(loaded.early_stopping.best == best);
    CHECK(loaded.early_stopping.best_step == 40);
    CHECK(loaded.early_stopping.bad_evaluations == 3);
  }
}
