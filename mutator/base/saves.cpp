// saves: see saves.h.
#include "mutator/base/saves.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "mutator/base/files.h"
#include "mutator/base/globs.h"

namespace nanobug {
namespace {

bool is_nobodys(const std::string& name) {
  return name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#'));
}

}  // namespace

Saves::Saves(fs::path root, std::vector<std::string> excluded, const fs::path& beside,
             std::function<bool(const std::string& path)> counts)
    : root_(std::move(root)),
      excluded_(std::move(excluded)),
      counts_(std::move(counts)),
      fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (!beside.empty()) add(beside);
  files_ = read();
}

Saves::~Saves() {
  if (fd_ >= 0) ::close(fd_);
}

// One that is watched already is the same watch. Without a watch for each nothing can be relied on.
void Saves::add(const fs::path& directory) {
  constexpr auto kStirs = IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_DELETE_SELF |
                          IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF;
  if (fd_ < 0 || ::inotify_add_watch(fd_, directory.c_str(), kStirs | IN_ONLYDIR) >= 0) return;
  if (errno == ENOENT || errno == ENOTDIR) return;  // gone again
  ::close(std::exchange(fd_, -1));
}

void Saves::heard() {
  alignas(inotify_event) std::array<char, 16384> block;
  while (fd_ >= 0 && ::read(fd_, block.data(), block.size()) > 0) {
  }
}

std::map<std::string, Saves::Stamp> Saves::read() {
  std::map<std::string, Stamp> files;
  std::vector<fs::path> left = {root_};
  while (!left.empty()) {
    const fs::path directory = std::exchange(left.back(), {});
    left.pop_back();
    add(directory);  // before it is read: what comes between is told of
    std::error_code error;
    for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (is_nobodys(name)) continue;
      if (directory == root_ && fits_any(excluded_, name)) continue;
      struct stat about{};
      if (::lstat(it->path().c_str(), &about) != 0) continue;
      if (S_ISDIR(about.st_mode)) {
        left.push_back(it->path());
        continue;
      }
      const std::string path = it->path().lexically_relative(root_).string();
      if (!counts_ || counts_(path))
        files[path] = {about.st_mtim.tv_sec, about.st_mtim.tv_nsec, static_cast<std::uint64_t>(about.st_size),
                       about.st_ino};
    }
  }
  return files;
}

std::vector<std::string> Saves::look() {
  std::map<std::string, Stamp> now = read();
  std::set<std::string> changed;
  for (const auto& [path, stamp] : now)
    if (const auto before = files_.find(path); before == files_.end() || before->second != stamp)
      changed.insert(path);
  for (const auto& [path, stamp] : files_)
    if (!now.contains(path)) changed.insert(path);
  files_ = std::move(now);
  return {changed.begin(), changed.end()};
}

}  // namespace nanobug
