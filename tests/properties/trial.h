// trial: many cases at once, through the rewriter and back: does each text mean what the model says?
#pragma once

#include <string>
#include <vector>

#include "tests/properties/case.h"

namespace nanobug::properties {

enum class Verdict {
  holds,
  invalid,   // the case itself does not compile, or the model and Clang read it differently
  refused,   // by the rewriter
  broken,    // what came out does not compile
  changed,   // it means something else
  reaches,   // it changes something beside the target
  brackets,  // it has more parentheses than it needs
};
const char* name_of(Verdict verdict);

struct Outcome {
  Verdict verdict = Verdict::holds;
  std::string text;     // the function that came out
  std::string message;  // the rewriter's or the compiler's
};

// One rewriter, one directory for its files.
class Laboratory {
 public:
  Laboratory();
  ~Laboratory();
  std::vector<Outcome> judge(const std::vector<Case>& cases);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace nanobug::properties
