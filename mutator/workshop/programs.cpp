// programs: see programs.h.
#include "mutator/workshop/programs.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "mutator/base/files.h"

namespace nanobug::workshop {
namespace {

// A directory for what programs of one run hand to each other; gone with the object.
class Scratch {
 public:
  static Result<Scratch> make() {
    std::error_code error;
    const fs::path parent = fs::temp_directory_path(error);
    if (error) return fail(Exit::io, "there is no directory for temporary files: " + error.message());
    auto path = make_temporary_directory(parent, "nanobug-run");
    NANOBUG_TRY(path);
    return Scratch(std::move(*path));
  }
  explicit Scratch(fs::path path) : path_(std::move(path)) {}
  Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~Scratch() {
    if (!path_.empty()) (void)remove_tree(path_);
  }

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

std::vector<double> RunReport::series(const std::string& name) const {
  std::vector<double> values;
  for (const Record& record : records)
    if (const auto it = record.find(name); it != record.end()) values.push_back(it->second);
  return values;
}

std::optional<Record> parse_record(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  Record record;
  for (const auto& [name, value] : json.items()) {
    if (value.is_number()) record[name] = value.get<double>();
    if (value == "nan") record[name] = std::numeric_limits<double>::quiet_NaN();
    if (value == "inf") record[name] = std::numeric_limits<double>::infinity();
    if (value == "-inf") record[name] = -std::numeric_limits<double>::infinity();
  }
  return record;
}

Result<RunReport> run_program(const Workshop& workshop, const catalog::Program& program,
                              const fs::path& checkout, int threads,
                              const std::function<void(const Record&)>& on_record) {
  const auto scratch = Scratch::make();
  NANOBUG_TRY(scratch);
  RunReport report;
  const auto run_step = [&](const catalog::Step& step, Command command) -> Status {
    if (threads > 0) command.environment["OMP_NUM_THREADS"] = std::to_string(threads);
    command.time_limit = std::chrono::milliseconds(static_cast<long long>(program.time_limit_s * 1000));
    auto finished = run(command);
    NANOBUG_TRY(finished);
    report.program = step.program;
    report.finished = std::move(*finished);
    return {};
  };
  const std::map<std::string, std::string> places = {{"scratch", scratch->path().string()}};
  for (const catalog::Step& step : program.before) {
    NANOBUG_TRY(run_step(step, workshop.command(step, checkout, places)));
    if (!report.finished.good()) return report;
  }
  // The metrics come through the pipe of stdout, so that they are seen while the program runs.
  auto with_metrics = places;
  with_metrics["metrics"] = "/dev/stdout";
  Command command = workshop.command(program, checkout, std::move(with_metrics));
  command.on_line = [&](std::string_view line) {
    auto record = parse_record(line);
    if (!record) return;
    report.records.push_back(std::move(*record));
    if (on_record) on_record(report.records.back());
  };
  NANOBUG_TRY(run_step(program, std::move(command)));
  return report;
}

}  // namespace nanobug::workshop
