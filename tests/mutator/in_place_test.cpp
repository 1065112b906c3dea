// in place: builds that cannot be copied, what tells one, what is made of a mutant there; and the tests of
// such a tree, as keys and as answers.
#include "mutator/base/files.h"
#include "mutator/base/globs.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/shelf.h"
#include "mutator/workshop/tests.h"
#include "mutator/workshop/trial.h"
#include "mutator/workshop/units.h"
#include "mutator/workshop/workshop.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

// A tree of one source, which a compiler makes an object and a program of.
struct Plain {
  fs::path path = fs::canonical(*make_temporary_directory(fs::temp_directory_path(), "nanobug-place"));
  fs::path project = path / "project", tree = project / "tree";
  catalog::Tree spec;

  Plain() {
    REQUIRE(write_file(tree / "a.c",
                       "#include \"a.h\"\n#include <assert.h>\nint main(int argc, char **argv) { assert(argc "
                       "&& argv); return A; }\n"));
    REQUIRE(write_file(tree / "a.h", "#define A 0\n"));
    spec.root = "tree";
    spec.build.configure = {"mkdir", "-p", "{build}"};
    spec.build.compile = {"sh", "-c",
                          "clang-19 -c \"$0/a.c\" -o \"$1/a.o\" && clang-19 \"$1/a.o\" -o \"$1/a\"",
                          "{source}", "{build}"};
    spec.tests = {{.id = {"a", {}}, .run = {"{build}/a"}}};
  }
  ~Plain() { (void)remove_tree(path); }

  void build_by_cmake(const std::string& option) {
    spec.build.configure = {
        "cmake", "-S", "{source}", "-B", "{build}", "-G", "Ninja", "-DCMAKE_C_COMPILER=clang-19", option};
    spec.build.compile = {"cmake", "--build", "{build}"};
  }
  Workshop shop() const { return Workshop(spec, project, path / "cache"); }
  static Clean clean(Workshop& shop, const fs::path& tree) {
    const auto made = shop.clean(tree, "id", {});
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    return *made;
  }
};

// Does a file below name the path, but for ninja's commands (relocate.h)?
bool names(const fs::path& directory, const fs::path& path) {
  const auto files = list_files(directory);
  REQUIRE(files);
  return std::any_of(files->begin(), files->end(), [&](const std::string& file) {
    return file != "build.ninja" && read_file(directory / file)->find(path.string()) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("what no build tool of ours made is built where it stands", "[workshop][place]") {
  const Plain plain;
  Workshop shop = plain.shop();
  const Clean clean = Plain::clean(shop, plain.tree);
  CHECK(clean.in_place());
  CHECK(shop.find_clean("id")->in_place());
  // Nothing of it is copied, and what is there for a checkout is nothing.
  REQUIRE(write_file(plain.path / "checkout/a.c", "int main(void) { return 0; }\n"));
  REQUIRE(shop.furnish(clean, nullptr, plain.path / "checkout", plain.path / "checkout"));
  CHECK_FALSE(fs::exists(plain.path / "checkout/build"));
  REQUIRE(shop.build(clean, plain.path / "checkout")->good);
  CHECK(fs::exists(plain.path / "checkout/build/a"));
}

TEST_CASE("a mutant in place is what differs but for the name of the place", "[workshop][place]") {
  const Plain plain;
  Workshop shop = plain.shop();
  const Clean clean = Plain::clean(shop, plain.tree);
  // The object names its place, by __FILE__.
  CHECK(read_file(clean.build / "a.o")->find(clean.tree.string()) != std::string::npos);
  const std::string text = *read_file(plain.tree / "a.c");
  const auto same = shop.mutant(clean, {{"a.c", text.substr(0, text.size() - 1) + "  \n"}});
  REQUIRE(same);
  CHECK(same->files.empty());
  // A header that no rule of the build names is compiled all the same.
  const auto other = shop.mutant(clean, {{"a.h", "#define A 1\n"}});
  REQUIRE(other);
  CHECK(other->files == std::vector<std::string>{"a", "a.o"});
  CHECK(other->place);
  const auto kept = shop.find_mutant(clean, {{"a.h", "#define A 1\n"}});
  REQUIRE(kept->has_value());
  CHECK((*kept)->files == other->files);
  // Where it was made is taken by who comes first; whoever comes next builds it again.
  for (int i = 0; i < 2; ++i) {
    const auto place = Trial::of_mutant(shop, clean, {{"a.h", "#define A 1\n"}}, *other);
    REQUIRE(place);
    CHECK(run({.argv = {(place->tree() / "build/a").string()}})->exit_code == 1);
  }
  const auto broken = shop.mutant(clean, {{"a.c", "int main(void) { return }\n"}});
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == Exit::catalog);
}

TEST_CASE("of a build in place the shelf keeps names alone, wherever they lie", "[workshop][place]") {
  const Plain at;
  REQUIRE(fs::create_directories(at.path / "home"));
  const Mutant mutant{.outputs = {}, .files = {"../program", "a.o"}, .diagnostics = "a warning"};
  REQUIRE(shelve(at.path / "kept", mutant));
  for (int i = 0; i < 2; ++i) {  // what was laid out once must not be in the way of the next
    const auto back = take_down(at.path / "kept", at.path / "home");
    REQUIRE(back);
    REQUIRE(back->has_value());
    CHECK((*back)->files == mutant.files);
    CHECK((*back)->diagnostics == mutant.diagnostics);
    CHECK((*back)->outputs.empty());
  }
  CHECK(fs::is_empty(at.path / "home"));
}

TEST_CASE("trees that are built at once stand in places of one length", "[workshop][place]") {
  const Plain plain;
  Workshop shop = plain.shop();
  const Clean clean = Plain::clean(shop, plain.tree);
  const auto one = Trial::of_overlay(shop, clean, {}), two = Trial::of_overlay(shop, clean, {});
  REQUIRE(one);
  REQUIRE(two);
  CHECK(one->tree() != two->tree());
  for (const Trial* place : {&*one, &*two})
    CHECK(place->tree().string().size() == clean.tree.string().size());
  // What a killed process has left in one is gone.
  const fs::path third = clean.tree.parent_path() / "t002";
  REQUIRE(write_file(third / "old.c", "int"));
  const auto three = Trial::of_overlay(shop, clean, {});
  CHECK(three->tree() == third);
  CHECK_FALSE(fs::exists(third / "old.c"));
}

TEST_CASE("a build of CMake's for Ninja is copied, and named anew where it knows its place",
          "[workshop][place]") {
  Plain plain;
  // Debug information names the place, and so does a program that looks for its data.
  const std::string type = GENERATE("Release", "Debug", "Data");
  REQUIRE(write_file(plain.tree / "data.txt", "0"));
  REQUIRE(write_file(plain.tree / "d.c",
                     "#include <stdio.h>\nint d(void) {\n  FILE* file = fopen(DATA, \"r\");\n"
                     "  return file ? fgetc(file) - '0' : 9;\n}\n"));
  REQUIRE(
      write_file(plain.tree / "a.c", "#include \"a.h\"\nint d(void);\nint main(void) { return A + d(); }\n"));
  REQUIRE(write_file(plain.tree / "CMakeLists.txt",
                     "cmake_minimum_required(VERSION 3.20)\nproject(a C)\ninclude(CTest)\n"
                     "add_custom_command(OUTPUT b.h COMMAND ${CMAKE_COMMAND} -E touch b.h)\n"
                     "add_executable(a a.c d.c b.h)\nadd_test(NAME runs COMMAND a)\n"
                     "if(CMAKE_BUILD_TYPE STREQUAL Data)\n  set(directory ${CMAKE_SOURCE_DIR}/)\nendif()\n"
                     "set_source_files_properties(d.c PROPERTIES COMPILE_DEFINITIONS "
                     "DATA=\"${directory}data.txt\")\n"));
  if (type != "Data") REQUIRE(write_file(plain.tree / "d.c", "int d(void) {\n  return 0;\n}\n"));
  plain.build_by_cmake("-DCMAKE_BUILD_TYPE=" + type);
  Workshop shop = plain.shop();
  const Clean clean = Plain::clean(shop, plain.tree);
  CHECK(clean.movable == (type == "Release" ? Movable::anywhere : Movable::beside));
  CHECK(shop.find_clean("id")->movable == clean.movable);
  const auto mutant = shop.mutant(clean, {{"a.h", "#define A 7\n"}});
  REQUIRE(mutant);
  // Only what differs was made; what is kept of it names the clean tree.
  CHECK(mutant->files == std::vector<std::string>{"CMakeFiles/a.dir/a.c.o", "a"});
  if (type == "Debug")
    CHECK(read_file(mutant->outputs / "a")->find(clean.tree.string()) != std::string::npos);
  const auto place = Trial::of_mutant(shop, clean, {{"a.h", "#define A 7\n"}}, *mutant);
  REQUIRE(place);
  // CTest in the mutant's place runs the mutant, and in the clean tree's still the clean one.
  const auto passes = [](const fs::path& tree) {
    return run({.argv = {"ctest", "--test-dir", (tree / "build").string()}})->good();
  };
  CHECK_FALSE(passes(place->tree()));
  CHECK(passes(*shop.clean_place(clean)));
  const auto other = Trial::of_overlay(shop, clean, {{"data.txt", "3"}});
  REQUIRE(other);
  CHECK(passes(other->tree()) == (type != "Data"));
  // No copy names the clean tree.
  for (const fs::path& copy : {place->tree(), other->tree()})
    if (type != "Release") CHECK_FALSE(names(copy / "build", clean.tree));
  CHECK(read_file(clean.build / "CTestTestfile.cmake")->find(place->tree().string()) == std::string::npos);
}

TEST_CASE("a library of the tree's own is found where the tree stands", "[workshop][place]") {
  Plain plain;
  const bool by_origin = GENERATE(true, false);
  REQUIRE(write_file(plain.tree / "d.c", "int d(void) {\n  return 0;\n}\n"));
  REQUIRE(write_file(plain.tree / "a.c", "int d(void);\nint main(void) {\n  return d();\n}\n"));
  REQUIRE(write_file(plain.tree / "CMakeLists.txt",
                     "cmake_minimum_required(VERSION 3.20)\nproject(a C)\nadd_library(d SHARED d.c)\n"
                     "add_executable(a a.c)\ntarget_link_libraries(a d)\n"
                     "set_target_properties(a PROPERTIES BUILD_RPATH /usr/lib/other)\n"));
  plain.build_by_cmake(by_origin ? "-DCMAKE_BUILD_RPATH_USE_ORIGIN=ON" : "-DCMAKE_BUILD_TYPE=Release");
  Workshop shop = plain.shop();
  const Clean clean = Plain::clean(shop, plain.tree);
  CHECK(clean.movable == (by_origin ? Movable::anywhere : Movable::nowhere));
  const auto mutant = Trial::of_overlay(shop, clean, {{"d.c", "int d(void) {\n  return 5;\n}\n"}});
  REQUIRE(mutant);
  CHECK(run({.argv = {(mutant->tree() / "build/a").string()}})->exit_code == 5);
  CHECK(run({.argv = {(clean.build / "a").string()}})->exit_code == 0);
}

TEST_CASE("another version of a build that names its place begins with it", "[workshop][place]") {
  Plain plain;
  REQUIRE(write_file(plain.tree / "CMakeLists.txt",
                     "cmake_minimum_required(VERSION 3.20)\nproject(a C)\nadd_executable(a a.c b.c)\n"));
  REQUIRE(write_file(plain.tree / "b.c", "const char* b = __FILE__;\n"));
  plain.build_by_cmake("-DCMAKE_BUILD_TYPE=Debug");
  Workshop shop = plain.shop();
  const Clean first = Plain::clean(shop, plain.tree);
  REQUIRE(first.movable == Movable::beside);
  REQUIRE(write_file(plain.tree / "a.h", "#define A 4\n"));
  const auto second = shop.clean(plain.tree, "another", {});
  REQUIRE(second);
  CHECK(shop.before(*second)->key == first.key);
  CHECK(second->movable == Movable::beside);
  CHECK(run({.argv = {(second->build / "a").string()}})->exit_code == 4);
  CHECK_FALSE(names(second->build, first.tree.parent_path()));
  // And a mutant of it is made of it.
  const auto mutant = Trial::of_overlay(shop, *second, {{"a.h", "#define A 6\n"}});
  REQUIRE(mutant);
  CHECK(run({.argv = {(mutant->tree() / "build/a").string()}})->exit_code == 6);
}

TEST_CASE("a test's exit code is an answer as a probe's is", "[workshop][place]") {
  Plain plain;
  plain.spec.tests[0].time_limit_s = 1;
  plain.spec.tests.push_back({.id = {"never", {}}, .run = {"false"}, .observable = "that it can"});
  Workshop shop = plain.shop();
  const Clean clean = Plain::clean(shop, plain.tree);
  const auto known = askable(shop, clean);
  INFO((known ? "" : known.error().message));
  REQUIRE(known);
  REQUIRE(known->probes.size() == 1);
  CHECK(known->probes[0].probe == "a");
  CHECK(known->probes[0].test == 0);
  REQUIRE(known->excluded.size() == 1);
  CHECK(known->excluded[0].message == "fails on the clean tree: it ended with exit code 1");
  const auto said = [&](const std::string& body) {
    const auto place = Trial::of_overlay(shop, clean, {{"a.c", "int main(void) { " + body + " }\n"}});
    REQUIRE(place);
    REQUIRE(place->built().good);
    const auto answers = run_probes(shop, {}, place->tree(), known->probes, {});
    REQUIRE(answers);
    REQUIRE(answers->size() == 1);
    return answers->front();
  };
  CHECK(said("return 0;").passed());
  CHECK(said("return 3;").message == "it ended with exit code 3");
  CHECK(said("__builtin_trap();").how == ProbeAnswer::How::crashed);
  CHECK(said("for (;;) ;").how == ProbeAnswer::How::hung);
}

TEST_CASE("what a test is, and the scripts that it names, are in its key", "[workshop][place]") {
  Plain plain;
  REQUIRE(write_file(plain.project / "judge.sh", "exit 0\n"));
  plain.spec.tests = {{.id = {"a", {}}, .run = {"sh", "{project}/judge.sh"}}};
  const auto key = [&] { return tests_key(plain.shop()); };
  const std::string first = key();
  CHECK(key() == first);
  REQUIRE(write_file(plain.project / "judge.sh", "exit 1\n"));
  CHECK(key() != first);
  REQUIRE(write_file(plain.project / "judge.sh", "exit 0\n"));
  plain.spec.tests[0].run.push_back("more");
  CHECK(key() != first);
  plain.spec.tests.clear();
  CHECK(key().empty());
}

TEST_CASE("a compiler that nobody names is in what a build in place is known by", "[workshop][place]") {
  const Plain plain;
  Workshop shop = plain.shop();
  const Clean clean = Plain::clean(shop, plain.tree);
  REQUIRE(write_file(clean.tree.parent_path() / "found", "another compiler"));
  CHECK_FALSE(shop.find_clean("id"));
}

TEST_CASE("patterns fit what a shell's would, slashes too", "[base]") {
  CHECK(fits("*.o", "a.o"));
  CHECK(fits("tests/*", "tests/a/b.c"));
  CHECK_FALSE(fits("*.o", "a.oo"));
  CHECK(fits("[a]", "[a]"));  // a name is itself
  CHECK(fits("[a]", "a"));
  CHECK_FALSE(fits_any({}, "a"));
}
