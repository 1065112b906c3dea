// repository: the learner's own repository inside a checkout (make_repository in vault.h).
//
// It must look and work like any other to the git command, and hold no object, log line or file that the
// mutated tree does not account for. libgit2 writes only the pack and the index; the rest are files of one
// line.
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>

#include "mutator/base/directories.h"
#include "mutator/base/files.h"
#include "mutator/base/paths.h"
#include "mutator/vault/block.h"
#include "mutator/vault/git.h"
#include "mutator/vault/git_library.h"
#include "mutator/vault/objects.h"
#include "mutator/vault/skeleton.h"

namespace nanobug::vault {
namespace {

// A checkout is synced once and whole by who made it (sync_tree), so libgit2 need not sync its parts.
struct Unsynced {
  Unsynced() { git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 0); }
  ~Unsynced() { git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1); }
  Unsynced(const Unsynced&) = delete;
  Unsynced& operator=(const Unsynced&) = delete;
};

git_index_time index_time(const timespec& time) {
  return {static_cast<int32_t>(time.tv_sec), static_cast<uint32_t>(time.tv_nsec)};
}

Result<git_index_entry> index_entry(const fs::path& file, const std::string& name, Mode mode) {
  struct stat info{};
  if (::lstat(file.c_str(), &info) != 0)
    return fail(Exit::io, "cannot read " + file.string() + ": " + system_reason(errno));
  git_index_entry entry{};
  entry.ctime = index_time(info.st_ctim);
  entry.mtime = index_time(info.st_mtim);
  entry.dev = static_cast<uint32_t>(info.st_dev);
  entry.ino = static_cast<uint32_t>(info.st_ino);
  entry.uid = info.st_uid;
  entry.gid = info.st_gid;
  entry.file_size = static_cast<uint32_t>(info.st_size);
  entry.mode = mode == Mode::symlink      ? GIT_FILEMODE_LINK
               : mode == Mode::executable ? GIT_FILEMODE_BLOB_EXECUTABLE
                                          : GIT_FILEMODE_BLOB;
  entry.path = name.c_str();
  return entry;
}

Status write_index(const fs::path& directory, const Tree& tree) {
  const fs::path file = directory / ".git" / "index";
  auto index = owned<Index>(git_index_open, file.c_str());
  if (!index) return git_failure("cannot make " + file.string());
  for (const auto& [name, content] : tree) {
    auto entry = index_entry(directory / name, name, content.mode);
    NANOBUG_TRY(entry);
    if (git_odb_hash(&entry->id, content.bytes.data(), content.bytes.size(), GIT_OBJECT_BLOB) < 0 ||
        git_index_add(index.get(), &*entry) < 0)
      return git_failure("cannot put " + name + " into " + file.string());
  }
  if (git_index_write(index.get()) < 0) return git_failure("cannot write " + file.string());
  return {};
}

// One entry, as `git commit` would have left it: with no log at all `git log -g` and `git stash` behave
// oddly.
Status write_logs(const fs::path& git, const std::string& reference, const std::string& commit,
                  const std::string& message, std::int64_t time) {
  const std::string line = std::string(GIT_OID_HEXSZ, '0') + ' ' + commit + ' ' + kSignature + ' ' +
                           std::to_string(time) +
                           " +0000\tcommit (initial): " + message.substr(0, message.find('\n')) + '\n';
  NANOBUG_TRY(write_unsynced(git / "logs" / "HEAD", line));
  return write_unsynced(git / "logs" / reference, line);
}

}  // namespace

Status make_skeleton(const fs::path& git, const std::string& head, bool bare) {
  for (const char* directory : {"objects/info", "objects/pack", "refs/heads", "refs/tags", "info"}) {
    NANOBUG_TRY(bare ? make_directories(git / directory) : ensure_directories(git / directory));
  }
  // autocrlf stands here so that a user's global setting cannot make a fresh checkout look edited. A vault is
  // never collected: what its commits do not name yet may be about to be named.
  const std::string config =
      std::string("[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = ") +
      (bare ? "true\n[gc]\n\tauto = 0\n" : "false\n\tlogallrefupdates = true\n\tautocrlf = false\n");
  const auto write = [&](const fs::path& file, const std::string& text) {
    return bare ? write_file(file, text) : write_unsynced(file, text);
  };
  if (!is_there(git / "config")) NANOBUG_TRY(write(git / "config", config));
  // Last, because it is HEAD that makes a directory a repository.
  if (!is_there(git / "HEAD")) NANOBUG_TRY(write(git / "HEAD", "ref: " + head + '\n'));
  return {};
}

namespace {

// Has the user told git who they are? This library reads no configuration of theirs (git.h), so they are
// opened one by one.
bool has_a_name() {
  const char *global = std::getenv("GIT_CONFIG_GLOBAL"), *xdg = std::getenv("XDG_CONFIG_HOME");
  const fs::path own = xdg && *xdg ? fs::path(xdg) : home() / ".config";
  for (const fs::path& file : {fs::path(global ? global : ""), home() / ".gitconfig", own / "git" / "config",
                               fs::path("/etc/gitconfig")}) {
    git_config* config = nullptr;
    git_buf email = GIT_BUF_INIT;
    const bool found = is_there(file) && git_config_open_ondisk(&config, file.c_str()) == 0 &&
                       git_config_get_string_buf(&email, config, "user.email") == 0 && email.size > 0;
    git_buf_dispose(&email);
    git_config_free(config);
    if (found) return true;
  }
  return false;
}

// git refuses to commit for somebody without a name, which a fresh machine has not. Whoever has one keeps it.
Status give_a_name(const fs::path& config) {
  if (has_a_name()) return {};
  return set_block(config, "[user]\n\tname = Learner\n\temail = learner@localhost\n", true,
                   Write::unsynced);  // as all of a checkout that is being made
}

}  // namespace

Status GitLibrary::make_repository(const fs::path& directory, const Tree& tree, const std::string& branch,
                                   const std::string& message, std::int64_t time,
                                   const std::vector<std::string>& exclude) {
  prepare();
  const fs::path git = directory / ".git";
  const std::string reference = "refs/heads/" + branch;
  Objects objects;
  auto root = objects.add_tree(tree);
  NANOBUG_TRY(root);
  auto commit = objects.add_commit(*root, nullptr, message, time);
  NANOBUG_TRY(commit);
  const Unsynced unsynced;
  NANOBUG_TRY(make_skeleton(git, reference, false));
  NANOBUG_TRY(give_a_name(git / "config"));
  NANOBUG_TRY(objects.write_pack(git / "objects" / "pack"));
  std::string lines;
  for (const auto& name : exclude) lines += '/' + name + '\n';
  NANOBUG_TRY(write_unsynced(git / "info" / "exclude", lines));
  NANOBUG_TRY(write_logs(git, reference, hex(*commit), message, time));
  NANOBUG_TRY(write_index(directory, tree));
  return write_unsynced(git / reference, hex(*commit) + '\n');
}

}  // namespace nanobug::vault
