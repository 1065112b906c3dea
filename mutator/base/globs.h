// globs: names and paths by patterns, as a shell has them; a * takes slashes too.
#pragma once

#include <string>
#include <vector>

namespace nanobug {

// Does the pattern fit the whole text? A text fits the pattern that it is, whatever is in it.
bool fits(const std::string& glob, const std::string& text);
bool fits_any(const std::vector<std::string>& globs, const std::string& text);

}  // namespace nanobug
