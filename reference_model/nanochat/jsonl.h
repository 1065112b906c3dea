// One line of a .jsonl file. On its own because a JSON library takes long to compile.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "nanochat/conversation.h"
#include "nanochat/task.h"

namespace nanochat {

// The string under "text" in the JSON object that `line` holds, or nothing if it holds none.
std::optional<std::string> text_of_json(const std::string& line);

// The 0 or 1 under "label" in it, or nothing if it holds none.
std::optional<int64_t> label_of_json(const std::string& line);

// The conversation in the JSON object that `line` holds, in nanochat's form,
//   {"messages":[{"role":"user","content":"Hello."},{"role":"assistant","content":"Hello!"}]}
// where an assistant's content may also be a list of parts,
//   [{"type":"python","text":"1+2"},{"type":"python_output","text":"3"},{"type":"text","text":"3"}]
// Throws std::runtime_error, with one sentence, if it is none, if check_conversation() refuses it,
// or if the assistant has nothing to say in it. What is wrong with one message or one part is said
// with its number, counted from 1.
Conversation conversation_of_json(const std::string& line);

// An item of the task of that name, in one of the forms of core_tasks.h.
struct TaskLine {
  std::string name;
  TaskKind kind;
  TaskItem item;
};

// The item in the JSON object that `line` holds, its contexts without trailing blanks, or nothing
// if it holds none. Without "task" it is of one called tasks.
std::optional<TaskLine> task_of_json(const std::string& line);

}  // namespace nanochat
