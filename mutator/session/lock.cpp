// lock: see lock.h. The pid in the file is for the sentence only; what counts is the flock.
#include "mutator/session/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "mutator/base/files.h"

namespace nanobug::session {
namespace {

std::string holder(int fd) {
  std::array<char, 32> text{};
  const ssize_t length = ::pread(fd, text.data(), text.size() - 1, 0);
  const long pid = length > 0 ? std::strtol(text.data(), nullptr, 10) : 0;
  return pid > 0 ? " (process " + std::to_string(pid) + ")" : "";
}

}  // namespace

Result<Lock> Lock::take(const fs::path& file) {
  return hold(file, LOCK_EX);
}

Result<Lock> Lock::share(const fs::path& file) {
  return hold(file, LOCK_SH);
}

Result<Lock> Lock::hold(const fs::path& file, int how) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return fail(Exit::io, "cannot open " + file.string() + ": " + system_reason(errno));
  Lock lock(fd);
  while (::flock(fd, how | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK)
      return fail(Exit::locked, "another nanobug" + holder(fd) + " is at work; try again when it is done");
    return fail(Exit::io, "cannot lock " + file.string() + ": " + system_reason(errno));
  }
  const std::string pid = std::to_string(::getpid()) + '\n';
  if (::ftruncate(fd, 0) == 0) {
    // A full disk costs the next process a pid in its sentence, and nothing else.
    [[maybe_unused]] const ssize_t written = ::pwrite(fd, pid.data(), pid.size(), 0);
  }
  return lock;
}

Lock::Lock(Lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Lock::~Lock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace nanobug::session
