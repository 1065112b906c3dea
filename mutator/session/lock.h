// lock: one nanobug at a time changes the state, and nobody moves a checkout away under a program that runs
// in it. A flock, because the kernel gives it back when its holder is killed.
#pragma once

#include <filesystem>

#include "mutator/base/error.h"

namespace nanobug::session {

class Lock {
 public:
  // Makes the file when it is missing. Errors: Exit::locked at once when another process holds it, with its
  // pid.
  static Result<Lock> take(const std::filesystem::path& file);
  // The same, together with others that share it.
  static Result<Lock> share(const std::filesystem::path& file);

  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&&) = delete;
  ~Lock();

 private:
  explicit Lock(int fd) : fd_(fd) {}
  static Result<Lock> hold(const std::filesystem::path& file, int how);
  int fd_;
};

}  // namespace nanobug::session
