// objects: see objects.h.
#include "mutator/vault/objects.h"

#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

#include <algorithm>
#include <iterator>

#include "mutator/base/files.h"
#include "mutator/vault/git.h"
#include "mutator/vault/git_library.h"
#include "mutator/vault/names.h"

namespace nanobug::vault {
namespace {

static_assert(sizeof(Sha1) == GIT_OID_RAWSZ && static_cast<int>(Kind::commit) == GIT_OBJECT_COMMIT &&
              static_cast<int>(Kind::tree) == GIT_OBJECT_TREE &&
              static_cast<int>(Kind::blob) == GIT_OBJECT_BLOB &&
              static_cast<int>(Kind::tag) == GIT_OBJECT_TAG);

git_oid oid(const Sha1& id) {
  git_oid made{};
  std::copy(id.begin(), id.end(), made.id);
  return made;
}

}  // namespace

Result<git_oid> Objects::add(git_object_t type, std::string bytes) {
  prepare();
  git_oid id;
  if (const auto quick = object_id(static_cast<Kind>(type), bytes))
    id = oid(*quick);
  else if (git_odb_hash(&id, bytes.data(), bytes.size(), type) < 0)
    return git_failure("cannot hash an object");
  if (!has(id)) kept_.emplace(id, Object{type, std::move(bytes)});
  return id;
}

bool Objects::has(const git_oid& id) const {
  // Without a refresh: the caller's database is fresh, and a miss would list the pack directory every time.
  return kept_.contains(id) || (known_ && git_odb_exists_ext(known_, &id, GIT_ODB_LOOKUP_NO_REFRESH));
}

Result<git_oid> Objects::add_tree(const Tree& tree) {
  const auto root = add_objects(tree, [this](Kind kind, std::string_view bytes) -> Result<Sha1> {
    const auto id = add(static_cast<git_object_t>(kind), std::string(bytes));
    NANOBUG_TRY(id);
    Sha1 name;
    std::copy(std::begin(id->id), std::end(id->id), name.begin());
    return name;
  });
  NANOBUG_TRY(root);
  return oid(*root);
}

Result<git_oid> Objects::add_commit(const git_oid& tree, const git_oid* parent, const std::string& message,
                                    std::int64_t time) {
  const std::string who = std::string(kSignature) + ' ' + std::to_string(time) + " +0000\n";
  std::string text = "tree " + hex(tree) + '\n';
  if (parent) text += "parent " + hex(*parent) + '\n';
  text += "author " + who + "committer " + who + '\n' + message;
  if (!text.ends_with('\n')) text += '\n';
  return add(GIT_OBJECT_COMMIT, std::move(text));
}

namespace {

// Files of a source tree are small and little alike, and looking for deltas takes longer than all else that a
// pack needs. libgit2 up to 1.9 reads its limit from the wrong one of these two names.
Result<Config> without_deltas() {
  const auto parent = directory_for_temporaries();
  NANOBUG_TRY(parent);
  const auto directory = make_temporary_directory(*parent, "nanobug-pack");
  NANOBUG_TRY(directory);
  const fs::path file = *directory / "config";
  NANOBUG_TRY(write_unsynced(file, "[core]\n\tbigFileThreshold = 1\n[pack]\n\tdeltaCacheSize = 1\n"));
  auto config = owned<Config>(git_config_open_ondisk, file.c_str());
  (void)remove_tree(*directory);
  if (!config) return git_failure("cannot read " + file.string());
  return config;
}

}  // namespace

Status Objects::write_pack(const std::filesystem::path& directory) const {
  if (kept_.empty()) return {};
  const std::string what = "cannot write objects to " + directory.string();
  // The pack builder wants a repository to read from: one that lives in memory and holds exactly this batch.
  auto odb = owned<Odb>(git_odb_new);
  git_odb_backend* memory = nullptr;
  if (!odb || git_mempack_new(&memory) < 0) return git_failure(what);
  if (git_odb_add_backend(odb.get(), memory, 1) < 0) {
    memory->free(memory);
    return git_failure(what);
  }
  auto repository = owned<Repository>(git_repository_wrap_odb, odb.get());
  const auto config = without_deltas();
  NANOBUG_TRY(config);
  if (!repository || git_repository_set_config(repository.get(), config->get()) < 0) return git_failure(what);
  auto builder = owned<Builder>(git_packbuilder_new, repository.get());
  if (!builder) return git_failure(what);
  for (const auto& [id, object] : kept_) {
    git_oid written;
    if (git_odb_write(&written, odb.get(), object.bytes.data(), object.bytes.size(), object.type) < 0 ||
        git_packbuilder_insert(builder.get(), &id, nullptr) < 0)
      return git_failure(what);
  }
  if (git_packbuilder_write(builder.get(), directory.c_str(), 0444, nullptr, nullptr) < 0)
    return git_failure(what);
  return {};
}

Result<std::string> GitLibrary::tree_id(const Tree& tree) {
  const auto id = Objects().add_tree(tree);
  NANOBUG_TRY(id);
  return hex(*id);
}

}  // namespace nanobug::vault
