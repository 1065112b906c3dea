// state: the vault by libgit2: what it holds open, and the steps that vault.cpp and fetch.cpp share. Private
// to vault/.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <utility>

#include "mutator/vault/git.h"
#include "mutator/vault/objects.h"
#include "mutator/vault/vault.h"

namespace nanobug::vault {

// The vault's flock, held while it lives.
struct Lock {
  explicit Lock(int descriptor) : fd(descriptor) {}
  Lock(Lock&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  Lock& operator=(Lock&&) = delete;
  ~Lock() {
    if (fd >= 0) ::close(fd);
  }
  int fd;
};

using MakeCommit = std::function<Result<git_oid>(Objects&, size_t step, const git_oid* parent)>;

struct State {
  std::filesystem::path path;
  mutable Repository repository;
  mutable Odb odb;

  // Waits for its turn; writers hold it only for the length of one pack.
  Result<Lock> lock() const;

  // The rest is called with the lock held, but for append(), which takes it.
  Status reopen() const;
  Result<std::vector<Vault::Entry>> history(const std::string& branch) const;
  Status store(const Objects& objects) const;
  // Has a pack and its index written aside and moves them in; -> the index's name.
  Result<std::filesystem::path> store_pack(
      const std::function<Status(const std::filesystem::path& aside)>& write) const;
  Status point(const std::string& reference, const git_oid& id) const;
  Status keep_tip(const std::string& session, const std::string& name, const git_oid& id) const;
  Status consolidate() const;  // consolidate.cpp
  void break_locks(const std::string& reference) const;
  Result<std::string> append(const std::string& branch, size_t count, const MakeCommit& make) const;
};

class GitVault final : public Vault {
 public:
  explicit GitVault(State state) : state_(std::move(state)) {}
  Result<std::string> put(const Tree& tree) override;
  Result<Tree> get(const std::string& tree_id) const override;
  Result<std::string> commit(const std::string& branch, const std::string& tree_id,
                             const std::string& message, std::int64_t time) override;
  Result<std::string> record(const std::string& branch, const std::vector<Step>& steps) override;
  Status drop(const std::string& branch) override;
  Result<std::vector<Entry>> history(const std::string& branch) const override;
  Result<std::vector<std::string>> branches() const override;
  Result<bool> fetch(const std::filesystem::path& checkout, const std::string& session,
                     std::string* why) override;  // fetch.cpp

 private:
  State state_;
};

}  // namespace nanobug::vault
