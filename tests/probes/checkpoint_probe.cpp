// Checkpoints: what goes in comes out, to the bit, or not at all.

#include <ATen/CPUGeneratorImpl.h>

#include <limits>
#include <map>

#include "gpt_oracle.h"
#include "nanochat/checkpoint_manager.h"
#include "nanochat/common.h"
#include "probe.h"
#include "record.h"
#include "temporary.h"

using namespace probe;
using Catch::Contains;
using nanochat::GPT;
using nanochat::load_model;
using nanochat::LoadedModel;
using nanochat::save_model;
using nanochat::Tokenizer;

namespace {

Tokenizer tokenizer(char last = 'h') {
  return Tokenizer(std::vector<nanochat::TokenPair>{{'f', 'i'}, {'s', last}, {256, 257}});
}

// A perturbed model for that tokenizer, of sizes that are all different.
GPT small_model(torch::ScalarType dtype = torch::kFloat64) {
  GPT model = oracle::make_gpt({.sequence_len = 5,
                                .vocab_size = tokenizer().vocab_size(),
                                .n_layer = 3,
                                .n_head = 6,
                                .n_kv_head = 2,
                                .n_embd = 24,
                                .dropout = 0.25});
  model->to(dtype);
  return model;
}

void check_same_weights(GPT& actual, GPT& expected) {
  const auto wanted = oracle::weights(expected), found = oracle::weights(actual);
  REQUIRE(found.size() == wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    CHECK_THAT(found[i], same_as(wanted[i]));
    CHECK(found[i].requires_grad());
  }
}

std::string load_complaint(const std::string& path) {
  return complaint([&] { load_model(path); });
}

nanochat::Optimizers optimizers_of(GPT& model) {
  return model->configure_optimizers({.weight_decay = 0.1});
}

// A small training loop: dropout, two optimizers, one stream of data.
struct Training {
  GPT model{nullptr};
  nanochat::Optimizers optimizers;
  nanochat::DataLoader loader;

  double step() {
    const nanochat::Batch batch = loader.next();
    const torch::Tensor loss = model->loss(batch.inputs, batch.targets);
    loss.backward();
    optimizers.adamw.step();
    optimizers.muon.step();
    optimizers.adamw.zero_grad();
    optimizers.muon.zero_grad();
    return loss.item<double>();
  }
};

Training make_training(GPT model) {
  const std::vector<std::string> documents = {"a fish", "two fish", "red fish, blue fish", "one", "he is"};
  return {model, optimizers_of(model), nanochat::DataLoader(documents, tokenizer(), 3, 5, 8)};
}

// Something in every field, none of them what a fresh state has.
nanochat::TrainingState some_state() {
  nanochat::TrainingState state;
  state.data.epoch = 7;
  state.data.next_document = 3;
  state.data.buffer = {5, 259, 0, 12345678901};
  state.data.tokens_per_epoch = 4321;
  state.scaler.scale = 8192.0;
  state.scaler.growth_tracker = 17;
  state.smoothed_loss.sum = 0.1 + 1e-16;
  state.smoothed_loss.count = 6;
  state.epoch_loss = {.sum = 0.3 + 1e-16, .count = 29};
  state.early_stopping = {.best = 2.25, .best_step = 40, .bad_evaluations = 2};
  state.options = {{"n-layer", "3"}, {"data", ""}, {"seed", "42"}};
  return state;
}

}  // namespace

TEST_CASE("checkpoint.round_trip", "[saved]") {
  const TemporaryDirectory directory;
  for (const torch::ScalarType dtype : {torch::kFloat32, torch::kFloat64}) {
    GPT model = small_model(dtype);
    const std::string path = directory / "deep/model.pt";
    save_model(path, model, tokenizer(), 12345678901, 0.1 + 1e-16);
    LoadedModel loaded = load_model(path);
    check_same_weights(loaded.model, model);
    CHECK(loaded.step == 12345678901);
    CHECK(loaded.val_loss == 0.1 + 1e-16);
    CHECK(loaded.tokenizer.merges() == tokenizer().merges());
    CHECK(loaded.tokenizer.vocab_size() == tokenizer().vocab_size());
    const nanochat::GPTConfig& config = loaded.model->config;
    CHECK(config.sequence_len == 5);
    CHECK(config.vocab_size == tokenizer().vocab_size());
    CHECK(config.n_layer == 3);
    CHECK(config.n_head == 6);
    CHECK(config.n_kv_head == 2);
    CHECK(config.n_embd == 24);
    CHECK(config.dropout == 0.25);
    CHECK(loaded.model->is_training());
    CHECK(loaded.model->max_positions() == model->max_positions());
    const torch::Tensor idx = oracle::token_ids(2, 7, config.vocab_size);
    model->eval();
    loaded.model->eval();
    // The same weights; where they lie in memory may change the order of a sum.
    CHECK_THAT(loaded.model->forward(idx),
               close_to(model->forward(idx), dtype == torch::kFloat64 ? 1e-13 : 1e-5));
  }
}

TEST_CASE("checkpoint.learned_positions", "[saved]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "learned.pt";
  GPT model(nanochat::GPTConfig{.sequence_len = 5,
                                .vocab_size = tokenizer().vocab_size(),
                                .n_layer = 1,
                                .n_head = 2,
                                .n_kv_head = 1,
                                .n_embd = 8,
                                .positions = nanochat::Positions::learned});
  for (torch::Tensor& weight : model->parameters()) weight.data().normal_();
  save_model(path, model, tokenizer(), 3, 0.5);
  LoadedModel loaded = load_model(path);
  CHECK(loaded.model->config.positions == nanochat::Positions::learned);
  const torch::Tensor idx = oracle::token_ids(2, 5, model->config.vocab_size);
  CHECK_THAT(loaded.model->wpe->weight, same_as(model->wpe->weight));
  CHECK_THAT(loaded.model(idx), close_to(model(idx), 1e-5));
}

TEST_CASE("checkpoint.variants", "[saved]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "variants.pt";
  for (const bool tied : {false, true}) {
    for (const int64_t window : {0, 3}) {
      CAPTURE(tied, window);
      GPT model(nanochat::GPTConfig{.sequence_len = 6,
                                    .vocab_size = tokenizer().vocab_size(),
                                    .n_layer = 2,
                                    .n_head = 2,
                                    .n_kv_head = 1,
                                    .n_embd = 8,
                                    .tie_embeddings = tied,
                                    .window = window});
      for (torch::Tensor& weight : model->parameters()) weight.data().normal_();
      save_model(path, model, tokenizer(), 3, 0.5);
      LoadedModel loaded = load_model(path);
      CHECK(loaded.model->config.tie_embeddings == tied);
      CHECK(loaded.model->config.window == window);
      check_same_weights(loaded.model, model);
      const torch::Tensor idx = oracle::token_ids(2, 6, model->config.vocab_size);
      CHECK_THAT(loaded.model(idx), close_to(model(idx), 1e-5));
    }
  }
}

TEST_CASE("checkpoint.no_val_loss", "[saved]") {
  const TemporaryDirectory directory;
  GPT model = small_model();
  save_model(directory / "m.pt", model, tokenizer(), 0, std::nan(""));
  CHECK(std::isnan(load_model(directory / "m.pt").val_loss));
}

TEST_CASE("checkpoint.model_untouched", "[saved]") {
  // Saving changes nothing, and what is saved does not change with the model afterwards.
  const TemporaryDirectory directory;
  GPT model = small_model();
  torch::manual_seed(3);
  const torch::Tensor expected = torch::rand({4});
  torch::manual_seed(3);
  save_model(directory / "m.pt", model, tokenizer(), 1, 2.0);
  CHECK_THAT(torch::rand({4}), same_as(expected));
  const std::string first = content_of(directory / "m.pt");
  GPT before = load_model(directory / "m.pt").model;
  check_same_weights(before, model);
  {
    torch::NoGradGuard no_grad;
    for (torch::Tensor& weight : model->parameters()) weight.add_(1.0);
  }
  CHECK(content_of(directory / "m.pt") == first);
  save_model(directory / "m.pt", model, tokenizer(), 2, 2.0);
  GPT after = load_model(directory / "m.pt").model;
  check_same_weights(after, model);
  CHECK_FALSE(torch::equal(before->wte->weight, after->wte->weight));
}

TEST_CASE("checkpoint.old_stays", "[saved]") {
  const TemporaryDirectory directory;
  GPT model = small_model(), other = small_model();
  save_model(directory / "m.pt", model, tokenizer(), 1, 2.0);
  for (const rlim_t room : {0, 1000}) {
    CAPTURE(room);
    {
      const FullDisk full(room);
      CHECK(complaint([&] { save_model(directory / "m.pt", other, tokenizer(), 9, 9.0); }) != "");
    }
    LoadedModel loaded = load_model(directory / "m.pt");
    CHECK(loaded.step == 1);
    check_same_weights(loaded.model, model);
  }
}

TEST_CASE("checkpoint.partial_ignored", "[saved]") {
  // What a killed run left behind is in nobody's way.
  const TemporaryDirectory directory;
  GPT model = small_model();
  put_content(directory / "m.pt.partial", std::string(3000000, 'x'));
  save_model(directory / "m.pt", model, tokenizer(), 1, 2.0);
  LoadedModel loaded = load_model(directory / "m.pt");
  check_same_weights(loaded.model, model);
  CHECK_FALSE(std::filesystem::exists(directory / "m.pt.partial"));
}

TEST_CASE("checkpoint.damaged", "[errors]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "m.pt";
  CHECK_THAT(load_complaint(path), Contains(path));
  CHECK_THAT(load_complaint(directory.path().string()), Contains("probe-"));
  GPT model = small_model();
  save_model(path, model, tokenizer(), 1, 2.0);
  const std::string good = content_of(path);
  for (const size_t length :
       {size_t{0}, size_t{1}, size_t{100}, good.size() / 2, good.size() - 1000, good.size() - 1}) {
    CAPTURE(length);
    put_content(path, good.substr(0, length));
    CHECK_THAT(load_complaint(path), Contains(path));
  }
  for (const std::string& other : {std::string("hello"), std::string(5000, '\0'), good.substr(1)}) {
    put_content(path, other);
    CHECK_THAT(load_complaint(path), Contains(path));
  }
  c10::Dict<int64_t, int64_t> numbers;
  numbers.insert(1, 2);
  c10::Dict<std::string, std::string> texts;
  texts.insert("format", "something else");
  for (const c10::IValue& other : {c10::IValue(3), c10::IValue(torch::ones({2, 2})), c10::IValue("text"),
                                   c10::IValue(numbers), c10::IValue(texts)}) {
    const std::vector<char> bytes = torch::pickle_save(other);
    put_content(path, std::string(bytes.begin(), bytes.end()));
    CHECK_THAT(load_complaint(path), Contains(path));
  }
  put_content(path, good);
  CHECK(load_complaint(path).empty());
}

TEST_CASE("checkpoint.mismatch", "[errors]") {
  // A checkpoint whose parts do not fit together.
  const TemporaryDirectory directory;
  const std::string path = directory / "m.pt";
  GPT model = small_model();
  save_model(path, model, tokenizer(), 1, 2.0);
  const std::string good = content_of(path);
  REQUIRE(load_complaint(path).empty());
  const auto refuse = [&](const std::string& content) {
    put_content(path, content);
    CHECK_THAT(load_complaint(path), Contains(path));
  };
  // Every number in it that is a size of the model, and every weight.
  auto record = record_of(good);
  for (const auto& entry : record) {
    const std::string key = entry.key().toStringRef();
    CAPTURE(key);
    if (entry.value().isTensor()) {
      const torch::Tensor weight = entry.value().toTensor();
      refuse(changed(good, key, weight.slice(1, 0, weight.size(1) - 1).clone()));
      refuse(changed(good, key, weight.flatten()));
      refuse(changed(good, key, 3));
      refuse(changed(good, key, c10::IValue()));
    } else if (entry.value().isString()) {
      refuse(changed(good, key, "something else"));
      refuse(changed(good, key, 3));
    } else {
      refuse(changed(good, key, "text"));
    }
  }
  for (const nanochat::Tokenizer& other :
       {Tokenizer(std::vector<nanochat::TokenPair>{{'f', 'i'}, {'s', 'h'}}),
        Tokenizer(std::vector<nanochat::TokenPair>{{'f', 'i'}, {'s', 'h'}, {256, 257}, {256, 'x'}})}) {
    save_model(path, model, other, 1, 2.0);
    CHECK_THAT(load_complaint(path), Contains(path));
  }
}

// Sizes that no weight of the file bears out are refused before memory or time is spent on their word.
TEST_CASE("checkpoint.vast_sizes", "[errors]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "m.pt";
  GPT model = small_model();
  save_model(path, model, tokenizer(), 7, 1.5);
  const std::string good = content_of(path);
  for (const auto* key : {"config.sequence_len", "config.n_layer", "config.n_embd", "config.n_head"}) {
    for (const int64_t vast : {int64_t{1'000'000'000}, std::numeric_limits<int64_t>::max()}) {
      CAPTURE(key, vast);
      put_content(path, changed(good, key, vast));
      CHECK_THAT(load_complaint(path), Contains(path));
    }
  }
}

TEST_CASE("checkpoint.training_state", "[saved]") {
  const TemporaryDirectory directory;
  Training training = make_training(small_model());
  training.step();
  const nanochat::TrainingState saved = some_state();
  save_checkpoint(directory / "m.pt", training.model, tokenizer(), 4, 1.5, training.optimizers, saved);
  GPT model = load_model(directory / "m.pt").model;
  nanochat::Optimizers optimizers = optimizers_of(model);
  const nanochat::TrainingState state = load_training_state(directory / "m.pt", optimizers);
  CHECK(state.data.epoch == saved.data.epoch);
  CHECK(state.data.next_document == saved.data.next_document);
  CHECK(state.data.buffer == saved.data.buffer);
  CHECK(state.data.tokens_per_epoch == saved.data.tokens_per_epoch);
  CHECK(state.scaler.scale == saved.scaler.scale);
  CHECK(state.scaler.growth_tracker == saved.scaler.growth_tracker);
  CHECK(state.smoothed_loss.sum == saved.smoothed_loss.sum);
  CHECK(state.smoothed_loss.count == saved.smoothed_loss.count);
  CHECK(state.epoch_loss.sum == saved.epoch_loss.sum);
  CHECK(state.epoch_loss.count == saved.epoch_loss.count);
  CHECK(state.early_stopping.best == saved.early_stopping.best);
  CHECK(state.early_stopping.best_step == saved.early_stopping.best_step);
  CHECK(state.early_stopping.bad_evaluations == saved.early_stopping.bad_evaluations);
  CHECK(state.options == saved.options);
}

TEST_CASE("checkpoint.model_of_run", "[saved]") {
  // Whoever only wants the model reads it from a run's checkpoint too.
  const TemporaryDirectory directory;
  GPT model = small_model();
  const nanochat::Optimizers optimizers = optimizers_of(model);
  save_checkpoint(directory / "m.pt", model, tokenizer(), 41, 2.25, optimizers, some_state());
  LoadedModel loaded = load_model(directory / "m.pt");
  check_same_weights(loaded.model, model);
  CHECK(loaded.step == 41);
  CHECK(loaded.val_loss == 2.25);
  CHECK(loaded.tokenizer.merges() == tokenizer().merges());

  // A record has no order that means anything: the same file, its keys the other way round.
  const auto record = record_of(content_of(directory / "m.pt"));
  std::vector<c10::IValue> keys;
  for (const auto& entry : record) keys.insert(keys.begin(), entry.key());
  c10::impl::GenericDict backwards(c10::AnyType::get(), c10::AnyType::get());
  for (const c10::IValue& key : keys) backwards.insert(key, record.at(key));
  const std::vector<char> bytes = torch::pickle_save(backwards);
  put_content(directory / "m.pt", std::string(bytes.data(), bytes.size()));
  LoadedModel again = load_model(directory / "m.pt");
  check_same_weights(again.model, model);
}

TEST_CASE("checkpoint.optimizers", "[saved]") {
  // What AdamW and Muon remember of every weight.
  const TemporaryDirectory directory;
  Training training = make_training(small_model());
  for (int64_t step = 0; step < 3; ++step) training.step();
  training.optimizers.adamw.states[0][0].step = 11;  // each has a count of its own
  save_checkpoint(directory / "m.pt", training.model, tokenizer(), 3, 1.5, training.optimizers, {});
  GPT model = load_model(directory / "m.pt").model;
  nanochat::Optimizers optimizers = optimizers_of(model);
  load_training_state(directory / "m.pt", optimizers);
  const auto& wanted = training.optimizers;
  for (size_t g = 0; g < wanted.adamw.states.size(); ++g) {
    for (size_t i = 0; i < wanted.adamw.states[g].size(); ++i) {
      CHECK_THAT(optimizers.adamw.states[g][i].exp_avg, same_as(wanted.adamw.states[g][i].exp_avg));
      CHECK_THAT(optimizers.adamw.states[g][i].exp_avg_sq, same_as(wanted.adamw.states[g][i].exp_avg_sq));
      CHECK(optimizers.adamw.states[g][i].step == wanted.adamw.states[g][i].step);
    }
  }
  REQUIRE(wanted.muon.momentum_buffers[0].size() == 18);
  for (size_t i = 0; i < wanted.muon.momentum_buffers[0].size(); ++i) {
    const torch::Tensor buffer = wanted.muon.momentum_buffers[0][i];
    CHECK(buffer.abs().sum().item<double>() > 0);
    CHECK_THAT(optimizers.muon.momentum_buffers[0][i], same_as(buffer));
  }
}

TEST_CASE("checkpoint.generator", "[saved]") {
  // What torch's default generator would have drawn next, it draws.
  const TemporaryDirectory directory;
  GPT model = small_model();
  nanochat::Optimizers optimizers = optimizers_of(model);
  torch::manual_seed(3);
  torch::rand({5});
  save_checkpoint(directory / "m.pt", model, tokenizer(), 3, 1.5, optimizers, {});
  const torch::Tensor expected = torch::rand({9});
  torch::manual_seed(4);
  load_training_state(directory / "m.pt", optimizers);
  CHECK_THAT(torch::rand({9}), same_as(expected));
}

TEST_CASE("checkpoint.resumed", "[saved]") {
  // A run that was stopped after any step and goes on equals the run that was not, to the bit.
  for (const int64_t stop : {0, 1, 4}) {
    CAPTURE(stop);
    const TemporaryDirectory directory;
    torch::manual_seed(1);
    Training training = make_training(small_model());
    for (int64_t step = 0; step < stop; ++step) training.step();
    nanochat::TrainingState state;
    state.data = training.loader.state();
    save_checkpoint(directory / "m.pt", training.model, tokenizer(), stop, 1.5, training.optimizers, state);
    std::vector<double> expected;
    for (int64_t step = 0; step < 4; ++step) expected.push_back(training.step());

    torch::manual_seed(1000);
    Training resumed = make_training(load_model(directory / "m.pt").model);
    resumed.loader.restore(load_training_state(directory / "m.pt", resumed.optimizers).data);
    for (const double loss : expected) CHECK(resumed.step() == loss);
    check_same_weights(resumed.model, training.model);
  }
}

TEST_CASE("checkpoint.other_options", "[errors]") {
  // A run goes on as what it was or not at all; then nothing has changed.
  const TemporaryDirectory directory;
  const std::string path = directory / "m.pt";
  Training training = make_training(small_model());
  training.step();
  save_checkpoint(path, training.model, tokenizer(), 1, 1.5, training.optimizers, some_state());
  nanochat::Optimizers fresh = optimizers_of(training.model);
  const auto load = [&](const std::map<std::string, std::string>& options) {
    return complaint([&] { load_training_state(path, fresh, options); });
  };
  torch::manual_seed(3);
  const torch::Tensor expected = torch::rand({4});
  torch::manual_seed(3);
  CHECK_THAT(load({{"n-layer", "4"}}), Contains("n-layer"));
  CHECK_THAT(load({{"n-layer", "3"}, {"seed", "43"}}), Contains("seed"));
  CHECK_THAT(load({{"data", "a.txt"}}), Contains("data"));
  CHECK_THAT(load({{"new", ""}}), Contains("new"));
  CHECK_THROWS_AS(load_training_state(path, fresh, {{"seed", ""}}), nanochat::UsageError);
  CHECK_THAT(torch::rand({4}), same_as(expected));
  CHECK_THAT(fresh.adamw.states[0][0].exp_avg, same_as(torch::zeros_like(fresh.adamw.states[0][0].exp_avg)));
  CHECK(load({{"n-layer", "3"}, {"data", ""}}).empty());
  CHECK(load({}).empty());
}

TEST_CASE("checkpoint.damaged_state", "[errors]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "m.pt";
  GPT model = small_model();
  nanochat::Optimizers optimizers = optimizers_of(model);
  const auto state_complaint = [&] { return complaint([&] { load_training_state(path, optimizers); }); };
  CHECK_THAT(state_complaint(), Contains(path));
  save_model(path, model, tokenizer(), 1, 2.0);
  CHECK_THAT(state_complaint(), Contains(path));  // a model, and nothing to go on from
  const std::string only_model = content_of(path);
  auto record = record_of(only_model);
  save_checkpoint(path, model, tokenizer(), 1, 2.0, optimizers, some_state());
  const std::string good = content_of(path);
  REQUIRE(state_complaint().empty());
  put_content(path, good.substr(0, good.size() - 100));
  CHECK_THAT(state_complaint(), Contains(path));
  for (const auto& entry : record_of(good)) {
    const std::string key = entry.key().toStringRef();
    if (record.contains(key) || key.find("buffer") != std::string::npos) continue;
    CAPTURE(key);
    put_content(path, changed(good, key, "text"));
    CHECK_THAT(state_complaint(), Contains(path));
    if (entry.value().isGenericDict()) {
      // A dictionary of something else.
      c10::Dict<std::string, int64_t> numbers;
      numbers.insert("seed", 3);
      c10::Dict<int64_t, std::string> numbered;
      numbered.insert(3, "seed");
      for (const c10::IValue& other : {c10::IValue(numbers), c10::IValue(numbered)}) {
        put_content(path, changed(good, key, other));
        CHECK_THAT(state_complaint(), Contains(path));
      }
    }
    if (!entry.value().isTensor()) continue;
    put_content(path, changed(good, key, entry.value().toTensor().flatten().slice(0, 1).clone()));
    CHECK_THAT(state_complaint(), Contains(path));
  }
}
