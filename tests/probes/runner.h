// Catch2's session, registry and reporter, which only one file sees: they differ most between 2 and 3.

#pragma once

#include <string>
#include <vector>

// A probe's name, component.aspect, and its tag, the class of what it observes.
struct ProbeName {
  std::string name, observable;
};

// Every probe of the program.
std::vector<ProbeName> all_probes();

// What became of a probe. It passes if it checked something and nothing that it checked failed; the message
// is that of the first failure.
struct ProbeAnswer {
  bool passed = false;
  std::string message;
};

// Runs one probe, by its full name.
ProbeAnswer run_probe(const std::string& name);
