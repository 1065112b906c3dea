// What a run tells of itself, against sums in loops.

#include "nanochat/diagnostics.h"

#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "nanochat/gpt.h"
#include "nanochat/loss.h"
#include "nanochat/memory.h"
#include "nanochat/policy_gradient.h"
#include "nanochat/tokenizer.h"
#include "oracle.h"
#include "probe.h"
#include "temporary.h"

using namespace probe;
using nanochat::Diagnostics;
using nlohmann::json;
using torch::Tensor;

namespace {

// The square root of the sum of squares, in a loop.
double length_of(const Tensor& x) {
  const Tensor flat = x.detach().to(torch::kFloat64).contiguous().view(-1);
  double sum = 0;
  for (int64_t i = 0; i < flat.numel(); ++i) {
    const double value = flat[i].item<double>();
    sum += value * value;
  }
  return std::sqrt(sum);
}

double rms_of(const Tensor& x) {
  return length_of(x) / std::sqrt(static_cast<double>(x.numel()));
}

// Diagnostics into a file of its own, and the lines it has written.
struct Told {
  TemporaryDirectory directory;
  std::string path = directory / "d.jsonl";
  Diagnostics diagnostics;

  explicit Told(int64_t every = 1) { diagnostics.open({.path = path, .every = every}); }

  std::vector<json> lines() const {
    std::vector<json> all;
    std::istringstream text(content_of(path));
    for (std::string line; std::getline(text, line);) all.push_back(json::parse(line));
    return all;
  }
  json only() const {
    const std::vector<json> all = lines();
    REQUIRE(all.size() == 1);
    return all[0];
  }
};

nanochat::GPTConfig small() {
  return {.sequence_len = 8, .vocab_size = 20, .n_layer = 2, .n_head = 4, .n_kv_head = 2, .n_embd = 16};
}

nanochat::Tokenizer tokenizer() {
  return nanochat::Tokenizer::train({"the cat sat on the mat", "a dog ran"}, 280);
}

std::vector<std::string> keys_with(const json& line, const std::string& start) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : line.items())
    if (key.starts_with(start)) keys.push_back(key);
  return keys;
}

}  // namespace

TEST_CASE("diagnostics.norms", "[diagnostics]") {
  torch::manual_seed(1);
  nanochat::GPT model(small());
  model->to(torch::kFloat64);
  nanochat::Optimizers optimizers = model->configure_optimizers();
  optimizers.muon.groups[0].lr = 0.25, optimizers.muon.groups[0].momentum = 0.5;
  optimizers.adamw.groups[0].weight_decay = 0.125;
  Told told;
  told.diagnostics.begin(6, *model);
  CHECK(told.diagnostics.on());
  std::map<std::string, double> weight, gradient, change;
  for (const auto& item : model->named_parameters()) {
    weight[item.key()] = length_of(item.value());
    item.value().mutable_grad() = oracle::normal(item.value().sizes());
    gradient[item.key()] = length_of(item.value().grad());
  }
  told.diagnostics.gradients();
  {
    torch::NoGradGuard no_grad;
    for (const auto& item : model->named_parameters()) {
      const Tensor by = oracle::normal(item.value().sizes(), 0.1);
      item.value().add_(by);
      change[item.key()] = length_of(by);
    }
  }
  told.diagnostics.updates(optimizers);
  told.diagnostics.write();
  const json line = told.only();
  CHECK(line["step"] == 6);
  for (const auto& item : model->named_parameters()) {
    const std::string& name = item.key();
    CAPTURE(name);
    CHECK(line["weight_norm/" + name].get<double>() == Approx(weight[name]).epsilon(1e-12).margin(1e-300));
    CHECK(line["grad_norm/" + name].get<double>() == Approx(gradient[name]).epsilon(1e-12));
    if (weight[name] == 0) {
      CHECK_FALSE(line.contains("update_ratio/" + name));
    } else {
      CHECK(line["update_ratio/" + name].get<double>() == Approx(change[name] / weight[name]).epsilon(1e-10));
    }
  }
  CHECK(line["lr/matrix"] == 0.25);
  CHECK(line["momentum/matrix"] == 0.5);
  CHECK(line["weight_decay/head"] == 0.125);
  CHECK(keys_with(line, "lr/").size() == 3);
}

TEST_CASE("diagnostics.gradients_not_finite", "[diagnostics]") {
  torch::nn::Linear one(torch::nn::LinearOptions(2, 1));
  one->weight.mutable_grad() = torch::full({1, 2}, std::numeric_limits<float>::infinity());
  Told told;
  told.diagnostics.begin(0, *one);
  told.diagnostics.gradients();
  told.diagnostics.write();
  CHECK(told.only()["grad_norm/weight"] == "inf");
  CHECK_FALSE(told.only().contains("grad_norm/bias"));  // it has none
}

TEST_CASE("diagnostics.activations", "[diagnostics]") {
  torch::nn::Linear any(1, 1);
  Told told;
  told.diagnostics.begin(0, *any);
  const Tensor x = oracle::normal({2, 3, 5}), y = oracle::normal({2, 3, 5}), h = torch::relu(x),
               logits = oracle::normal({2, 3, 7});
  nanochat::watch("block", y);  // nobody looks
  {
    const Diagnostics::Look look(told.diagnostics);
    nanochat::watch("mlp", h);
    nanochat::watch("block", x);
    nanochat::watch("mlp", y);
    nanochat::watch("attn", y);
    nanochat::watch("block", y);
    nanochat::watch("logits", logits);
    nanochat::watch("something else", y);
  }
  {
    const Diagnostics::Look second(told.diagnostics);  // only the first batch is looked at
    nanochat::watch("block", x);
  }
  nanochat::watch("block", x);
  told.diagnostics.write();
  const json line = told.only();
  CHECK(line["activation_rms/h0"].get<double>() == Approx(rms_of(x)).epsilon(1e-12));
  CHECK(line["activation_rms/h1"].get<double>() == Approx(rms_of(y)).epsilon(1e-12));
  CHECK(line["activation_rms/h0.attn"].get<double>() == Approx(rms_of(y)).epsilon(1e-12));
  CHECK(line["activation_rms/h0.mlp"].get<double>() == Approx(rms_of(h)).epsilon(1e-12));
  CHECK(line["activation_rms/h1.mlp"].get<double>() == Approx(rms_of(y)).epsilon(1e-12));
  CHECK(keys_with(line, "activation_rms/").size() == 5);
  double zeros = 0, sum = 0, largest = -1e300, squares = 0;
  const Tensor flat = h.view(-1), of_logits = logits.view(-1);
  for (int64_t i = 0; i < flat.numel(); ++i) zeros += flat[i].item<double>() == 0 ? 1 : 0;
  for (int64_t i = 0; i < of_logits.numel(); ++i) {
    const double value = of_logits[i].item<double>();
    sum += value, squares += value * value, largest = std::max(largest, value);
  }
  const double count = static_cast<double>(of_logits.numel()), mean = sum / count;
  CHECK(line["zeros/h0.mlp"].get<double>() == zeros / static_cast<double>(flat.numel()));
  CHECK(line["zeros/h1.mlp"] == 0);
  CHECK(line["logits/mean"].get<double>() == Approx(mean).epsilon(1e-12));
  CHECK(line["logits/largest"].get<double>() == largest);
  CHECK(line["logits/spread"].get<double>() ==
        Approx(std::sqrt(squares / count - mean * mean)).epsilon(1e-10));
}

TEST_CASE("diagnostics.logits_of_each_loss", "[diagnostics]") {
  const Tensor logits = oracle::normal({2, 3, 7}), targets = torch::ones({2, 3}, torch::kInt64);
  double sum = 0;
  const Tensor flat = logits.view(-1);
  for (int64_t i = 0; i < flat.numel(); ++i) sum += flat[i].item<double>();
  torch::nn::Linear any(1, 1);
  for (const bool policy : {false, true}) {
    Told told;
    told.diagnostics.begin(0, *any);
    {
      const Diagnostics::Look look(told.diagnostics);
      if (policy)
        nanochat::policy_gradient_loss(logits, targets, torch::ones({2}));
      else
        nanochat::cross_entropy(logits, targets);
    }
    told.diagnostics.write();
    CHECK(told.only()["logits/mean"].get<double>() == Approx(sum / 42).epsilon(1e-12));
  }
}

TEST_CASE("diagnostics.attention", "[diagnostics]") {
  const int64_t B = 2, H = 3, T = 30;
  Tensor scores = oracle::normal({B, H, T, T}).masked_fill(~oracle::causal(T, T), -1e300);
  const Tensor weights = torch::softmax(scores, -1);
  torch::nn::Linear any(1, 1);
  Told told;
  told.diagnostics.begin(0, *any);
  {
    const Diagnostics::Look look(told.diagnostics);
    nanochat::watch("weights", weights);
    nanochat::watch("weights", torch::eye(4, torch::kFloat64).expand({1, 1, 4, 4}));
  }
  told.diagnostics.write();
  const json line = told.only();
  for (int64_t head = 0; head < H; ++head) {
    double entropy = 0;
    for (int64_t b = 0; b < B; ++b)
      for (int64_t t = 0; t < T; ++t)
        for (int64_t s = 0; s < T; ++s) {
          const double w = weights[b][head][t][s].item<double>();
          if (w > 0) entropy -= w * std::log(w);
        }
    CHECK(line["attention_entropy/h0." + std::to_string(head)].get<double>() ==
          Approx(entropy / static_cast<double>(B * T)).epsilon(1e-12));
  }
  CHECK(line["attention_entropy/h1.0"].get<double>() == 0);  // a query that sees itself alone
  const json& picture = line["attention/h0"];
  REQUIRE(picture.size() == 24);
  for (size_t t = 0; t < 24; ++t) {
    REQUIRE(picture[t].size() == 24);
    for (size_t s = 0; s < 24; ++s) {
      double mean = 0;
      for (int64_t head = 0; head < H; ++head)
        mean += weights[0][head][static_cast<int64_t>(t)][static_cast<int64_t>(s)].item<double>();
      CHECK(picture[t][s].get<double>() ==
            Approx(mean / static_cast<double>(H)).epsilon(1e-12).margin(1e-300));
    }
  }
  CHECK(line["attention/h1"].size() == 4);
}

TEST_CASE("diagnostics.batch", "[diagnostics]") {
  const nanochat::Tokenizer words = tokenizer();
  const int64_t bos = words.bos_token_id();
  const std::vector<int64_t> cat = words.encode("cat sat"), dog = words.encode("a dog ran");
  std::vector<int64_t> row = cat;
  row.push_back(bos);
  row.insert(row.end(), dog.begin(), dog.end());
  const auto width = static_cast<int64_t>(row.size());
  Tensor inputs = torch::full({2, width}, cat[0], torch::kInt64),
         targets = torch::full({2, width}, -1, torch::kInt64);
  for (int64_t i = 0; i < width; ++i) inputs[0][i] = row[static_cast<size_t>(i)];
  for (size_t i = 0; i < dog.size(); ++i) targets[0][static_cast<int64_t>(2 + i)] = dog[i];
  targets[1][0] = cat[0];
  torch::nn::Linear any(1, 1);
  Told told;
  told.diagnostics.begin(0, *any);
  told.diagnostics.batch(inputs, targets, words);
  told.diagnostics.batch(targets, inputs, words);  // not the first of the step
  told.diagnostics.write();
  const json line = told.only();
  CHECK(line["batch/inputs"] == "cat sat<|bos|>a dog ran");
  CHECK(line["batch/targets"].get<std::string>().starts_with("[-]a dog ran"));
  CHECK(line["batch/tokens"] == 2 * width);
  CHECK(line["batch/counted"] == static_cast<int64_t>(dog.size()) + 1);
  CHECK(line["documents"] == "a dog ran");

  // A row in which no document begins says nothing of those behind it.
  Told other;
  other.diagnostics.begin(0, *any);
  other.diagnostics.batch(inputs.flip(0), targets.flip(0), words);
  other.diagnostics.write();
  CHECK(other.only()["documents"] == "a dog ran");
}

TEST_CASE("diagnostics.batch_of_letters", "[diagnostics]") {
  // Ids of another tokenizer; it knows of no documents.
  const Diagnostics::Decode letters = [](const std::vector<int64_t>& ids) {
    std::string text;
    for (const int64_t id : ids) text += static_cast<char>('a' + id);
    return text;
  };
  const Tensor inputs = torch::tensor({{2, 0, 1, 3}, {9, 9, 9, 9}}, torch::kInt64),
               targets = torch::tensor({{-1, -1, 1, 0}, {-1, 2, -1, -1}}, torch::kInt64);
  torch::nn::Linear any(1, 1);
  Told told;
  told.diagnostics.begin(0, *any);
  told.diagnostics.batch(inputs, targets, letters);
  told.diagnostics.batch(targets, inputs, letters);  // not the first of the step
  told.diagnostics.write();
  const json line = told.only();
  CHECK(line["batch/inputs"] == "cabd");
  CHECK(line["batch/targets"] == "[-]ba");
  CHECK(line["batch/tokens"] == 8);
  CHECK(line["batch/counted"] == 3);
  CHECK_FALSE(line.contains("documents"));
}

TEST_CASE("diagnostics.no_tokens", "[diagnostics]") {
  // Ids that no tokenizer has are what somebody may be looking for.
  torch::nn::Linear any(1, 1);
  Told told;
  told.diagnostics.begin(0, *any);
  told.diagnostics.batch(torch::full({1, 2}, 99999, torch::kInt64), torch::full({1, 2}, -7, torch::kInt64),
                         tokenizer());
  told.diagnostics.write();
  CHECK(told.only()["batch/inputs"].is_string());
  CHECK(told.only()["batch/counted"] == 2);
}

TEST_CASE("diagnostics.no_characters", "[diagnostics]") {
  // A token may be a part of a character: with half of one the line is JSON all the same.
  const nanochat::Tokenizer bytes = nanochat::Tokenizer::train({"ab"}, 270);
  const std::vector<int64_t> whole = bytes.encode("a\u00e9b\u20acc");  // bytes: 1, 2, 1, 3, 1
  REQUIRE(whole.size() == 8);
  const std::vector<int64_t> row(whole.begin() + 2, whole.end() - 2);  // .b..
  torch::nn::Linear any(1, 1);
  Told told;
  told.diagnostics.begin(0, *any);
  const Tensor ids = torch::tensor(row, torch::kInt64).unsqueeze(0);
  told.diagnostics.batch(ids, ids, bytes);
  told.diagnostics.question(torch::zeros({1}), torch::zeros({1}), whole, bytes);
  told.diagnostics.write();
  const json line = told.only();
  CHECK(line["batch/inputs"] == "\ufffdb\ufffd\ufffd");
  CHECK(line["batch/targets"] == "\ufffdb\ufffd\ufffd");
  CHECK(line["answer"] == "a\u00e9b\u20acc");
}

TEST_CASE("diagnostics.question", "[diagnostics]") {
  const nanochat::Tokenizer words = tokenizer();
  torch::nn::Linear any(1, 1);
  Told told;
  told.diagnostics.begin(0, *any);
  told.diagnostics.question(torch::tensor({1.0, 0.0, 0.0, 1.0}), torch::tensor({0.5, -0.5, -0.5, 0.5}),
                            words.encode("a cat"), words);
  told.diagnostics.question(torch::zeros({2}), torch::zeros({2}), {}, words);
  told.diagnostics.write();
  const json line = told.only();
  CHECK(line["reward/mean"] == 0.5);
  CHECK(line["reward/spread"] == 0.5);
  CHECK(line["advantage/mean"] == 0.0);
  CHECK(line["advantage/spread"] == 0.5);
  CHECK(line["answer"] == "a cat");
}

TEST_CASE("diagnostics.every", "[diagnostics]") {
  torch::nn::Linear any(1, 1);
  Told told(4);
  for (int64_t step = 0; step < 10; ++step) {
    told.diagnostics.begin(step, *any);
    CHECK(told.diagnostics.on() == (step % 4 == 0));
    told.diagnostics.gradients();
    if (step == 6) told.diagnostics.note("saved", std::string("x"));  // has a line of its own
    told.diagnostics.write();
  }
  std::vector<int64_t> steps;
  for (const json& line : told.lines()) steps.push_back(line["step"]);
  CHECK(steps == std::vector<int64_t>{0, 4, 6, 8});
}

TEST_CASE("diagnostics.file_note", "[diagnostics]") {
  Told told;
  put_content(told.directory / "model.pt", "12345");
  torch::nn::Linear any(1, 1);
  told.diagnostics.begin(0, *any);
  told.diagnostics.note_file("saved", told.directory / "model.pt");
  told.diagnostics.note_file("gone", told.directory / "none.pt");
  told.diagnostics.write();
  CHECK(told.only()["saved"] == "model.pt, 5 bytes");
  CHECK(told.only()["gone"] == "none.pt is not there");
}

TEST_CASE("diagnostics.goes_on", "[diagnostics]") {
  const TemporaryDirectory directory;
  put_content(directory / "d", "{\"step\":0}\n{\"step\":10}\n{\"step\":20}\n");
  torch::nn::Linear any(1, 1);
  {
    Diagnostics again;
    again.open({.path = directory / "d", .every = 10, .first_step = 15});
    again.begin(20, *any);
    again.note("x", 1.0);
    again.write();
  }
  CHECK(content_of(directory / "d").starts_with("{\"step\":0}\n{\"step\":10}\n{\"step\":20,"));
  Diagnostics nowhere;
  CHECK_THROWS_AS(nowhere.open({.path = directory / "no/such"}), std::runtime_error);
}

TEST_CASE("diagnostics.off", "[diagnostics]") {
  const TemporaryDirectory directory;
  torch::nn::Linear any(1, 1);
  Diagnostics off, elsewhere;
  off.open({});
  elsewhere.open({.path = directory / "d", .writes = false});  // another rank
  for (Diagnostics* one : {&off, &elsewhere}) {
    one->begin(0, *any);
    const Diagnostics::Look look(*one);
    nanochat::watch("block", torch::ones({1}));
    one->note("x", 1.0);
    one->write();
  }
  CHECK_FALSE(off.on());
  CHECK(elsewhere.on());  // it takes part in what all ranks do
  CHECK_FALSE(std::filesystem::exists(directory / "d"));
}

TEST_CASE("diagnostics.leaves_alone", "[diagnostics]") {
  // Loss, gradients, random numbers and memory are to the bit what they are without.
  const auto run = [](bool tell) {
    torch::manual_seed(3);
    nanochat::GPTConfig config = small();
    config.dropout = 0.25;
    nanochat::GPT model(config);
    nanochat::Optimizers optimizers = model->configure_optimizers();
    const Tensor ids = torch::randint(0, 20, {2, 8}, torch::kInt64);
    std::optional<Told> told;
    if (tell) told.emplace();
    std::vector<Tensor> results;
    for (int64_t step = 0; step < 2; ++step) {
      if (told) told->diagnostics.begin(step, *model);
      Tensor loss;
      {
        std::optional<Diagnostics::Look> look;
        if (told) look.emplace(told->diagnostics);
        loss = model->loss(ids, ids);
      }
      loss.backward();
      if (told) told->diagnostics.gradients();
      results.push_back(loss.detach());
      for (const Tensor& p : model->parameters())
        if (p.grad().defined()) results.push_back(p.grad().clone());
      optimizers.adamw.step();
      optimizers.muon.step();
      if (told) told->diagnostics.updates(optimizers);
      optimizers.adamw.zero_grad();
      optimizers.muon.zero_grad();
      if (told) told->diagnostics.write();
    }
    results.push_back(torch::rand({1}));
    results.push_back(torch::tensor(nanochat::memory_use().tensor_bytes));
    return results;
  };
  const int64_t before = nanochat::memory_use().tensor_bytes;
  std::vector<Tensor> without = run(false);
  const int64_t bytes_without = without.back().item<int64_t>() - before;
  const int64_t between = nanochat::memory_use().tensor_bytes;
  std::vector<Tensor> with = run(true);
  CHECK(with.back().item<int64_t>() - between == bytes_without);
  REQUIRE(with.size() == without.size());
  for (size_t i = 0; i + 1 < with.size(); ++i) CHECK(torch::equal(with[i], without[i]));
}
