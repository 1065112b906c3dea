// spot: see spot.h.
#include "mutator/rewrite/spot.h"

namespace nanobug::rewrite {

std::string as_match(const Spot& spot) {
  std::string text =
      "operator(\"" + spot.op + "\", " + std::to_string(spot.line) + ", " + std::to_string(spot.column);
  if (spot.number > 1) text += ", " + std::to_string(spot.number);
  return text + ")";
}

const std::vector<std::string>& operators() {
  static const std::vector<std::string> all = {
      "dimension", "part",       "arguments", "field",    "condition",  "guard",     "relation",
      "logical",   "arithmetic", "division",  "extremum", "assignment", "statement", "copy",
      "in-place",  "reference",  "boolean",   "sign",     "scale",      "integer",   "jump"};
  return all;
}

}  // namespace nanobug::rewrite
