// objects: see objects.h.
#include "mutator/vault/objects.h"

#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/vault/git.h"

namespace nanobug::vault {
namespace {

// A directory of the tree while it is turned round from paths into nested trees.
struct Folder {
  std::map<std::string, const File*> files;
  std::map<std::string, std::unique_ptr<Folder>> folders;
};

Status insert(Folder& root, const std::string& path, const File& file) {
  const auto refuse = [&] { return fail(Exit::io, "the path \"" + path + "\" cannot stand in a git tree"); };
  Folder* folder = &root;
  for (size_t from = 0;;) {
    const size_t slash = path.find('/', from);
    const std::string name = path.substr(from, slash == std::string::npos ? slash : slash - from);
    if (name.empty() || name == "." || name == ".." || name == ".git" || name.find('\0') != std::string::npos)
      return refuse();
    if (slash == std::string::npos) {
      if (folder->folders.contains(name)) return refuse();
      folder->files[name] = &file;
      return {};
    }
    if (folder->files.contains(name)) return refuse();
    auto& next = folder->folders[name];
    if (!next) next = std::make_unique<Folder>();
    folder = next.get();
    from = slash + 1;
  }
}

const char* mode_text(Mode mode) {
  if (mode == Mode::executable) return "100755";
  return mode == Mode::symlink ? "120000" : "100644";
}

// `add` takes an object and answers its id.
template <class Add>
Result<git_oid> add_folder(const Add& add, const Folder& folder) {
  // Git sorts a directory as if its name ended in '/'; the map's key does just that.
  std::map<std::string, std::string> lines;
  const auto line = [&](const std::string& key, const std::string& name, const char* mode,
                        const git_oid& id) {
    lines[key] = std::string(mode) + ' ' + name + '\0' +
                 std::string(reinterpret_cast<const char*>(id.id), GIT_OID_RAWSZ);
  };
  for (const auto& [name, file] : folder.files) {
    auto id = add(GIT_OBJECT_BLOB, file->bytes);
    NANOBUG_TRY(id);
    line(name, name, mode_text(file->mode), *id);
  }
  for (const auto& [name, inner] : folder.folders) {
    auto id = add_folder(add, *inner);
    NANOBUG_TRY(id);
    line(name + '/', name, "40000", *id);
  }
  std::string bytes;
  for (const auto& [key, text] : lines) bytes += text;
  return add(GIT_OBJECT_TREE, std::move(bytes));
}

template <class Add>
Result<git_oid> add_paths(const Add& add, const Tree& tree) {
  Folder root;
  for (const auto& [path, file] : tree) NANOBUG_TRY(insert(root, path, file));
  return add_folder(add, root);
}

// The SHA-1 of git's header and the bytes; nothing where this OpenSSL has none.
std::optional<git_oid> hash(git_object_t type, std::string_view bytes) {
  using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const std::string head =
      std::string(git_object_type2string(type)) + ' ' + std::to_string(bytes.size()) + '\0';
  git_oid id{};
  unsigned length = 0;
  if (!digest || EVP_MD_get_size(EVP_sha1()) != GIT_OID_RAWSZ ||
      EVP_DigestInit_ex(digest.get(), EVP_sha1(), nullptr) != 1 ||
      EVP_DigestUpdate(digest.get(), head.data(), head.size()) != 1 ||
      EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(digest.get(), id.id, &length) != 1)
    return std::nullopt;
  return id;
}

}  // namespace

Result<git_oid> id_of(const Tree& tree) {
  return add_paths(
      [](git_object_t type, std::string_view bytes) -> Result<git_oid> {
        if (const auto id = hash(type, bytes)) return *id;
        return Objects().add(type, std::string(bytes));
      },
      tree);
}

Result<git_oid> Objects::add(git_object_t type, std::string bytes) {
  prepare();
  git_oid id;
  // libgit2 looks for collisions that somebody has made, which takes three times as long.
  if (const auto quick = hash(type, bytes))
    id = *quick;
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
  return add_paths([this](git_object_t type, std::string bytes) { return add(type, std::move(bytes)); },
                   tree);
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

}  // namespace nanobug::vault
