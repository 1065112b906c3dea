// vault: trees of bytes in a bare repository outside every work tree; the one place where clean and mutated
// meet. The only room that includes libgit2, which is loaded when something of it is first needed
// (library.h).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "mutator/base/error.h"
#include "mutator/vault/tree.h"

namespace nanobug::vault {

class Vault {
 public:
  // Opens or makes the bare repository. The user's git configuration is not read, objects are fsynced.
  // Writers of one vault wait for each other, so that what a killed one left behind (lock files, half a pack)
  // can be removed.
  static Result<std::unique_ptr<Vault>> open(const std::filesystem::path& repository);

  virtual ~Vault() = default;

  virtual Result<std::string> put(const Tree& tree) = 0;  // -> tree id
  virtual Result<Tree> get(const std::string& tree_id) const = 0;

  // Adds a commit to the branch (made when missing); -> commit id. Fixed signature, the time given.
  virtual Result<std::string> commit(const std::string& branch, const std::string& tree_id,
                                     const std::string& message, std::int64_t time) = 0;

  // The same for several trees in a row, in one write: all of them are there or none; -> the last commit's
  // id. (One pack and one reference instead of one each: every fsync is paid once.)
  struct Step {
    const Tree* tree;
    std::string message;
    std::int64_t time;
  };
  virtual Result<std::string> record(const std::string& branch, const std::vector<Step>& steps) = 0;

  // Forgets the branch, if it is there; its objects stay.
  virtual Status drop(const std::string& branch) = 0;

  // The branch's commits, newest first: (commit id, tree id, message). Empty for a branch that is not there.
  struct Entry {
    std::string commit, tree, message;
  };
  virtual Result<std::vector<Entry>> history(const std::string& branch) const = 0;
  virtual Result<std::vector<std::string>> branches() const = 0;

  // Copies the objects that are reachable from every ref and HEAD of a checkout's own repository and keeps
  // them under refs/attempts/<session>/…. A checkout whose .git was removed or broken is not an error: it
  // returns false and `why` says what is the matter with it, as does a reference that leads to a missing
  // object (the others are kept). Errors are the vault's own.
  virtual Result<bool> fetch(const std::filesystem::path& checkout, const std::string& session,
                             std::string* why = nullptr) = 0;
};

// Makes `directory`/.git: a repository of its own, HEAD on `branch`, one parentless commit of `tree` with a
// neutral message, index written with the files' present stat data (so `git status` is clean without reading
// them), no reflog of anything else, `exclude` lines in info/exclude. No object but the tree's own enters it.
// Not fsynced: see sync_tree.
Status make_repository(const std::filesystem::path& directory, const Tree& tree, const std::string& branch,
                       const std::string& message, std::int64_t time,
                       const std::vector<std::string>& exclude);

// `--strict`: the learner's own `git diff` answers nothing for the length of the session; undone by `false`.
Status set_strict(const std::filesystem::path& checkout, bool strict);

}  // namespace nanobug::vault
