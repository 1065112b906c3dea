// relocate: a build directory that is moved, to any path, goes on there as if it had been made there.
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "mutator/catalog/catalog.h"
#include "mutator/workshop/alias.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/relocate.h"
#include "mutator/workshop/workshop.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

struct Scratch {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-move");
  ~Scratch() { (void)remove_tree(path); }
};

const fs::path kTiny = fs::path(NANOBUG_TEST_DATA).parent_path() / "tiny";

// A tree with what CMake can have that tiny has not: a subdirectory, a source that is generated there by a
// command with a working directory of its own, a target that is a command, a configured header, and CTest.
void write_busy_tree(const fs::path& tree) {
  const std::pair<const char*, const char*> files[] = {
      {"CMakeLists.txt", R"(cmake_minimum_required(VERSION 3.25)
project(busy LANGUAGES CXX)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
include(CTest)
include(cmake/extra.cmake)
configure_file("version in.h" version.h)
add_subdirectory(parts)
add_library(busy SHARED busy.cpp ${more})
target_include_directories(busy PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
target_compile_options(busy PRIVATE "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
add_executable(say say.cpp)
target_link_libraries(say busy number)
add_test(NAME says COMMAND say)
add_custom_target(stamp ALL COMMAND "${CMAKE_COMMAND}" -E copy "${CMAKE_SOURCE_DIR}/parts/number.txt" stamped
  WORKING_DIRECTORY "${CMAKE_BINARY_DIR}/parts" COMMENT "Stamping")
)"},
      {"cmake/extra.cmake", "set(more \"\")\n"},
      {"version in.h", "#define VERSION 1\n"},
      {"busy.cpp", "#include \"version.h\"\nint busy() { return VERSION; }\n"},
      {"say.cpp",
       "#include <cstdio>\nint busy();\nint number();\nint main() { std::printf(\"%d %d\\n\", busy(), "
       "number()); }\n"},
      {"parts/number.txt", "int number() { return 7; }\n"},
      {"parts/CMakeLists.txt", R"(add_custom_command(OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/number.cpp"
  COMMAND "${CMAKE_COMMAND}" -E make_directory "here it is"
  COMMAND "${CMAKE_COMMAND}" -E copy "${CMAKE_CURRENT_SOURCE_DIR}/number.txt" "${CMAKE_CURRENT_BINARY_DIR}/number.cpp"
  DEPENDS number.txt VERBATIM)
add_library(number STATIC "${CMAKE_CURRENT_BINARY_DIR}/number.cpp")
set_property(TARGET number PROPERTY POSITION_INDEPENDENT_CODE ON)
)"}};
  for (const auto& [file, text] : files) REQUIRE(write_unsynced(tree / file, text));
}

catalog::Tree busy_spec() {
  catalog::Tree spec;
  spec.build.configure = {"cmake",   "-S", "{source}", "-B",
                          "{build}", "-G", "Ninja",    "-DCMAKE_CXX_COMPILER=clang++-19"};
  spec.build.compile = {"cmake", "--build", "{build}"};
  spec.build.library = "libbusy.so";
  return spec;
}

// One tree built for all tests here.
struct Busy {
  Scratch scratch;
  Workshop shop{busy_spec(), scratch.path, scratch.path / "a \"cache\": of $ours; ü\\|(1)"};
  Clean clean;
  Busy() {
    write_busy_tree(scratch.path / "source");
    auto made = shop.clean(scratch.path / "source", "id", {});
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    clean = *made;
  }
  static Busy& get() {
    static Busy busy;
    return busy;
  }
  void furnish(const fs::path& home) const {
    REQUIRE(copy_directory(clean.tree, home, Links::large,
                           [](const std::string& path) { return path == "build"; }));
    REQUIRE(shop.furnish(clean, nullptr, home, home));
    REQUIRE(set_times(home, clean.time));
  }
};

// What ninja, run there by hand, does; a command that fails fails the test.
std::string ninja(const fs::path& home, std::vector<std::string> more = {}) {
  std::vector<std::string> argv = {"ninja", "-C", "build"};
  argv.insert(argv.end(), more.begin(), more.end());
  const auto finished = run({.argv = argv, .directory = home});
  INFO(finished->out << finished->err);
  REQUIRE(finished->good());
  return finished->out;
}

int count(const std::string& text, const std::string& what) {
  int n = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++n;
  return n;
}

std::string says(const fs::path& home) {
  const auto finished = run({.argv = {(home / "build/say").string()}});
  REQUIRE(finished);
  return finished->out + finished->err;
}

// What a path can hold, in few paths; each costs seconds.
const std::vector<std::string> kPlaces = {"plain", "a b: $HOME ${x}", "o'neil \"x\" (1)[2]{3}",
                                          "a;b|c Übung 100%&#@!~=,", "\xff\xfe ends "};

}  // namespace

TEST_CASE("a tree with custom commands and CTest is up to date wherever it stands", "[workshop]") {
  const Busy& busy = Busy::get();
  const fs::path home = busy.scratch.path / "homes" / GENERATE(from_range(kPlaces));
  INFO(home.string());
  busy.furnish(home);
  // A custom target is run every time; nothing else is to do.
  const std::string said = ninja(home);
  CHECK(count(said, "Building") == 0);
  CHECK(count(said, "Linking") == 0);
  CHECK(count(said, "Re-running") == 0);
  CHECK(count(said, "Stamping") == 1);
  CHECK(says(home) == "1 7\n");
  CHECK(fs::exists(home / "build/parts/stamped"));
  // The generated source is made from this tree's text, by a command that runs in a directory of its own.
  REQUIRE(write_unsynced(home / "parts/number.txt", "int number() { return 8; }\n"));
  const std::string again = ninja(home);
  CHECK(count(again, "Building") == 1);
  CHECK(says(home) == "1 8\n");
  CHECK(*read_file(home / "build/parts/stamped") == "int number() { return 8; }\n");
  (void)remove_tree(home);
}

TEST_CASE("CMake runs again by itself in a tree that was moved", "[workshop]") {
  const Busy& busy = Busy::get();
  const fs::path home = busy.scratch.path / "homes" / GENERATE(from_range(kPlaces));
  INFO(home.string());
  busy.furnish(home);
  // A new source, named in a file that CMakeLists.txt includes: what was there already is not compiled again.
  REQUIRE(write_unsynced(home / "new one.cpp", "int unused_here() { return 0; }\n"));
  REQUIRE(write_unsynced(home / "cmake/extra.cmake", "set(more \"new one.cpp\")\n"));
  const std::string first = ninja(home);
  INFO(first);
  CHECK(count(first, "Re-running CMake") == 1);
  CHECK(count(first, "Building") == 1);
  CHECK(count(first, "new_one.cpp.o") == 1);
  const std::string second = ninja(home);
  INFO(second);
  CHECK(count(second, "Re-running") + count(second, "Building") + count(second, "Linking") == 0);
  // A header that CMake makes; by CMake's own door.
  REQUIRE(write_unsynced(home / "version in.h", "#define VERSION 2\n"));
  const auto third = run({.argv = {"cmake", "--build", "build"}, .directory = home});
  INFO(third->out << third->err);
  REQUIRE(third->good());
  CHECK(count(third->out, "Building") == 1);
  CHECK(says(home) == "2 7\n");
  // No link that helped CMake is left, and nothing names one.
  const auto left = list_files(home / "build");
  REQUIRE(left);
  for (const std::string& file : *left) {
    INFO(file);
    if (file.find(".log") == std::string::npos && !file.ends_with("regenerate.cmake"))
      CHECK(read_file(home / "build" / file)->find("/tmp/cmake.") == std::string::npos);
  }
  // And what is moved once more is still up to date.
  const fs::path moved = home.string() + " moved";
  fs::rename(home, moved);
  const std::string last = ninja(moved, {"-n"});
  INFO(last);
  CHECK(count(last, "Re-running") + count(last, "Building") + count(last, "Linking") == 0);
  // A configuration that fails leaves everything as it was, and the next one that does not goes on from
  // there.
  REQUIRE(write_unsynced(moved / "cmake/extra.cmake", "message(FATAL_ERROR \"no\")\n"));
  CHECK_FALSE(run({.argv = {"ninja", "-C", "build"}, .directory = moved})->good());
  REQUIRE(write_unsynced(moved / "cmake/extra.cmake", "set(more \"new one.cpp\")\n"));
  const std::string mended = ninja(moved);
  INFO(mended);
  CHECK(count(mended, "Re-running") == 1);
  CHECK(count(mended, "Building") == 0);
  CHECK(says(moved) == "2 7\n");
  (void)remove_tree(moved);
}

TEST_CASE("the configuration's own files are known", "[workshop]") {
  const Busy& busy = Busy::get();
  const auto files = build_files(busy.clean.build, busy.clean.tree);
  REQUIRE(files);
  CHECK(*files == std::vector<std::string>{"CMakeLists.txt", "cmake/extra.cmake", "parts/CMakeLists.txt",
                                           "version in.h"});
}

TEST_CASE("compile commands name the checkout, as JSON and a shell want it", "[workshop]") {
  const Busy& busy = Busy::get();
  const fs::path home =
      busy.scratch.path / "homes" / GENERATE("with space", "o'neil \"x\" $HOME `id` \\n", "Übung");
  busy.furnish(home);
  const auto all = nlohmann::json::parse(*read_file(home / "build/compile_commands.json"), nullptr, false);
  REQUIRE(all.is_array());
  REQUIRE(all.size() == 3);
  for (const auto& entry : all) {
    CHECK(entry["directory"] == (home / "build").string());
    CHECK(entry["file"].get<std::string>().starts_with(home.string() + "/"));
    // A shell compiles the file with it.
    const auto compiled = run({.argv = {"sh", "-c", entry["command"].get<std::string>()},
                               .directory = entry["directory"].get<std::string>()});
    INFO(entry["command"] << compiled->err);
    CHECK(compiled->good());
  }
  (void)remove_tree(home);
}

TEST_CASE("paths are renamed as each format wants it", "[workshop]") {
  const std::string odd = "/a \"b\"\\$c";
  CHECK(rename_paths("x.txt", "/t/tree /t/tree/x /t/tree-2", "/t/tree", odd) ==
        odd + " " + odd + "/x /t/tree-2");
  CHECK(rename_paths("x.cmake", "set(A \"/t/tree/x\")", "/t/tree", odd) ==
        "set(A \"/a \\\"b\\\"\\\\\\$c/x\")");
  CHECK(rename_paths("CMakeCache.txt", "# /t/tree\nA:STATIC=/t/tree\nB:STATIC=/t/tree/b\n", "/t/tree",
                     "/ends ") == "# /ends \nA:STATIC='/ends '\nB:STATIC=/ends /b\n");
  CHECK(rename_paths("x.json", "{\"a\": \"/t/tree/x\"}", "/t/tree", "/plain") == "{\"a\": \"/plain/x\"}");
}

TEST_CASE("a place with an odd name has a plain one", "[workshop]") {
  const Scratch scratch;
  const fs::path plain = scratch.path / "plain";
  CHECK(*plain_alias(plain) == plain);
  for (const char* name : {"a b", "a:b", "ü", "\"", "$", ";", "\\", "\xff"}) {
    const fs::path place = scratch.path / name;
    const auto alias = plain_alias(place);
    REQUIRE(alias);
    CHECK(is_plain(*alias));
    CHECK(*plain_alias(place) == *alias);
    // It is the place: what is written there is read here; and it is made again when it is gone.
    REQUIRE(write_file(place / "x", name));
    fs::remove(*alias);
    CHECK(*plain_alias(place) == *alias);
    CHECK(*read_file(*alias / "x") == name);
  }
  const auto newline = plain_alias(scratch.path / "a\nb");
  REQUIRE_FALSE(newline);
  CHECK(newline.error().message.find("newline") != std::string::npos);
}

TEST_CASE("links are only kept where no one else can change them", "[workshop]") {
  const Scratch scratch;
  const fs::path open = scratch.path / "open", fresh = scratch.path / "fresh";
  const std::string name = "nanobug-" + std::to_string(::getuid());
  fs::create_directories(open / name);
  fs::permissions(open / name, fs::perms::all);
  fs::create_directories(fresh);
  fs::create_directory_symlink(scratch.path, scratch.path / "link");
  CHECK(*alias_directory({open, fresh}) == fresh / name);
  CHECK((fs::status(fresh / name).permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
        fs::perms::none);
  const auto none = alias_directory({open});
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Exit::io);
  // Nor through a link that somebody else may have laid.
  fs::create_directories(scratch.path / "linked");
  fs::create_directory_symlink(fresh / name, scratch.path / "linked" / name);
  CHECK_FALSE(alias_directory({scratch.path / "linked"}));
}
