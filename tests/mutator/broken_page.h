// broken page: a page that is right, broken in one place, and what its reader says of that.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "tests/probes/catch.h"

namespace nanobug::test {

struct Row {
  const char* what;
  std::string from, to, errors;
};

// The page with the row's first occurrence of `from` as `to`.
inline std::string broken(std::string page, const Row& row) {
  const size_t at = page.find(row.from);
  REQUIRE(at != std::string::npos);
  return page.replace(at, row.from.size(), row.to);
}

// A line an error; each has its place, in the file "p".
inline std::string told(const std::vector<Error>& errors) {
  std::string all;
  for (const Error& error : errors) {
    REQUIRE(error.place);
    CHECK(error.code == Exit::catalog);
    CHECK(error.place->file == "p");
    all += std::to_string(error.place->line) + ":" + std::to_string(error.place->column) + ": " +
           error.message + "\n";
  }
  return all;
}

}  // namespace nanobug::test
