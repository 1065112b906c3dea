// saves: what an editor, git and a shell do to a directory, and what is told of it.
#include "mutator/base/saves.h"

#include <poll.h>
#include <sys/resource.h>

#include <fstream>

#include "mutator/base/files.h"
#include "tests/probes/catch.h"

using namespace nanobug;

namespace {

struct Saved {
  fs::path root = *make_temporary_directory(fs::temp_directory_path(), "nanobug-saves");
  fs::path beside = *make_temporary_directory(fs::temp_directory_path(), "nanobug-beside");
  Saved() {
    fs::create_directories(root / "src/deep");
    fs::create_directories(root / "build");
    put("src/a.cpp", "1");
  }
  ~Saved() { (void)remove_tree(root), (void)remove_tree(beside); }
  void put(const std::string& path, const std::string& text) const { std::ofstream(root / path) << text; }
};

bool stirred(const Saves& saves) {
  pollfd one{saves.descriptor(), POLLIN, 0};
  return ::poll(&one, 1, 2000) == 1;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("a save is told, once", "[base][saves]") {
  const Saved place;
  Saves saves(place.root, {"build"}, place.beside);
  CHECK(saves.look().empty());
  place.put("src/a.cpp", "2");
  CHECK(stirred(saves));
  saves.heard();
  CHECK(saves.look() == Paths{"src/a.cpp"});
  CHECK(saves.look().empty());
  // Of the same size, renamed over, as most editors save.
  place.put("src/new", "3");
  fs::rename(place.root / "src/new", place.root / "src/a.cpp");
  CHECK(stirred(saves));
  CHECK(saves.look() == Paths{"src/a.cpp"});
  fs::remove(place.root / "src/a.cpp");
  CHECK(saves.look() == Paths{"src/a.cpp"});
}

TEST_CASE("new directories are watched, whatever came into them at once", "[base][saves]") {
  const Saved place;
  Saves saves(place.root, {"build"}, place.beside);
  fs::create_directories(place.root / "more/and/more");
  place.put("more/and/more/b.cpp", "1");
  CHECK(stirred(saves));
  saves.heard();
  CHECK(saves.look() == Paths{"more/and/more/b.cpp"});
  saves.heard();
  place.put("more/and/more/b.cpp", "22");
  CHECK(stirred(saves));
  CHECK(saves.look() == Paths{"more/and/more/b.cpp"});
}

TEST_CASE("builds, hidden files and what editors leave are no saves", "[base][saves]") {
  const Saved place;
  Saves saves(place.root, {"build"}, place.beside);
  place.put("build/a.o", "1");
  fs::create_directories(place.root / ".git");
  for (const char* name : {".git/index", "src/.a.cpp.swp", "src/a.cpp~", "src/#a.cpp#"}) place.put(name, "1");
  place.put("src/4913", "");  // vim tries whether it may write here
  fs::remove(place.root / "src/4913");
  CHECK(saves.look().empty());
  // A directory of that name that is not at the top is a source like any other.
  fs::create_directories(place.root / "src/build");
  place.put("src/build/c.cpp", "1");
  CHECK(saves.look() == Paths{"src/build/c.cpp"});
}

TEST_CASE("what does not count is no save", "[base][saves]") {
  const Saved place;
  Saves saves(place.root, {}, place.beside, [](const std::string& path) { return path.ends_with(".cpp"); });
  place.put("src/trace.txt", "1");
  CHECK(saves.look().empty());
  place.put("src/b.cpp", "1");
  CHECK(saves.look() == Paths{"src/b.cpp"});
}

TEST_CASE("what is beside stirs, and is no save", "[base][saves]") {
  const Saved place;
  Saves saves(place.root, {}, place.beside);
  std::ofstream(place.beside / "session.json") << "1";
  CHECK(stirred(saves));
  CHECK(saves.look().empty());
}

TEST_CASE("links are not followed, and a root that is gone has lost its files", "[base][saves]") {
  const Saved place;
  fs::create_directory_symlink("..", place.root / "src/up");
  Saves saves(place.root, {}, place.beside);
  CHECK(saves.look().empty());
  const fs::path away = place.root.string() + "-away";
  fs::rename(place.root, away);
  CHECK(stirred(saves));
  CHECK(saves.look() == Paths{"src/a.cpp", "src/up"});
  fs::rename(away, place.root);
}

TEST_CASE("without inotify saves are found all the same", "[base][saves]") {
  const Saved place;
  // No descriptor is left for it.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  std::optional<Saves> saves;
  saves.emplace(place.root, Paths{}, place.beside);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(saves->descriptor() == -1);
  saves->look();
  place.put("src/a.cpp", "22");
  CHECK(saves->look() == Paths{"src/a.cpp"});
}
