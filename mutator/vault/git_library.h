// git_library: library.h by libgit2.
//
// Private to vault/.
#pragma once

#include "mutator/vault/library.h"

namespace nanobug::vault {

class GitLibrary final : public Library {
 public:
  Result<std::unique_ptr<Vault>> open(const std::filesystem::path& repository) override;  // vault.cpp
  Status make_repository(const std::filesystem::path& directory, const Tree& tree, const std::string& branch,
                         const std::string& message, std::int64_t time,
                         const std::vector<std::string>& exclude) override;                 // repository.cpp
  Result<Head> head_of(const std::filesystem::path& directory, const Tree& tree) override;  // head.cpp
  Result<std::string> tree_id(const Tree& tree) override;                                   // objects.cpp
};

}  // namespace nanobug::vault
