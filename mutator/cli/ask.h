// ask: what the verb shares with `open`.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mutator/cli/context.h"
#include "mutator/grade/piece.h"

namespace nanobug::cli {

// What was recorded of the session's bug: kept beside the session, or recorded now.
Result<grade::Evidence> evidence_of_session(Context& c, const session::Session& session);

// Of these parts; of all where none is named.
nlohmann::json piece_in_json(const grade::Piece& piece, const std::vector<std::string>& parts);

// "2 minutes on your clock, 5 for all that you asked."
std::string paid_in_words(const session::Session& session);

}  // namespace nanobug::cli
