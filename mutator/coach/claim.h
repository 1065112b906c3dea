// claim: where the learner says the bug is, and whether it is there.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/session/session.h"

namespace nanobug::coach {

// "FILE:LINE", about the learner's present file.
struct Claim {
  std::string file;  // relative to the checkout
  int line = 0;
};
Result<Claim> parse_claim(const std::string& words);

// Which of the tree's files is meant: the one of that name, or the only one whose path ends so ("gpt.cpp" for
// "nanochat/gpt.cpp"). Errors: Exit::usage when there is none or there are several.
Result<std::string> file_meant(const std::string& name, const std::vector<std::string>& files);

enum class Answer { right, right_file, wrong };

// Right are the changed lines, the first line of the statement that they belong to; where lines were taken out
// the statements around the gap; and of lines that were moved also those that they were moved past. `mutated` and `present` are the claimed file's texts at the start and
// now: the learner's own edits have moved the lines.
Answer judge_claim(const Claim& claim, const std::vector<session::Injected>& injected,
                   const std::string& mutated, const std::string& present);

}  // namespace nanobug::coach
