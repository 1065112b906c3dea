// hex: bytes as text, two digits each.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nanobug {

std::string to_hex(std::string_view bytes);  // in small letters

// Nothing where it is something else, capitals among them.
std::optional<std::string> from_hex(std::string_view text);

}  // namespace nanobug
