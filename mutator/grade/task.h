// task: a certified bug as something for a program to do: the text that it is told, the patch that breaks the
// tree, the one that mends it, the tests that fail until then and those that must go on passing.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/grade/certificate.h"
#include "mutator/grade/mutants.h"

namespace nanobug::grade {

struct Task {
  std::string statement;
  std::vector<std::string> hints;
  std::string breaks, mends;              // patches that `git apply` takes
  std::vector<std::string> fail_to_pass;  // probes, tests and parity runs by name
  std::vector<std::string> pass_to_pass;
};

// What the clean tree passes on this machine: probes, tests and, where `runs`, parity runs too.
Result<std::vector<std::string>> passing(Mutants& mutants, bool runs,
                                         const workshop::Progress& progress = {});

// Of a site with the certificate that it holds. `passing`: of those that the certificate asked, or that run
// nothing of what the bug changes. Where the rule has no words the statement is made of what is on record.
// Paths in the patches are below `directory`, which is the tree's.
Result<Task> task_of(Mutants& mutants, const catalog::Rule& rule, const rewrite::Site& site,
                     const Certificate& certificate, const std::vector<std::string>& passing,
                     const std::filesystem::path& directory);

}  // namespace nanobug::grade
