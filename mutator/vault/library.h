// library: what of this room needs libgit2, opened when it is first asked for. libgit2 brings some twenty
// libraries along, and to begin it reads all certificates of the system; most verbs never need it.
//
// Private to vault/. git_library.cpp makes it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/vault/head.h"
#include "mutator/vault/tree.h"
#include "mutator/vault/vault.h"

namespace nanobug::vault {

// As vault.h, tree.h and head.h have them.
class Library {
 public:
  virtual ~Library() = default;
  virtual Result<std::unique_ptr<Vault>> open(const std::filesystem::path& repository) = 0;
  virtual Status make_repository(const std::filesystem::path& directory, const Tree& tree,
                                 const std::string& branch, const std::string& message, std::int64_t time,
                                 const std::vector<std::string>& exclude) = 0;
  virtual Result<Head> head_of(const std::filesystem::path& directory, const Tree& tree) = 0;
  virtual Result<std::string> tree_id(const Tree& tree) = 0;
};

// libnanobug_git.so beside the program (../lib). Errors: Exit::io with the loader's reason.
Result<Library*> library();

}  // namespace nanobug::vault
