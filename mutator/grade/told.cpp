// told: see told.h.
#include "mutator/grade/told.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "mutator/base/files.h"
#include "mutator/grade/recording.h"

namespace nanobug::grade {
namespace {

using nlohmann::ordered_json;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// A number, or what stands for one.
std::optional<double> number_in(const ordered_json& value) {
  return value.is_structured() ? std::nullopt : workshop::number_in(nlohmann::json(value));
}

// A number, a table or words.
std::optional<Value> value_in(const ordered_json& value) {
  if (const auto number = number_in(value)) return *number;
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array() || value.empty()) return std::nullopt;
  std::vector<std::vector<double>> rows;
  for (const ordered_json& row : value) {
    if (!row.is_array()) return std::nullopt;
    rows.emplace_back();
    for (const ordered_json& cell : row) rows.back().push_back(number_in(cell).value_or(kNone));
  }
  return rows;
}

// What of a name belongs to the series: "" for the series itself, the part of "grad_norm/*", or nothing.
std::optional<std::string> part_in(const std::string& name, const std::string& series) {
  if (name == series) return "";
  if (!series.ends_with('*')) return std::nullopt;
  const std::string_view stem = std::string_view(series).substr(0, series.size() - 1);
  if (!name.starts_with(stem) || name.size() == stem.size()) return std::nullopt;
  return name.substr(stem.size());
}

}  // namespace

bool can_tell(const catalog::Tree& tree, const catalog::Program& program) {
  const auto& can = tree.diagnostics.programs;
  return std::find(can.begin(), can.end(), program.program) != can.end();
}

catalog::Program telling(const catalog::Tree& tree, const catalog::Program& program,
                         const std::string& file) {
  catalog::Program more = program;
  if (!can_tell(tree, program)) return more;
  for (std::string& arg : workshop::Workshop::substitute(tree.diagnostics.args, {{"diagnostics", file}}))
    more.args.push_back(std::move(arg));
  return more;
}

Told::Told(const workshop::RunReport& report, const std::string& diagnostics) {
  int step = 0;
  for (const workshop::Record& record : report.records) {
    const auto at = record.find("step");
    const int here = at == record.end() ? step : static_cast<int>(at->second);
    records_.push_back({here, {record.begin(), record.end()}});
    step = here + 1;
  }
  for (const std::string_view line : lines_of(diagnostics)) {
    const auto object = ordered_json::parse(line, nullptr, false);
    if (!object.is_object() || !object.contains("step") || !object["step"].is_number_integer()) continue;
    diagnostics_.push_back({object["step"].get<int>(), {}});
    for (const auto& [name, value] : object.items())
      if (auto told = value_in(value)) diagnostics_.back().values.emplace_back(name, std::move(*told));
  }
}

void Told::each(const std::string& series,
                const std::function<void(int, const std::string&, const Value&)>& each) const {
  bool in_records = false;
  for (const Line& line : records_)
    for (const auto& [name, value] : line.values)
      if (const auto part = part_in(name, series)) each(line.step, *part, value), in_records = true;
  for (const Line& line : diagnostics_)
    for (const auto& [name, value] : line.values)
      if (const auto part = part_in(name, series);
          part && !(in_records && std::holds_alternative<double>(value)))
        each(line.step, *part, value);
}

Series Told::series(const std::string& name) const {
  Series told;
  each(name, [&](int step, const std::string& part, const Value& value) {
    if (const double* number = std::get_if<double>(&value)) {
      told.numbers.push_back({step, part, *number});
    } else if (const auto* rows = std::get_if<std::vector<std::vector<double>>>(&value)) {
      std::erase_if(told.tables, [&](const Piece::Table& one) { return one.part == part; });
      told.tables.push_back({step, part, *rows});
    }
  });
  return told;
}

Names Told::names() const {
  Names names;
  std::set<std::string> known = {"step"};
  for (const auto* lines : {&records_, &diagnostics_})
    for (const Line& line : *lines)
      for (const auto& [name, value] : line.values)
        if (known.insert(name).second)
          (std::holds_alternative<std::string>(value) ? names.words : names.numbers).push_back(name);
  return names;
}

Result<std::string> clean_diagnostics(const workshop::Workshop& workshop, const workshop::Clean& clean,
                                      const catalog::Run& run, const workshop::Progress& progress) {
  constexpr const char* kName = "told.jsonl";
  catalog::Run told = run;
  told.program = telling(workshop.spec(), run.program, std::string("{scratch}/") + kName);
  const fs::path kept =
      clean.tree.parent_path() / "baseline" / (baseline_name(workshop.spec(), told, 0) + ".told");
  if (auto known = read_file(kept)) return std::move(*known);
  if (progress) progress("recording what the clean tree tells, once for this machine", 0, 0);
  const auto scratch = workshop::RunDirectory::make(workshop.spec());
  NANOBUG_TRY(scratch);
  const auto report = workshop::run_program(workshop, told.program, clean.tree, {.scratch = &*scratch});
  NANOBUG_TRY(report);
  if (!report->finished.good())
    return fail(Exit::catalog,
                "the run '" + run.name + "' fails on the clean tree with the head's diagnostics: " +
                    report->program + " ended with " + report->finished.how() + "; " + report->finished.err,
                run.program.place);
  std::string lines = read_file(scratch->path() / kName).value_or("");
  std::error_code error;
  fs::create_directories(kept.parent_path(), error);
  NANOBUG_TRY(write_unsynced(kept, lines));
  return lines;
}

}  // namespace nanobug::grade
