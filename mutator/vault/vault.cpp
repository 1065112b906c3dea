// vault: see vault.h. Objects go out as packs made aside and renamed in, references last, all under the
// vault's flock.
#include "mutator/vault/vault.h"

#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "mutator/base/directories.h"
#include "mutator/base/files.h"
#include "mutator/vault/git_library.h"
#include "mutator/vault/objects.h"
#include "mutator/vault/skeleton.h"
#include "mutator/vault/state.h"

namespace nanobug::vault {
namespace {

constexpr char kHeads[] = "refs/heads/";

Mode mode_of(git_filemode_t mode) {
  if (mode == GIT_FILEMODE_LINK) return Mode::symlink;
  return mode & 0100 ? Mode::executable : Mode::regular;
}

Status read_folder(git_repository* repository, git_odb* odb, const git_oid& id, const std::string& prefix,
                   Tree& tree) {
  auto folder = owned<GitTree>(git_tree_lookup, repository, &id);
  if (!folder) return git_failure("cannot read the tree " + hex(id));
  for (size_t i = 0; i < git_tree_entrycount(folder.get()); ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(folder.get(), i);
    const std::string name = prefix + git_tree_entry_name(entry);
    const git_oid& inner = *git_tree_entry_id(entry);
    const git_filemode_t mode = git_tree_entry_filemode_raw(entry);
    if (mode == GIT_FILEMODE_TREE) {
      NANOBUG_TRY(read_folder(repository, odb, inner, name + '/', tree));
    } else if (mode != GIT_FILEMODE_COMMIT) {
      auto blob = owned<OdbObject>(git_odb_read, odb, &inner);
      if (!blob) return git_failure("cannot read " + name + " from the vault");
      const auto* data = static_cast<const char*>(git_odb_object_data(blob.get()));
      tree[name] = {std::string(data, git_odb_object_size(blob.get())), mode_of(mode)};
    }
  }
  return {};
}

Status move_into(const fs::path& file, const fs::path& directory) {
  std::error_code error;
  fs::rename(file, directory / file.filename(), error);
  if (!error) return {};
  return fail(Exit::io,
              "cannot move " + file.string() + " into " + directory.string() + ": " + error.message());
}

}  // namespace

Result<Lock> State::lock() const {
  const std::string file = path / "nanobug.lock";
  Lock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lock.fd < 0) return fail(Exit::io, "cannot open " + file + ": " + system_reason(errno));
  while (::flock(lock.fd, LOCK_EX) != 0)
    if (errno != EINTR) return fail(Exit::io, "cannot lock " + file + ": " + system_reason(errno));
  return lock;
}

Status State::reopen() const {
  odb.reset();
  repository = owned<Repository>(git_repository_open_bare, path.c_str());
  if (repository) odb = owned<Odb>(git_repository_odb, repository.get());
  if (odb) return {};
  return fail(Exit::io, "cannot open the vault " + path.string() + " (" + git_reason() +
                            "); move it away to begin a new one");
}

Result<fs::path> State::store_pack(const std::function<Status(const fs::path&)>& write) const {
  // libgit2 renames a pack's index before the pack; made aside and moved in git's own order, a kill leaves at
  // worst a pack that no index names yet.
  const fs::path aside = path / "objects" / "incoming";
  const fs::path place = path / "objects" / "pack";
  NANOBUG_TRY(remove_tree(aside));
  std::error_code error;
  fs::create_directory(aside, error);
  if (error) return fail(Exit::io, "cannot make the directory " + aside.string() + ": " + error.message());
  NANOBUG_TRY(write(aside));
  fs::path index;
  for (const char* extension : {".pack", ".idx"})
    for (fs::directory_iterator it(aside, error), end; !error && it != end; it.increment(error))
      if (it->path().extension() == extension) {
        index = it->path().filename();
        NANOBUG_TRY(move_into(it->path(), place));
      }
  if (error) return fail(Exit::io, "cannot write objects to " + place.string() + ": " + error.message());
  NANOBUG_TRY(sync_path(place));
  NANOBUG_TRY(remove_tree(aside));
  return index;
}

Status State::store(const Objects& objects) const {
  if (objects.empty()) return {};
  NANOBUG_TRY(store_pack([&](const fs::path& aside) { return objects.write_pack(aside); }));
  (void)consolidate();  // a vault of many packs is slower, and as good
  if (git_odb_refresh(odb.get()) < 0) return git_failure("cannot read the vault " + path.string());
  return {};
}

Status State::point(const std::string& reference, const git_oid& id) const {
  // libgit2 makes these too, and does not sync their names.
  NANOBUG_TRY(make_directories((path / reference).parent_path()));
  const auto set = [&] {
    git_reference* made = nullptr;
    const int result = git_reference_create(&made, repository.get(), reference.c_str(), &id, 1, nullptr);
    git_reference_free(made);
    return result;
  };
  int result = set();
  if (result == GIT_ELOCKED) {
    break_locks(reference);
    result = set();
  }
  if (result < 0) return git_failure("cannot set " + reference + " in the vault " + path.string());
  return {};
}

// We hold the vault's flock, so whoever made these is dead.
void State::break_locks(const std::string& reference) const {
  std::error_code ignored;
  fs::remove(path / (reference + ".lock"), ignored);
  fs::remove(path / "packed-refs.lock", ignored);
}

Result<std::unique_ptr<Vault>> GitLibrary::open(const fs::path& repository) {
  prepare();
  State state{.path = repository, .repository = {}, .odb = {}};
  NANOBUG_TRY(make_directories(repository));
  {
    auto lock = state.lock();
    NANOBUG_TRY(lock);
    NANOBUG_TRY(make_skeleton(repository, "refs/heads/main", true));
  }
  NANOBUG_TRY(state.reopen());
  return std::make_unique<GitVault>(std::move(state));
}

Result<std::string> GitVault::put(const Tree& tree) {
  auto lock = state_.lock();
  NANOBUG_TRY(lock);
  git_odb_refresh(state_.odb.get());
  Objects objects(state_.odb.get());
  auto id = objects.add_tree(tree);
  NANOBUG_TRY(id);
  NANOBUG_TRY(state_.store(objects));
  return hex(*id);
}

Result<Tree> GitVault::get(const std::string& tree_id) const {
  auto id = oid_of(tree_id);
  NANOBUG_TRY(id);
  const auto read = [&]() -> Result<Tree> {
    Tree tree;
    NANOBUG_TRY(read_folder(state_.repository.get(), state_.odb.get(), *id, "", tree));
    return tree;
  };
  if (auto tree = read()) return tree;
  // Another process may have consolidated the packs under us.
  auto lock = state_.lock();
  NANOBUG_TRY(lock);
  NANOBUG_TRY(state_.reopen());
  auto tree = read();
  if (!tree)
    return fail(Exit::io,
                "the vault " + state_.path.string() + " is damaged or another one: " + tree.error().message);
  return tree;
}

Result<std::string> GitVault::commit(const std::string& branch, const std::string& tree_id,
                                     const std::string& message, std::int64_t time) {
  auto id = oid_of(tree_id);
  NANOBUG_TRY(id);
  if (!git_odb_exists(state_.odb.get(), &*id))
    return fail(Exit::io, "the tree " + tree_id + " is not in the vault " + state_.path.string());
  return state_.append(branch, 1, [&](Objects& objects, size_t, const git_oid* parent) {
    return objects.add_commit(*id, parent, message, time);
  });
}

Result<std::string> GitVault::record(const std::string& branch, const std::vector<Step>& steps) {
  return state_.append(branch, steps.size(),
                       [&](Objects& objects, size_t i, const git_oid* parent) -> Result<git_oid> {
                         auto id = objects.add_tree(*steps[i].tree);
                         NANOBUG_TRY(id);
                         return objects.add_commit(*id, parent, steps[i].message, steps[i].time);
                       });
}

Result<std::string> State::append(const std::string& branch, size_t count, const MakeCommit& make) const {
  const std::string reference = kHeads + branch;
  int valid = 0;
  if (git_reference_name_is_valid(&valid, reference.c_str()) < 0 || !valid)
    return fail(Exit::io, "\"" + branch + "\" cannot be the name of a branch");
  auto held = lock();
  NANOBUG_TRY(held);
  git_odb_refresh(odb.get());
  git_oid tip;
  bool has_tip = git_reference_name_to_id(&tip, repository.get(), reference.c_str()) == 0;
  Objects objects(odb.get());
  for (size_t i = 0; i < count; ++i) {
    auto id = make(objects, i, has_tip ? &tip : nullptr);
    NANOBUG_TRY(id);
    tip = *id;
    has_tip = true;
  }
  NANOBUG_TRY(store(objects));
  NANOBUG_TRY(point(reference, tip));
  return hex(tip);
}

Status GitVault::drop(const std::string& branch) {
  auto lock = state_.lock();
  NANOBUG_TRY(lock);
  const std::string reference = kHeads + branch;
  int result = git_reference_remove(state_.repository.get(), reference.c_str());
  if (result == GIT_ELOCKED) {
    state_.break_locks(reference);
    result = git_reference_remove(state_.repository.get(), reference.c_str());
  }
  if (result < 0 && result != GIT_ENOTFOUND) return git_failure("cannot remove the branch " + branch);
  return {};
}

Result<std::vector<Vault::Entry>> GitVault::history(const std::string& branch) const {
  auto entries = state_.history(branch);
  if (entries) return entries;
  auto lock = state_.lock();
  NANOBUG_TRY(lock);
  NANOBUG_TRY(state_.reopen());
  return state_.history(branch);
}

Result<std::vector<Vault::Entry>> State::history(const std::string& branch) const {
  std::vector<Vault::Entry> entries;
  git_oid id;
  const int found = git_reference_name_to_id(&id, repository.get(), (kHeads + branch).c_str());
  if (found == GIT_ENOTFOUND) return entries;
  const auto damaged = [&] {
    Error error = git_failure("cannot read the branch " + branch).value();
    const std::string place = git_repository_path(repository.get());
    error.message += "; if " + place + " is damaged, move it away, and the next session makes a new one";
    return tl::unexpected<Error>(std::move(error));
  };
  if (found < 0) return damaged();
  for (;;) {
    auto commit = owned<GitCommit>(git_commit_lookup, repository.get(), &id);
    if (!commit) return damaged();
    std::string message = git_commit_message(commit.get());
    while (message.ends_with('\n')) message.pop_back();
    entries.push_back({hex(id), hex(*git_commit_tree_id(commit.get())), message});
    if (git_commit_parentcount(commit.get()) == 0) return entries;
    id = *git_commit_parent_id(commit.get(), 0);
  }
}

Result<std::vector<std::string>> GitVault::branches() const {
  std::vector<std::string> names;
  auto references =
      owned<References>(git_reference_iterator_glob_new, state_.repository.get(), "refs/heads/*");
  if (!references) return git_failure("cannot list the branches of the vault " + state_.path.string());
  const char* name = nullptr;
  while (git_reference_next_name(&name, references.get()) == 0) names.push_back(name + std::strlen(kHeads));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace nanobug::vault
