// production: the mode of a symptom and a log, in which everything else has its price.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mutator/cli/context.h"
#include "mutator/grade/piece.h"

namespace nanobug::cli {

// Errors: Exit::catalog for a tree whose head has no evidence.
Status has_evidence(const catalog::Catalog& catalog);

// Beside the session, sealed, so that asking is quick and what is shown stays what was recorded.
Status keep_evidence(const session::Session& session, const grade::Evidence& evidence);

// What comes with the symptom.
nlohmann::json log_in_json(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence);

// What was recorded of the session's bug: kept beside the session, or recorded now.
Result<grade::Evidence> evidence_of_session(Context& c, const session::Session& session);

// Of these parts; of all where none is named.
nlohmann::json piece_in_json(const grade::Piece& piece, const std::vector<std::string>& parts);

// "2 minutes on your clock, 5 for all that you asked."
std::string paid_in_words(const session::Session& session);

// What to type next. `again`: later than at the start, which tells the symptom itself.
std::string what_next_in_production(const session::Session& session, bool again);

}  // namespace nanobug::cli
