// copy: directories of build artifacts, laid out again elsewhere without moving more bytes than needed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mutator/base/error.h"

namespace nanobug::workshop {

// Files from this size on are hard-linked (a precompiled header is 100 MB and more) where `large` is asked
// for. A compiler or linker replaces its output by rename, and the other end of the link keeps its bytes; but
// `ar rcs` and `> file` write through. So where something is built, what was linked is looked at afterwards
// (trial.h).
inline constexpr std::uintmax_t kLinkFrom = 8u << 20;

// For copy_directory: every file keeps the time it has.
inline constexpr std::int64_t kOwnTime = -1;

// `all` is for where nothing is built.
enum class Links { none, large, all };

// Copies the directory `from` to `to` (made when missing; files there are replaced). `skip` leaves out a path
// relative to `from`, a directory with everything in it. Symlinks are copied as they are. Modification times
// are not kept unless there is a `time`, which every file then gets (a link has its own already). What was
// linked, relative to `from`, is added to `linked`. `others`: files, relative to `to`, that come from
// elsewhere, each in its turn.
Status copy_directory(const std::filesystem::path& from, const std::filesystem::path& to, Links links,
                      const std::function<bool(const std::string&)>& skip = {},
                      std::optional<std::int64_t> time = std::nullopt,
                      std::vector<std::string>* linked = nullptr,
                      const std::map<std::string, std::filesystem::path>* others = nullptr);

// Every regular file below, relative, sorted.
Result<std::vector<std::string>> list_files(const std::filesystem::path& directory);

// Who makes something in the cache first lets others wait for it, for as long as this lives.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file);
  // Nothing where somebody has it.
  static std::shared_ptr<FileLock> if_free(const std::filesystem::path& file);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  FileLock(const std::filesystem::path& file, int how);
  int fd_;
};

// Are both names links to one file?
bool same_file(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace nanobug::workshop
