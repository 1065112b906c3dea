// Turning logits into text: sampling, and the loops that feed each sample back.
//
// There are two of them. generate() continues any tokens, for a look at a base model. Engine
// answers in a conversation: it writes several answers to one prompt at once, hands every token out
// as soon as it is there, knows where an answer ends, and computes for the model when that asks for
// the calculator. Both read the prompt once and then one token at a time, because a cache holds the
// keys and values of everything before.

#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

#include "nanochat/gpt.h"
#include "nanochat/tokenizer.h"

namespace nanochat {

struct SampleOptions {
  int64_t max_tokens = 64;
  double temperature = 1.0;         // 0 takes the most likely token
  int64_t top_k = 0;                // only the k most likely tokens can be drawn; 0 means all
  double top_p = 1.0;               // only the most likely tokens that together have this mass
  double repetition_penalty = 1.0;  // above 1, tokens that were there before become less likely
  uint64_t seed = 42;
};

// Draws one token a row: ids (B, 1) of int64 from logits (B, V). Of the likeliest top_k tokens (0,
// or more than V: of all), at this temperature, only the fewest can be drawn whose probabilities
// reach top_p (Holtzman et al. 2019, arXiv:1904.09751), and at least one. A temperature of 0 takes
// the likeliest. Throws c10::Error if temperature or top_k is negative or top_p is not in [0, 1].
torch::Tensor sample_next_token(const torch::Tensor& logits, torch::Generator& rng,
                                double temperature = 1.0, int64_t top_k = 0, double top_p = 1.0);

// Logits (B, V) with those of the tokens in `seen` (B, S), row by row, moved down: positive ones
// are divided by `penalty`, others multiplied with it, once, however often a token was seen (Keskar
// et al. 2019, arXiv:1909.05858). Throws c10::Error if the penalty is not positive.
torch::Tensor penalize_repetition(const torch::Tensor& logits, const torch::Tensor& seen,
                                  double penalty);

// Continues `tokens`, which may not be empty, and returns the max_tokens new ones only. What counts
// as a repetition begins with `tokens`. Leaves the model in training mode if it was, and records no
// gradients. Throws c10::Error if the model has not as many positions: the tokens and all new ones
// but the last, which is not read again.
std::vector<int64_t> generate(GPT& model, const std::vector<int64_t>& tokens,
                              const SampleOptions& options = {});

// The next token of each of B answers.
struct TokenColumn {
  std::vector<int64_t> tokens;
  std::vector<int64_t> mask;      // 1: the model's own choice, 0: it was forced
  std::vector<double> log_probs;  // under the model itself, before any of the options; nats
  int64_t kv_length;              // how many positions the model had read
};

// One answer.
struct Completion {
  std::vector<int64_t> tokens;  // without the one that ended it
  std::vector<int64_t> mask;    // as in TokenColumn
};

class Engine {
 public:
  Engine(GPT model, const Tokenizer& tokenizer);

  // Reads `prompt` once, writes `num_samples` answers to it, each drawn on its own, and calls
  // `on_column` for every token of theirs. An answer ends with <|assistant_end|> or <|bos|>; one
  // that is shorter than others repeats that token, forced. When an answer has written an
  // expression between <|python_start|> and <|python_end|> that the calculator can compute, then
  // <|output_start|>, the result and <|output_end|> are forced upon it before it goes on.
  //
  // Stops when all answers have ended, after max_tokens columns, or when the model has no position
  // left to read another token at. Leaves the model in training mode if it was, and records no
  // gradients. Throws std::runtime_error, with one sentence, if the prompt is empty or longer than
  // the model's positions, or num_samples is not positive.
  void generate(const std::vector<int64_t>& prompt, int64_t num_samples,
                const SampleOptions& options,
                const std::function<void(const TokenColumn&)>& on_column);

  // As generate() with one sample, for several prompts at once: one answer to each, whose tokens
  // come in the order of the prompts. They are read as one left-padded batch, so all of them begin
  // to answer together, however long they are; the last column is that of the longest. Throws
  // std::runtime_error, with one sentence, if there is no prompt, or one of them is empty or longer
  // than the model's positions.
  void generate_each(const std::vector<std::vector<int64_t>>& prompts, const SampleOptions& options,
                     const std::function<void(const TokenColumn&)>& on_column);

  // generate_each(), in one piece.
  std::vector<Completion> complete_each(const std::vector<std::vector<int64_t>>& prompts,
                                        const SampleOptions& options = {});

  // generate(), in one piece.
  std::vector<Completion> generate_batch(const std::vector<int64_t>& prompt, int64_t num_samples,
                                         const SampleOptions& options = {});

  // Whether an answer ends with this token.
  bool ends_answer(int64_t token) const { return token == assistant_end_ || token == bos_; }

 private:
  struct Row;

  void require_readable(const std::vector<int64_t>& prompt) const;
  void write_answers(torch::Tensor logits, torch::Tensor seen, KVCache& cache, int64_t columns,
                     const SampleOptions& options, torch::Generator& rng,
                     const std::function<void(const TokenColumn&)>& on_column);
  TokenColumn next_column(std::vector<Row>& rows, const torch::Tensor& logits,
                          const torch::Tensor& sampled) const;
  void advance(Row& row, int64_t token) const;
  void extend(std::vector<Completion>& completions, const TokenColumn& column) const;
  void force_result(Row& row) const;

  GPT model_;
  Tokenizer tokenizer_;
  int64_t bos_, assistant_end_, python_start_, python_end_, output_start_, output_end_;
};

}  // namespace nanochat
