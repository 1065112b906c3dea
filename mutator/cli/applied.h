// applied: which patch lies on the project's own tree, for `nanobug patch apply` and `restore`.
//
// The state remembers the file's pristine and mutated bytes by hash, and keeps the pristine ones, so that
// restore is exact and an edited file is put aside, not lost. The rule's name is not in it.
#pragma once

#include <optional>

#include "mutator/base/error.h"
#include "mutator/base/files.h"
#include "mutator/workshop/workshop.h"

namespace nanobug::cli {

struct Applied {
  fs::path tree;
  std::map<std::string, std::string> mutated;   // path -> SHA-256 of what was written
  std::map<std::string, std::string> pristine;  // path -> bytes
};

// Nothing when no patch is on this tree. Errors: Exit::session when the record of it is damaged; the tree may
// have a bug in it then.
Result<std::optional<Applied>> read_applied(const fs::path& tree);

// The record's text; nothing when it is damaged.
std::optional<Applied> applied_of(const std::string& record, const fs::path& tree);

// Writes the mutated files; all or none. Errors: Exit::session when one is on it already or a file is not the
// clean one.
Status apply_to_tree(const fs::path& tree, const workshop::Overlay& mutated,
                     const workshop::Overlay& pristine);

// Puts the pristine bytes back; -> the files that were edited since and where they were kept.
Result<std::map<std::string, fs::path>> restore_tree(const fs::path& tree);

}  // namespace nanobug::cli
