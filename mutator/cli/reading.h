// reading: where to go on after a solve.
#pragma once

#include <string>

#include "mutator/cli/context.h"

namespace nanobug::cli {

// Behind what debrief() says of a solved rule: the files that it is about, and the symptoms of the guide that
// it shows, each as 'nanobug explain' takes it. Begins with a line of its own where the rule's page names
// nothing to read.
std::string where_to_read_on(Context& c, const catalog::Rule& rule, size_t width);

}  // namespace nanobug::cli
