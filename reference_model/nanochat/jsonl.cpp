// One line of a .jsonl file. Contracts are in the header.

#include "nanochat/jsonl.h"

#include <nlohmann/json.hpp>

namespace nanochat {

std::optional<std::string> text_of_json(const std::string& line) {
  const auto object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains("text") || !object["text"].is_string()) return {};
  return object["text"].get<std::string>();
}

}  // namespace nanochat
