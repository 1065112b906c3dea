// ledger: see ledger.h.
#include "mutator/session/ledger.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/session/saved.h"

namespace nanobug::session {
namespace {

std::optional<Record> record_in(const std::string& line) {
  try {
    if (const auto content = open_line(line)) return record_of(*content);
  } catch (const nlohmann::json::exception&) {
    // Told as a damaged line.
  }
  return std::nullopt;
}

Result<std::string> text_of(const fs::path& file) {
  std::error_code error;
  if (fs::symlink_status(file, error).type() == fs::file_type::not_found) return std::string();
  return read_file(file);
}

std::vector<Record> parse(const std::string& text, const fs::path& file, std::vector<std::string>* warnings) {
  std::vector<Record> records;
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.empty()) continue;
    if (auto record = record_in(line))
      records.push_back(std::move(*record));
    else if (warnings)
      warnings->push_back(file.string() + ':' + std::to_string(number) +
                          ": this line of the ledger is damaged and was passed over");
  }
  return records;
}

}  // namespace

Result<std::vector<Record>> read_ledger(const fs::path& file, std::vector<std::string>* warnings) {
  auto text = text_of(file);
  NANOBUG_TRY(text);
  return parse(*text, file, warnings);
}

Status add_to_ledger(const fs::path& file, const Record& record) {
  auto text = text_of(file);
  NANOBUG_TRY(text);
  const auto records = parse(*text, file, nullptr);
  if (std::any_of(records.begin(), records.end(),
                  [&](const Record& other) { return other.session.name == record.session.name; }))
    return {};
  // A full disk may have cut the last line; the new one must not be glued to it.
  if (!text->empty() && text->back() != '\n') NANOBUG_TRY(append_line(file, ""));
  return append_line(file,
                     sealed_line({{"name", record.session.name}, {"ended", record.ended}}, to_json(record)));
}

}  // namespace nanobug::session
