// programs: see programs.h.
#include "mutator/workshop/programs.h"

#include <limits>
#include <nlohmann/json.hpp>

namespace nanobug::workshop {

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
  RunReport report;
  // The metrics come through the pipe of stdout, so that they are seen while the program runs.
  Command command = workshop.command(program, checkout, "/dev/stdout");
  if (threads > 0) command.environment["OMP_NUM_THREADS"] = std::to_string(threads);
  command.on_line = [&](std::string_view line) {
    auto record = parse_record(line);
    if (!record) return;
    report.records.push_back(std::move(*record));
    if (on_record) on_record(report.records.back());
  };
  auto finished = run(command);
  NANOBUG_TRY(finished);
  report.finished = std::move(*finished);
  return report;
}

}  // namespace nanobug::workshop
