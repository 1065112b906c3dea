// options: which parity run switches on which option of which program? An option that none does is one whose
// branches nobody compares.
#pragma once

#include <string>
#include <vector>

#include "mutator/catalog/catalog.h"

namespace nanobug::strength {

struct Option {
  std::string program;
  std::string name;               // without dashes; of several, the first
  std::string usual;              // its value when nobody says anything
  std::vector<std::string> runs;  // the observables of those that give it another value, each once
  std::string exempt;             // why it needs none
};

// What `PROGRAM --help` prints, an option a line: "  --name, --alias N    words [default]".
std::vector<Option> read_help(const std::string& program, const std::string& help);

// Fills `runs` from the head of the catalog, and `exempt`.
void find_runs(const catalog::Tree& tree, std::vector<Option>& options);

// A table for docs/probes.md.
std::string options_table(const std::vector<Option>& options);

}  // namespace nanobug::strength
