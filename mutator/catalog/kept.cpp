// kept: see kept.h. The maker, the catalog's path, what it was made of, the catalog (record.h).
#include "mutator/catalog/kept.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "mutator/base/files.h"
#include "mutator/base/sealed_file.h"
#include "mutator/catalog/disk.h"
#include "mutator/catalog/record.h"

namespace nanobug::catalog {
namespace {

// Its size tells how long the catalog is, and nobody asks.
constexpr std::size_t kStep = 64u << 10;

struct Time {
  std::int64_t seconds = 0, nanoseconds = 0;
  auto operator<=>(const Time&) const = default;
};

Time time_of(const timespec& time) {
  return {time.tv_sec, time.tv_nsec};
}

// A file or directory, a link's target, as it was.
struct Seen {
  std::uint64_t device = 0, number = 0, mode = 0, size = 0;
  Time modified, changed;
  bool operator==(const Seen&) const = default;
};

template <class V, Is<Time> T>
void members(V& visit, T& time) {
  auto& [seconds, nanoseconds] = time;
  visit(seconds, nanoseconds);
}
template <class V, Is<Seen> T>
void members(V& visit, T& seen) {
  auto& [device, number, mode, size, modified, changed] = seen;
  visit(device, number, mode, size, modified, changed);
}
// What is not there is seen too, as nothing: the tests of rules, in a project that is laid out for a session.
// What cannot be looked at is not.
std::optional<Seen> see(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) {
    const bool is_missing = errno == ENOENT && ::lstat(path.c_str(), &info) != 0 && errno == ENOENT;
    return is_missing ? std::optional(Seen{}) : std::nullopt;
  }
  return Seen{info.st_dev,           info.st_ino,
              info.st_mode,          static_cast<std::uint64_t>(info.st_size),
              time_of(info.st_mtim), time_of(info.st_ctim)};
}

// What was read, in order; nothing where some of it cannot be looked at.
std::optional<std::vector<Seen>> see_all(const MadeOf& made) {
  std::vector<Seen> all;
  for (const std::string& path : made.read) {
    const auto seen = see(path);
    if (!seen) return std::nullopt;
    all.push_back(*seen);
  }
  return all;
}

// Are the files there, and nothing a link?
bool stands(const MadeOf& made) {
  const auto kind = [](const std::string& path) -> mode_t {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & S_IFMT : 0;
  };
  return std::all_of(made.files.begin(), made.files.end(),
                     [&](const std::string& path) { return kind(path) == S_IFREG; }) &&
         std::none_of(made.plain.begin(), made.plain.end(),
                      [&](const std::string& path) { return kind(path) == S_IFLNK; });
}

fs::path place_of(const fs::path& file, const Keep& keep) {
  return keep.directory / sha256(file.native()).substr(0, 24);
}

bool can_be_kept(const fs::path& file, const Keep& keep) {
  return file.is_absolute() && !keep.maker.empty();
}

// `began` is when the catalog's reading did: what changed since, or just before, was perhaps read otherwise.
void keep_it(const Catalog& catalog, const Keep& keep, Time began) {
  began.seconds -= keep.settled.count();
  const MadeOf made = made_of(catalog);
  const auto seen = see_all(made);
  if (!seen || !stands(made)) return;
  for (const Seen& one : *seen)
    if (one.modified >= began || one.changed >= began) return;
  Writer write;
  write(keep.maker, catalog.file, made.read, made.files, made.plain, *seen, catalog);
  (void)write_sealed(place_of(catalog.file, keep), write.bytes, kStep);
}

}  // namespace

std::optional<Catalog> find_kept(const fs::path& file, const Keep& keep) {
  if (!can_be_kept(file, keep)) return std::nullopt;
  const auto bytes = read_sealed(place_of(file, keep));
  if (!bytes) return std::nullopt;
  Reader read(*bytes);
  std::string maker;
  fs::path of;
  read(maker, of);
  if (!read.good() || maker != keep.maker || of != file) return std::nullopt;
  MadeOf made;
  std::vector<Seen> seen;
  read(made.read, made.files, made.plain, seen);
  if (!read.good() || see_all(made) != seen || !stands(made)) return std::nullopt;
  std::optional<Catalog> catalog(std::in_place);
  read(*catalog);
  if (!read.good() || !read.at_end()) return std::nullopt;
  return catalog;
}

tl::expected<Catalog, std::vector<Error>> load(const fs::path& file, const Keep& keep) {
  if (auto kept = find_kept(file, keep)) return std::move(*kept);
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  auto loaded = load(file);
  if (loaded && can_be_kept(file, keep)) keep_it(*loaded, keep, time_of(now));
  return loaded;
}

}  // namespace nanobug::catalog
