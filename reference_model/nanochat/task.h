// What core_eval.h asks a model: tasks, each of items of one kind, which that header explains.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nanochat {

enum class TaskKind { multiple_choice, schema, language_modeling };

// An item has as many options as it has contexts or continuations, whichever are more.
struct TaskItem {
  std::vector<std::string> contexts;
  std::vector<std::string> continuations;
  int64_t gold = 0;  // the right option
};

struct Task {
  std::string name;
  TaskKind kind = TaskKind::multiple_choice;
  std::vector<TaskItem> items;
  int64_t num_fewshot = 0;         // solved items in front of each item; all others if fewer
  std::string delimiter = " ";     // between context and continuation
  std::string separator = "\n\n";  // after a solved item
};

}  // namespace nanochat
