// lock: one nanobug at a time changes the state. A flock, because the kernel gives it back when its holder is
// killed.
#pragma once

#include <filesystem>

#include "mutator/base/error.h"

namespace nanobug::session {

class Lock {
 public:
  // Makes the file when it is missing. Errors: Exit::locked at once when another process holds it, with its
  // pid.
  static Result<Lock> take(const std::filesystem::path& file);

  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&&) = delete;
  ~Lock();

 private:
  explicit Lock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace nanobug::session
