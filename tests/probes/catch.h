// Catch2, whichever this machine has: Debian 12 brings 2.13, one header, and Debian 13 brings 3, a library
// with many. Tests include this file and no header of Catch2's, and spell everything as 2 does; what 3 has
// renamed or moved gets its old name here.

#pragma once

#include <string>

#if __has_include(<catch2/catch_test_macros.hpp>)
#define NANOBUG_CATCH2_VERSION 3
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/catch_tostring.hpp>
#include <catch2/catch_translate_exception.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using Catch::Approx;

namespace Catch {

using Matchers::EndsWith;
using Matchers::MatcherBase;
using Matchers::StartsWith;

// In 3, Matchers::Contains is about the elements of a range.
inline Matchers::StringContainsMatcher Contains(const std::string& part) {
  return Matchers::ContainsSubstring(part);
}

}  // namespace Catch
#else
#define NANOBUG_CATCH2_VERSION 2
#include <catch2/catch.hpp>
#endif
