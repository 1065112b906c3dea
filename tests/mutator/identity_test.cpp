// identity: each part of a clean build's key, changed alone, changes the key.
#include "mutator/workshop/identity.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <functional>

#include "mutator/catalog/catalog.h"
#include "mutator/workshop/workshop.h"
#include "tests/mutator/variable.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

struct Scratch {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-identity");
  ~Scratch() { (void)remove_tree(path); }
};

// A build by scripts alone, in a project of its own, with programs of its own on PATH.
struct World {
  Scratch scratch;
  fs::path project = scratch.path / "project", programs = scratch.path / "bin",
           source = scratch.path / "source";
  std::string path = std::getenv("PATH");
  catalog::Tree spec;

  World() {
    put(programs / "own-cmake", "#!/bin/sh\nmkdir -p build out\n");
    put(programs / "own-compiler", "#!/bin/sh\n");
    put(project / "configure.sh", "# made\n");
    REQUIRE(write_unsynced(source / "a.cpp", "int a;\n"));
    ::setenv("PATH", (programs.string() + ":" + path).c_str(), 1);
    spec.build.configure = {"own-cmake", "--compiler=own-compiler", "--script={project}/configure.sh"};
    spec.build.compile = {"own-cmake"};
  }
  ~World() { ::setenv("PATH", path.c_str(), 1); }
  static void put(const fs::path& file, const std::string& text) { REQUIRE(write_file(file, text, 0755)); }

  std::string key(const std::string& tree_id = "id") const {
    Workshop shop(spec, project, scratch.path / "cache");
    const auto clean = shop.clean(source, tree_id, {});
    INFO((clean ? "" : clean.error().message));
    REQUIRE(clean);
    return clean->key;
  }
};

}  // namespace

TEST_CASE("every part of a clean build's key counts, and nothing else", "[workshop]") {
  World world;
  const std::string before = world.key();
  CHECK(world.key() == before);
  SECTION("the tree") {
    CHECK(world.key("other") != before);
  }
  SECTION("a word of the configuration") {
    world.spec.build.configure.push_back("-DX=1");
    CHECK(world.key() != before);
  }
  SECTION("a word of the compilation") {
    world.spec.build.compile.push_back("-v");
    CHECK(world.key() != before);
  }
  SECTION("the directory") {
    world.spec.build.directory = "out";
    CHECK(world.key() != before);
  }
  SECTION("the program that configures") {
    World::put(world.programs / "own-cmake", "#!/bin/sh\nmkdir -p build out  # newer\n");
    CHECK(world.key() != before);
  }
  SECTION("a compiler that a word names") {
    World::put(world.programs / "own-compiler", "#!/bin/sh\n# newer\n");
    CHECK(world.key() != before);
  }
  SECTION("another compiler of that name, first on PATH") {
    World::put(world.scratch.path / "first/own-compiler", "#!/bin/sh\n");
    ::setenv("PATH", ((world.scratch.path / "first").string() + ":" + std::getenv("PATH")).c_str(), 1);
    CHECK(world.key() != before);
  }
  SECTION("a script of the project") {
    World::put(world.project / "configure.sh", "# Made\n");
    CHECK(world.key() != before);
  }
  SECTION("a variable that compilers read") {
    ::setenv("CXXFLAGS", "-O3", 1);
    const std::string after = world.key();
    ::unsetenv("CXXFLAGS");
    CHECK(after != before);
  }
  SECTION("a list of directories, but not how often one is in it, nor one that is not there") {
    const std::string first = world.programs.string(), second = world.project.string();
    const auto with = [&](const std::string& list) {
      const test::Variable variable("LIBRARY_PATH", list);
      return world.key();
    };
    const test::Variable none("LIBRARY_PATH", std::nullopt);
    const std::string bare = world.key(), one = with(first);
    CHECK(one != bare);
    CHECK(with(first + ':' + first) == one);
    CHECK(with(first + ":/nowhere/at/all") == one);
    CHECK(with("/nowhere/at/all") == bare);
    CHECK(with(first + ':' + second) != one);
    CHECK(with(first + ':' + second) != with(second + ':' + first));
    CHECK(with(first + ':') != one);  // the current directory
  }
  SECTION("not a file that no word names, nor a script's time") {
    World::put(world.project / "other.sh", "");
    const timespec times[] = {{1, 0}, {1, 0}};
    ::utimensat(AT_FDCWD, (world.project / "configure.sh").c_str(), times, 0);
    CHECK(world.key() == before);
  }
}

TEST_CASE("a clean build made with what CMake found is no longer there when that has changed", "[workshop]") {
  World world;
  World::put(world.programs / "own-cmake",
             "#!/bin/sh\nmkdir -p build\nprintf 'CMAKE_CXX_COMPILER:FILEPATH=%s\\n' \"$(command -v "
             "own-linker)\" >build/CMakeCache.txt\n");
  World::put(world.programs / "own-linker", "one");
  world.key();
  const Workshop shop(world.spec, world.project, world.scratch.path / "cache");
  CHECK(shop.find_clean("id"));
  World::put(world.programs / "own-linker", "another");
  CHECK_FALSE(shop.find_clean("id"));
  world.key();
  CHECK(shop.find_clean("id"));
}
