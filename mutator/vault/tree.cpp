// tree: see tree.h. Directories are walked by hand with lstat, so that nothing behind a symlink is ever read
// or touched.
#include "mutator/vault/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "mutator/base/files.h"
#include "mutator/base/globs.h"

namespace nanobug::vault {
namespace {

auto cannot(const char* what, const fs::path& path, int reason) {
  return fail(Exit::io, std::string("cannot ") + what + ' ' + path.string() + ": " + system_reason(reason));
}

// The names in a directory, sorted; one that has gone meanwhile is empty.
Result<std::vector<std::string>> names_in(const fs::path& directory) {
  std::vector<std::string> names;
  DIR* stream = ::opendir(directory.c_str());
  if (!stream && errno == ENOENT) return names;
  if (!stream) return cannot("read", directory, errno);
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream);
    if (!entry) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  const int reason = errno;
  ::closedir(stream);
  if (reason != 0) return cannot("read", directory, reason);
  std::sort(names.begin(), names.end());
  return names;
}

// Calls `visit(path, info)` on everything below, children before their directory, then on the directory
// itself. A file that disappears while we look was never ours to keep: a learner's program may still be
// running.
template <class Visit>
Status walk(const fs::path& path, const std::vector<std::string>& leave_out, const Visit& visit) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return cannot("read", path, errno);
  }
  if (S_ISDIR(info.st_mode)) {
    auto names = names_in(path);
    NANOBUG_TRY(names);
    for (const auto& name : *names)
      if (!fits_any(leave_out, name)) NANOBUG_TRY(walk(path / name, {}, visit));
  }
  return visit(path, info);
}

Result<std::string> link_target(const fs::path& path) {
  std::string target(4096, '\0');
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  if (length < 0) return cannot("read", path, errno);
  target.resize(static_cast<size_t>(length));
  return target;
}

// Below the top only a path that is named whole.
bool is_named(const std::vector<std::string>& skip, const std::string& path) {
  return std::find(skip.begin(), skip.end(), path) != skip.end();
}

// Reads a directory into a tree until it is full.
struct Reader {
  const std::vector<std::string>& skip;
  Tree tree = {};
  std::uint64_t size = 0;
  LeftOut left_out = {};

  Status read(const fs::path& path, const std::string& name);
  Status read_file_or_link(const fs::path& path, const std::string& name, const struct stat& info);
  Status pass_over(const fs::path& path, const std::string& name, Error error);
};

Status Reader::read(const fs::path& path, const std::string& name) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return pass_over(path, name, cannot("read", path, errno).value());
  }
  if (!S_ISDIR(info.st_mode)) return read_file_or_link(path, name, info);
  auto names = names_in(path);
  if (!names) return pass_over(path, name, names.error());
  for (const auto& inner : *names)
    if (const std::string whole = name + '/' + inner; inner != ".git" && !is_named(skip, whole))
      NANOBUG_TRY(read(path / inner, whole));
  return {};
}

// Is it closed to us, or lost, and not we who have no descriptor left, say?
bool is_closed(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return errno == EACCES || errno == EPERM || errno == EIO || errno == ESTALE;
  ::close(fd);
  return false;
}

Status Reader::pass_over(const fs::path& path, const std::string& name, Error error) {
  if (!is_closed(path)) return tl::unexpected(std::move(error));
  if (left_out.unreadable.empty()) left_out.why = std::move(error);
  left_out.unreadable.push_back(name);
  return {};
}

Status Reader::read_file_or_link(const fs::path& path, const std::string& name, const struct stat& info) {
  if (!S_ISREG(info.st_mode) && !S_ISLNK(info.st_mode)) return {};
  const bool is_link = S_ISLNK(info.st_mode);
  const auto length = static_cast<std::uint64_t>(info.st_size);
  if (!is_link && (length > kLargestFile || size + length > kLargestTree)) {
    left_out.too_large.push_back(name);
    return {};
  }
  auto bytes = is_link ? link_target(path) : read_file(path);
  struct stat now{};
  if (!bytes && ::lstat(path.c_str(), &now) != 0 && errno == ENOENT) return {};
  if (!bytes) return pass_over(path, name, bytes.error());
  size += bytes->size();
  // Git knows one bit of a file's mode, the owner's x.
  const Mode mode = is_link ? Mode::symlink : info.st_mode & S_IXUSR ? Mode::executable : Mode::regular;
  tree[name] = {std::move(*bytes), mode};
  return {};
}

// Makes the directories above `name` inside `root`, each of which must be a real directory.
Status make_parents(const fs::path& root, const std::string& name) {
  for (size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const fs::path directory = root / name.substr(0, slash);
    if (::mkdir(directory.c_str(), 0777) == 0) continue;
    const int reason = errno;
    struct stat info{};
    if (reason == EEXIST && ::lstat(directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) continue;
    return cannot("make the directory", directory, reason);
  }
  return {};
}

Status write_one(const fs::path& path, const File& file) {
  if (file.mode == Mode::symlink) {
    if (::symlink(file.bytes.c_str(), path.c_str()) == 0) return {};
    return cannot("make the symlink", path, errno);
  }
  // The permissions are what the user's umask makes of git's two modes.
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                        file.mode == Mode::executable ? 0777 : 0666);
  if (fd < 0) return cannot("write", path, errno);
  std::string_view rest = file.bytes;
  int reason = 0;
  while (!rest.empty() && reason == 0) {
    const ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n < 0 && errno != EINTR) reason = errno;
    if (n > 0) rest.remove_prefix(static_cast<size_t>(n));
  }
  if (::close(fd) != 0 && reason == 0) reason = errno;
  if (reason != 0) return cannot("write", path, reason);
  return {};
}

// Has the kernel write the file's data, and waits for it or not. A file system without the call gets an
// fsync.
Status write_out(const fs::path& path, unsigned flags) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return cannot("open", path, errno);
  const bool done = ::sync_file_range(fd, 0, 0, flags) == 0 || ::fsync(fd) == 0;
  const int reason = errno;
  ::close(fd);
  if (!done) return cannot("write", path, reason);
  return {};
}

// The files' data out, each waited for only when all have been begun.
Status write_out_files(const fs::path& directory, const std::vector<std::string>& leave_out) {
  constexpr unsigned kBegin = SYNC_FILE_RANGE_WRITE;
  constexpr unsigned kWait = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  for (const unsigned flags : {kBegin, kWait})
    NANOBUG_TRY(walk(directory, leave_out, [&](const fs::path& path, const struct stat& info) -> Status {
      if (S_ISREG(info.st_mode)) return write_out(path, flags);
      return {};
    }));
  return {};
}

std::string first_difference(const Manifest& found, const Manifest& wanted) {
  for (const auto& [path, entry] : wanted) {
    const auto it = found.find(path);
    if (it == found.end()) return path + " is missing";
    if (it->second != entry) return path + " differs";
  }
  for (const auto& [path, entry] : found)
    if (!wanted.contains(path)) return path + " should not be there";
  return "";
}

}  // namespace

std::vector<std::string> LeftOut::all() const {
  std::vector<std::string> names = too_large;
  names.insert(names.end(), unreadable.begin(), unreadable.end());
  return names;
}

Result<Tree> read_tree(const fs::path& directory, const std::vector<std::string>& skip, LeftOut* left_out) {
  Reader reader{skip};
  std::error_code error;
  if (!fs::is_directory(directory, error)) return cannot("read", directory, error ? error.value() : ENOTDIR);
  auto names = names_in(directory);
  NANOBUG_TRY(names);
  for (const auto& name : *names)
    if (name != ".git" && !fits_any(skip, name)) NANOBUG_TRY(reader.read(directory / name, name));
  LeftOut& left = reader.left_out;
  if (left_out) {
    *left_out = std::move(left);
  } else if (!left.unreadable.empty()) {
    return tl::unexpected<Error>(left.why);
  } else if (!left.too_large.empty()) {
    return fail(Exit::io, (directory / left.too_large.front()).string() +
                              " is too large to be part of a tree; move it elsewhere");
  }
  return std::move(reader.tree);
}

Status write_tree(const Tree& tree, const fs::path& directory) {
  NANOBUG_TRY(
      tree_id(tree));  // refuses the paths that git refuses, and with them every way out of the directory
  for (const auto& [name, file] : tree) {
    NANOBUG_TRY(make_parents(directory, name));
    NANOBUG_TRY(write_one(directory / name, file));
  }
  return {};
}

Status sync_tree(const fs::path& directory, const std::vector<std::string>& leave_out) {
  NANOBUG_TRY(write_out_files(directory, leave_out));
  // The directory is touched last, so that the journal commit that its fsync asks for holds everything before
  // it too.
  struct stat info{};
  if (::lstat(directory.c_str(), &info) != 0) return cannot("read", directory, errno);
  const timespec times[] = {info.st_atim, info.st_mtim};
  if (::utimensat(AT_FDCWD, directory.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0)
    return cannot("set the time of", directory, errno);
  return sync_path(directory);
}

Manifest manifest(const Tree& tree) {
  Manifest result;
  for (const auto& [path, file] : tree) result[path] = {sha256(file.bytes), file.mode};
  return result;
}

Status verify(const fs::path& directory, const Manifest& wanted, const std::vector<std::string>& leave_out) {
  LeftOut left_out;
  auto found = read_tree(directory, leave_out, &left_out);
  NANOBUG_TRY(found);
  Manifest there = manifest(*found);
  for (const std::string& path : left_out.all()) there[path] = {"left out", Mode::regular};
  const std::string difference = first_difference(there, wanted);
  if (difference.empty()) return {};
  return fail(Exit::io, "the tree in " + directory.string() + " is not what it should be: " + difference);
}

}  // namespace nanobug::vault
