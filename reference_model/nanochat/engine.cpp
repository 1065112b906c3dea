// Sampling and generation. Contracts are in the header.

#include "nanochat/engine.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>

#include "nanochat/eval_mode.h"
#include "nanochat/execution.h"
#include "nanochat/kv_cache.h"
#include "nanochat/left_padding.h"
#include "nanochat/softmax.h"

namespace nanochat {

namespace {

// (N) ids as a tensor.
torch::Tensor as_tensor(const std::vector<int64_t>& ids) {
  return torch::tensor(ids, torch::kInt64);
}

// Reads ids (B, T) and returns the logits of the last position, (B, V), on the CPU.
torch::Tensor last_logits(GPT& model, const torch::Tensor& ids, KVCache& cache) {
  const torch::Tensor logits = model(ids, &cache);  // (B, T, V)
  return logits.select(1, -1).to(torch::kCPU);
}

// One token a row, (B, 1), from logits (B, V) after the tokens seen (B, S).
torch::Tensor choose(const torch::Tensor& logits, const torch::Tensor& seen, torch::Generator& rng,
                     const SampleOptions& options) {
  const torch::Tensor penalized = penalize_repetition(logits, seen, options.repetition_penalty);
  return sample_next_token(penalized, rng, options.temperature, options.top_k, options.top_p);
}

}  // namespace

torch::Tensor sample_next_token(const torch::Tensor& logits, torch::Generator& rng,
                                double temperature, int64_t top_k, double top_p) {
  TORCH_CHECK(temperature >= 0.0, "temperature must not be negative, but is ", temperature);
  TORCH_CHECK(top_k >= 0, "top_k must not be negative, but is ", top_k);
  TORCH_CHECK(top_p >= 0.0 && top_p <= 1.0, "top_p must be from 0 to 1, but is ", top_p);
  if (temperature == 0.0) return logits.argmax(-1, /*keepdim=*/true);  // (B, 1)

  const int64_t V = logits.size(-1);
  const int64_t k = top_k > 0 ? std::min(top_k, V) : V;
  const auto [values, tokens] = logits.to(torch::kFloat64).topk(k, -1);  // (B, k), falling
  // Hardly any temperature must not overflow, so what is divided is at most zero.
  const torch::Tensor scaled = (values - values.narrow(-1, 0, 1)) / temperature;  // (B, k)
  torch::Tensor probs = nanochat::softmax(scaled, -1);                            // (B, k)
  if (top_p < 1.0) {
    const torch::Tensor mass_before = probs.cumsum(-1) - probs;  // (B, k)
    torch::Tensor dropped = mass_before >= top_p;                // (B, k)
    dropped.narrow(-1, 0, 1).fill_(false);
    probs = probs.masked_fill(dropped, 0.0);
  }
  // The weights that multinomial takes need not add up to one.
  const torch::Tensor choice = torch::multinomial(probs, 1, /*replacement=*/false, rng);  // (B, 1)
  return tokens.gather(-1, choice);
}

torch::Tensor penalize_repetition(const torch::Tensor& logits, const torch::Tensor& seen,
                                  double penalty) {
  TORCH_CHECK(penalty > 0.0, "the repetition penalty must be positive, but is ", penalty);
  const torch::Tensor scores = logits.gather(-1, seen);  // (B, S)
  const torch::Tensor lowered = torch::where(scores > 0, scores / penalty, scores * penalty);
  return logits.scatter(-1, seen, lowered);  // (B, V)
}

std::vector<int64_t> generate(GPT& model, const std::vector<int64_t>& tokens,
                              const SampleOptions& options) {
  TORCH_CHECK(!tokens.empty(), "generation needs at least one token to start from");
  const int64_t T = static_cast<int64_t>(tokens.size());
  TORCH_CHECK(T + options.max_tokens - 1 <= model->max_positions(), T, " tokens and ",
              options.max_tokens, " more do not fit into the model's ", model->max_positions(),
              " positions");
  torch::NoGradGuard no_grad;
  const EvalMode eval_mode(model);
  torch::Generator rng = torch::make_generator<torch::CPUGeneratorImpl>(options.seed);
  KVCache cache(model->config.n_layer);
  torch::Tensor seen = as_tensor(tokens).unsqueeze(0);  // (1, T)
  torch::Tensor unread = seen;                          // (1, T), then (1, 1)
  std::vector<int64_t> generated;
  for (int64_t i = 0; i < options.max_tokens; ++i) {
    const torch::Tensor logits = last_logits(model, unread, cache);  // (1, V)
    unread = choose(logits, seen, rng, options);                     // (1, 1)
    seen = torch::cat({seen, unread}, 1);
    generated.push_back(unread.item<int64_t>());
  }
  return generated;
}

// One answer in the making.
struct Engine::Row {
  bool ended = false;
  bool in_expression = false;       // between <|python_start|> and <|python_end|>
  std::vector<int64_t> expression;  // what stands there so far
  std::deque<int64_t> forced;       // tokens that come next, whatever the model would say
  int64_t last_token = -1;
};

Engine::Engine(GPT model, const Tokenizer& tokenizer)
    : model_(std::move(model)),
      tokenizer_(tokenizer),
      bos_(tokenizer.bos_token_id()),
      assistant_end_(tokenizer.encode_special("<|assistant_end|>")),
      python_start_(tokenizer.encode_special("<|python_start|>")),
      python_end_(tokenizer.encode_special("<|python_end|>")),
      output_start_(tokenizer.encode_special("<|output_start|>")),
      output_end_(tokenizer.encode_special("<|output_end|>")) {}

void Engine::generate(const std::vector<int64_t>& prompt, int64_t num_samples,
                      const SampleOptions& options,
                      const std::function<void(const TokenColumn&)>& on_column) {
  require_readable(prompt);
  if (num_samples <= 0) throw std::runtime_error("there must be at least one sample to generate");
  const int64_t T = static_cast<int64_t>(prompt.size());
  torch::NoGradGuard no_grad;
  const EvalMode eval_mode(model_);
  torch::Generator rng = torch::make_generator<torch::CPUGeneratorImpl>(options.seed);

  const torch::Tensor ids = as_tensor(prompt).unsqueeze(0);  // (1, T)
  KVCache prompt_cache(model_->config.n_layer), cache(model_->config.n_layer);
  const torch::Tensor logits =
      last_logits(model_, ids, prompt_cache).expand({num_samples, -1});  // (B, V)
  cache.prefill(prompt_cache, num_samples);
  prompt_cache.reset();

  const int64_t columns =
      std::min(options.max_tokens, model_->max_positions() - T + 1);  // the last is not read
  write_answers(logits, ids.expand({num_samples, -1}), cache, columns, options, rng, on_column);
}

void Engine::generate_each(const std::vector<std::vector<int64_t>>& prompts,
                           const SampleOptions& options,
                           const std::function<void(const TokenColumn&)>& on_column) {
  if (prompts.empty()) throw std::runtime_error("there must be at least one prompt to answer");
  for (const std::vector<int64_t>& prompt : prompts) require_readable(prompt);
  torch::NoGradGuard no_grad;
  const EvalMode eval_mode(model_);
  torch::Generator rng = torch::make_generator<torch::CPUGeneratorImpl>(options.seed);

  const LeftPadded batch = left_pad(prompts);
  const int64_t T = batch.ids.size(1), limit = model_->max_positions();
  KVCache cache(model_->config.n_layer, batch.padding);
  const torch::Tensor logits = last_logits(model_, batch.ids, cache);  // (B, V)
  write_answers(logits, batch.ids, cache, std::min(options.max_tokens, limit - T + 1), options, rng,
                on_column);
}

// What a model can read, or one sentence.
void Engine::require_readable(const std::vector<int64_t>& prompt) const {
  const int64_t T = static_cast<int64_t>(prompt.size()), limit = model_->max_positions();
  if (prompt.empty()) throw std::runtime_error("an answer needs a prompt of at least one token");
  if (T > limit) {
    throw std::runtime_error("the prompt has " + std::to_string(T) +
                             " tokens, but this model can read at most " + std::to_string(limit));
  }
}

// Column by column until all rows have ended, from the logits (B, V) behind the tokens seen (B, T),
// whose keys and values are in the cache.
void Engine::write_answers(torch::Tensor logits, torch::Tensor seen, KVCache& cache,
                           int64_t columns, const SampleOptions& options, torch::Generator& rng,
                           const std::function<void(const TokenColumn&)>& on_column) {
  std::vector<Row> rows(static_cast<size_t>(seen.size(0)));
  for (int64_t i = 0; i < columns; ++i) {
    TokenColumn column = next_column(rows, logits, choose(logits, seen, rng, options));
    column.kv_length = cache.position();
    on_column(column);
    const bool all_ended =
        std::all_of(rows.begin(), rows.end(), [](const Row& r) { return r.ended; });
    if (all_ended || i + 1 == columns) break;
    const torch::Tensor next = as_tensor(column.tokens).unsqueeze(1);  // (B, 1)
    seen = torch::cat({seen, next}, 1);
    logits = last_logits(model_, next, cache);
  }
}

// What every row says next: what is forced upon it, or else what was sampled (B, 1).
TokenColumn Engine::next_column(std::vector<Row>& rows, const torch::Tensor& logits,
                                const torch::Tensor& sampled) const {
  const torch::Tensor probs = nanochat::softmax(logits.to(torch::kFloat64), -1);  // (B, V)
  TokenColumn column{};
  for (size_t b = 0; b < rows.size(); ++b) {
    Row& row = rows[b];
    const bool forced = row.ended || !row.forced.empty();
    int64_t token = sampled[static_cast<int64_t>(b)].item<int64_t>();
    if (row.ended) {
      token = row.last_token;
    } else if (forced) {
      token = row.forced.front();
      row.forced.pop_front();
    }
    advance(row, token);
    column.tokens.push_back(token);
    column.mask.push_back(forced ? 0 : 1);
    column.log_probs.push_back(probs[static_cast<int64_t>(b)][token].log().item<double>());
  }
  return column;
}

// Where the row is after this token.
void Engine::advance(Row& row, int64_t token) const {
  row.last_token = token;
  if (ends_answer(token)) {
    row.ended = true;
  } else if (token == python_start_) {
    row.in_expression = true;
    row.expression.clear();
  } else if (token == python_end_) {
    if (row.in_expression) force_result(row);
    row.in_expression = false;
  } else if (row.in_expression) {
    row.expression.push_back(token);
  }
}

void Engine::force_result(Row& row) const {
  const std::optional<std::string> result = use_calculator(tokenizer_.decode(row.expression));
  if (!result) return;
  row.forced.push_back(output_start_);
  for (const int64_t token : tokenizer_.encode(*result)) row.forced.push_back(token);
  row.forced.push_back(output_end_);
}

std::vector<Completion> Engine::generate_batch(const std::vector<int64_t>& prompt,
                                               int64_t num_samples, const SampleOptions& options) {
  std::vector<Completion> completions(static_cast<size_t>(std::max<int64_t>(num_samples, 0)));
  generate(prompt, num_samples, options,
           [&](const TokenColumn& column) { extend(completions, column); });
  return completions;
}

std::vector<Completion> Engine::complete_each(const std::vector<std::vector<int64_t>>& prompts,
                                              const SampleOptions& options) {
  std::vector<Completion> completions(prompts.size());
  generate_each(prompts, options, [&](const TokenColumn& column) { extend(completions, column); });
  return completions;
}

// Adds a column's tokens to the answers that have not ended.
void Engine::extend(std::vector<Completion>& completions, const TokenColumn& column) const {
  for (size_t b = 0; b < completions.size(); ++b) {
    if (ends_answer(column.tokens[b])) continue;  // from here on it only repeats itself
    completions[b].tokens.push_back(column.tokens[b]);
    completions[b].mask.push_back(column.mask[b]);
  }
}

}  // namespace nanochat
