// Checkpoints: what goes in comes out, to the bit, or not at all.

#include <torch/serialize.h>

#include "gpt_oracle.h"
#include "nanochat/checkpoint_manager.h"
#include "probe.h"
#include "temporary.h"

using namespace probe;
using Catch::Matchers::Contains;
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
                                .n_embd = 24});
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

// A checkpoint with one value replaced, by way of LibTorch's own reader and writer.
std::string changed(const std::string& content, const std::string& key, const c10::IValue& value) {
  auto record = torch::pickle_load({content.begin(), content.end()}).toGenericDict();
  REQUIRE(record.contains(key));
  record.insert_or_assign(key, value);
  const std::vector<char> bytes = torch::pickle_save(record);
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace

TEST_CASE("checkpoint.round_trip", "[state]") {
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
    CHECK(loaded.model->is_training());
    CHECK(loaded.model->max_positions() == model->max_positions());
    const torch::Tensor idx = oracle::token_ids(2, 7, config.vocab_size);
    CHECK_THAT(loaded.model->forward(idx), same_as(model->forward(idx)));
  }
}

TEST_CASE("checkpoint.no_val_loss", "[state]") {
  const TemporaryDirectory directory;
  GPT model = small_model();
  save_model(directory / "m.pt", model, tokenizer(), 0, std::nan(""));
  CHECK(std::isnan(load_model(directory / "m.pt").val_loss));
}

TEST_CASE("checkpoint.model_untouched", "[state]") {
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

TEST_CASE("checkpoint.old_stays", "[state]") {
  const TemporaryDirectory directory;
  GPT model = small_model(), other = small_model();
  save_model(directory / "m.pt", model, tokenizer(), 1, 2.0);
  for (const char* obstacle : {"/dev/full", "a directory"}) {
    CAPTURE(obstacle);
    std::filesystem::remove_all(directory / "m.pt.partial");
    if (obstacle[0] == '/') {
      std::filesystem::create_symlink(obstacle, directory / "m.pt.partial");
    } else {
      std::filesystem::create_directories(directory / "m.pt.partial/in-the-way");
    }
    CHECK_THAT(complaint([&] { save_model(directory / "m.pt", other, tokenizer(), 9, 9.0); }),
               Contains("m.pt"));
    LoadedModel loaded = load_model(directory / "m.pt");
    CHECK(loaded.step == 1);
    check_same_weights(loaded.model, model);
  }
}

TEST_CASE("checkpoint.partial_ignored", "[state]") {
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
  for (const c10::IValue& other : {c10::IValue(3), c10::IValue(torch::ones({2, 2})), c10::IValue("text")}) {
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
  auto record = torch::pickle_load({good.begin(), good.end()}).toGenericDict();
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
    CHECK_THAT(load_complaint(path), Contains(path) && Contains("tokenizer"));
  }
}
