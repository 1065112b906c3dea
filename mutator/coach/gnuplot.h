// gnuplot: its language, and a run of it.
#pragma once

#include <string>

#include "mutator/base/error.h"

namespace nanobug::coach {

// A string in double quotes; a control character is a blank in it, for a line's end would end the command.
std::string gnuplot_string(const std::string& text);

// What the script prints: the terminal's picture. Errors: Exit::io when gnuplot is missing or fails.
Result<std::string> gnuplot(const std::string& script);

}  // namespace nanobug::coach
