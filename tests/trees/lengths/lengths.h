// lengths: in metres whatever they are given in, and written with a unit that fits.
#pragma once

#include <string>

namespace lengths {

// Throws std::invalid_argument for a unit that is not known.
double in_metres(double value, const std::string& unit);

// "1.5 km", "20 m": in kilometres from one on.
std::string text(double metres);

std::string version();

}  // namespace lengths
