// checkout: see checkout.h.
#include "mutator/session/checkout.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "mutator/base/directories.h"
#include "mutator/base/files.h"
#include "mutator/session/name.h"

namespace nanobug::session {
namespace {

auto cannot_move(const fs::path& from, const fs::path& to, int reason) {
  return fail(Exit::io,
              "cannot rename " + from.string() + " to " + to.string() + ": " + system_reason(reason));
}

Status sync_parents(const fs::path& one, const fs::path& other) {
  NANOBUG_TRY(sync_path(one.parent_path()));
  if (one.parent_path() == other.parent_path()) return {};
  return sync_path(other.parent_path());
}

bool has_branch(const fs::path& directory, const std::string& branch) {
  const fs::path git = directory / ".git";
  if (is_there(git / "refs" / "heads" / branch)) return true;
  std::error_code error;
  if (!fs::is_regular_file(git / "packed-refs", error)) return false;
  const auto packed = read_file(git / "packed-refs");
  return packed && packed->find(" refs/heads/" + branch + '\n') != std::string::npos;
}

// A repository without files would pass for a clean tree, and its commits would be lost with it.
bool holds_repository(const fs::path& directory) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
    if (it->path().filename() == ".git") return true;
  return static_cast<bool>(error);
}

}  // namespace

bool is_there(const fs::path& path) {
  struct stat info{};
  return ::lstat(path.c_str(), &info) == 0;
}

Identity identity(const fs::path& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino};
}

Presence look(const Saved& saved) {
  const fs::path& directory = saved.session.directory;
  struct stat info{};
  if (::lstat(directory.c_str(), &info) != 0) return Presence::gone;
  if (!S_ISDIR(info.st_mode)) return Presence::replaced;
  if (identity(directory) == saved.checkout || has_branch(directory, saved.session.branch()))
    return Presence::here;
  return Presence::replaced;
}

std::string sentence(Presence presence, const Saved& saved) {
  return saved.session.directory.string() +
         (presence == Presence::gone ? " is gone" : " is no longer the checkout of this session");
}

Result<fs::path> place_of(const fs::path& directory) {
  std::error_code error;
  fs::path place = fs::weakly_canonical(fs::absolute(directory, error), error);
  if (!error && !place.has_filename()) place = place.parent_path();
  if (error || directory.empty() || !place.has_filename())
    return fail(Exit::session, "\"" + directory.string() + "\" cannot be the place of a checkout" +
                                   (error ? ": " + error.message() : ""));
  return place;
}

Result<Spot> spot_at(const fs::path& directory, const vault::Tree& pristine,
                     const std::vector<std::string>& leave_out) {
  struct stat info{};
  if (::lstat(directory.c_str(), &info) != 0) {
    if (errno == ENOENT) return Spot::free;
    return fail(Exit::io, "cannot look at " + directory.string() + ": " + system_reason(errno) +
                              "; choose another place with --dir");
  }
  const auto taken = [&](const char* why) {
    return fail(Exit::session, directory.string() + ' ' + why + "; choose another place with --dir");
  };
  if (!S_ISDIR(info.st_mode)) return taken("is there and is no directory");
  std::error_code error;
  if (fs::is_empty(directory, error) && !error) return Spot::free;
  if (error) return fail(Exit::io, "cannot read " + directory.string() + ": " + error.message());
  if (holds_repository(directory) || !vault::verify(directory, vault::manifest(pristine), leave_out))
    return taken("is not empty");
  // What programs wrote beside the clean tree is somebody's; a build directory, the first name, is not.
  for (size_t i = 1; i < leave_out.size(); ++i)
    if (is_there(directory / leave_out[i]) && !fs::is_empty(directory / leave_out[i], error))
      return taken(("has something in " + leave_out[i]).c_str());
  return Spot::clean;
}

Result<fs::path> free_place(const fs::path& base, const vault::Tree& pristine,
                            const std::vector<std::string>& leave_out) {
  fs::path place = base;
  for (int number = 2;; ++number) {
    const auto spot = spot_at(place, pristine, leave_out);
    if (spot) return place;
    // What cannot be looked at under this name cannot under the next.
    if (spot.error().code != Exit::session) return tl::unexpected<Error>(spot.error());
    place = base.string() + '-' + std::to_string(number);
  }
}

fs::path staging_beside(const fs::path& path) {
  for (;;) {
    std::string tag;
    for (const unsigned char c : random_bytes(4)) tag += fmt::format("{:02x}", c);
    const fs::path staging = path.parent_path() / fmt::format(".{}.{}", path.filename().string(), tag);
    if (!is_there(staging)) return staging;
  }
}

fs::path free_name(const fs::path& path) {
  fs::path name = path;
  for (int i = 2; is_there(name); ++i) name = path.string() + '-' + std::to_string(i);
  return name;
}

Status move(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return cannot_move(from, to, errno);
  return sync_parents(from, to);
}

namespace {

// False when this file system has no such call; errors are others.
Result<bool> exchange(const fs::path& one, const fs::path& other) {
  if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) {
    NANOBUG_TRY(sync_parents(one, other));
    return true;
  }
  if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) return false;
  return cannot_move(one, other, errno);
}

}  // namespace

fs::path old_beside(const fs::path& staging) {
  return staging.string() + ".old";
}

Status put_in_place(const fs::path& staging, const fs::path& place) {
  const auto exchanged = exchange(staging, place);
  NANOBUG_TRY(exchanged);
  if (*exchanged) return {};
  NANOBUG_TRY(move(place, old_beside(staging)));
  return move(staging, place);
}

Status take_back(const fs::path& staging, const fs::path& place, const Identity& staged) {
  const fs::path old = old_beside(staging);
  if (identity(place) == staged) {
    if (is_there(staging)) {
      const auto exchanged = exchange(place, staging);
      NANOBUG_TRY(exchanged);
      if (*exchanged) return {};
      NANOBUG_TRY(move(staging, old));
    }
    NANOBUG_TRY(move(place, staging));
  }
  if (is_there(old) && !is_there(place)) return move(old, place);
  return {};
}

Result<fs::path> put_aside(const fs::path& directory, const fs::path& attempt, const fs::path& beside) {
  NANOBUG_TRY(make_directories(attempt.parent_path()));
  fs::path place = attempt;
  if (::rename(directory.c_str(), place.c_str()) != 0) {
    if (errno != EXDEV) return cannot_move(directory, place, errno);
    place = beside;
    if (::rename(directory.c_str(), place.c_str()) != 0) return cannot_move(directory, place, errno);
  }
  NANOBUG_TRY(sync_parents(directory, place));
  return place;
}

}  // namespace nanobug::session
