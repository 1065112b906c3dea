// tree: bytes in, the same bytes out, under the hash that git gives them.
#include "mutator/vault/tree.h"
#include "mutator/vault/git_library.h"

#include <unistd.h>

#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;
using vault::Mode;
using vault::Tree;

TEST_CASE("a tree comes back from a directory as it went in", "[vault][tree]") {
  Scratch scratch;
  Tree tree = clean_tree();
  tree["empty"] = {"", Mode::regular};
  tree["name with spaces\n.txt"] = {std::string("\0\xff\x80", 3), Mode::regular};
  tree["caf\xe9/\xff"] = {"not UTF-8", Mode::regular};
  tree["dangling"] = {"/nowhere/at all", Mode::symlink};
  REQUIRE(vault::write_tree(tree, scratch.path()));
  REQUIRE(vault::sync_tree(scratch.path(), {}));
  CHECK(vault::read_tree(scratch.path(), {}).value() == tree);
  CHECK(vault::verify(scratch.path(), vault::manifest(tree), {}));
}

TEST_CASE("reading leaves out .git everywhere and the names asked for at the top", "[vault][tree]") {
  Scratch scratch;
  put(scratch / ".git/HEAD", "x");
  put(scratch / "inner/.git/HEAD", "x");
  put(scratch / "inner/file", "kept");
  put(scratch / "build/object.o", "x");
  put(scratch / "src/build/file", "kept");
  ::mkfifo((scratch / "pipe").c_str(), 0600);
  const Tree tree = vault::read_tree(scratch.path(), {"build"}).value();
  CHECK(tree == Tree{{"inner/file", {"kept", Mode::regular}}, {"src/build/file", {"kept", Mode::regular}}});
}

TEST_CASE("a path that leaves the directory is refused", "[vault][tree]") {
  Scratch scratch;
  for (const char* path : {"../x", "/x", "a//b", "a/./b", ".git/config", "a/.git", "", "a/"})
    CHECK_FALSE(vault::write_tree({{path, {"x", Mode::regular}}}, scratch.path()));
  CHECK_FALSE(
      vault::write_tree({{"a", {"/tmp", Mode::symlink}}, {"a/b", {"x", Mode::regular}}}, scratch.path()));
  CHECK(fs::is_empty(scratch.path()));
  // Nor does it follow a symlink that is there already.
  fs::create_directory_symlink(fs::temp_directory_path(), scratch / "link");
  CHECK_FALSE(vault::write_tree({{"link/nanobug-escaped", {"x", Mode::regular}}}, scratch.path()));
  CHECK_FALSE(fs::exists(fs::temp_directory_path() / "nanobug-escaped"));
}

TEST_CASE("every time is the same, and a second call touches nothing", "[vault][tree]") {
  Scratch scratch;
  REQUIRE(vault::write_tree(clean_tree(), scratch.path()));
  REQUIRE(set_times(scratch.path(), 1'000'000));
  struct stat before{}, after{};
  ::lstat((scratch / "latest").c_str(), &before);
  ::usleep(20'000);
  REQUIRE(set_times(scratch.path(), 1'000'000));
  ::lstat((scratch / "latest").c_str(), &after);
  CHECK(before.st_ctim.tv_nsec == after.st_ctim.tv_nsec);
  for (const auto& entry : fs::recursive_directory_iterator(scratch.path())) {
    struct stat info{};
    REQUIRE(::lstat(entry.path().c_str(), &info) == 0);
    CHECK(info.st_mtim.tv_sec == 1'000'000);
    CHECK(info.st_mtim.tv_nsec == 0);
  }
}

TEST_CASE("verify names the first path that differs", "[vault][tree]") {
  Scratch scratch;
  const auto manifest = vault::manifest(clean_tree());
  REQUIRE(vault::write_tree(clean_tree(), scratch.path()));
  const auto text = [&] { return vault::verify(scratch.path(), manifest, {}).error().message; };
  put(scratch / "zzz", "");
  CHECK_THAT(text(), Catch::Contains("zzz should not be there"));
  put(scratch / "optim.cpp", "step += 2;\n");
  CHECK_THAT(text(), Catch::Contains("optim.cpp differs"));
  fs::permissions(scratch / "build.sh", fs::perms::owner_read);
  CHECK_THAT(text(), Catch::Contains("build.sh differs"));
  fs::remove(scratch / "attention.cpp");
  CHECK_THAT(text(), Catch::Contains("attention.cpp is missing"));
}

TEST_CASE("the tree's id is the one that git gives it", "[vault][tree]") {
  Scratch scratch;
  Tree tree = clean_tree();
  // Git sorts a directory as if it ended in '/': these three change places.
  tree["a/x"] = {"1", Mode::regular};
  tree["a.b"] = {"2", Mode::regular};
  tree["a0"] = {"3", Mode::regular};
  tree["caf\xe9"] = {"4", Mode::regular};
  REQUIRE(vault::write_tree(tree, scratch.path()));
  git_out(scratch.path(), {"init", "-q"});
  git_out(scratch.path(), {"add", "-A"});
  CHECK(vault::tree_id(tree).value() == git_out(scratch.path(), {"write-tree"}));
  CHECK(vault::GitLibrary().tree_id(tree).value() == vault::tree_id(tree).value());
  CHECK(vault::tree_id({}).value() == "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
}
