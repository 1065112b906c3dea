// objects: git's blobs, trees and commits as bytes in memory, and the one pack they go to disk in.
//
// Private to vault/. Trees and commits are put together by hand because their format is two lines long, and
// because libgit2's builders refuse names that a learner may well have (git~1) and want every object stored
// to name it. A batch goes out as ONE pack: two files to fsync instead of one an object, and it is there
// whole or not at all.
#pragma once

#include <git2.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "mutator/base/error.h"
#include "mutator/vault/tree.h"

namespace nanobug::vault {

struct IdOrder {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_cmp(&a, &b) < 0; }
};

struct Object {
  git_object_t type;
  std::string bytes;
};

class Objects {
 public:
  // Objects that `known` has already are named but not kept; nullptr keeps everything.
  explicit Objects(git_odb* known = nullptr) : known_(known) {}

  Result<git_oid> add(git_object_t type, std::string bytes);

  // Errors: a path that cannot stand in a git tree ("", ".", "..", ".git", a file that is a directory too).
  Result<git_oid> add_tree(const Tree& tree);

  // `parent` may be null. Author and committer are nanobug, at `time`, UTC.
  Result<git_oid> add_commit(const git_oid& tree, const git_oid* parent, const std::string& message,
                             std::int64_t time);

  bool has(const git_oid& id) const;
  bool empty() const { return kept_.empty(); }

  // Writes what is kept as a pack and its index into `directory`, fsynced. Nothing kept, nothing written.
  Status write_pack(const std::filesystem::path& directory) const;

 private:
  git_odb* known_;
  std::map<git_oid, Object, IdOrder> kept_;
};

// The signature of every commit that nanobug makes: it says nothing of who, and its time is given.
inline constexpr char kSignature[] = "nanobug <nanobug@localhost>";

}  // namespace nanobug::vault
