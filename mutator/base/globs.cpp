// globs: see globs.h.
#include "mutator/base/globs.h"

#include <fnmatch.h>

#include <algorithm>

namespace nanobug {

bool fits(const std::string& glob, const std::string& text) {
  return glob == text || ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
}

bool fits_any(const std::vector<std::string>& globs, const std::string& text) {
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) { return fits(glob, text); });
}

}  // namespace nanobug
