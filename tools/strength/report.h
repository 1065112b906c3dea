// report: what a run found, as a table for the terminal and as Markdown for the documentation.
#pragma once

#include <string>
#include <vector>

#include "tools/strength/change.h"
#include "tools/strength/equivalents.h"

namespace nanobug::strength {

struct Found {
  Change change;
  const Equivalent* equivalent = nullptr;  // of one that nobody sees: why it is no mutant

  bool survived() const { return change.fate == Fate::not_seen && !equivalent; }
};

// By file and by operator, then the survivors.
std::string as_text(const std::vector<Found>& all);

// The same as Markdown, survivors and explained equivalents with their lines; `command` is what was run.
std::string as_markdown(const std::vector<Found>& all, const std::string& command);

}  // namespace nanobug::strength
