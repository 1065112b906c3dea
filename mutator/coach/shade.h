// shade: a number as a character, the darker the larger.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

namespace nanobug::coach {

inline constexpr std::string_view kShades = " .:-=+*#%@";

// Of a share of the largest: ' ' is none of it, '@' all. '?' is no number.
inline char shade(double share) {
  if (std::isnan(share)) return '?';
  const double steps = static_cast<double>(kShades.size() - 1);
  // A ninth that rounding made a little larger is still a ninth.
  return kShades[static_cast<std::size_t>(std::clamp(std::ceil(share * steps - 1e-9), 0.0, steps))];
}

}  // namespace nanobug::coach
