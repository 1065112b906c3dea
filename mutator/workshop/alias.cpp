// alias: see alias.h.
#include "mutator/workshop/alias.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "mutator/base/directories.h"
#include "mutator/base/files.h"

namespace nanobug::workshop {
namespace {

constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-";

// Links to what is gone are of no use to anyone; one to a disk that is away for now is made again with it.
void sweep(const fs::path& directory) {
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
    if (std::error_code ignored; it->is_symlink(ignored) && !fs::exists(it->path(), ignored))
      fs::remove(it->path(), ignored);
}

}  // namespace

bool is_plain(const fs::path& path) {
  return path.native().find_first_not_of(kPlain) == std::string::npos;
}

Result<fs::path> alias_directory(const std::vector<fs::path>& parents) {
  const std::string name = "nanobug-" + std::to_string(::getuid());
  for (const fs::path& parent : parents) {
    const fs::path directory = parent / name;
    ::mkdir(directory.c_str(), 0700);
    struct stat info{};
    const bool ours = ::lstat(directory.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
                      info.st_uid == ::getuid() && (info.st_mode & 077) == 0;
    if (ours && ::access(directory.c_str(), W_OK | X_OK) == 0) return directory;
  }
  return fail(Exit::io,
              "build tools need a name of plain letters for the cache, and no directory can hold it: make " +
                  (parents.front() / name).string() +
                  " yours alone (chmod 700), or set XDG_CACHE_HOME to a "
                  "path of plain letters");
}

Result<fs::path> plain_alias(const fs::path& path) {
  const fs::path target = fs::absolute(path).lexically_normal();
  if (is_plain(target)) return target;
  if (target.native().find('\n') != std::string::npos)
    return fail(Exit::io, "no build tool takes a newline in a path; choose another place than '" +
                              target.string() + "'");
  // What lies below /var/tmp outlives a restart, so that a checkout finds LibTorch in the morning too.
  const auto directory = alias_directory({"/var/tmp", "/tmp"});
  NANOBUG_TRY(directory);
  const fs::path alias = *directory / sha256(target.native()).substr(0, 16);
  std::error_code error;
  NANOBUG_TRY(ensure_directories(target));  // a link to nothing could not be built in
  if (fs::read_symlink(alias, error) == target) return alias;
  sweep(*directory);
  const fs::path fresh = alias.native() + '.' + std::to_string(::getpid());
  fs::remove(fresh, error);
  fs::create_directory_symlink(target, fresh, error);
  if (!error) fs::rename(fresh, alias, error);
  if (error) return fail(Exit::io, "cannot make the link " + alias.string() + ": " + error.message());
  return alias;
}

}  // namespace nanobug::workshop
