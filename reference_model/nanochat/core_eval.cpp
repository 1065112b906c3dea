// In-context evaluation. Contracts are in the header.

#include "nanochat/core_eval.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "nanochat/common.h"
#include "nanochat/eval_mode.h"
#include "nanochat/loss_eval.h"

namespace nanochat {

namespace {

// Which items are shown solved must not change from one evaluation to the next.
constexpr uint64_t kFewshotSeed = 1234;

using Rows = std::vector<std::vector<int64_t>>;

size_t num_options(const TaskItem& item) {
  return std::max(item.contexts.size(), item.continuations.size());
}

// Context and continuation `option`, as one text; what there is only one of belongs to all.
std::string text_of(const Task& task, const TaskItem& item, size_t option) {
  const std::string& context = item.contexts[std::min(option, item.contexts.size() - 1)];
  const std::string& continuation =
      item.continuations[std::min(option, item.continuations.size() - 1)];
  return context + task.delimiter + continuation;
}

std::string solved_items(const Task& task, const std::vector<size_t>& fewshot) {
  std::string text;
  for (const size_t index : fewshot) {
    const TaskItem& item = task.items[index];
    text += text_of(task, item, static_cast<size_t>(item.gold)) + task.separator;
  }
  return text;
}

std::string without_trailing_spaces(const std::string& text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

int64_t shortest(const Rows& rows) {
  size_t length = rows.front().size();
  for (const auto& row : rows) length = std::min(length, row.size());
  return static_cast<int64_t>(length);
}

// How many tokens the rows have in common from their `begin`s on.
template <typename Iterator>
int64_t count_common(const Rows& rows, Iterator (*begin)(const std::vector<int64_t>&)) {
  const int64_t most = shortest(rows);
  for (int64_t i = 0; i < most; ++i) {
    for (const auto& row : rows) {
      if (begin(row)[i] != begin(rows.front())[i]) return i;
    }
  }
  return most;
}

// Rows of different length as (N, T), filled up behind with a token that nothing before can see.
torch::Tensor pad(const std::vector<Option>& options, int64_t filler) {
  size_t T = 0;
  for (const Option& option : options) T = std::max(T, option.tokens.size());
  std::vector<torch::Tensor> rows;
  for (const Option& option : options) {
    std::vector<int64_t> tokens = option.tokens;
    tokens.resize(T, filler);
    rows.push_back(torch::tensor(tokens, torch::kInt64));
  }
  return torch::stack(rows);
}

// Whether the model would write what counts in the option, given logits (T, V) of its tokens.
bool is_greedy(const torch::Tensor& logits, const Option& option) {
  const torch::Tensor predictions = logits.argmax(-1);
  for (int64_t t = option.start; t < option.end; ++t) {
    if (predictions[t - 1].item<int64_t>() != option.tokens[static_cast<size_t>(t)]) return false;
  }
  return true;
}

// The option the model prefers, given logits (N, T, V) of ids (N, T).
int64_t likeliest_option(const torch::Tensor& logits, const torch::Tensor& ids,
                         const std::vector<Option>& options) {
  const int64_t T = ids.size(1);
  const torch::Tensor losses =
      token_losses(logits.narrow(1, 0, T - 1), ids.narrow(1, 1, T - 1));  // (N, T - 1)
  std::vector<double> means;
  for (size_t i = 0; i < options.size(); ++i) {
    const Option& option = options[i];
    const torch::Tensor row = losses[static_cast<int64_t>(i)];  // (T - 1): [t] is of token t + 1
    means.push_back(row.slice(0, option.start - 1, option.end - 1).mean().item<double>());
  }
  return std::min_element(means.begin(), means.end()) - means.begin();
}

}  // namespace

void check_item(TaskKind kind, const TaskItem& item) {
  const auto fail = [](const std::string& what) { throw std::runtime_error(what); };
  if (item.contexts.empty() || item.continuations.empty()) fail("no context or no continuation");
  const bool one_context = item.contexts.size() == 1;
  const bool one_continuation = item.continuations.size() == 1;
  const bool fits = kind == TaskKind::multiple_choice ? one_context && !one_continuation
                    : kind == TaskKind::schema        ? !one_context && one_continuation
                                                      : one_context && one_continuation;
  if (!fits) fail("the number of contexts and continuations does not fit the kind of task");
  const int64_t options = static_cast<int64_t>(num_options(item));
  if (item.gold < 0 || item.gold >= options) {
    fail("the right option is " + std::to_string(item.gold) + ", but they are numbered from 0 to " +
         std::to_string(options - 1));
  }
  for (const std::string& continuation : item.continuations) {
    if (continuation.find_first_not_of(" \t\r\n") == std::string::npos)
      fail("a blank continuation");
  }
}

void check_task(const Task& task) {
  if (task.items.empty()) throw std::runtime_error("task " + task.name + " has no items");
  if (task.num_fewshot < 0) {
    throw std::runtime_error("task " + task.name + ": the number of solved items is negative");
  }
  for (size_t index = 0; index < task.items.size(); ++index) {
    try {
      check_item(task.kind, task.items[index]);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error("task " + task.name + ", item " + std::to_string(index + 1) + ": " +
                               error.what());
    }
  }
}

int64_t common_prefix(const Rows& rows) {
  return count_common(rows, +[](const std::vector<int64_t>& row) { return row.begin(); });
}

int64_t common_suffix(const Rows& rows) {
  return count_common(rows, +[](const std::vector<int64_t>& row) { return row.rbegin(); });
}

std::vector<size_t> choose_fewshot(const Task& task, size_t index) {
  std::vector<size_t> others(task.items.size());
  std::iota(others.begin(), others.end(), size_t{0});
  others.erase(others.begin() + static_cast<int64_t>(index));
  Rng rng(kFewshotSeed + index);
  rng.shuffle(others);
  others.resize(std::min(others.size(), static_cast<size_t>(task.num_fewshot)));
  return others;
}

std::vector<Option> build_options(const Tokenizer& tokenizer, const Task& task, size_t index,
                                  const std::vector<size_t>& fewshot, int64_t max_tokens) {
  const TaskItem& item = task.items[index];
  const std::string before = solved_items(task, fewshot);
  Rows rows;
  for (size_t option = 0; option < num_options(item); ++option) {
    rows.push_back(tokenizer.encode(before + text_of(task, item, option), "<|bos|>"));
  }

  // Where what counts begins: counted from the front, or in a schema from the back.
  const bool schema = task.kind == TaskKind::schema;
  int64_t shared = 0;
  if (schema) {
    shared = common_suffix(rows);
  } else if (task.kind == TaskKind::multiple_choice) {
    shared = std::min(common_prefix(rows), shortest(rows) - 1);
  } else {
    const std::string question = before + item.contexts.front() + task.delimiter;
    const Rows both = {rows.front(),
                       tokenizer.encode(without_trailing_spaces(question), "<|bos|>")};
    shared = common_prefix(both);
  }

  std::vector<Option> options;
  for (std::vector<int64_t>& row : rows) {
    const int64_t length = static_cast<int64_t>(row.size());
    const int64_t cut = std::max<int64_t>(0, length - max_tokens);
    const int64_t start = schema ? length - shared : shared;
    row.erase(row.begin(), row.begin() + cut);
    const int64_t end = length - cut;
    options.push_back({std::move(row), std::clamp<int64_t>(start - cut, 1, end - 1), end});
  }
  return options;
}

bool evaluate_item(GPT& model, const Tokenizer& tokenizer, const Task& task, size_t index) {
  torch::NoGradGuard no_grad;
  const EvalMode eval_mode(model);
  const std::vector<Option> options =
      build_options(tokenizer, task, index, choose_fewshot(task, index), model->max_positions());
  const torch::Tensor ids = pad(options, tokenizer.bos_token_id());  // (N, T)
  const torch::Tensor logits = model(ids).to(ids.device());  // (N, T, V)
  if (task.kind == TaskKind::language_modeling) return is_greedy(logits[0], options.front());
  return likeliest_option(logits, ids, options) == task.items[index].gold;
}

double evaluate_task(GPT& model, const Tokenizer& tokenizer, const Task& task) {
  int64_t right = 0;
  for (size_t index = 0; index < task.items.size(); ++index) {
    if (evaluate_item(model, tokenizer, task, index)) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(task.items.size());
}

double guess_accuracy(const Task& task) {
  if (task.kind == TaskKind::language_modeling) return 0.0;
  double total = 0.0;
  for (const TaskItem& item : task.items) total += 1.0 / static_cast<double>(num_options(item));
  return total / static_cast<double>(task.items.size());
}

double center_accuracy(double accuracy, double guess) {
  return (accuracy - guess) / (1.0 - guess);
}

CoreResult evaluate_core(GPT& model, const Tokenizer& tokenizer, const std::vector<Task>& tasks) {
  if (tasks.empty()) throw std::runtime_error("there are no tasks to evaluate");
  for (const Task& task : tasks) check_task(task);
  CoreResult result{};
  for (const Task& task : tasks) {
    const double accuracy = evaluate_task(model, tokenizer, task), guess = guess_accuracy(task);
    const double centered = center_accuracy(accuracy, guess);
    result.tasks.push_back(
        {task.name, static_cast<int64_t>(task.items.size()), accuracy, guess, centered});
    result.core += centered / static_cast<double>(tasks.size());
  }
  return result;
}

}  // namespace nanochat
