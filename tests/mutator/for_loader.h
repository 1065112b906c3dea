// for_loader: a library's name for LD_PRELOAD, which the loader parts at spaces and colons.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace nanobug::test {

// A name that holds for as long as this process lives.
inline std::string for_loader(const std::filesystem::path& library) {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" +
         std::to_string(::open(library.c_str(), O_RDONLY | O_CLOEXEC));
}

}  // namespace nanobug::test
