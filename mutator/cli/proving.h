// proving: the rules that one machine of several certifies, and their certificates, told as they come.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mutator/cli/context.h"
#include "mutator/grade/surprise.h"

namespace nanobug::cli {

// Of "2/4" every fourth, beginning with the second: neighbours in a catalog take about as long. Of "" all.
// Errors: Exit::usage.
Result<std::vector<const catalog::Rule*>> part_of(std::vector<const catalog::Rule*> rules,
                                                  const std::string& shard);

// The same of changes that operators make. Errors: Exit::catalog too, where there are none.
Result<std::vector<const catalog::Rule*>> part_of(const std::vector<grade::Change>& drawn,
                                                  const std::string& shard);

std::vector<Result<std::vector<grade::Certificate>>> prove(Context& c, grade::Mutants& mutants,
                                                           const std::vector<const catalog::Rule*>& rules,
                                                           const grade::Proof& proof);

nlohmann::json in_json(const grade::Certificate& one);
std::string place_of(const grade::Certificate& one);  // "nanochat/loss.cpp:12", or "nowhere"

// Those that see it, of those that were asked: "12 of 496 probes", "13 of 496 probes and 1 run".
std::string seen_by(const grade::Certificate& one, const catalog::Tree& tree);

}  // namespace nanobug::cli
