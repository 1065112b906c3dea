// debrief: what is said when a session is solved or given up.
#pragma once

#include "mutator/cli/context.h"

namespace nanobug::cli {

// Cause and follow-up questions of the rule, as paragraphs; with the model answers or without.
std::string debrief(const catalog::Rule& rule, size_t width, bool answers);

}  // namespace nanobug::cli
