// changes: `certify --operators`, changes that generic mutation operators make, and who sees them.
#pragma once

#include <string>

#include "mutator/cli/context.h"
#include "mutator/grade/certificate.h"
#include "mutator/grade/surprise.h"

namespace nanobug::cli {

// A row each and a sentence; `in_stock`: instead of the rows, lines of patches/surprises.txt of those that
// are worth a session. Exit::check_failed where the probe or run of one that sees a change would not have
// been asked (Proof::all).
Result<Exit> certify_operators(Context& c, const grade::Draw& draw, const std::string& shard, bool in_stock,
                               const grade::Proof& proof);

}  // namespace nanobug::cli
