// The reversal task, against what the eye sees in its lines.

#include "nanochat/reversal.h"

#include <algorithm>
#include <set>

#include "gpt_oracle.h"
#include "probe.h"
#include "temporary.h"

using namespace probe;
using nanochat::CharTokenizer;
using nanochat::GPT;
using torch::Tensor;

TEST_CASE("reversal.sequences", "[reversal]") {
  const auto sequences = nanochat::reversal_sequences(400, 5, 6, 3);
  REQUIRE(sequences.size() == 400);
  CHECK(std::set<std::string>(sequences.begin(), sequences.end()).size() == 400);
  std::vector<std::set<char>> at(6);
  for (const std::string& sequence : sequences) {
    REQUIRE(sequence.size() == 6);
    for (size_t i = 0; i < 6; ++i) at[i].insert(sequence[i]);
  }
  for (const std::set<char>& letters : at) CHECK(letters == std::set<char>{'a', 'b', 'c', 'd', 'e'});
  CHECK(nanochat::reversal_sequences(400, 5, 6, 3) == sequences);
  CHECK(nanochat::reversal_sequences(400, 5, 6, 4) != sequences);
  // Different ones even where there are only twice as many.
  const auto few = nanochat::reversal_sequences(32, 2, 6, 1);
  CHECK(std::set<std::string>(few.begin(), few.end()).size() == 32);
}

TEST_CASE("reversal.batch", "[reversal]") {
  const CharTokenizer tokenizer({"abcdef>"});  // > is 1, a is 2
  CHECK(nanochat::reversal_line("abcd") == "abcd>dcba");
  const nanochat::Batch batch = nanochat::reversal_batch({"bad", "cab"}, tokenizer);
  CHECK_THAT(batch.inputs, same_as(torch::tensor({{3, 2, 5, 1, 5, 2}, {4, 2, 3, 1, 3, 2}}, torch::kInt64)));
  CHECK_THAT(batch.targets,
             same_as(torch::tensor({{-1, -1, -1, 5, 2, 3}, {-1, -1, -1, 3, 2, 4}}, torch::kInt64)));
}

TEST_CASE("reversal.greedy", "[reversal]") {
  GPT model = oracle::make_gpt(oracle::configs()[0]);
  const Tensor idx = oracle::token_ids(4, 3, 29);
  Tensor all = idx;
  torch::NoGradGuard no_grad;
  for (int64_t i = 0; i < 5; ++i) {
    const Tensor next = std::get<1>(oracle::logits(model, all).select(1, -1).max(-1));
    all = torch::cat({all, next.unsqueeze(1)}, 1);
  }
  CHECK_THAT(nanochat::continue_greedily(model, idx, 5), same_as(all.slice(1, 3).contiguous()));
  CHECK(model->is_training());
  nanochat::GPTConfig config = oracle::configs()[0];
  config.dropout = 0.5;
  GPT forgetful = oracle::make_gpt(config);
  const Tensor first = nanochat::continue_greedily(forgetful, idx, 5);
  CHECK_THAT(nanochat::continue_greedily(forgetful, idx, 5), same_as(first));
  CHECK_FALSE(oracle::records_gradients([&] {
    torch::AutoGradMode enabled(true);
    nanochat::continue_greedily(model, idx, 2);
  }));
}

TEST_CASE("reversal.accuracy", "[reversal]") {
  // Sequences of which the model's own greedy answers are the right ones, and others.
  const CharTokenizer tokenizer({"abcdef>"});
  nanochat::GPTConfig config = oracle::configs()[0];
  config.vocab_size = tokenizer.vocab_size();
  GPT model = oracle::make_gpt(config);
  std::vector<std::string> all, right;
  for (const char a : std::string("abcdef")) {
    for (const char b : std::string("abcdef")) {
      const std::string question = std::string{a, b} + ">";
      std::string answer;
      for (int64_t i = 0; i < 2; ++i) {
        const Tensor idx = torch::tensor(tokenizer.encode(question + answer), torch::kInt64).unsqueeze(0);
        answer += tokenizer.decode({oracle::logits(model, idx)[0][-1].argmax().item<int64_t>()});
      }
      all.push_back({a, b});
      if (answer == std::string{b, a}) right.push_back(all.back());
    }
  }
  const double share = static_cast<double>(right.size()) / static_cast<double>(all.size());
  CHECK(nanochat::reversal_accuracy(model, all, tokenizer) == Approx(share).margin(1e-12));

  // A model that repeats what it read last: the answer to "aa>" is not ">>".
  CHECK(nanochat::reversal_accuracy(model, {all.front(), all.back()}, tokenizer) <= 1.0);
}

TEST_CASE("reversal.trained", "[reversal]") {
  // Right answers count, and only whole ones: a head that always says one letter.
  const CharTokenizer tokenizer({"abc>"});  // a is 2
  nanochat::GPTConfig config = oracle::configs()[0];
  config.vocab_size = tokenizer.vocab_size();
  GPT model = oracle::make_gpt(config);
  torch::NoGradGuard no_grad;
  model->wte->weight.abs_().add_(1.0);  // what reaches the head has a positive sum
  for (nanochat::Block& block : model->blocks) {
    block->attn->c_proj->weight.zero_();
    block->mlp->c_proj->weight.zero_();
  }
  model->lm_head->weight.zero_();
  model->lm_head->weight[2].fill_(1.0);
  CHECK(nanochat::reversal_accuracy(model, {"aaa", "aab", "baa", "aba"}, tokenizer) == 0.25);
  CHECK(nanochat::reversal_accuracy(model, {"aaa"}, tokenizer) == 1.0);
  CHECK(nanochat::reversal_accuracy(model, {"bbb", "cca"}, tokenizer) == 0.0);
}

TEST_CASE("reversal.alphabet", "[reversal]") {
  // A model that writes the alphabet, whatever was asked: the answer begins behind the mark.
  const CharTokenizer tokenizer({"abcd>"});
  const auto id = [&](char c) { return tokenizer.encode(std::string(1, c))[0]; };
  nanochat::GPTConfig config = oracle::configs()[0];
  config.vocab_size = tokenizer.vocab_size();
  GPT model = oracle::make_gpt(config);
  REQUIRE(config.n_embd >= config.vocab_size);
  torch::NoGradGuard no_grad;
  for (nanochat::Block& block : model->blocks) {
    block->attn->c_proj->weight.zero_();
    block->mlp->c_proj->weight.zero_();
  }
  model->wte->weight.zero_();
  model->wte->weight.slice(1, 0, config.vocab_size).fill_diagonal_(1.0);
  model->lm_head->weight.zero_();
  for (const std::string pair : {">a", "ab", "bc", "cd"})
    model->lm_head->weight[id(pair[1])][id(pair[0])] = 1.0;
  CHECK(nanochat::reversal_accuracy(model, {"cba", "bbb", "dcb", "aba"}, tokenizer) == 0.25);
  CHECK(nanochat::reversal_accuracy(model, {"dcba"}, tokenizer) == 1.0);
  CHECK(nanochat::reversal_accuracy(model, {"a"}, tokenizer) == 1.0);
}

TEST_CASE("reversal.bad_input", "[errors]") {
  CHECK(complaint([] { nanochat::reversal_sequences(33, 2, 6, 1); }) != "");
  CHECK(complaint([] { nanochat::reversal_sequences(1, 1, 6, 1); }) != "");
  CHECK(complaint([] { nanochat::reversal_sequences(1, 27, 6, 1); }) != "");
  CHECK(complaint([] { nanochat::reversal_sequences(1, 26, 1, 1); }) == "");
}
