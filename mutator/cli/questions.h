// questions: what a verb has to know, from its options or, at a terminal, by asking: one line a question, its
// default in brackets, asked again until the answer is right.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/cli/ui.h"
#include "mutator/rewrite/bench.h"

namespace nanobug::cli {

struct Question {
  std::string option;               // "--title"
  std::string asks;                 // "Title, what 'list' shows"
  std::vector<std::string>* given;  // from the option; the answer is put here
  bool required = true;
  bool many = false;  // asked again until an empty line
  std::function<std::string()> preset = [] { return std::string(); };
  std::function<Status(std::string&)> check = [](std::string&) { return Status(); };  // may put it in order
};

// Errors: Exit::usage naming the option that is wrong or, without a terminal, missing.
class Questions {
 public:
  // `lines` null: nothing is asked.
  Questions(const Ui& ui, std::string verb, rewrite::Lines* lines);
  Status ask(const Question& question) const;

 private:
  Status ask_one(const Question& question, std::string& answer) const;

  const Ui& ui_;
  std::string verb_;
  rewrite::Lines* lines_;
};

}  // namespace nanobug::cli
