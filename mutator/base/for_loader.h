// for_loader: a library's name for LD_PRELOAD, which the loader parts at spaces and colons.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace nanobug {

class ForLoader {
 public:
  explicit ForLoader(const std::filesystem::path& library)
      : opened_(::open(library.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~ForLoader() {
    if (opened_ >= 0) ::close(opened_);
  }
  ForLoader(const ForLoader&) = delete;
  ForLoader& operator=(const ForLoader&) = delete;

  explicit operator bool() const { return opened_ >= 0; }  // could it be opened?
  // Holds in any process, for as long as this one and the object live.
  std::string name() const {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(opened_);
  }

 private:
  int opened_;
};

}  // namespace nanobug
