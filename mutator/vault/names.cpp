// names: see names.h.
#include "mutator/vault/names.h"

#include <openssl/evp.h>

#include <map>
#include <memory>

#include "mutator/base/hex.h"

namespace nanobug::vault {
namespace {

constexpr const char* kKinds[] = {"", "commit", "tree", "blob", "tag"};

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

Result<Sha1> add_folder(const Add& add, const Folder& folder) {
  // Git sorts a directory as if its name ended in '/'; the map's key does just that.
  std::map<std::string, std::string> lines;
  const auto line = [&](const std::string& key, const std::string& name, const char* mode, const Sha1& id) {
    lines[key] = std::string(mode) + ' ' + name + '\0' + std::string(id.begin(), id.end());
  };
  for (const auto& [name, file] : folder.files) {
    const auto id = add(Kind::blob, file->bytes);
    NANOBUG_TRY(id);
    line(name, name, mode_text(file->mode), *id);
  }
  for (const auto& [name, inner] : folder.folders) {
    const auto id = add_folder(add, *inner);
    NANOBUG_TRY(id);
    line(name + '/', name, "40000", *id);
  }
  std::string bytes;
  for (const auto& [key, text] : lines) bytes += text;
  return add(Kind::tree, bytes);
}

}  // namespace

std::string hex(const Sha1& id) {
  return to_hex({reinterpret_cast<const char*>(id.data()), id.size()});
}

std::optional<Sha1> object_id(Kind kind, std::string_view bytes) {
  using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const std::string head =
      std::string(kKinds[static_cast<int>(kind)]) + ' ' + std::to_string(bytes.size()) + '\0';
  Sha1 id{};
  unsigned length = 0;
  if (!digest || EVP_MD_get_size(EVP_sha1()) != static_cast<int>(id.size()) ||
      EVP_DigestInit_ex(digest.get(), EVP_sha1(), nullptr) != 1 ||
      EVP_DigestUpdate(digest.get(), head.data(), head.size()) != 1 ||
      EVP_DigestUpdate(digest.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(digest.get(), id.data(), &length) != 1)
    return std::nullopt;
  return id;
}

Result<Sha1> add_objects(const Tree& tree, const Add& add) {
  Folder root;
  for (const auto& [path, file] : tree) NANOBUG_TRY(insert(root, path, file));
  return add_folder(add, root);
}

std::string owner_and_name(const std::string& url) {
  std::string path = url;
  if (const size_t scheme = path.find("://"); scheme != std::string::npos) {
    const size_t slash = path.find('/', scheme + 3);
    path = slash == std::string::npos ? "" : path.substr(slash);
    if (url.starts_with("file://")) return "";
  } else if (const size_t colon = path.find(':'); colon < path.find('/')) {
    path = path.substr(colon + 1);  // git@host:owner/name.git
  } else {
    return "";  // a directory of this machine
  }
  while (path.ends_with('/')) path.pop_back();
  if (path.ends_with(".git")) path.resize(path.size() - 4);
  const size_t last = path.rfind('/');
  if (last == std::string::npos || last == 0) return "";
  const size_t before = path.rfind('/', last - 1);
  const std::string both = path.substr(before == std::string::npos ? 0 : before + 1);
  return both.starts_with('/') || both.ends_with('/') ? "" : both;
}

}  // namespace nanobug::vault
