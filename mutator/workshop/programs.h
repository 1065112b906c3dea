// programs: the tree's programs at work: the JSON line they write a step, what they print and leave behind,
// and how they ended.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/workshop/standbys.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::workshop {

// One line of a metrics file: its numbers by name ("nan", "inf" and "-inf" as those values).
using Record = std::map<std::string, double>;

struct RunReport {
  std::vector<Record> records;  // of several ranks: the first one's, then the next one's
  std::string program;          // the one that ended last: of several, the one that failed
  Finished finished;  // its stdout and stderr too; of several ranks, of the first that failed. Where stdout
                      // names a file in the scratch directory, it says {scratch}
  std::map<std::string, int> writes = {};  // how often each watched file was written
  double processor_s = 0;                  // of all its steps, those before the program too

  // A series by name, in order, of the records that have it.
  std::vector<double> series(const std::string& name) const;
};

// A number, or the word that stands for one that JSON has not.
std::optional<double> number_in(const nlohmann::json& value);

// One line; nothing when it is not an object of JSON.
std::optional<Record> parse_record(std::string_view line);
std::string to_line(const Record& record);

// A directory for what programs hand to each other, with the tree's inputs in it; gone with the object.
class RunDirectory {
 public:
  static Result<RunDirectory> make(const catalog::Tree& spec);
  // The same at a place where it stays, with what is in it.
  static Result<RunDirectory> keep(const catalog::Tree& spec, const fs::path& place);
  RunDirectory(RunDirectory&& other) noexcept : path_(std::exchange(other.path_, {})), stays_(other.stays_) {}
  ~RunDirectory();

  const fs::path& path() const { return path_; }

 private:
  RunDirectory(fs::path path, bool stays) : path_(std::move(path)), stays_(stays) {}
  Status put_inputs(const catalog::Tree& spec) const;

  fs::path path_;
  bool stays_;
};

struct StepOptions {
  int threads = 0;  // limits the tree's own (OMP_NUM_THREADS), 0 leaves them be
  Limits limits = {};
  std::vector<std::string> watch = {};  // files in the scratch directory
  std::function<void(const Record&)> on_record = {};
  std::function<void(std::string_view)> on_output = {};  // what it prints, as it comes; of one rank only
  Standbys* standbys = nullptr;                          // where the same programs run again and again
  std::map<std::string, std::string> environment = {};   // added to the caller's
};

// One step in the checkout. A program that fails is a report; of several ranks each gets the limits, and the
// whole is tried once more with another port when they fail and no limit was passed.
Result<RunReport> run_step(const Workshop& workshop, const catalog::Step& step, const fs::path& checkout,
                           const RunDirectory& scratch, const StepOptions& options);

struct RunOptions {
  int threads = 0;
  std::optional<Limits> limits = std::nullopt;  // of each step; without any: what the catalog's own says
  std::function<void(const Record&)> on_record = {};
  std::function<void(std::string_view)> on_output = {};
  const RunDirectory* scratch = nullptr;  // without one it has one of its own
  size_t done = 0;                        // so many of the steps before it have been performed there
  double done_s = 0;                      // and took so much processor time
  Standbys* standbys = nullptr;           // where many programs run
};

// Runs it in the checkout, after what has to run before it. When one of those fails, that is the report.
Result<RunReport> run_program(const Workshop& workshop, const catalog::Program& program,
                              const fs::path& checkout, const RunOptions& options);

// What a time limit of the catalog, meant for an idle machine, allows: so much processor time, and many times
// that on the clock for what waits.
Limits limits_of(double time_limit_s);

}  // namespace nanobug::workshop
