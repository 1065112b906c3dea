// told: what a run writes of itself, by the names of its series: its records, and the diagnostics that the
// catalog's head switches on.
//
// Diagnostics are JSON lines: "step", then numbers ("nan", "inf" and "-inf" as those values), words or tables
// by SERIES or SERIES/PART. Lines that are no such JSON are passed over.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/catalog/catalog.h"
#include "mutator/grade/series.h"
#include "mutator/workshop/programs.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::grade {

// Whether the head says that this program can write diagnostics.
bool can_tell(const catalog::Tree& tree, const catalog::Program& program);

// The program with the head's diagnostics switched on and written to `file`, which may be a place that
// programs know ("{scratch}/told.jsonl"); as it is where it cannot tell.
catalog::Program telling(const catalog::Tree& tree, const catalog::Program& program, const std::string& file);

using Value = std::variant<double, std::string, std::vector<std::vector<double>>>;

// All names of a run, records first, each once, in the order in which they come.
struct Names {
  std::vector<std::string> numbers;  // and tables: what can be drawn
  std::vector<std::string> words;
};

// What one run wrote.
class Told {
 public:
  Told(const workshop::RunReport& report, const std::string& diagnostics);

  // Everything of a series, records first: `each` gets its step, its part, and what it is. A `series` that
  // ends in * is all that begin so ("grad_norm/*"), what follows being the part. Where records have it, the
  // diagnostics' numbers of that name are left out. A record without a step stands behind the one before it.
  void each(const std::string& series,
            const std::function<void(int step, const std::string& part, const Value& value)>& each) const;

  Series series(const std::string& name) const;
  Names names() const;

 private:
  struct Line {
    int step;
    std::vector<std::pair<std::string, Value>> values;
  };
  std::vector<Line> records_, diagnostics_;
};

// The diagnostics of the clean tree in a run of the catalog, whose program can tell: recorded once, kept
// beside it. Progress is told when they have to be recorded. Errors: Exit::catalog when the run fails there.
Result<std::string> clean_diagnostics(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                      const catalog::Run& run, const workshop::Progress& progress = {});

}  // namespace nanobug::grade
