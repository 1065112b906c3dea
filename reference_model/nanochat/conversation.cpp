// Conversations in tokens. Contracts are in the header.

#include "nanochat/conversation.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace nanochat {

namespace {

// A rendered conversation in the making.
class Renderer {
 public:
  explicit Renderer(const Tokenizer& tokenizer) : tokenizer_(tokenizer) {}

  void add_special(std::string_view name, int64_t mask) {
    rendered.ids.push_back(tokenizer_.encode_special(name));
    rendered.mask.push_back(mask);
  }

  void add_text(const std::string& text, int64_t mask) {
    const std::vector<int64_t> ids = tokenizer_.encode(text);
    rendered.ids.insert(rendered.ids.end(), ids.begin(), ids.end());
    rendered.mask.insert(rendered.mask.end(), ids.size(), mask);
  }

  void add_user(const Message& message) {
    add_special("<|user_start|>", 0);
    for (const Part& part : message.parts) add_text(part.text, 0);
    add_special("<|user_end|>", 0);
  }

  void add_assistant(const Message& message) {
    add_special("<|assistant_start|>", 0);
    for (const Part& part : message.parts) {
      switch (part.type) {
        case PartType::text:
          add_text(part.text, 1);
          break;
        case PartType::python:
          add_special("<|python_start|>", 1);
          add_text(part.text, 1);
          add_special("<|python_end|>", 1);
          break;
        case PartType::python_output:
          add_special("<|output_start|>", 0);
          add_text(part.text, 0);
          add_special("<|output_end|>", 0);
          break;
      }
    }
    add_special("<|assistant_end|>", 1);
  }

  RenderedConversation rendered;

 private:
  const Tokenizer& tokenizer_;
};

// What users and assistants say, the system's words in front of the user's first.
std::vector<Message> turns_of(const Conversation& conversation) {
  std::vector<Message> turns = conversation.messages;
  if (turns.front().role != Role::system) return turns;
  std::string system;
  for (const Part& part : turns.front().parts) system += part.text;
  turns.erase(turns.begin());
  Part& beginning = turns.front().parts.front();
  beginning.text = system + "\n\n" + beginning.text;
  return turns;
}

}  // namespace

void check_conversation(const Conversation& conversation) {
  if (conversation.messages.empty()) throw std::runtime_error("the conversation has no message");
  const size_t first = conversation.messages.front().role == Role::system ? 1 : 0;
  if (conversation.messages.size() == first) {
    throw std::runtime_error("the conversation has no message but the system's");
  }
  for (size_t i = 0; i < conversation.messages.size(); ++i) {
    const Message& message = conversation.messages[i];
    const std::string which = "message " + std::to_string(i + 1) + " of the conversation ";
    const bool users_turn = (i - first) % 2 == 0;
    if (i > 0 && message.role == Role::system) {
      throw std::runtime_error(which + "is the system's, which can only be the first");
    }
    if (i >= first && (message.role == Role::user) != users_turn) {
      throw std::runtime_error(which + "is not " + (users_turn ? "the user's" : "the assistant's") +
                               ", though they take turns and the user begins");
    }
    if (std::all_of(message.parts.begin(), message.parts.end(),
                    [](const Part& part) { return part.text.empty(); })) {
      throw std::runtime_error(which + "is empty");
    }
    if (message.role != Role::assistant &&
        std::any_of(message.parts.begin(), message.parts.end(),
                    [](const Part& part) { return part.type != PartType::text; })) {
      throw std::runtime_error(which + (message.role == Role::user
                                            ? "is the user's, who cannot call the tool"
                                            : "is the system's, which cannot call the tool"));
    }
  }
}

RenderedConversation render_conversation(const Tokenizer& tokenizer,
                                         const Conversation& conversation, int64_t max_tokens) {
  check_conversation(conversation);
  Renderer renderer(tokenizer);
  renderer.add_special("<|bos|>", 0);
  for (const Message& message : turns_of(conversation)) {
    if (message.role == Role::user) {
      renderer.add_user(message);
    } else {
      renderer.add_assistant(message);
    }
  }
  RenderedConversation& rendered = renderer.rendered;
  const size_t length = std::min(rendered.ids.size(), static_cast<size_t>(max_tokens));
  rendered.ids.resize(length);
  rendered.mask.resize(length);
  return std::move(rendered);
}

std::vector<int64_t> render_for_completion(const Tokenizer& tokenizer, Conversation conversation) {
  check_conversation(conversation);
  if (conversation.messages.back().role == Role::assistant) conversation.messages.pop_back();
  std::vector<int64_t> ids =
      render_conversation(tokenizer, conversation, std::numeric_limits<int64_t>::max()).ids;
  ids.push_back(tokenizer.encode_special("<|assistant_start|>"));
  return ids;
}

}  // namespace nanochat
