// shard: which of the rules one machine of several takes.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"

namespace nanobug::cli {

// Of "2/4" every fourth, beginning with the second: neighbours in a catalog take about as long. Of "" all.
// Errors: Exit::usage.
Result<std::vector<const catalog::Rule*>> part_of(std::vector<const catalog::Rule*> rules,
                                                  const std::string& shard);

}  // namespace nanobug::cli
