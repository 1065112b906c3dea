// seal: keeps the answer out of sight of a learner who looks into the state directory or greps for a rule's
// name.
//
// This is obfuscation and says so: the key is in this program, and whoever wants to cheat on their own
// machine can. What it gives is that nobody learns the answer by accident, and that a file which was cut or
// edited is noticed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nanobug::session {

// Printable, one line, and different at every call for the same bytes.
std::string seal(std::string_view bytes);

// Nothing when the text is not what seal() returned.
std::optional<std::string> unseal(std::string_view text);

}  // namespace nanobug::session
