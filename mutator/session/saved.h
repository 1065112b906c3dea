// saved: a session as it stands in session.json, in the journal and in the ledger.
//
// In clear stand its name, where it lives and when it began, for a person who looks; everything, these
// included, is in the sealed text, and only that is read back.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/session/session.h"

namespace nanobug::session {

// Which directory it is, whatever its name has become.
struct Identity {
  std::uint64_t device = 0, inode = 0;

  bool operator==(const Identity&) const = default;
};

struct Saved {
  Session session;
  std::vector<std::string> exclude;
  Identity checkout;
};

// Paths are bytes and JSON is UTF-8: what is not plain ASCII goes in as %XX.
std::string to_text(const std::filesystem::path& path);
std::filesystem::path to_path(const std::string& text);

nlohmann::json to_json(const Identity& identity);
nlohmann::json to_json(const Saved& saved);
nlohmann::json to_json(const Record& record);

// These throw nlohmann's exceptions on a value that is missing, of another type, or a number that no session
// can have come to; who reads a file catches them.
std::int64_t seconds_of(const nlohmann::json& json);  // a time or a span
Identity identity_of(const nlohmann::json& json);
Saved saved_of(const nlohmann::json& json);
Record record_of(const nlohmann::json& json);

// {"format": 1, …clear, "sealed": "nb1:…"} on one line, and back; nothing when the line was cut or changed.
std::string sealed_line(const nlohmann::json& clear, const nlohmann::json& content);
std::optional<nlohmann::json> open_line(const std::string& line);

// session.json. A file that is not there is no session; one that is damaged is an error that says the way
// out.
Result<std::optional<Saved>> load(const std::filesystem::path& file);
Status save(const std::filesystem::path& file, const Saved& saved);

}  // namespace nanobug::session
