// In-context evaluation in the manner of CORE (Li et al. 2024, arXiv:2406.11794; nanochat:
// core_eval.py).
//
// A base model cannot be asked a question, but it can be asked how likely a text is. So every item
// of a task becomes a few texts, and the model's answer is the one that surprises it least. There
// are three kinds:
//   multiple choice     one context, several continuations: which of them fits?
//   schema              several contexts, one continuation: after which of them does it fit?
//   language modeling   one context, one continuation: is that what the model would write?
// Before the item there may be a few solved ones, to show what is asked for. Texts of one item have
// most of their tokens in common, and only where they differ do they say anything about the answer:
// what they share is found on tokens, because the same letters can be other tokens elsewhere.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nanochat/gpt.h"
#include "nanochat/task.h"
#include "nanochat/tokenizer.h"

namespace nanochat {

// Throws std::runtime_error, with one sentence, unless the item has the shape of its kind (at least
// two options, in language modeling one), a right option that exists, and no blank continuation.
void check_item(TaskKind kind, const TaskItem& item);

// The same for all items, and the sentence names task and item; there must be an item.
void check_task(const Task& task);

// One option in tokens, <|bos|> first. What counts are tokens [start, end), at least one of them;
// start is never 0, because nothing predicts the first token.
struct Option {
  std::vector<int64_t> tokens;
  int64_t start, end;
};

// How many tokens all rows begin with, or end with, alike. `rows` may not be empty.
int64_t common_prefix(const std::vector<std::vector<int64_t>>& rows);
int64_t common_suffix(const std::vector<std::vector<int64_t>>& rows);

// The items that are shown solved before item `index`: num_fewshot different ones, always the same,
// never the item itself.
std::vector<size_t> choose_fewshot(const Task& task, size_t index);

// The options of item `index`, behind the solved items `fewshot`. In multiple choice all tokens
// from the first that differs count, or the last of the shortest option if that comes earlier; in
// schema those that all options end with; in language modeling those of the continuation. Options
// of more than `max_tokens` lose their beginning.
std::vector<Option> build_options(const Tokenizer& tokenizer, const Task& task, size_t index,
                                  const std::vector<size_t>& fewshot, int64_t max_tokens);

// Whether the model gets item `index` right: in multiple choice and schema the right option has the
// lowest mean loss over what counts, the first such option deciding; in language modeling each
// token that counts is the likeliest.
bool evaluate_item(GPT& model, const Tokenizer& tokenizer, const Task& task, size_t index);

// The share of right answers, [0, 1].
double evaluate_task(GPT& model, const Tokenizer& tokenizer, const Task& task);

// The accuracy of a guess: one over the number of options, mean over items; 0 in language modeling.
double guess_accuracy(const Task& task);

// 0 for an accuracy as good as guessing, 1 if all is right: (accuracy - guess) / (1 - guess).
double center_accuracy(double accuracy, double guess);

struct TaskResult {
  std::string name;
  int64_t items;
  double accuracy, guess, centered;
};

struct CoreResult {
  std::vector<TaskResult> tasks;
  double core;  // the mean of the centered accuracies
};

// All tasks, of which there must be one at least. Every task is checked before the first is
// evaluated. Leaves the model in training mode if it was, and records no gradients.
CoreResult evaluate_core(GPT& model, const Tokenizer& tokenizer, const std::vector<Task>& tasks);

}  // namespace nanochat
