// production: the mode of a symptom and a log, in which everything else has its price.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "mutator/cli/context.h"
#include "mutator/grade/piece.h"

namespace nanobug::cli {

// Errors: Exit::catalog for a tree whose head has no evidence.
Status has_evidence(const catalog::Catalog& catalog);

// Beside the session, sealed, so that asking is quick and what is shown stays what was recorded.
Status keep_evidence(const session::Session& session, const grade::Evidence& evidence);

// What comes with the symptom.
nlohmann::json log_in_json(const std::vector<catalog::Evidence>& known, const grade::Evidence& evidence);

// What to type next.
std::string what_next_in_production(const session::Session& session);

}  // namespace nanobug::cli
