// watch: see watch.h.
#include "mutator/workshop/watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "mutator/base/files.h"

namespace nanobug::workshop {

namespace {

tl::unexpected<Error> cannot_watch(const fs::path& directory, int reason) {
  const bool used_up = reason == EMFILE || reason == ENOSPC;
  return fail(Exit::io, "cannot watch " + directory.string() + ": " + system_reason(reason) +
                            (used_up ? std::string("; the user's limit of watches is used up: end a program "
                                                   "that watches files, or raise ") +
                                           (reason == EMFILE ? "fs.inotify.max_user_instances"
                                                             : "fs.inotify.max_user_watches") +
                                           " with sysctl"
                                     : ""));
}

}  // namespace

Result<Watch> Watch::start(const fs::path& directory, const std::vector<std::string>& names) {
  std::map<std::string, int> none;
  for (const std::string& name : names) none[name] = 0;
  if (names.empty()) return Watch(-1, {});
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return cannot_watch(directory, errno);
  Watch watch(fd, std::move(none));
  // The system folds an event into the one before it when the two are equal. Two writes never are: each
  // changes the file before it is closed, and a rename has a number of its own.
  if (::inotify_add_watch(fd, directory.c_str(), IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
    return cannot_watch(directory, errno);
  return watch;
}

Watch::Watch(Watch&& other) noexcept : fd_(std::exchange(other.fd_, -1)), none_(std::move(other.none_)) {}

Watch::~Watch() {
  if (fd_ >= 0) ::close(fd_);
}

std::map<std::string, int> Watch::writes() const {
  std::map<std::string, int> counts = none_;
  std::set<std::string> changed;  // under its name, and not closed yet
  alignas(inotify_event) std::array<char, 16384> block;
  for (ssize_t size; (size = ::read(fd_, block.data(), block.size())) > 0;)
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(block.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      const auto counted = event->len == 0 ? counts.end() : counts.find(event->name);
      if (counted == counts.end()) continue;
      if (event->mask & IN_MODIFY) changed.insert(counted->first);
      // What was written under another name and renamed while open is closed under this one.
      if (event->mask & IN_MOVED_TO || (event->mask & IN_CLOSE_WRITE && changed.erase(counted->first) > 0))
        ++counted->second;
    }
  return counts;
}

}  // namespace nanobug::workshop
