// programs: the tree's programs at work: the JSON line they write a step, and how they ended.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

// One line of a metrics file: its numbers by name ("nan", "inf" and "-inf" as those values).
using Record = std::map<std::string, double>;

struct RunReport {
  std::vector<Record> records;
  std::string program;  // the one that ended last: of several, the one that failed
  Finished finished;

  // A series by name, in order, of the records that have it.
  std::vector<double> series(const std::string& name) const;
};

// One line; nothing when it is not an object of JSON.
std::optional<Record> parse_record(std::string_view line);

// Runs it in the checkout, after what has to run before it; each gets the whole time limit. When one of those
// fails, that is the report. `threads` limits the tree's own (OMP_NUM_THREADS), 0 leaves them be.
Result<RunReport> run_program(const Workshop& workshop, const catalog::Program& program,
                              const fs::path& checkout, int threads,
                              const std::function<void(const Record&)>& on_record = {});

}  // namespace nanobug::workshop
