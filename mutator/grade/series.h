// series: the numbers and tables of one series of a run, as they come. Values only.
#pragma once

#include <string>
#include <vector>

#include "mutator/grade/piece.h"

namespace nanobug::grade {

struct Series {
  struct Number {
    int step = 0;
    std::string part;  // empty where the series has none
    double value = 0;  // not finite: the run says so
    bool operator==(const Number&) const = default;
  };
  std::vector<Number> numbers = {};
  std::vector<Piece::Table> tables = {};  // each part's last

  bool empty() const { return numbers.empty() && tables.empty(); }
  bool operator==(const Series&) const = default;
};

}  // namespace nanobug::grade
