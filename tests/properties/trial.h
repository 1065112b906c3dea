// trial: many cases at once, through the rewriter and back: does each text mean what the model says?
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/properties/question.h"

namespace nanobug::properties {

const char* name_of(Verdict verdict);
bool is_failure(Verdict verdict);

struct Outcome {
  Verdict verdict = Verdict::holds;
  std::string text;     // the function that came out
  std::string message;  // the rewriter's or the compiler's
};

std::string before_name(size_t i);
std::string after_name(size_t i);

// One rewriter, one directory for its files.
class Laboratory {
 public:
  Laboratory();
  ~Laboratory();
  // The functions of question i are named before_name(i) and after_name(i).
  std::vector<Outcome> judge(const std::vector<Question>& questions);

 private:
  std::map<size_t, std::string> rewritten(const std::vector<Question>& questions,
                                          const std::vector<size_t>& valid, std::vector<Outcome>& outcomes);

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace nanobug::properties
