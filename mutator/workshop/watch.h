// watch: how often is a file written? Asked of the system, not of the program that writes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::workshop {

// From start() on, until writes() is asked for once.
class Watch {
 public:
  // For files of these names in the directory, there or not; without names nothing is asked of the system.
  // Errors: Exit::io when it has no watch left (Linux's inotify).
  static Result<Watch> start(const std::filesystem::path& directory, const std::vector<std::string>& names);
  Watch(Watch&& other) noexcept;
  ~Watch();

  // How often each was put in its place whole (renamed there), or written where it is and closed.
  std::map<std::string, int> writes() const;

 private:
  Watch(int fd, std::map<std::string, int> none) : fd_(fd), none_(std::move(none)) {}

  int fd_;
  std::map<std::string, int> none_;  // every name, with 0
};

}  // namespace nanobug::workshop
