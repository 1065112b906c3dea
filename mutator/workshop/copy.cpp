// copy: see copy.h.
#include "mutator/workshop/copy.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <utility>

#include "mutator/base/files.h"

namespace nanobug::workshop {
namespace {

tl::unexpected<Error> cannot(const char* what, const fs::path& path, const std::error_code& error) {
  return fail(Exit::io, std::string("cannot ") + what + ' ' + path.string() + ": " + error.message());
}

// -> was it linked?
Result<bool> copy_file(const fs::path& from, const fs::path& to, bool link,
                       std::optional<std::int64_t> time) {
  std::error_code error;
  fs::remove(to, error);
  if (link) {
    fs::create_hard_link(from, to, error);
    if (!error) return true;  // otherwise another file system, or no links there: copy
  }
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
  if (error) return cannot("copy to", to, error);
  if (time && *time != kOwnTime) NANOBUG_TRY(set_time(to, *time));
  if (time && *time == kOwnTime) {
    fs::last_write_time(to, fs::last_write_time(from, error), error);
    if (error) return cannot("set the time of", to, error);
  }
  return false;
}

}  // namespace

Status copy_directory(const fs::path& from, const fs::path& to, Links links,
                      const std::function<bool(const std::string&)>& skip, std::optional<std::int64_t> time,
                      std::vector<std::string>* linked, const std::map<std::string, fs::path>* others) {
  std::set<std::string> left;
  if (others)
    for (const auto& [file, other] : *others) left.insert(file);
  const auto copy_other = [&](const std::string& file) -> Status {
    left.erase(file);
    const auto copied = copy_file(others->at(file), to / file, false, time);
    if (!copied) return tl::unexpected(copied.error());
    return {};
  };
  std::error_code error;
  fs::create_directories(to, error);
  if (error) return cannot("make", to, error);
  fs::recursive_directory_iterator it(from, error), end;
  if (error) return cannot("read", from, error);
  for (; it != end; it.increment(error)) {
    if (error) return cannot("read", from, error);
    const std::string relative = it->path().lexically_relative(from).string();
    if (skip && skip(relative)) {
      it.disable_recursion_pending();
      continue;
    }
    const fs::path target = to / relative;
    if (left.contains(relative)) {
      NANOBUG_TRY(copy_other(relative));
    } else if (it->is_symlink()) {
      fs::remove(target, error);
      fs::copy_symlink(it->path(), target, error);
      if (error) return cannot("copy to", target, error);
    } else if (it->is_directory()) {
      fs::create_directory(target, error);
      if (error) return cannot("make", target, error);
    } else if (it->is_regular_file()) {
      const bool link = links == Links::all || (links == Links::large && it->file_size() >= kLinkFrom);
      const auto was_linked = copy_file(it->path(), target, link, time);
      NANOBUG_TRY(was_linked);
      if (*was_linked && linked) linked->push_back(relative);
    }
  }
  while (!left.empty()) {
    const std::string file = *left.begin();
    fs::create_directories((to / file).parent_path(), error);
    NANOBUG_TRY(copy_other(file));
  }
  return {};
}

Result<std::vector<std::string>> list_files(const fs::path& directory) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
    if (it->is_regular_file() && !it->is_symlink())
      files.push_back(it->path().lexically_relative(directory).string());
  if (error) return cannot("read", directory, error);
  std::sort(files.begin(), files.end());
  return files;
}

FileLock::FileLock(const fs::path& file, int how) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ >= 0 && ::flock(fd_, how) != 0) ::close(std::exchange(fd_, -1));
}

FileLock::FileLock(const fs::path& file) : FileLock(file, LOCK_EX) {}

std::shared_ptr<FileLock> FileLock::if_free(const fs::path& file) {
  std::shared_ptr<FileLock> lock(new FileLock(file, LOCK_EX | LOCK_NB));
  return lock->fd_ >= 0 ? lock : nullptr;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

bool same_file(const fs::path& a, const fs::path& b) {
  struct stat x{}, y{};
  return ::lstat(a.c_str(), &x) == 0 && ::lstat(b.c_str(), &y) == 0 && x.st_ino == y.st_ino &&
         x.st_dev == y.st_dev;
}

}  // namespace nanobug::workshop
