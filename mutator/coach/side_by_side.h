// side_by_side: two versions of a file beside each other in a page; on a phone one below the other, as a
// patch has them.
#pragma once

#include <string>

#include "mutator/coach/html.h"

namespace nanobug::coach {

struct TwoVersions {
  std::string caption;                // "nanochat/gpt.cpp"
  std::string left_name, right_name;  // "clean", "with the bug"
  std::string left, right;            // whole texts
};

// The lines that differ, with three around them. A difference that fills a book is cut, and says so.
void side_by_side(Html& html, const TwoVersions& versions);

}  // namespace nanobug::coach
