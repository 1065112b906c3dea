// lengths_test CASE: exits with 1 where it does not hold.
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "lengths.h"

using namespace lengths;

static bool refuses_unknown() {
  try {
    in_metres(1, "ell");
    return false;
  } catch (const std::invalid_argument&) {
    return true;
  }
}

int main(int, char** argv) {
  const auto is = [&](const char* name) { return std::strcmp(argv[1], name) == 0; };
  if (is("metres.inch")) return std::abs(in_metres(10, "in") - 0.254) > 1e-12;
  if (is("metres.mile")) return std::abs(in_metres(2, "mi") - 3218.688) > 1e-9;
  if (is("metres.unknown")) return !refuses_unknown();
  if (is("text.short")) return text(20) != "20 m";
  if (is("text.long")) return text(1500) != "1.5 km" || text(1000) != "1 km";
  return version() != "2.1";
}
