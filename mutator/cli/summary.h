// summary: what the catalog holds and what its certificates say, counted, as a page of Markdown. It names no
// rule's id, place or cause.
#pragma once

#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"
#include "mutator/grade/certificate.h"

namespace nanobug::cli {

// The certificates are those of the rules, in whatever order; a rule may have several sites.
std::string summary(const std::vector<const catalog::Rule*>& rules,
                    const std::vector<grade::Certificate>& certificates, const catalog::Catalog& catalog);

}  // namespace nanobug::cli
