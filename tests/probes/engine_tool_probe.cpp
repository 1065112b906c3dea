// The engine: several answers at once, their ends, and the calculator, on models that follow a script.

#include <cmath>
#include <map>
#include <set>

#include "gpt_oracle.h"
#include "nanochat/engine.h"
#include "probe.h"

using namespace probe;
using nanochat::Completion;
using nanochat::Engine;
using nanochat::SampleOptions;
using nanochat::TokenColumn;
using Ids = std::vector<int64_t>;

namespace {

const nanochat::Tokenizer& bytes() {
  static const nanochat::Tokenizer tokenizer{std::vector<nanochat::TokenPair>{}};
  return tokenizer;
}

int64_t special(const std::string& name) {
  return bytes().encode_special("<|" + name + "|>");
}

// "a[1+2]b": the letters as bytes, and for the special tokens [ python_start, ] python_end, { output_start,
// } output_end, ^ bos, $ assistant_end.
Ids tokens(const std::string& text) {
  static const std::map<char, std::string> names = {{'[', "python_start"}, {']', "python_end"},
                                                    {'{', "output_start"}, {'}', "output_end"},
                                                    {'^', "bos"},          {'$', "assistant_end"}};
  Ids ids;
  for (const char c : text) ids.push_back(names.count(c) ? special(names.at(c)) : c);
  return ids;
}

// A model whose next token depends on the last one only, as in a script "ab", "bc": b after a, c after b.
// With several lines for one token the logit falls by `step` from line to line. Its blocks do nothing.
nanochat::GPT scripted(const std::vector<std::string>& lines, double step = 0.0) {
  const int64_t V = bytes().vocab_size(), C = 266;
  nanochat::GPT model(nanochat::GPTConfig{
      .sequence_len = 8, .vocab_size = V, .n_layer = 1, .n_head = 1, .n_kv_head = 1, .n_embd = C});
  model->to(torch::kFloat64);
  torch::NoGradGuard no_grad;
  model->wte->weight.zero_();
  model->wte->weight.slice(1, 0, V).fill_diagonal_(1.0);
  model->lm_head->weight.fill_(-100.0);
  std::map<int64_t, int64_t> count;
  for (const std::string& line : lines) {
    const Ids pair = tokens(line);
    const double logit = 10.0 - step * static_cast<double>(count[pair[0]]++);
    // What is left of a one-hot row after the norm is sqrt(C), and the logits are soft-capped.
    model->lm_head->weight[pair[1]][pair[0]] =
        15.0 * std::atanh(logit / 15.0) / std::sqrt(static_cast<double>(C));
  }
  return model;
}

// Everything that one answer streams: tokens and mask.
std::pair<Ids, Ids> stream(nanochat::GPT model, const std::string& prompt, int64_t max_tokens = 40) {
  std::pair<Ids, Ids> all;
  Engine(model, bytes())
      .generate(tokens(prompt), 1, {.max_tokens = max_tokens, .temperature = 0.0},
                [&](const TokenColumn& column) {
                  all.first.push_back(column.tokens.at(0));
                  all.second.push_back(column.mask.at(0));
                });
  return all;
}

Ids mask(const std::string& digits) {
  Ids ids;
  for (const char c : digits) ids.push_back(c - '0');
  return ids;
}

nanochat::GPT random_model(double dropout = 0.0) {
  return oracle::make_gpt({.sequence_len = 4,
                           .vocab_size = 265,
                           .n_layer = 2,
                           .n_head = 4,
                           .n_kv_head = 2,
                           .n_embd = 24,
                           .dropout = dropout});
}

}  // namespace

TEST_CASE("engine.ends", "[answers]") {
  CHECK(stream(scripted({"ab", "bc", "c$"}), "xa") == std::pair(tokens("bc$"), mask("111")));
  CHECK(stream(scripted({"ab", "b^"}), "a") == std::pair(tokens("b^"), mask("11")));
  CHECK(stream(scripted({"ab", "ba"}), "a", 5) == std::pair(tokens("babab"), mask("11111")));
  CHECK(stream(scripted({"ab", "ba"}), "a", 1) == std::pair(tokens("b"), mask("1")));
  CHECK(stream(scripted({"ab", "ba"}), "a", 0) == std::pair(Ids{}, Ids{}));
  // Other special tokens end nothing, and neither does one that the prompt ends with.
  CHECK(stream(scripted({"a}", "}{", "{a"}), "a", 4) == std::pair(tokens("}{a}"), mask("1111")));
  CHECK(stream(scripted({"$a", "ab", "b$"}), "$") == std::pair(tokens("ab$"), mask("111")));
  const Engine engine(scripted({"ab"}), bytes());
  for (int64_t id = 0; id < 265; ++id) {
    CHECK(engine.ends_answer(id) == (id == special("bos") || id == special("assistant_end")));
  }
}

TEST_CASE("engine.calculator", "[answers]") {
  // The model itself would go on differently after each of the tokens that are forced.
  const auto model = scripted({"a[", "[2", "2+", "+3", "3]", "]Z", "{Z", "5Q", "}!", "!$"});
  CHECK(stream(model, "a") == std::pair(tokens("[2+3]{5}!$"), mask("1111100011")));
  CHECK(stream(model, "a", 7) == std::pair(tokens("[2+3]{5"), mask("1111100")));
}

TEST_CASE("engine.calculator_order", "[answers]") {
  // A result of several tokens, in order, some of them twice.
  const auto model = scripted({"a[", "[1", "12", "23", "3*", "*4", "45", "56", "6]", "]Z", "}$"});
  CHECK(stream(model, "a") == std::pair(tokens("[123*456]{56088}$"), mask("11111111100000001")));
}

TEST_CASE("engine.calculator_again", "[answers]") {
  // A second call has nothing of the first, and a call that never ends is none.
  const auto twice = scripted({"a[", "[1", "1+", "+2", "2]", "}["});
  CHECK(stream(twice, "a", 17) == std::pair(tokens("[1+2]{3}[1+2]{3}["), mask("11111000111110001")));
  const auto restarted = scripted({"a[", "[(", "(1", "1-", "-[", "+2"});
  CHECK(stream(restarted, "a", 7) == std::pair(tokens("[(1-[(1"), mask("1111111")));
}

TEST_CASE("engine.calculator_restart", "[answers]") {
  // An expression begins at the last <|python_start|>: the prompt's own does not count.
  const auto model = scripted({"91", "1]", "]Z", "Z$", "[9"});
  CHECK(stream(model, "[") == std::pair(tokens("91]Z$"), mask("11111")));
  const auto other = scripted({"a[", "[7", "7]", "]Z", "}$"});
  CHECK(stream(other, "[9a") == std::pair(tokens("[7]{7}$"), mask("1110001")));
}

TEST_CASE("engine.calculator_nothing", "[answers]") {
  // Without a result nothing is forced.
  CHECK(stream(scripted({"a[", "[2", "2+", "+]", "]Z", "Z$"}), "a") ==
        std::pair(tokens("[2+]Z$"), mask("111111")));
  CHECK(stream(scripted({"a[", "[]", "]Z", "Z$"}), "a") == std::pair(tokens("[]Z$"), mask("1111")));
  CHECK(stream(scripted({"a2", "2]", "]Z", "Z$"}), "a") == std::pair(tokens("2]Z$"), mask("1111")));
  // What stands after the call is no part of a next one.
  CHECK(stream(scripted({"a[", "[2", "2]", "}5", "5]", "]Z", "Z$"}), "a") ==
        std::pair(tokens("[2]{2}5]Z$"), mask("1110001111")));
  // Nor is what stood in one without a result.
  CHECK(stream(scripted({"a[", "[2", "2+", "+]", "]3", "3]"}), "a", 9) ==
        std::pair(tokens("[2+]3]3]3"), mask("111111111")));
  // An end inside the call is an end.
  CHECK(stream(scripted({"a[", "[2", "2$", "]Z"}), "a") == std::pair(tokens("[2$"), mask("111")));
}

TEST_CASE("engine.rows_apart", "[answers]") {
  // Each answer is in its own state: one computes at once, one a token later, one never.
  const auto model =
      scripted({"aA", "aB", "aC", "A[", "Bx", "x[", "[4", "4*", "*2", "2]", "}$", "Cy", "yz", "z$"});
  const std::map<int64_t, std::pair<Ids, Ids>> expected = {{'A', {tokens("A[4*2]{8}"), mask("111111000")}},
                                                           {'B', {tokens("Bx[4*2]{8}"), mask("1111111000")}},
                                                           {'C', {tokens("Cyz"), mask("111")}}};
  std::set<int64_t> paths;
  for (const Completion& c :
       Engine(model, bytes()).generate_batch(tokens("a"), 60, {.max_tokens = 30, .seed = 5})) {
    REQUIRE(!c.tokens.empty());
    paths.insert(c.tokens[0]);
    REQUIRE(expected.count(c.tokens[0]));
    CHECK(c.tokens == expected.at(c.tokens[0]).first);
    CHECK(c.mask == expected.at(c.tokens[0]).second);
  }
  CHECK(paths.size() == 3);
}

TEST_CASE("engine.columns", "[answers]") {
  // All answers in step; one that has ended repeats its end, forced, until all have.
  const auto model = scripted({"aA", "aB", "A$", "Bx", "xy", "y^"});
  std::vector<TokenColumn> columns;
  Engine(model, bytes())
      .generate(tokens("ca"), 20, {.max_tokens = 30, .seed = 6},
                [&](const TokenColumn& column) { columns.push_back(column); });
  REQUIRE(columns.size() == 4);
  std::set<int64_t> paths;
  for (size_t b = 0; b < 20; ++b) {
    Ids ids, sampled;
    for (const TokenColumn& column : columns) {
      REQUIRE(column.tokens.size() == 20);
      REQUIRE(column.mask.size() == 20);
      REQUIRE(column.log_probs.size() == 20);
      ids.push_back(column.tokens[b]);
      sampled.push_back(column.mask[b]);
    }
    paths.insert(ids[0]);
    CHECK(ids == (ids[0] == 'A' ? tokens("A$$$") : tokens("Bxy^")));
    CHECK(sampled == (ids[0] == 'A' ? mask("1100") : mask("1111")));
  }
  CHECK(paths.size() == 2);
  for (size_t i = 0; i < 4; ++i) CHECK(columns[i].kv_length == 2 + static_cast<int64_t>(i));
}

TEST_CASE("engine.penalty_of_each", "[answers]") {
  // A token counts as seen for the answer that has it: after A, and after B, A would be likeliest.
  const auto model = scripted({"aA", "aB", "AA", "AC", "BA", "BC", "C$"}, 0.0);
  {
    torch::NoGradGuard no_grad;
    for (const int64_t from : {int64_t{'A'}, int64_t{'B'}}) model->lm_head->weight['C'][from] *= 0.8;
  }
  const SampleOptions options{.max_tokens = 2, .temperature = 0.02, .repetition_penalty = 2.0, .seed = 9};
  std::set<Ids> answers;
  for (const Completion& c : Engine(model, bytes()).generate_batch(tokens("a"), 20, options))
    answers.insert(c.tokens);
  CHECK(answers == std::set<Ids>{tokens("AC"), tokens("BA")});
  // The prompt counts too.
  const SampleOptions greedy{.max_tokens = 1, .temperature = 0.0, .repetition_penalty = 2.0};
  CHECK(Engine(model, bytes()).generate_batch(tokens("AB"), 1, greedy)[0].tokens == tokens("C"));
  CHECK(Engine(model, bytes()).generate_batch(tokens("B"), 1, greedy)[0].tokens == tokens("A"));
}

TEST_CASE("engine.log_probs", "[answers]") {
  // What the model itself gives each token, by a full pass over everything, whatever the options.
  nanochat::GPT model = random_model();
  const Ids prompt = {40, 7, 100, 3};
  for (const SampleOptions& options :
       {SampleOptions{.max_tokens = 20, .temperature = 0.0},
        SampleOptions{.max_tokens = 20, .temperature = 0.5, .top_k = 20},
        SampleOptions{.max_tokens = 20, .top_p = 0.5, .repetition_penalty = 1.5}}) {
    std::vector<TokenColumn> columns;
    Engine(model, bytes()).generate(prompt, 3, options, [&](const TokenColumn& c) { columns.push_back(c); });
    for (size_t b = 0; b < 3; ++b) {
      Ids all = prompt;
      for (const TokenColumn& column : columns) all.push_back(column.tokens[b]);
      torch::NoGradGuard no_grad;
      const torch::Tensor expected =
          at::log_softmax(oracle::logits(model, torch::tensor(all, torch::kInt64).unsqueeze(0))[0], -1);
      for (size_t i = 0; i < columns.size(); ++i) {
        const int64_t at = static_cast<int64_t>(prompt.size() + i);
        CAPTURE(b, i);
        CHECK(columns[i].log_probs[b] == Approx(expected[at - 1][all[static_cast<size_t>(at)]].item<double>())
                                             .epsilon(1e-11)
                                             .margin(1e-11));
        CHECK(columns[i].kv_length == at);
      }
    }
  }
}

TEST_CASE("engine.log_probs_forced", "[answers]") {
  const auto model = scripted({"a[", "[2", "2]", "]Z", "]{", "{2", "}$"}, 3.0);
  std::vector<double> log_probs;
  Engine(model, bytes()).generate(tokens("a"), 1, {.temperature = 0.0}, [&](const TokenColumn& c) {
    log_probs.push_back(c.log_probs[0]);
  });
  REQUIRE(log_probs.size() == 7);
  CHECK(log_probs[3] == Approx(-3.0 - std::log1p(std::exp(-3.0))).epsilon(1e-6));  // { where Z was likelier
}

TEST_CASE("engine.samples_differ", "[answers]") {
  // Each answer is drawn on its own from the first token on, and the seed decides.
  nanochat::GPT model = random_model();
  Engine engine(model, bytes());
  const auto draw = [&](uint64_t seed) {
    std::vector<Ids> answers;
    for (const Completion& c :
         engine.generate_batch({1, 2}, 12, {.max_tokens = 6, .temperature = 2.0, .seed = seed})) {
      answers.push_back(c.tokens);
    }
    return answers;
  };
  torch::manual_seed(1);
  const std::vector<Ids> first = draw(3);
  torch::manual_seed(2);
  CHECK(draw(3) == first);
  CHECK(draw(4) != first);
  CHECK(std::set<Ids>(first.begin(), first.end()).size() > 8);
  std::set<int64_t> starts;
  for (const Ids& answer : first) starts.insert(answer.empty() ? -1 : answer[0]);
  CHECK(starts.size() > 4);
}

TEST_CASE("engine.batch_is_single", "[answers]") {
  // The likeliest answer is the same however many are written, and the one that generate() writes.
  nanochat::GPT model = random_model();
  Engine engine(model, bytes());
  const SampleOptions greedy{.max_tokens = 30, .temperature = 0.0};
  const Ids expected = nanochat::generate(model, {9, 8, 7}, greedy);
  Ids until_end;
  for (const int64_t token : expected) {
    if (engine.ends_answer(token)) break;
    until_end.push_back(token);
  }
  for (const int64_t B : {1, 2, 5}) {
    const std::vector<Completion> answers = engine.generate_batch({9, 8, 7}, B, greedy);
    CHECK(static_cast<int64_t>(answers.size()) == B);
    for (const Completion& answer : answers) CHECK(answer.tokens == until_end);
  }
}

TEST_CASE("engine.positions", "[answers]") {
  // 80 positions: an answer stops where the next token could not be read.
  const auto model = scripted({"ab", "ba"});
  CHECK(model->max_positions() == 80);
  for (const size_t length : {1, 78, 79, 80}) {
    CHECK(stream(model, std::string(length, 'a'), 1000).first.size() == 81 - length);
  }
  Engine engine(model, bytes());
  const Ids prompt(81, 'a');
  CHECK_THROWS_AS(engine.generate_batch(prompt, 1), std::runtime_error);
}

TEST_CASE("engine.mode", "[answers]") {
  nanochat::GPT model = random_model(0.5);
  Engine engine(model, bytes());
  const SampleOptions greedy{.max_tokens = 10, .temperature = 0.0};
  model->eval();
  const Ids expected = engine.generate_batch({1, 2}, 2, greedy)[1].tokens;
  CHECK_FALSE(model->is_training());
  model->train();
  CHECK(engine.generate_batch({1, 2}, 2, greedy)[1].tokens == expected);
  CHECK(model->is_training());
  CHECK_FALSE(oracle::records_gradients([&] { engine.generate_batch({1, 2}, 2, greedy); }));
  CHECK(torch::GradMode::is_enabled());
}

TEST_CASE("engine.refuses", "[errors]") {
  Engine engine(scripted({"ab"}), bytes());
  CHECK_THROWS_AS(engine.generate_batch({}, 1), std::runtime_error);
  CHECK_THROWS_AS(engine.generate_batch({1}, 0), std::runtime_error);
  CHECK_THROWS_AS(engine.generate_batch({1}, -2), std::runtime_error);
}
