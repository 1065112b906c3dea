// store: what the cache holds, counted; and what goes first, and what does not go.
#include "mutator/workshop/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

constexpr std::uintmax_t kMB = 1u << 20;

// A cache with clean trees of these keys, 2 MB each and used at these times, and two mutants of 1 MB in each.
struct Cache {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-store");
  ~Cache() { (void)remove_tree(path); }

  void add(const std::string& key, std::int64_t used) const {
    const fs::path tree = path / "trees" / key;
    REQUIRE(write_file(tree / "tree/build/lib.so", std::string(2 * kMB, 'x')));
    for (const char* mutant : {"a", "b"})
      REQUIRE(write_file(tree / "mutants" / mutant, std::string(kMB, 'x')));
    REQUIRE(write_file(tree / "complete", "1"));
    const timespec times[] = {{used, 0}, {used, 0}};
    ::utimensat(AT_FDCWD, (tree / "complete").c_str(), times, 0);
  }
  bool has(const std::string& key) const { return fs::exists(path / "trees" / key); }
  size_t mutants(const std::string& key) const {
    const fs::path directory = path / "trees" / key / "mutants";
    return fs::exists(directory) ? static_cast<size_t>(std::distance(fs::directory_iterator(directory), {}))
                                 : 0;
  }
};

}  // namespace

TEST_CASE("the cache is counted by what it holds", "[workshop]") {
  const Cache cache;
  cache.add("old", 1000);
  cache.add("new", 2000);
  REQUIRE(write_file(cache.path / "sites/x", std::string(kMB, 'x')));
  REQUIRE(write_file(cache.path / "certificates/x", std::string(kMB, 'x')));
  REQUIRE(write_file(cache.path / "catalogs/x", std::string(kMB, 'x')));
  REQUIRE(write_file(cache.path / "libtorch/lib", std::string(5 * kMB, 'x')));
  fs::create_directory(cache.path / "trees/nanobug-tmp.abcdef");  // somebody at work
  // A second name for the same bytes takes no more room.
  fs::create_hard_link(cache.path / "trees/new/tree/build/lib.so", cache.path / "trees/new/tree/link");
  const Stored stored = survey(cache.path, {.keys = {"old"}});
  REQUIRE(stored.trees.size() == 2);
  CHECK(stored.trees[0].key == "new");  // the most recently used first
  CHECK(stored.trees[0].used == 2000);
  CHECK_FALSE(stored.trees[0].needed);
  CHECK(stored.trees[1].needed);
  for (const StoredTree& tree : stored.trees) {
    CHECK(tree.bytes / kMB == 2);
    CHECK(tree.mutants == 2);
    CHECK(tree.mutant_bytes / kMB == 2);
  }
  CHECK(stored.index_bytes / kMB == 3);
  CHECK(stored.other_bytes / kMB == 5);
  CHECK(stored.bytes() / kMB == 11);
}

TEST_CASE("old trees go before new ones, and no more than must", "[workshop]") {
  const Cache cache;
  cache.add("middle", 2000);
  cache.add("new", 3000);
  cache.add("old", 1000);
  const auto nothing = prune(cache.path, 13 * kMB, {});
  REQUIRE(nothing);
  CHECK(nothing->bytes == 0);
  const auto pruned = prune(cache.path, 10 * kMB, {});
  REQUIRE(pruned);
  CHECK(pruned->trees == 1);
  CHECK(pruned->mutants == 2);
  CHECK(pruned->bytes / kMB == 4);
  CHECK_FALSE(cache.has("old"));
  CHECK(cache.has("middle"));
  CHECK(cache.has("new"));
  CHECK(prune(cache.path, 5 * kMB, {})->trees == 1);
  CHECK_FALSE(cache.has("middle"));
  CHECK(cache.mutants("new") == 2);
}

TEST_CASE("what is needed stays, but for its mutants; then the index goes", "[workshop]") {
  const Cache cache;
  cache.add("needed", 1000);
  cache.add("recent", 3000);
  REQUIRE(write_file(cache.path / "sites/x", std::string(kMB, 'x')));
  REQUIRE(write_file(cache.path / "libtorch/lib", std::string(kMB, 'x')));
  const Needed needed{.keys = {"needed"}, .since = 2500};
  const auto pruned = prune(cache.path, 7 * kMB, needed);
  REQUIRE(pruned);
  CHECK(pruned->trees == 0);
  CHECK(pruned->mutants > 0);
  CHECK(fs::exists(cache.path / "sites/x"));
  CHECK(prune(cache.path, 0, needed));
  CHECK(cache.has("needed"));
  CHECK(cache.has("recent"));
  CHECK(cache.mutants("needed") + cache.mutants("recent") == 0);
  CHECK_FALSE(fs::exists(cache.path / "sites/x"));
  CHECK(fs::exists(cache.path / "libtorch/lib"));
}

TEST_CASE("what is made the soonest goes before what takes long", "[workshop]") {
  const Cache cache;
  for (const char* index : {"catalogs", "evidence", "sites", "certificates"})
    REQUIRE(write_file(cache.path / index / "x", std::string(kMB, 'x')));
  const Stored stored = survey(cache.path, {});
  REQUIRE(prune(cache.path, stored.bytes() - 1, {}));
  CHECK_FALSE(fs::exists(cache.path / "catalogs/x"));
  CHECK(fs::exists(cache.path / "sites/x"));
  REQUIRE(prune(cache.path, 0, {}));
  CHECK_FALSE(fs::exists(cache.path / "certificates/x"));
}

TEST_CASE("the projects of sessions that are over go, the open session's stays", "[workshop]") {
  const Cache cache;
  for (const char* project : {"over", "open"})
    REQUIRE(write_file(cache.path / "projects" / project / "catalog.yaml", std::string(kMB, 'x')));
  REQUIRE(write_file(cache.path / "certificates/x", std::string(kMB, 'x')));
  const Needed needed{.keys = {}, .since = 0, .project = "open"};
  const Stored stored = survey(cache.path, needed);
  CHECK(stored.project_bytes / kMB == 2);
  CHECK(stored.bytes() == stored.project_bytes + stored.index_bytes);
  SECTION("no more than must") {
    const auto pruned = prune(cache.path, stored.bytes() - 1, needed);
    REQUIRE(pruned);
    CHECK(pruned->bytes / kMB == 1);
    CHECK(fs::exists(cache.path / "certificates/x"));
  }
  SECTION("all that may go") {
    REQUIRE(prune(cache.path, 0, needed));
    CHECK_FALSE(fs::exists(cache.path / "certificates/x"));
  }
  CHECK_FALSE(fs::exists(cache.path / "projects/over"));
  CHECK(fs::exists(cache.path / "projects/open/catalog.yaml"));
  // What went is not beside it either: no bytes are left.
  CHECK(survey(cache.path, needed).project_bytes / kMB == 1);
}

TEST_CASE("a tree in which a process is at work stays", "[workshop]") {
  const Cache cache;
  cache.add("used", 1000);
  cache.add("made", 1000);
  use_tree(cache.path, "used");
  CHECK(survey(cache.path, {}).trees[0].used > 1000);  // it was used just now
  // Another one is being built by somebody.
  const int fd = ::open((cache.path / "trees/made.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  REQUIRE(::flock(fd, LOCK_EX) == 0);
  CHECK(prune(cache.path, 0, {})->trees == 0);
  CHECK(cache.has("used"));
  CHECK(cache.has("made"));
  ::close(fd);
  CHECK(prune(cache.path, 0, {})->trees == 1);
  CHECK(cache.has("used"));
  CHECK_FALSE(cache.has("made"));
}

TEST_CASE("the limit is what the environment says", "[workshop]") {
  const auto limit = [](const char* text) {
    text ? ::setenv("NANOBUG_CACHE_SIZE", text, 1) : ::unsetenv("NANOBUG_CACHE_SIZE");
    const auto answer = cache_limit();
    ::unsetenv("NANOBUG_CACHE_SIZE");
    return answer;
  };
  CHECK(*limit(nullptr) == 3u * 1024 * kMB);
  CHECK(*limit("") == 3u * 1024 * kMB);
  CHECK(*limit("500M") == 500 * kMB);
  CHECK(*limit("1000") == 1000);
  CHECK(*limit("2K") == 2048);
  CHECK(*limit("0") == 0);
  for (const char* wrong : {"M", "3 G", "3GB", "-1", "3X", "99999999999T", "big"}) {
    INFO(wrong);
    const auto answer = limit(wrong);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == Exit::usage);
  }
  CHECK(size_text(12 << 10) == "12 kB");
  CHECK(size_text(340 * kMB) == "340 MB");
  CHECK(size_text(3 * 512 * kMB) == "1.5 GB");
}
