// report: what a run found, as a table for the terminal and as Markdown for the documentation.
#pragma once

#include <string>
#include <vector>

#include "tools/strength/equivalents.h"
#include "tools/strength/mutant.h"
#include "tools/strength/results.h"

namespace nanobug::strength {

struct Found {
  Mutant mutant;
  Judgement judgement;
  const Equivalent* equivalent = nullptr;  // of a survivor: why it is none

  bool survived() const { return judgement.outcome == Outcome::survived && !equivalent; }
};

// By file and by operator, then the survivors.
std::string as_text(const std::vector<Found>& all);

// The same as Markdown, survivors and explained equivalents with their lines; `command` is what was run.
std::string as_markdown(const std::vector<Found>& all, const std::string& command);

}  // namespace nanobug::strength
