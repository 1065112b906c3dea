// block: see block.h; and --strict, which is two of them (vault.h).
#include "mutator/vault/block.h"

#include <string>

#include "mutator/base/files.h"
#include "mutator/vault/vault.h"

namespace nanobug::vault {

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

Status set_block(const fs::path& file, std::string_view block, bool present, Write how) {
  std::string text;
  if (is_there(file)) {
    auto read = read_file(file);
    NANOBUG_TRY(read);
    text = *read;
  }
  const size_t at = text.find(block);
  if (present == (at != std::string::npos)) return {};
  if (present)
    text += (text.empty() || text.ends_with('\n') ? "" : "\n") + std::string(block);
  else
    text.erase(at, block.size());
  return how == Write::synced ? write_file(file, text) : write_unsynced(file, text);
}

Status set_strict(const fs::path& checkout, bool strict) {
  const fs::path git = checkout / ".git";
  if (!is_there(git / "config"))
    return fail(Exit::session, checkout.string() + " has no git repository of its own any more");
  NANOBUG_TRY(set_block(git / "config", "[diff]\n\texternal = true\n", strict));
  return set_block(git / "info" / "attributes", "* -diff\n", strict);
}

}  // namespace nanobug::vault
