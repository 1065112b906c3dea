// tests: commands of the tree's own that judge it, in a place where it is built: what a test case of their
// report is, and what their exit code says, is an answer as a probe's is (probe_run.h).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/probe_run.h"

namespace nanobug::workshop {

// How the message of a case begins that was not run.
inline constexpr char kSkipped[] = "it is skipped";

struct TestRun {
  std::vector<ProbeAnswer> answers = {};  // of a report its cases, in its order; else one, called as the test
  std::string trouble;  // why there is no report to read: the end of a sentence; empty: there is one
  bool hung = false;
  double processor_s = 0;
};

// Runs the test of that number (of tree.tests) once, with `environment` beside its surroundings. A skipped
// case has not passed. Errors: Exit::io when the command cannot be started.
Result<TestRun> run_test(const Workshop& workshop, int test, const fs::path& tree, const Limits& limits,
                         const std::map<std::string, std::string>& environment = {});

// Every case that there is, of each of tree.tests, as the clean tree reports it; those that do not pass are
// doubtful. Errors, with the place in the catalog: a command that leaves no report, or none that can be read;
// two cases of one name.
Result<std::vector<ProbeInfo>> list_cases(const Workshop& workshop, const Clean& clean,
                                          const Progress& progress = {});

// Runs the tests that these cases are of, each once, and answers for the cases. What a report does not have
// any more has not passed. With one_process_failed the shortest come first, and it goes no further than to
// the first test with such a case.
Result<std::vector<ProbeAnswer>> run_cases(const Workshop& workshop, const fs::path& tree,
                                           const std::vector<ProbeInfo>& cases, const Progress& progress = {},
                                           Until until = Until::all_answered);

// What the tests are, as a key; empty where there are none.
std::string tests_key(const Workshop& workshop);

}  // namespace nanobug::workshop
