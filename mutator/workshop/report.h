// report: what a test command reported in JUnit XML: CTest's --output-junit, gtest's --gtest_output=xml:,
// Catch2's and doctest's -r junit, pytest's --junitxml. They agree on very little more than what is read
// here.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::workshop {

struct ReportedCase {
  enum class How { passed, failed, skipped };
  std::string name;   // "Words.Splits": with its class before it, where that says more than the name
  std::string suite;  // the class that it is of, or the suite; empty where it is no more than the name
  How how = How::passed;
  std::string message = {};  // of a failed or skipped one, in one line; may be empty
};

// The test cases, each name once and in the report's order. Of several with one name (a parameter's values)
// the worst counts. `root`: a directory whose path is no part of a name or a message. Errors: Exit::catalog,
// the end of a sentence: "is no XML at byte 12: …".
Result<std::vector<ReportedCase>> read_junit(const std::string& xml, const std::string& root);

}  // namespace nanobug::workshop
