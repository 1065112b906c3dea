// applied: see applied.h.
#include "mutator/cli/applied.h"

#include <nlohmann/json.hpp>

#include "mutator/base/hex.h"
#include "mutator/base/paths.h"

namespace nanobug::cli {
namespace {

using nlohmann::json;

fs::path record_of(const fs::path& tree) {
  return state_home() / ("patch-" + sha256(tree.lexically_normal().string()).substr(0, 16) + ".json");
}

// A file below the tree, and nowhere else.
bool is_inside(const fs::path& path) {
  if (path.empty() || path.is_absolute() || path.lexically_normal() != path) return false;
  return *path.begin() != ".." && *path.begin() != ".";
}

}  // namespace

std::optional<Applied> applied_of(const std::string& record, const fs::path& tree) {
  const auto j = json::parse(record, nullptr, false);
  if (!j.is_object()) return std::nullopt;
  Applied applied{.tree = tree, .mutated = {}, .pristine = {}};
  for (const auto& [path, file] : j.items()) {
    if (!file.is_object() || !file.contains("mutated") || !file.contains("pristine")) return std::nullopt;
    const json &mutated = file["mutated"], &pristine = file["pristine"];
    if (!is_inside(path) || !mutated.is_string() || !pristine.is_string()) return std::nullopt;
    auto bytes = from_hex(pristine.get_ref<const std::string&>());
    if (!bytes) return std::nullopt;
    applied.mutated[path] = mutated;
    applied.pristine[path] = std::move(*bytes);
  }
  return applied;
}

Result<std::optional<Applied>> read_applied(const fs::path& tree) {
  const fs::path file = record_of(tree);
  std::error_code error;
  if (fs::symlink_status(file, error).type() == fs::file_type::not_found) return std::optional<Applied>();
  const auto text = read_file(file);
  NANOBUG_TRY(text);
  if (auto applied = applied_of(*text, tree)) return std::optional(std::move(*applied));
  return fail(Exit::session,
              "the record of the patch that is applied to " + tree.string() +
                  " is damaged; undo the patch with git, then delete this file",
              Place{file.string()});
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
  const auto record = read_applied(tree);
  NANOBUG_TRY(record);
  const auto& applied = *record;
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
