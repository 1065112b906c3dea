// files: see files.h. Plain POSIX, because the order of write, fsync and rename is the whole point.
#include "mutator/base/files.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "mutator/base/directories.h"
#include "mutator/base/hex.h"

namespace nanobug {
namespace {

// Closes what it was given; the error of close() after fsync() says nothing new.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

auto io_error(const char* what, const fs::path& path, int reason) {
  return fail(Exit::io, std::string(what) + ' ' + path.string() + ": " + system_reason(reason));
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

std::string system_reason(int errno_value) {
  return std::strerror(errno_value);
}

Result<std::string> read_file(const fs::path& file) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return io_error("cannot read", file, errno);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return io_error("cannot read", file, errno);
  if (S_ISDIR(info.st_mode)) return io_error("cannot read", file, EISDIR);
  std::string bytes;
  bytes.reserve(static_cast<size_t>(info.st_size));
  std::array<char, 65536> block;
  for (;;) {
    const ssize_t n = ::read(fd.get(), block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error("cannot read", file, errno);
    if (n == 0) return bytes;
    bytes.append(block.data(), static_cast<size_t>(n));
  }
}

Status ensure_directories(const fs::path& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (!error) return {};
  std::error_code ignored;
  fs::path there = directory;
  while (there.has_relative_path() && !fs::exists(there, ignored)) there = there.parent_path();
  if (fs::exists(there, ignored) && !fs::is_directory(there, ignored))
    return fail(Exit::io, "cannot make the directory " + directory.string() + ": '" + there.string() +
                              "' is a file; move it away, or name another place");
  return io_error("cannot make the directory", directory, error.value());
}

Status make_directories(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> missing;
  for (fs::path at = directory; !at.empty() && !fs::exists(at, error); at = at.parent_path()) {
    if (at.has_filename()) missing.push_back(at);  // not the end of "a/b/"
    if (!at.has_relative_path()) break;
  }
  NANOBUG_TRY(ensure_directories(directory));
  for (const fs::path& made : missing) {
    const fs::path parent = made.has_parent_path() ? made.parent_path() : fs::path(".");
    NANOBUG_TRY(sync_path(parent));
  }
  return {};
}

Status write_file(const fs::path& file, std::string_view bytes, unsigned mode) {
  const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
  NANOBUG_TRY(make_directories(parent));
  std::string name = (parent / ("." + file.filename().string() + ".XXXXXX")).string();
  const Descriptor fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) return io_error("cannot write in", parent, errno);
  const bool written = write_all(fd.get(), bytes) && ::fchmod(fd.get(), mode) == 0 &&
                       ::fsync(fd.get()) == 0 && ::rename(name.c_str(), file.c_str()) == 0;
  if (!written) {
    const int reason = errno;
    ::unlink(name.c_str());
    return io_error("cannot write", file, reason);
  }
  return sync_path(parent);
}

Status write_unsynced(const fs::path& file, std::string_view bytes) {
  std::error_code error;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), error);
  const Descriptor fd(::open(file.c_str(), O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC, 0644));
  if (!fd || !write_all(fd.get(), bytes)) return io_error("cannot write", file, errno);
  return {};
}

Status append_line(const fs::path& file, std::string_view line) {
  const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
  NANOBUG_TRY(make_directories(parent));
  const Descriptor fd(::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644));
  if (!fd) return io_error("cannot write", file, errno);
  const std::string record = std::string(line) + '\n';
  const bool is_new = ::lseek(fd.get(), 0, SEEK_END) == 0;
  if (!write_all(fd.get(), record) || ::fsync(fd.get()) != 0) return io_error("cannot write", file, errno);
  if (is_new) return sync_path(parent);  // its name too
  return {};
}

Status sync_path(const fs::path& path) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    const int reason = errno;
    // A directory that may be written and not read can be synced by nobody.
    std::error_code error;
    if (reason == EACCES && fs::is_directory(path, error)) return {};
    return io_error("cannot open", path, reason);
  }
  // Some file systems cannot fsync a directory (EINVAL); they order the rename themselves.
  if (::fsync(fd.get()) != 0 && errno != EINVAL) return io_error("cannot write", path, errno);
  return {};
}

Status set_times(const fs::path& directory, std::int64_t seconds_since_epoch) {
  const timespec time{static_cast<time_t>(seconds_since_epoch), 0}, both[] = {time, time};
  const auto set = [&](const fs::path& path) -> Status {
    struct stat info{};
    if (::lstat(path.c_str(), &info) == 0) {
      if (info.st_mtim.tv_sec == time.tv_sec && info.st_mtim.tv_nsec == 0) return {};
      if (::utimensat(AT_FDCWD, path.c_str(), both, AT_SYMLINK_NOFOLLOW) == 0) return {};
    }
    if (errno == ENOENT) return {};
    return io_error("cannot set the time of", path, errno);
  };
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
    NANOBUG_TRY(set(it->path()));
  if (error) return io_error("cannot read", directory, error.value());
  return set(directory);
}

Status set_time(const fs::path& file, std::int64_t seconds_since_epoch) {
  const timespec time{static_cast<time_t>(seconds_since_epoch), 0}, both[] = {time, time};
  if (::utimensat(AT_FDCWD, file.c_str(), both, AT_SYMLINK_NOFOLLOW) == 0) return {};
  return io_error("cannot set the time of", file, errno);
}

Status remove_tree(const fs::path& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (!error) return {};
  // Directories without write permission keep their entries; give ourselves the permission and try again.
  std::error_code ignored;
  for (fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, ignored), end;
       it != end; it.increment(ignored))
    if (it->is_directory(ignored) && !it->is_symlink(ignored))
      fs::permissions(it->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
  fs::remove_all(path, error);
  if (error) return io_error("cannot remove", path, error.value());
  return {};
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t newline = text.find('\n');
    const size_t length = newline == std::string_view::npos ? text.size() : newline + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  return to_hex({reinterpret_cast<const char*>(digest.data()), length});
}

}  // namespace nanobug
