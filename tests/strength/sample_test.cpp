// sample: the files that a tree compiles, and no others.
#include "tools/strength/sample.h"

#include <fmt/format.h>

#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::strength;

namespace {

using Files = std::vector<std::string>;

struct Folder {
  fs::path tree = *make_temporary_directory(fs::temp_directory_path(), "nanobug-sample");
  ~Folder() { (void)remove_tree(tree); }
};

}  // namespace

TEST_CASE("what another build compiles is not looked at", "[strength]") {
  const Folder place;
  for (const char* file :
       {"nanochat/a.cpp", "nanochat/a.h", "nanochat/only.h", "nanochat/unused.cpp", "nanochat/notes.md",
        "nanochat/kernels/k.cpp", "nanochat/kernels/k.h", "programs/p.cpp"})
    REQUIRE(write_file(place.tree / file, "int x;\n"));
  const auto choose = [&](const Choice& choice) {
    return choose_files(place.tree, place.tree / "build", choice);
  };
  CHECK(choose({}).error().code == Exit::io);
  REQUIRE(write_file(place.tree / "build/compile_commands.json", "[]"));
  CHECK(choose({}).error().code == Exit::catalog);
  REQUIRE(
      write_file(place.tree / "build/compile_commands.json",
                 fmt::format(R"([{{"directory": "{0}/build", "file": "../nanochat/a.cpp", "command": "c"}},
                                     {{"directory": "{0}/build", "file": "{0}/programs/p.cpp", "command": "c"}}])",
                             place.tree.string())));
  CHECK(choose({}).value() == Files{"nanochat/a.cpp", "nanochat/a.h", "nanochat/only.h"});
  CHECK(choose({.globs = {}, .operators = {}, .programs = true}).value() ==
        Files{"nanochat/a.cpp", "nanochat/a.h", "nanochat/only.h", "programs/p.cpp"});
  CHECK(choose({.globs = {"a.*"}, .operators = {}}).value() == Files{"nanochat/a.cpp", "nanochat/a.h"});
  CHECK(choose({.globs = {"k.cpp"}, .operators = {}}).error().code == Exit::usage);
  CHECK(choose({.globs = {"p.cpp"}, .operators = {}})
            .error()
            .message.ends_with("those of programs/ need --programs"));
}
