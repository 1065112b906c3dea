// in place: builds that cannot be copied, what tells one, what is made of a mutant there; and the tests of
// such a tree, as keys and as answers.
#include "mutator/base/files.h"
#include "mutator/base/globs.h"
#include "mutator/workshop/probe_run.h"
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

  Workshop shop() const { return Workshop(spec, project, path / "cache"); }
  static Clean clean(Workshop& shop, const fs::path& tree) {
    const auto made = shop.clean(tree, "id", {});
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    return *made;
  }
};

}  // namespace

TEST_CASE("what no build tool of ours made is built where it stands", "[workshop][place]") {
  const Plain plain;
  Workshop shop = plain.shop();
  const Clean clean = Plain::clean(shop, plain.tree);
  CHECK(clean.in_place);
  CHECK(shop.find_clean("id")->in_place);
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

TEST_CASE("a build of CMake's for Ninja is copied where nothing of it knows its place", "[workshop][place]") {
  Plain plain;
  const std::string type = GENERATE("Release", "Debug");
  REQUIRE(write_file(plain.tree / "CMakeLists.txt",
                     "cmake_minimum_required(VERSION 3.20)\nproject(a C)\ninclude(CTest)\n"
                     "add_custom_command(OUTPUT b.h COMMAND ${CMAKE_COMMAND} -E touch b.h)\n"
                     "add_executable(a a.c b.h)\nadd_test(NAME runs COMMAND a)\n"));
  plain.spec.build.configure = {"cmake",
                                "-S",
                                "{source}",
                                "-B",
                                "{build}",
                                "-G",
                                "Ninja",
                                "-DCMAKE_C_COMPILER=clang-19",
                                "-DCMAKE_BUILD_TYPE=" + type};
  plain.spec.build.compile = {"cmake", "--build", "{build}"};
  Workshop shop = plain.shop();
  const Clean clean = Plain::clean(shop, plain.tree);
  CHECK(clean.in_place == (type == "Debug"));
  const auto mutant = shop.mutant(clean, {{"a.h", "#define A 7\n"}});
  REQUIRE(mutant);
  const auto place = Trial::of_mutant(shop, clean, {{"a.h", "#define A 7\n"}}, *mutant);
  REQUIRE(place);
  // CTest in the mutant's place runs the mutant, and in the clean tree's still the clean one.
  const auto passes = [](const fs::path& tree) {
    return run({.argv = {"ctest", "--test-dir", (tree / "build").string()}})->good();
  };
  CHECK_FALSE(passes(place->tree()));
  CHECK(passes(*shop.clean_place(clean)));
  CHECK(read_file(clean.build / "CTestTestfile.cmake")->find(place->tree().string()) == std::string::npos);
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
