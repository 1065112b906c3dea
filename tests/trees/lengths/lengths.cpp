#include "lengths.h"

#include <stdexcept>

#include "version.h"

namespace lengths {
namespace {

struct Unit {
  const char* name;
  double metres;
};

const Unit kUnits[] = {
#include "units.h"
};

std::string number(double value) {
  std::string digits = std::to_string(value);
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  return digits;
}

}  // namespace

double in_metres(double value, const std::string& unit) {
  for (const Unit& one : kUnits)
    if (unit == one.name) return value * one.metres;
  throw std::invalid_argument("no unit: " + unit);
}

std::string text(double metres) {
  if (metres >= 1000) return number(metres / 1000) + " km";
  return number(metres) + " m";
}

std::string version() {
  return LENGTHS_VERSION;
}

}  // namespace lengths
