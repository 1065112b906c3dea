// head: see head.h.
#include "mutator/vault/head.h"

#include <vector>

#include "mutator/base/files.h"
#include "mutator/vault/git.h"
#include "mutator/vault/git_library.h"
#include "mutator/vault/names.h"

namespace nanobug::vault {
namespace {

using Remote = std::unique_ptr<git_remote, Freed<git_remote_free>>;
using TreeEntry = std::unique_ptr<git_tree_entry, Freed<git_tree_entry_free>>;

// Has the commit this file, with these bytes?
bool has_file(const git_tree* root, const std::string& path, const std::string& bytes) {
  git_oid id;
  if (git_odb_hash(&id, bytes.data(), bytes.size(), GIT_OBJECT_BLOB) < 0) return false;
  const auto entry = owned<TreeEntry>(git_tree_entry_bypath, root, path.c_str());
  return entry && git_oid_equal(git_tree_entry_id(entry.get()), &id) != 0;
}

std::string origin_of(git_repository* repository) {
  const auto remote = owned<Remote>(git_remote_lookup, repository, "origin");
  const char* const url = remote ? git_remote_url(remote.get()) : nullptr;
  return url ? owner_and_name(url) : "";
}

}  // namespace

Result<Head> GitLibrary::head_of(const std::filesystem::path& directory, const Tree& tree) {
  prepare();
  std::error_code error;
  const fs::path real = fs::canonical(directory, error);
  if (error) return fail(Exit::io, "cannot read " + directory.string() + ": " + error.message());
  const auto repository = owned<Repository>(git_repository_open_ext, real.c_str(), 0u, nullptr);
  const char* const work = repository ? git_repository_workdir(repository.get()) : nullptr;
  if (!work)
    return fail(Exit::usage,
                directory.string() +
                    " is in no git repository, and a task names its tree by a commit; 'git init' "
                    "and a first commit make one");
  git_oid id;
  if (git_reference_name_to_id(&id, repository.get(), "HEAD") < 0)
    return fail(Exit::usage,
                std::string("the repository ") + work + " has no commit yet; commit the tree first");
  const auto commit = owned<GitCommit>(git_commit_lookup, repository.get(), &id);
  const auto root = commit ? owned<GitTree>(git_commit_tree, commit.get()) : GitTree();
  if (!root) return git_failure(std::string("cannot read the last commit of ") + work);
  const fs::path top = fs::canonical(work, error);
  Head head{hex(id), git_commit_time(commit.get()), origin_of(repository.get()),
            real.lexically_relative(top)};
  if (head.directory == ".") head.directory.clear();
  if (head.repository.empty()) head.repository = top.filename().string();
  for (const auto& [path, file] : tree)
    if (const std::string name = (head.directory / path).string(); !has_file(root.get(), name, file.bytes))
      return fail(Exit::usage, name + " is not as the last commit has it; commit it first, or restore it");
  return head;
}

}  // namespace nanobug::vault
