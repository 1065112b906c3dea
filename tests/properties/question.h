// question: one trial as the laboratory sees it: code, a rule, and what must come out.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "mutator/catalog/catalog.h"

namespace nanobug::properties {

enum class Verdict {
  holds,
  invalid,   // the trial itself does not compile, or the model and Clang read it differently
  void_,     // what it asks for does not compile, or is what stands there
  refused,   // by the rewriter
  declined,  // the same, where that is allowed
  broken,    // what came out does not compile
  changed,   // it means something else
  reaches,   // it changes something beside the target
  brackets,  // it has more parentheses than it needs
};

struct Question {
  std::string source;        // the function as it stands in the file
  std::string full_source;   // the same without any doubt: every parenthesis and brace written
  std::string full_result;   // and after the edits
  std::string plain_result;  // as a person would write it
  catalog::Rule rule;
  bool may_refuse = false;
  bool may_not_match = false;      // what Clang makes of the code is not known for sure
  std::set<std::string> features;  // what the trial is made of, by name
  // What else is to be said of a text that means the right thing.
  std::function<Verdict(const std::string& after)> look;
};

}  // namespace nanobug::properties
