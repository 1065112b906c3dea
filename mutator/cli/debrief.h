// debrief: what is said when a session is solved or given up, and what is written down of who looks before.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "mutator/cli/context.h"

namespace nanobug::cli {

// Cause and follow-up questions of the rule, as paragraphs; with the model answers or without.
std::string debrief(const catalog::Rule& rule, size_t width, bool answers);

// What the bug of a review shows in a run, which nobody has seen: a paragraph of its own, or "".
std::string recorded_of(const session::Session& session, size_t width);

// The questions with their model answers.
nlohmann::json questions_of(const catalog::Rule& rule);

// Who opens the answer of the session that is open has given it up; it is written down like `reveal`. `ids`
// are the rules whose answers are about to be shown.
Status note_peek(Context& c, const std::set<std::string>& ids);

}  // namespace nanobug::cli
