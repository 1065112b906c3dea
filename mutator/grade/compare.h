// compare: is what a program did what the clean tree's program did?
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mutator/workshop/programs.h"

namespace nanobug::grade {

struct Difference {
  std::string why = {};          // the end of a sentence; empty when they agree
  bool only_more_lines = false;  // on stdout, beside all that the clean tree prints
};

// Do two numbers agree? Equal numbers do, infinities of one sign too; NaN agrees with nothing, an infinity
// with no other number. Else they may part by `tolerance` times the larger magnitude; 0 asks for the same
// number. `rounding` is what sums of this series round to: where a tolerance is allowed at all, a smaller
// difference is none (a rate that ends at zero may end at 1e-18).
bool agree(double own, double clean, double tolerance, double rounding = 0);

// The first place where records part, as the end of a sentence; empty when they agree. Records are compared
// one by one, those without any of these series left out: a series that is missing from a record, or stands
// in another one, differs.
std::string compare_series(const std::vector<workshop::Record>& own,
                           const std::vector<workshop::Record>& clean,
                           const std::map<std::string, double>& tolerances);

// The first place where one series parts, counted among the records that have it; -1 where they agree.
int first_parting(const std::vector<workshop::Record>& own, const std::vector<workshop::Record>& clean,
                  const std::string& series, double tolerance);

// The same of what was printed. A learner's own prints are additional lines, and said to be that.
Difference compare_text(const std::string& own, const std::string& clean);

// What the groups of a regular expression find in the lines, sorted: a line for every line that it finds
// something in, its groups apart by a blank.
std::string picked(const std::string& text, const std::string& expression);

// The same of how often files were written.
std::string compare_writes(const std::map<std::string, int>& own, const std::map<std::string, int>& clean);

}  // namespace nanobug::grade
