// git: see git.h.
#include "mutator/vault/git.h"

#include "mutator/vault/git_library.h"

namespace nanobug::vault {
namespace {

struct Prepared {
  Prepared() {
    git_libgit2_init();
    for (const int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                            GIT_CONFIG_LEVEL_GLOBAL})
      git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
    git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, "");
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    // The owner check protects users from hooks and helpers that a foreign repository names. Nothing of the
    // kind is ever run here, and a checkout whose owner changed (a container, a restored backup) is still a
    // learner's.
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    // `git sparse-checkout` in the checkout sets these; objects are read the same with them.
    const char* known[] = {"worktreeconfig", "preciousobjects"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, known, 2);
  }
  ~Prepared() { git_libgit2_shutdown(); }
};

}  // namespace

void prepare() {
  static const Prepared prepared;
}

std::string git_reason() {
  const git_error* error = git_error_last();
  return error && error->message ? error->message : "unknown reason";
}

tl::unexpected<Error> git_failure(const std::string& what) {
  return fail(Exit::io, what + ": " + git_reason());
}

std::string hex(const git_oid& id) {
  std::string text(GIT_OID_HEXSZ, '0');
  git_oid_fmt(text.data(), &id);
  return text;
}

Result<git_oid> oid_of(const std::string& hex_id) {
  git_oid id;
  if (hex_id.size() != GIT_OID_HEXSZ || git_oid_fromstr(&id, hex_id.c_str()) < 0)
    return fail(Exit::io, "\"" + hex_id + "\" is not an object id of git's");
  return id;
}

}  // namespace nanobug::vault

extern "C" __attribute__((visibility("default"))) nanobug::vault::Library* nanobug_git_library() {
  static nanobug::vault::GitLibrary library;
  return &library;
}
