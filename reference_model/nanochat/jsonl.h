// One line of a .jsonl file. On its own because a JSON library takes long to compile.

#pragma once

#include <optional>
#include <string>

namespace nanochat {

// The string under "text" in the JSON object that `line` holds, or nothing if it holds none.
std::optional<std::string> text_of_json(const std::string& line);

}  // namespace nanochat
