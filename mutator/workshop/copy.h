// copy: directories of build artifacts, laid out again elsewhere without moving more bytes than needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::workshop {

// Files from this size on are hard-linked (a precompiled header is 100 MB and more). That is safe for what a
// compiler or linker writes: both replace their output by rename, so the other end of the link keeps its
// bytes.
inline constexpr std::uintmax_t kLinkFrom = 8u << 20;

enum class Links { large, all };

// Copies the directory `from` to `to` (made when missing; files there are replaced). `skip` leaves out a path
// relative to `from`, a directory with everything in it. Symlinks are copied as they are. Modification times
// are not kept.
Status copy_directory(const std::filesystem::path& from, const std::filesystem::path& to, Links links,
                      const std::function<bool(const std::string&)>& skip = {});

// Every regular file below, relative, sorted.
Result<std::vector<std::string>> list_files(const std::filesystem::path& directory);

// Who makes something in the cache first lets others wait for it, for as long as this lives.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_;
};

// Are both names links to one file?
bool same_file(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace nanobug::workshop
