// head: the commit that somebody's own repository is at, so that others can be told of a tree by its name.
// Nothing of the repository is changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "mutator/base/error.h"
#include "mutator/vault/tree.h"

namespace nanobug::vault {

struct Head {
  std::string commit;               // its id
  std::int64_t time = 0;            // when it was made, in seconds since 1970
  std::string repository;           // "owner/name" of its origin; without one the name of its directory
  std::filesystem::path directory;  // where the tree is in it; "" at its top
};

// Of the repository that `directory` is in, which has `tree` there. Errors: Exit::usage where there is no
// repository or no commit, or where a file of the tree is not the commit's.
Result<Head> head_of(const std::filesystem::path& directory, const Tree& tree);

}  // namespace nanobug::vault
