// Conversations, and how they become tokens (nanochat: tokenizer.py, render_conversation).
//
// A conversation is a user's message, an assistant's, a user's, and so on. In tokens it is
//
//   <|bos|> <|user_start|> What is 17 + 25? <|user_end|>
//   <|assistant_start|> <|python_start|> 17+25 <|python_end|> <|output_start|> 42 <|output_end|>
//   17 + 25 = 42. <|assistant_end|>
//
// without white space between. A system's message can stand before all of them: it becomes the
// beginning of the user's first, with an empty line between the two. An assistant learns only what
// it will have to write itself: its own words, its calls of the tool, and when to end. What the
// user says and what the tool answers are given to it, so they carry a mask of 0 and are left out
// of the loss.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nanochat/tokenizer.h"

namespace nanochat {

enum class Role { user, assistant, system };

enum class PartType {
  text,           // words
  python,         // an expression that the tool is to compute
  python_output,  // what the tool answered
};

struct Part {
  PartType type = PartType::text;
  std::string text;
};

struct Message {
  Message(Role role, std::string text) : role(role), parts({{PartType::text, std::move(text)}}) {}
  Message(Role role, std::vector<Part> parts) : role(role), parts(std::move(parts)) {}

  Role role;
  std::vector<Part> parts;  // a user's and a system's are all text
};

struct Conversation {
  std::vector<Message> messages;
};

// Throws std::runtime_error, with one sentence that says which message it is, counted from 1,
// unless there is a message, users and assistants take turns, the user first, behind a system's
// message if there is one, no message is empty, and only assistants use the tool.
void check_conversation(const Conversation& conversation);

// Token ids, and for each of them whether an assistant writes it (1) or is given it (0).
struct RenderedConversation {
  std::vector<int64_t> ids;
  std::vector<int64_t> mask;
};

// The conversation in tokens, at most max_tokens of them: what is beyond is cut off. Throws
// std::runtime_error as check_conversation does.
RenderedConversation render_conversation(const Tokenizer& tokenizer,
                                         const Conversation& conversation, int64_t max_tokens);

// The conversation up to the user's last message, and the token after which the assistant is to
// write: an answer that the conversation already has is left out. Throws std::runtime_error as
// check_conversation does.
std::vector<int64_t> render_for_completion(const Tokenizer& tokenizer, Conversation conversation);

}  // namespace nanochat
