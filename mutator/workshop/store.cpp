// store: see store.h.
#include "mutator/workshop/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <map>
#include <mutex>
#include <utility>

namespace nanobug::workshop {
namespace {

// What somebody is about to make or to remove (base/temporary.h).
constexpr const char* kTemporary = "nanobug-tmp.";

// Directories of files that are made again where they are missed; what is made the soonest first.
constexpr const char* kIndexes[] = {"catalogs", "evidence", "sites", "certificates"};

bool is_index(const std::string& name) {
  return std::find(std::begin(kIndexes), std::end(kIndexes), name) != std::end(kIndexes);
}

// Whose time says when the tree was used last, and whose lock that it is used now.
fs::path use_of(const fs::path& cache, const std::string& key) {
  return cache / "trees" / (key + ".use");
}

// An open, locked file; -1 when somebody else has it, or there is none.
class Lock {
 public:
  Lock(const fs::path& file, int how) : fd_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    if (fd_ >= 0 && ::flock(fd_, how) != 0) ::close(std::exchange(fd_, -1));
  }
  Lock(Lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Lock() {
    if (fd_ >= 0) ::close(fd_);
  }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

using Seen = std::set<std::pair<dev_t, ino_t>>;

std::uintmax_t size_of(const fs::path& path, Seen& seen) {
  const auto one = [&](const fs::path& file) -> std::uintmax_t {
    struct stat info{};
    if (::lstat(file.c_str(), &info) != 0 || !seen.insert({info.st_dev, info.st_ino}).second) return 0;
    return static_cast<std::uintmax_t>(info.st_blocks) * 512;
  };
  std::uintmax_t bytes = one(path);
  std::error_code error;
  for (fs::recursive_directory_iterator it(path, error), end; !error && it != end; it.increment(error))
    bytes += one(it->path());
  return bytes;
}

std::vector<fs::path> entries(const fs::path& directory) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error))
    paths.push_back(it->path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::int64_t time_of(const fs::path& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mtime : 0;
}

StoredTree tree_at(const fs::path& cache, const fs::path& place, Seen& seen) {
  StoredTree tree{.key = place.filename().string()};
  for (const fs::path& entry : entries(place)) {
    const std::uintmax_t size = size_of(entry, seen);
    if (entry.filename() == "mutants") {
      tree.mutant_bytes += size;
      tree.mutants = static_cast<int>(entries(entry).size());
    } else {
      tree.bytes += size;
    }
  }
  tree.used = std::max(time_of(use_of(cache, tree.key)), time_of(place / "complete"));
  return tree;
}

// Moved out of the way first: half of a directory would look like a whole one.
Status remove_whole(const fs::path& place) {
  auto gone = make_temporary_directory(place.parent_path(), "gone");
  NANOBUG_TRY(gone);
  std::error_code error;
  fs::rename(place, *gone / "whole", error);
  if (error) return fail(Exit::io, "cannot move " + place.string() + ": " + error.message());
  return remove_tree(*gone);
}

Result<bool> remove_unused(const fs::path& cache, const StoredTree& tree) {
  const Lock unused(use_of(cache, tree.key), LOCK_EX | LOCK_NB);
  const Lock unmade(cache / "trees" / (tree.key + ".lock"), LOCK_EX | LOCK_NB);
  if (!unused || !unmade) return false;
  NANOBUG_TRY(remove_whole(cache / "trees" / tree.key));
  return true;
}

}  // namespace

std::uintmax_t Stored::bytes() const {
  std::uintmax_t all = index_bytes + project_bytes;
  for (const StoredTree& tree : trees) all += tree.bytes + tree.mutant_bytes;
  return all;
}

Stored survey(const fs::path& cache, const Needed& needed) {
  Stored stored;
  Seen seen;
  for (const fs::path& entry : entries(cache)) {
    if (entry.filename().string().starts_with(kTemporary)) continue;
    if (entry.filename() == "trees") {
      for (const fs::path& place : entries(entry))
        if (fs::is_directory(place) && !place.filename().string().starts_with(kTemporary))
          stored.trees.push_back(tree_at(cache, place, seen));
    } else if (entry.filename() == "projects") {
      stored.project_bytes = size_of(entry, seen);
    } else {
      (is_index(entry.filename().string()) ? stored.index_bytes : stored.other_bytes) += size_of(entry, seen);
    }
  }
  for (StoredTree& tree : stored.trees) tree.needed = needed.has(tree);
  std::sort(stored.trees.begin(), stored.trees.end(),
            [](const StoredTree& a, const StoredTree& b) { return a.used > b.used; });
  return stored;
}

Result<Pruned> prune(const fs::path& cache, std::uintmax_t limit, const Needed& needed) {
  const Stored stored = survey(cache, needed);
  std::uintmax_t bytes = stored.bytes();
  Pruned pruned;
  const auto went = [&](std::uintmax_t size) {
    pruned.bytes += size;
    bytes -= std::min(size, bytes);
  };
  for (auto tree = stored.trees.rbegin(); tree != stored.trees.rend() && bytes > limit; ++tree) {
    if (tree->needed) continue;
    const auto removed = remove_unused(cache, *tree);
    NANOBUG_TRY(removed);
    if (!*removed) continue;
    ++pruned.trees;
    pruned.mutants += tree->mutants;
    went(tree->bytes + tree->mutant_bytes);
  }
  for (const fs::path& project : entries(cache / "projects")) {
    const std::string name = project.filename().string();
    if (bytes <= limit || name == needed.project || name.starts_with(kTemporary)) continue;
    Seen seen;
    const std::uintmax_t size = size_of(project, seen);
    NANOBUG_TRY(remove_whole(project));
    went(size);
  }
  std::vector<fs::path> files;
  for (const StoredTree& tree : stored.trees)
    for (const fs::path& file : entries(cache / "trees" / tree.key / "mutants")) files.push_back(file);
  const size_t mutants = files.size();
  for (const char* index : kIndexes)
    for (const fs::path& file : entries(cache / index)) files.push_back(file);
  for (size_t i = 0; i < files.size() && bytes > limit; ++i) {
    Seen seen;
    const std::uintmax_t size = size_of(files[i], seen);
    NANOBUG_TRY(remove_tree(files[i]));
    if (i < mutants) ++pruned.mutants;
    went(size);
  }
  return pruned;
}

TreeHeld hold_tree(const fs::path& cache, const std::string& key) {
  std::error_code error;
  fs::create_directories(cache / "trees", error);
  return std::make_shared<Lock>(use_of(cache, key), LOCK_SH);
}

void use_tree(const fs::path& cache, const std::string& key) {
  static std::mutex one_at_a_time;
  static std::map<fs::path, Lock> held;
  const std::lock_guard guard(one_at_a_time);
  const fs::path file = use_of(cache, key);
  if (held.contains(file)) return;
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  Lock lock(file, LOCK_SH);
  ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0);
  held.emplace(file, std::move(lock));
}

Result<std::uintmax_t> cache_limit() {
  const char* variable = std::getenv("NANOBUG_CACHE_SIZE");
  const std::string text = variable && *variable ? variable : "3G";
  std::uintmax_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  const std::string units = "KMGT";
  const size_t power = unit.empty() ? 0 : units.find(unit[0]) + 1;
  const bool known = unit.empty() || (unit.size() == 1 && power > 0);
  if (error != std::errc() || !known || number > (std::uintmax_t{1} << 62 >> (10 * power)))
    return fail(Exit::usage, "NANOBUG_CACHE_SIZE is '" + text + "'; give a size like 500M or 3G");
  return number << (10 * power);
}

std::string size_text(std::uintmax_t bytes) {
  const double size = static_cast<double>(bytes);
  if (bytes >= std::uintmax_t{1} << 30) return fmt::format("{:.1f} GB", size / (1 << 30));
  if (bytes >= std::uintmax_t{1} << 20) return fmt::format("{:.0f} MB", size / (1 << 20));
  return fmt::format("{:.0f} kB", size / (1 << 10));
}

}  // namespace nanobug::workshop
