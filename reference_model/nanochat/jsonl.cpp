// One line of a .jsonl file. Contracts are in the header.

#include "nanochat/jsonl.h"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace nanochat {

namespace {

using Json = nlohmann::json;

// The string under `key`, or a complaint.
std::string string_at(const Json& object, const char* key, const std::string& where) {
  if (!object.is_object() || !object.contains(key) || !object[key].is_string()) {
    throw std::runtime_error(where + " is no object with a string \"" + key + "\"");
  }
  return object[key].get<std::string>();
}

Part part_of(const Json& part, const std::string& where) {
  const std::string type = string_at(part, "type", where);
  const std::string text = string_at(part, "text", where);
  if (type == "text") return {PartType::text, text};
  if (type == "python") return {PartType::python, text};
  if (type == "python_output") return {PartType::python_output, text};
  throw std::runtime_error(where + " is of the type '" + type +
                           "', not text, python or python_output");
}

Message message_of(const Json& message, const std::string& where) {
  const std::string name = string_at(message, "role", where);
  if (name != "user" && name != "assistant" && name != "system") {
    throw std::runtime_error(where + " has the role '" + name + "', not system, user or assistant");
  }
  const Role role = name == "user"        ? Role::user
                    : name == "assistant" ? Role::assistant
                                          : Role::system;
  if (!message.contains("content") || !message["content"].is_array()) {
    return Message(role, string_at(message, "content", where));
  }
  std::vector<Part> parts;
  for (const Json& part : message["content"]) {
    parts.push_back(part_of(part, "part " + std::to_string(parts.size() + 1) + " of " + where));
  }
  return Message(role, std::move(parts));
}

std::string without_trailing_space(const std::string& text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

std::vector<std::string> trimmed(const std::vector<std::string>& texts) {
  std::vector<std::string> result;
  for (const std::string& text : texts) result.push_back(without_trailing_space(text));
  return result;
}

// Throws Json::exception if the object is no item.
TaskLine task_of(const Json& object) {
  using Texts = std::vector<std::string>;
  const auto text = [&](const char* key) { return object.at(key).get<std::string>(); };
  const auto texts = [&](const char* key) { return object.at(key).get<Texts>(); };
  const auto gold = [&] { return object.at("gold").get<int64_t>(); };
  const std::string name = object.value("task", "tasks");
  if (object.contains("choices")) {
    return {name, TaskKind::multiple_choice, {trimmed({text("query")}), texts("choices"), gold()}};
  }
  if (object.contains("context_options")) {
    return {name,
            TaskKind::schema,
            {trimmed(texts("context_options")), {text("continuation")}, gold()}};
  }
  return {
      name, TaskKind::language_modeling, {trimmed({text("context")}), {text("continuation")}, 0}};
}

}  // namespace

std::optional<std::string> text_of_json(const std::string& line) {
  const Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains("text") || !object["text"].is_string()) return {};
  return object["text"].get<std::string>();
}

std::optional<int64_t> label_of_json(const std::string& line) {
  const Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains("label")) return {};
  const Json& label = object["label"];
  if (label != Json(0) && label != Json(1)) return {};
  return label.get<int64_t>();
}

Conversation conversation_of_json(const std::string& line) {
  const Json object = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains("messages") || !object["messages"].is_array()) {
    throw std::runtime_error("not a JSON object with a list of \"messages\"");
  }
  Conversation conversation;
  for (const Json& message : object["messages"]) {
    const size_t number = conversation.messages.size() + 1;
    conversation.messages.push_back(message_of(message, "message " + std::to_string(number)));
  }
  check_conversation(conversation);
  if (conversation.messages.size() < 2) {
    throw std::runtime_error("the conversation has no answer to learn from");
  }
  return conversation;
}

std::optional<TaskLine> task_of_json(const std::string& line) {
  try {
    return task_of(Json::parse(line));
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace nanochat
