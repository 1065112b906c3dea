// Left-padded batches: each row is what its text is alone, by the oracle of the model, in loops.

#include "nanochat/left_padding.h"

#include "gpt_oracle.h"
#include "nanochat/engine.h"
#include "probe.h"

using namespace probe;
using nanochat::Engine;
using nanochat::GPT;
using nanochat::GPTConfig;
using nanochat::KVCache;
using nanochat::LeftPadded;
using nanochat::SampleOptions;
using nanochat::TokenColumn;
using Ids = std::vector<int64_t>;

namespace {

torch::Tensor row_of(const Ids& ids) {
  return torch::tensor(ids, torch::kInt64).unsqueeze(0);
}

Ids random_ids(int64_t T, int64_t V) {
  Ids ids;
  for (int64_t t = 0; t < T; ++t) ids.push_back(torch::randint(V, {1}).item<int64_t>());
  return ids;
}

const nanochat::Tokenizer& bytes() {
  static const nanochat::Tokenizer tokenizer{std::vector<nanochat::TokenPair>{}};
  return tokenizer;
}

GPT byte_model(int64_t window = 0, double dropout = 0.0) {
  return oracle::make_gpt({.sequence_len = 6,
                           .vocab_size = 265,
                           .n_layer = 2,
                           .n_head = 4,
                           .n_kv_head = 2,
                           .n_embd = 24,
                           .dropout = dropout,
                           .window = window});
}

const std::vector<Ids>& prompts() {
  static const std::vector<Ids> all = {
      {7, 3, 3, 21, 90, 4, 200}, {65}, {9, 8, 9, 8}, {30, 31, 32, 33, 34, 35, 36}};
  return all;
}

// Every row's tokens, up to the one that ends it.
std::vector<Ids> answers(GPT model, const std::vector<Ids>& prompts, const SampleOptions& options) {
  std::vector<Ids> all(prompts.size());
  Engine engine(model, bytes());
  engine.generate_each(prompts, options, [&](const TokenColumn& column) {
    REQUIRE(column.tokens.size() == prompts.size());
    for (size_t b = 0; b < prompts.size(); ++b) {
      if (!all[b].empty() && engine.ends_answer(all[b].back())) continue;
      all[b].push_back(column.tokens[b]);
    }
  });
  return all;
}

}  // namespace

TEST_CASE("left_padding.batch", "[batches]") {
  const LeftPadded batch = nanochat::left_pad({{5, 6, 7}, {8}, {9, 1}});
  CHECK_THAT(batch.padding, same_as(torch::tensor({0, 2, 1}, torch::kInt64)));
  REQUIRE(batch.ids.sizes() == torch::IntArrayRef({3, 3}));
  const std::vector<Ids> texts = {{5, 6, 7}, {8}, {9, 1}};
  for (int64_t b = 0; b < 3; ++b) {
    const Ids& text = texts[static_cast<size_t>(b)];
    const int64_t padding = 3 - static_cast<int64_t>(text.size());
    CAPTURE(b);
    for (int64_t t = 0; t < 3; ++t) {
      const int64_t id = batch.ids[b][t].item<int64_t>();
      // What stands in front is a token that the text has.
      CHECK(id == (t < padding ? text.front() : text[static_cast<size_t>(t - padding)]));
    }
  }
  const LeftPadded alone = nanochat::left_pad({{4, 4}});
  CHECK_THAT(alone.ids, same_as(torch::tensor({{4, 4}}, torch::kInt64)));
  CHECK_THAT(alone.padding, same_as(torch::zeros({1}, torch::kInt64)));
}

TEST_CASE("left_padding.positions", "[outputs]") {
  const torch::Tensor padding = torch::tensor({0, 3, 1, 6}, torch::kInt64);
  for (const auto& [start, T] : std::vector<std::pair<int64_t, int64_t>>{{0, 7}, {7, 1}, {9, 4}, {2, 3}}) {
    const torch::Tensor positions = nanochat::token_positions(padding, start, T);
    REQUIRE(positions.sizes() == torch::IntArrayRef({4, T}));
    for (int64_t b = 0; b < 4; ++b) {
      for (int64_t t = 0; t < T; ++t) {
        CAPTURE(start, b, t);
        const int64_t place = start + t - padding[b].item<int64_t>();
        CHECK(positions[b][t].item<int64_t>() == (place < 0 ? 0 : place));
      }
    }
  }
}

TEST_CASE("left_padding.mask", "[outputs]") {
  const torch::Tensor padding = torch::tensor({0, 3, 1, 5}, torch::kInt64);
  for (const auto& [T, S] : std::vector<std::pair<int64_t, int64_t>>{{6, 6}, {1, 7}, {3, 9}, {4, 6}}) {
    const torch::Tensor mask = nanochat::padding_mask(padding, T, S);
    REQUIRE(mask.sizes() == torch::IntArrayRef({4, 1, T, S}));
    CHECK(mask.scalar_type() == torch::kBool);
    for (int64_t b = 0; b < 4; ++b) {
      for (int64_t t = 0; t < T; ++t) {
        for (int64_t s = 0; s < S; ++s) {
          CAPTURE(b, t, s);
          const bool text = s >= padding[b].item<int64_t>();
          CHECK(mask[b][0][t][s].item<bool>() == (text || s == S - T + t));
        }
      }
    }
  }
}

TEST_CASE("left_padding.rotary", "[outputs]") {
  // Each row is turned from where its text begins.
  const nanochat::RotaryCache table = nanochat::precompute_rotary(20, 6);
  const torch::Tensor padding = torch::tensor({0, 2, 4}, torch::kInt64);
  for (const int64_t start : {0, 5}) {
    const torch::Tensor x = oracle::normal({3, 7, 2, 6});
    const nanochat::RotaryCache rows = table.at(nanochat::token_positions(padding, start, 7));
    const torch::Tensor turned = nanochat::apply_rotary(x, rows.cos, rows.sin);
    for (int64_t b = 0; b < 3; ++b) {
      CAPTURE(start, b);
      const int64_t front = std::max<int64_t>(padding[b].item<int64_t>() - start, 0);
      const int64_t first = std::max<int64_t>(start - padding[b].item<int64_t>(), 0);
      const torch::Tensor text = x.narrow(0, b, 1).slice(1, front);
      CHECK_THAT(turned.narrow(0, b, 1).slice(1, front), close_to(oracle::rotate(text, first), 1e-13));
    }
  }
  CHECK_THROWS_AS(table.at(torch::tensor({{3, 20}}, torch::kInt64)), c10::Error);
}

TEST_CASE("left_padding.logits", "[cache]") {
  // In one piece or in several: behind the padding stands what the text gives alone.
  for (GPTConfig config : oracle::configs()) {
    for (const int64_t window : {0, 3}) {
      config.window = window;
      GPT model = oracle::make_gpt(config);
      torch::NoGradGuard no_grad;
      std::vector<Ids> texts;
      for (const int64_t T : {6, 2, 9, 1}) texts.push_back(random_ids(T, config.vocab_size));
      const LeftPadded batch = nanochat::left_pad(texts);
      const torch::Tensor more = oracle::token_ids(4, 6, config.vocab_size);
      KVCache cache(config.n_layer, batch.padding);
      std::vector<torch::Tensor> pieces = {model(batch.ids, &cache)};
      CHECK(finite(pieces[0]));
      int64_t start = 0;
      for (const int64_t T : {1, 1, 3, 1}) {
        pieces.push_back(model(more.narrow(1, start, T), &cache));
        start += T;
        CHECK(cache.position() == 9 + start);
      }
      const torch::Tensor logits = torch::cat(pieces, 1);  // (B, 15, V)
      for (int64_t b = 0; b < 4; ++b) {
        CAPTURE(config.n_layer, window, b);
        const torch::Tensor text =
            torch::cat({row_of(texts[static_cast<size_t>(b)]), more.narrow(0, b, 1)}, 1);
        const int64_t padding = 15 - text.size(1);
        CHECK_THAT(logits.narrow(0, b, 1).slice(1, padding), close_to(oracle::logits(model, text), 1e-12));
      }
    }
  }
}

TEST_CASE("left_padding.reset", "[cache]") {
  // A cache that has forgotten everything reads as a new one.
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  torch::NoGradGuard no_grad;
  const LeftPadded batch = nanochat::left_pad({{1, 2, 3, 4}, {5}});
  KVCache cache(2, batch.padding);
  CHECK_THAT(cache.padding(), same_as(batch.padding));
  model(batch.ids, &cache);
  cache.reset();
  CHECK_FALSE(cache.padding().defined());
  const torch::Tensor idx = oracle::token_ids(2, 6, 29);
  CHECK_THAT(model(idx, &cache), close_to(oracle::logits(model, idx), 1e-12));
}

TEST_CASE("left_padding.answers", "[answers]") {
  // Greedy: every answer is the likeliest continuation of its prompt alone, whatever stands beside it.
  for (const int64_t window : {0, 4}) {
    GPT model = byte_model(window);
    torch::NoGradGuard no_grad;
    const std::vector<Ids> written = answers(model, prompts(), {.max_tokens = 14, .temperature = 0.0});
    for (size_t b = 0; b < prompts().size(); ++b) {
      Ids all = prompts()[b], expected;
      CAPTURE(window, b);
      while (expected.size() < written[b].size()) {
        expected.push_back(oracle::logits(model, row_of(all))[0][-1].argmax().item<int64_t>());
        all.push_back(expected.back());
      }
      CHECK(written[b] == expected);
    }
  }
}

TEST_CASE("left_padding.penalty", "[answers]") {
  // What counts as a repetition is a row's own: padding adds no token to it.
  GPT model = byte_model();
  torch::NoGradGuard no_grad;
  const double penalty = 1.9;
  const std::vector<Ids> written =
      answers(model, prompts(), {.max_tokens = 12, .temperature = 0.0, .repetition_penalty = penalty});
  for (size_t b = 0; b < prompts().size(); ++b) {
    Ids all = prompts()[b], expected;
    CAPTURE(b);
    while (expected.size() < written[b].size()) {
      torch::Tensor logits = oracle::logits(model, row_of(all))[0][-1].clone();
      for (int64_t v = 0; v < 265; ++v) {
        if (std::find(all.begin(), all.end(), v) == all.end()) continue;
        const double logit = logits[v].item<double>();
        logits[v] = logit > 0 ? logit / penalty : logit * penalty;
      }
      expected.push_back(logits.argmax().item<int64_t>());
      all.push_back(expected.back());
    }
    CHECK(written[b] == expected);
  }
}

TEST_CASE("left_padding.log_probs", "[answers]") {
  // Drawn tokens come with their own row's probability, and with how much was read.
  GPT model = byte_model(0, 0.5);
  torch::NoGradGuard no_grad;
  std::vector<Ids> all = prompts();
  std::vector<bool> ended(all.size());
  int64_t columns = 0;
  Engine engine(model, bytes());
  engine.generate_each(
      prompts(), {.max_tokens = 8, .temperature = 1.3, .seed = 4}, [&](const TokenColumn& column) {
        CHECK(column.kv_length == 7 + columns++);
        for (size_t b = 0; b < all.size(); ++b) {
          if (ended[b]) continue;
          const torch::Tensor logits = oracle::logits(model, row_of(all[b]))[0][-1];
          const double expected = at::log_softmax(logits, -1)[column.tokens[b]].item<double>();
          CHECK(column.log_probs[b] == Approx(expected).epsilon(1e-11));
          all[b].push_back(column.tokens[b]);
          ended[b] = engine.ends_answer(column.tokens[b]);
        }
      });
  CHECK(columns > 1);
  CHECK(model->is_training());
  const std::vector<Ids> again = answers(model, prompts(), {.max_tokens = 8, .temperature = 1.3, .seed = 4});
  for (size_t b = 0; b < all.size(); ++b) {
    CHECK(again[b] == Ids(all[b].begin() + static_cast<int64_t>(prompts()[b].size()), all[b].end()));
  }
  CHECK(answers(model, prompts(), {.max_tokens = 8, .temperature = 1.3, .seed = 5}) != again);
  CHECK_FALSE(oracle::records_gradients([&] { answers(model, prompts(), {.max_tokens = 3}); }));
}

TEST_CASE("left_padding.positions_left", "[answers]") {
  // The longest prompt says how many columns there are: its last token is not read again.
  GPT model = byte_model();
  const int64_t limit = model->max_positions();
  const Ids longest(static_cast<size_t>(limit - 3), 7), short_one = {7};
  int64_t columns = 0;
  Engine(model, bytes())
      .generate_each({short_one, longest}, {.max_tokens = 100, .temperature = 1.0},
                     [&](const TokenColumn&) { ++columns; });
  CHECK(columns <= 4);
  columns = 0;
  Engine(model, bytes()).generate_each({short_one}, {.max_tokens = 0}, [&](const TokenColumn&) {
    ++columns;
  });
  CHECK(columns == 0);
}

TEST_CASE("left_padding.bad_input", "[errors]") {
  CHECK_THROWS_AS(nanochat::left_pad({}), c10::Error);
  CHECK_THROWS_AS(nanochat::left_pad({{1, 2}, {}}), c10::Error);
  GPT model = byte_model();
  Engine engine(model, bytes());
  const auto refused = [&](const std::vector<Ids>& prompts) {
    CHECK_THROWS_AS(engine.generate_each(prompts, {}, [](const TokenColumn&) {}), std::runtime_error);
  };
  refused({});
  refused({{1}, {}});
  refused({{1}, Ids(static_cast<size_t>(model->max_positions() + 1), 5)});
  GPTConfig learned = oracle::configs()[0];
  learned.positions = nanochat::Positions::learned;
  GPT other = oracle::make_gpt(learned);
  KVCache cache(2, torch::tensor({0, 1}, torch::kInt64));
  CHECK_THROWS_AS(other(oracle::token_ids(2, 3, 29), &cache), c10::Error);
}
