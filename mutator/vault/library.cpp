// library: see library.h. What other rooms call, handed on.
#include "mutator/vault/library.h"

#include "mutator/base/files.h"
#include "mutator/base/own_function.h"
#include "mutator/vault/names.h"

namespace nanobug::vault {

Result<Library*> library() {
  static const Result<Library*> opened = []() -> Result<Library*> {
    const auto get = own_function("libnanobug_git.so", "nanobug_git_library", "libgit2");
    NANOBUG_TRY(get);
    return reinterpret_cast<Library* (*)()>(*get)();
  }();
  return opened;
}

Result<std::unique_ptr<Vault>> Vault::open(const fs::path& repository) {
  const auto git = library();
  NANOBUG_TRY(git);
  return (*git)->open(repository);
}

Status make_repository(const fs::path& directory, const Tree& tree, const std::string& branch,
                       const std::string& message, std::int64_t time,
                       const std::vector<std::string>& exclude) {
  const auto git = library();
  NANOBUG_TRY(git);
  return (*git)->make_repository(directory, tree, branch, message, time, exclude);
}

Result<Head> head_of(const fs::path& directory, const Tree& tree) {
  const auto git = library();
  NANOBUG_TRY(git);
  return (*git)->head_of(directory, tree);
}

Result<std::string> tree_id(const Tree& tree) {
  bool has_sha1 = true;
  const auto id = add_objects(tree, [&](Kind kind, std::string_view bytes) -> Result<Sha1> {
    const auto name = object_id(kind, bytes);
    has_sha1 = has_sha1 && name;
    return name.value_or(Sha1{});
  });
  NANOBUG_TRY(id);
  if (has_sha1) return hex(*id);
  const auto git = library();
  NANOBUG_TRY(git);
  return (*git)->tree_id(tree);
}

}  // namespace nanobug::vault
