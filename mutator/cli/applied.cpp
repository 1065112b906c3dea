// applied: see applied.h.
#include "mutator/cli/applied.h"

#include <nlohmann/json.hpp>

#include "mutator/base/paths.h"

namespace nanobug::cli {
namespace {

using nlohmann::json;

fs::path record_of(const fs::path& tree) {
  return state_home() / ("patch-" + sha256(tree.lexically_normal().string()).substr(0, 16) + ".json");
}

// JSON holds text, files hold bytes.
std::string to_hex(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned char c : bytes) hex += {kDigits[c >> 4], kDigits[c & 15]};
  return hex;
}

std::string from_hex(const std::string& hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  return bytes;
}

std::string text_in(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

}  // namespace

std::optional<Applied> read_applied(const fs::path& tree) {
  const auto text = read_file(record_of(tree));
  if (!text) return std::nullopt;
  const auto j = json::parse(*text, nullptr, false);
  if (!j.is_object()) return std::nullopt;
  Applied applied{.tree = tree, .mutated = {}, .pristine = {}};
  for (const auto& [path, file] : j.items()) {
    if (!file.is_object()) continue;
    applied.mutated[path] = text_in(file, "mutated");
    applied.pristine[path] = from_hex(text_in(file, "pristine"));
  }
  return applied;
}

Status apply_to_tree(const fs::path& tree, const workshop::Overlay& mutated,
                     const workshop::Overlay& pristine) {
  json record = json::object();
  for (const auto& [path, text] : mutated) {
    const auto present = read_file(tree / path);
    NANOBUG_TRY(present);
    if (*present != pristine.at(path))
      return fail(Exit::session,
                  (tree / path).string() + " is not the clean file; commit or undo your change first");
    record[path] = {{"mutated", sha256(text)}, {"pristine", to_hex(*present)}};
  }
  // The record first: whatever happens after it, restore knows the way back.
  NANOBUG_TRY(write_file(record_of(tree), record.dump(-1, ' ', false, json::error_handler_t::replace)));
  for (const auto& [path, text] : mutated) NANOBUG_TRY(write_file(tree / path, text));
  return {};
}

Result<std::map<std::string, fs::path>> restore_tree(const fs::path& tree) {
  const auto applied = read_applied(tree);
  if (!applied) return fail(Exit::session, "no patch is applied to " + tree.string());
  std::map<std::string, fs::path> kept;
  for (const auto& [path, bytes] : applied->pristine) {
    const auto present = read_file(tree / path);
    if (present && sha256(*present) != applied->mutated.at(path) && *present != bytes) {
      const fs::path aside = data_home() / "attempts" / ("patch-" + sha256(*present).substr(0, 8)) / path;
      NANOBUG_TRY(write_file(aside, *present));
      kept[path] = aside;
    }
    NANOBUG_TRY(write_file(tree / path, bytes));
  }
  std::error_code error;
  fs::remove(record_of(tree), error);
  if (error) return fail(Exit::io, "cannot remove " + record_of(tree).string() + ": " + error.message());
  return kept;
}

}  // namespace nanobug::cli
