// temporary: see temporary.h. A flock rather than a pid in the name: a home directory may be shared by
// containers, each with pids of its own, and the kernel gives a lock back when its holder is killed.
#include "mutator/base/temporary.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "mutator/base/directories.h"
#include "mutator/base/files.h"

namespace nanobug {
namespace {

constexpr std::string_view kPrefix = "nanobug-tmp.";
constexpr int kHeld = 3;  // where a child has the place that it removes

int open_directory(const fs::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

// Whether the directory that was opened is still the one of that name, and this user's.
bool is_still(int fd, const fs::path& path) {
  struct stat opened{}, named{};
  return ::fstat(fd, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev && opened.st_uid == ::geteuid();
}

bool lock(int fd, int how) {
  while (::flock(fd, LOCK_EX | how) != 0)
    if (errno != EINTR) return false;
  return true;
}

struct Place {
  fs::path path;
  int fd;  // with the lock
};

// A new one. Until it is locked another process may sweep it, before it is opened or after, and then it is
// made again. Where directories cannot be locked, nobody sweeps.
Result<Place> make_place(const fs::path& parent) {
  for (;;) {
    std::string name = (parent / (std::string(kPrefix) + "XXXXXX")).string();
    const bool is_made = ::mkdtemp(name.data()) != nullptr;
    const int fd = is_made ? open_directory(name) : -1;
    if (is_made && fd < 0 && errno == ENOENT) continue;
    if (fd < 0)
      return fail(Exit::io, "cannot make a directory in " + parent.string() + ": " + system_reason(errno));
    if (!lock(fd, 0) || is_still(fd, name)) return Place{name, fd};
    ::close(fd);
  }
}

// The places of this process; removed with what is left in them when it returns from main.
class Places {
 public:
  ~Places() {
    if (::getpid() != owner_) return;
    for (const auto& [parent, place] : held_) {
      (void)remove_tree(place.path);
      ::close(place.fd);
    }
  }

  Result<fs::path> in(const fs::path& parent) {
    const std::lock_guard guard(mutex_);
    if (const auto it = held_.find(parent); it != held_.end()) {
      if (is_still(it->second.fd, it->second.path)) return it->second.path;
      ::close(it->second.fd);
      held_.erase(it);
    } else {
      sweep_temporary_directories(parent);
    }
    const auto made = make_place(parent);
    NANOBUG_TRY(made);
    return held_.emplace(parent, *made).first->second.path;
  }

 private:
  const pid_t owner_ = ::getpid();
  std::mutex mutex_;
  std::map<fs::path, Place> held_;
};

}  // namespace

void sweep_temporary_directories(const fs::path& parent, int depth) {
  // Not by std::filesystem, whose walk ends the program where memory runs out.
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(parent.c_str()), ::closedir);
  while (const dirent* entry = directory ? ::readdir(directory.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    const bool is_ours = name.starts_with(kPrefix);
    // Every verb sweeps, and an index has thousands of files: none of them is looked at.
    if ((!is_ours && depth == 0) || (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)) continue;
    const fs::path path = parent / name;
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) continue;
    if (!is_ours) {
      sweep_temporary_directories(path, depth - 1);
      continue;
    }
    const int fd = open_directory(path);
    if (fd < 0) continue;
    if (lock(fd, LOCK_NB) && is_still(fd, path)) (void)remove_tree(path);
    ::close(fd);
  }
}

void remove_in_background(const fs::path& directory, const fs::path& parent) {
  std::error_code error;
  fs::create_directories(parent, error);
  const auto place = make_place(parent);
  const bool moved = place && ::rename(directory.c_str(), (place->path / "gone").c_str()) == 0;
  pid_t child = -1;
  if (moved) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
      ::posix_spawn_file_actions_addopen(&files, standard, "/dev/null", O_RDWR, 0);
    // The lock is the open file's, so it is held for as long as the child has it.
    ::posix_spawn_file_actions_adddup2(&files, place->fd, kHeld);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    std::string words[] = {"rm", "-rf", "--", place->path.string()};
    char* argv[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
    if (::posix_spawnp(&child, argv[0], &files, &attributes, argv, environ) != 0) child = -1;
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
  }
  if (!moved) (void)remove_tree(directory);
  if (place && child < 0) (void)remove_tree(place->path);
  if (place) ::close(place->fd);
}

Result<fs::path> make_temporary_directory(const fs::path& parent, std::string_view prefix) {
  static Places places;
  std::error_code error;
  NANOBUG_TRY(ensure_directories(parent));
  auto place = places.in(fs::absolute(parent, error).lexically_normal());
  NANOBUG_TRY(place);
  std::string name = (*place / (std::string(prefix) + ".XXXXXX")).string();
  if (!::mkdtemp(name.data()))
    return fail(Exit::io, "cannot make a directory in " + place->string() + ": " + system_reason(errno));
  return fs::path(name);
}

Result<fs::path> directory_for_temporaries() {
  std::error_code error;
  fs::path directory = fs::temp_directory_path(error);
  if (!error) return directory;
  const char* variable = std::getenv("TMPDIR");
  return fail(Exit::io,
              variable ? "TMPDIR is '" + std::string(variable) + "', which is no directory; name one that is"
                       : "/tmp is no directory; name one with TMPDIR");
}

}  // namespace nanobug
