// trial: sources are judged, over the clean build, and nothing that lies in a learner's build directory.
#include "mutator/workshop/trial.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <sstream>

#include "tests/mutator/judged.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

constexpr char kRight[] = "return sum / static_cast<double>(values.size());";
constexpr char kWrong[] = "return sum / (static_cast<double>(values.size()) - 1);";

// Gives what ninja remembers of its outputs another time, in nanoseconds.
void date_records(const fs::path& build, std::int64_t time) {
  // start, end, time, output, command
  std::istringstream log(*read_file(build / ".ninja_log"));
  std::string dated;
  for (std::string line; std::getline(log, line);) {
    std::istringstream words(line);
    std::string start, end, was, output, command;
    const bool is_entry = line.front() != '#' && words >> start >> end >> was >> output >> command;
    dated += (is_entry ? start + '\t' + end + '\t' + std::to_string(time) + '\t' + output + '\t' + command
                       : line) +
             '\n';
  }
  REQUIRE(write_unsynced(build / ".ninja_log", dated));
  // After a line and a version, records: a length whose first bit says that it is of an output, its number,
  // the time, and what it was made of.
  std::string deps = *read_file(build / ".ninja_deps");
  int records = 0;
  for (size_t at = deps.find('\n') + 5; at < deps.size();) {
    std::uint32_t length = 0;
    std::memcpy(&length, &deps[at], 4);
    if (length >> 31) std::memcpy(&deps[at + 8], &time, 8), ++records;
    at += 4 + (length & 0x7fffffff);
  }
  REQUIRE(records == 2);
  REQUIRE(write_unsynced(build / ".ninja_deps", deps));
}

bool links(const fs::path& one, const fs::path& other) {
  return same_file(one, other);
}

}  // namespace

TEST_CASE("an unfixed bug is not solved by what lies in the build directory", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  edit(own / "stats.cpp", kRight, kWrong);
  SECTION("a clean library put there by hand") {
    fs::copy_file(clean.build / "libstats.so", own / "build/libstats.so",
                  fs::copy_options::overwrite_existing);
  }
  SECTION("the rule made phony") {
    edit(own / "build/build.ninja", "build libstats.so: CXX_SHARED_LIBRARY_LINKER__stats_",
         "build libstats.so: phony #");
  }
  SECTION("the library named elsewhere, by a link to the clean one") {
    fs::remove(own / "build/libstats.so");
    fs::create_symlink(clean.build / "libstats.so", own / "build/libstats.so");
  }
  SECTION("an object that is newer than its source") {
    REQUIRE(set_time(own / "build/CMakeFiles/stats.dir/stats.cpp.o", 4000000000));
  }
  SECTION("no build directory at all") {
    REQUIRE(remove_tree(own / "build"));
  }
  const grade::Verdict verdict = judged.judge(shop, clean, own);
  CHECK(verdict.builds);
  CHECK_FALSE(verdict.solved);
  CHECK(verdict.wrong == std::vector<std::string>{"the numbers that come out"});
  // Nothing of the place is left, and the learner's own directory is as it was.
  const auto left = list_files(clean.tree.parent_path() / "trials");
  REQUIRE(left);
  CHECK(left->empty());
}

TEST_CASE("a right fix passes over a broken build directory, and that is said beside the verdict",
          "[grade]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  CHECK(judged.judge(shop, clean, own).own_build.empty());
  SECTION("stale") {
    // Computes the same with other code; the library in the build directory is not of these sources.
    edit(own / "stats.cpp", kRight, "return 1 / (1 / sum * static_cast<double>(values.size()));");
    CHECK(judged.judge(shop, clean, own).own_build.find("not built from these sources") != std::string::npos);
    REQUIRE(shop.build(clean, own)->good);
    CHECK(judged.judge(shop, clean, own).own_build.empty());
  }
  SECTION("gone") {
    REQUIRE(remove_tree(own / "build"));
    CHECK(judged.judge(shop, clean, own).own_build.find("has no libstats.so") != std::string::npos);
  }
  const grade::Verdict verdict = judged.judge(shop, clean, own);
  CHECK(verdict.solved);
  CHECK(verdict.agreeing() == 3);
}

TEST_CASE("files that come, go and change their names are ordinary fixes", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  SECTION("nothing changed") {
    const auto place = Trial::of_checkout(shop, clean, own, judged.catalog.tree.not_sources());
    REQUIRE(place);
    CHECK(place->changed().empty());
    CHECK(place->built().output.find("no work to do") != std::string::npos);
    CHECK(place->made(shop, clean)->empty());
  }
  SECTION("a new file") {
    edit(own / "stats.cpp", "double mean(", "double mean_of(");
    edit(own / "stats.h", "// One step", "double mean_of(const std::vector<double>& values);\n\n// One step");
    REQUIRE(write_unsynced(own / "mean.cpp",
                           "#include \"stats.h\"\ndouble tiny::mean(const std::vector<double>& values) {\n"
                           "  return mean_of(values);\n}\n"));
    edit(own / "CMakeLists.txt", "stats.cpp)", "stats.cpp mean.cpp)");
    CHECK(judged.judge(shop, clean, own).solved);
  }
  SECTION("a renamed file; what did not change is not compiled again") {
    fs::rename(own / "stats.cpp", own / "statistics.cpp");
    edit(own / "CMakeLists.txt", "SHARED stats.cpp", "SHARED statistics.cpp");
    CHECK(judged.judge(shop, clean, own).solved);
    const auto place = Trial::of_checkout(shop, clean, own, judged.catalog.tree.not_sources());
    REQUIRE(place);
    CHECK(place->changed() == std::vector<std::string>{"CMakeLists.txt", "statistics.cpp", "stats.cpp"});
    CHECK(place->built().output.find("statistics.cpp.o") != std::string::npos);
    CHECK(place->built().output.find("descend.cpp.o") == std::string::npos);
  }
  SECTION("an option in CMakeLists.txt decides") {
    edit(own / "CMakeLists.txt", "add_library(stats",
         "add_compile_definitions(mean=average)\nadd_library(stats");
    CHECK_FALSE(judged.judge(shop, clean, own).solved);
  }
  SECTION("a file that is still needed is missing") {
    fs::remove(own / "stats.cpp");
    const grade::Verdict verdict = judged.judge(shop, clean, own);
    CHECK_FALSE(verdict.builds);
    CHECK(verdict.build_message.find("stats.cpp") != std::string::npos);
  }
  SECTION("the library has another name") {
    edit(own / "CMakeLists.txt", "add_library(stats SHARED stats.cpp)",
         "add_library(stats SHARED stats.cpp)\nset_target_properties(stats PROPERTIES OUTPUT_NAME others)");
    const grade::Verdict verdict = judged.judge(shop, clean, own);
    CHECK_FALSE(verdict.solved);
  }
}

TEST_CASE("a large file, a pipe and a link in a checkout are no obstacle", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  REQUIRE(write_unsynced(own / "data", ""));
  fs::resize_file(own / "data", std::uintmax_t{1} << 40);  // sparse
  REQUIRE(::mkfifo((own / "pipe").c_str(), 0600) == 0);
  fs::create_symlink("nowhere", own / "dangling");
  const auto place = Trial::of_checkout(shop, clean, own, judged.catalog.tree.not_sources());
  if (!place) FAIL(place.error().message);
  CHECK(place->built().good);
  CHECK(fs::file_size(place->tree() / "data") == std::uintmax_t{1} << 40);
  CHECK_FALSE(fs::exists(fs::symlink_status(place->tree() / "pipe")));
  CHECK(fs::read_symlink(place->tree() / "dangling") == "nowhere");
}

TEST_CASE("a build that writes through a link does not change the clean build unnoticed", "[workshop]") {
  const Judged judged;
  catalog::Tree spec = judged.catalog.tree;
  // A compiler of its own kind: `> file`, as `ar rcs` and many a script do.
  spec.build.configure = {"mkdir", "-p", "{build}"};
  spec.build.compile = {"sh", "-c",
                        "head -c 9000000 /dev/zero > \"$1\"/big && cat \"$0\"/stats.cpp >> \"$1\"/big",
                        "{source}", "{build}"};
  Workshop shop(spec, judged.project, judged.path / "cache");
  const Clean clean = judged.clean(shop);
  const std::string was = *read_file(clean.build / "big");
  CHECK(shop.links(clean) == Links::large);
  const Overlay overlay = {{"stats.cpp", "// another\n"}};
  const auto refused = shop.mutant(clean, overlay);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::io);
  CHECK(refused.error().message.find("big") != std::string::npos);
  // It is made anew, and from now on nothing is linked.
  CHECK_FALSE(shop.find_clean("tree"));
  const Clean again = judged.clean(shop);
  CHECK(*read_file(again.build / "big") == was);
  CHECK(shop.links(again) == Links::none);
  const auto mutant = shop.mutant(again, overlay);
  REQUIRE(mutant);
  CHECK(mutant->files == std::vector<std::string>{"big"});
  CHECK(*read_file(again.build / "big") == was);
  const fs::path own = judged.checkout(shop, again);
  CHECK_FALSE(links(own / "build/big", again.build / "big"));
}

TEST_CASE("programs run where the sources are", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const Overlay overlay = {{"stats.cpp", *read_file(clean.tree / "stats.cpp") + "// more\n"}};
  const auto mutant = shop.mutant(clean, overlay);
  REQUIRE(mutant);
  const auto place = Trial::of_mutant(shop, clean, overlay, *mutant);
  REQUIRE(place);
  CHECK(*read_file(place->tree() / "stats.cpp") == overlay.at("stats.cpp"));
  CHECK(*read_file(place->tree() / "stats.h") == *read_file(clean.tree / "stats.h"));
  CHECK(fs::exists(place->tree() / "build/descend"));
}

TEST_CASE("a clock that was set back makes no edit older than what was built", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  edit(own / "stats.cpp", kRight, kWrong);
  constexpr std::int64_t kAhead = 4000000000;
  date_records(clean.build, kAhead * 1'000'000'000);
  REQUIRE(set_times(clean.tree, kAhead));
  SECTION("the clean tree is dated anew when it is found") {
    REQUIRE(write_file(clean.tree.parent_path() / "complete", std::to_string(kAhead)));
    const auto found = shop.find_clean("tree");
    REQUIRE(found);
    CHECK(found->time < std::time(nullptr));
    CHECK_FALSE(judged.judge(shop, *found, own).solved);
    const auto mutant = shop.mutant(*found, {{"stats.cpp", *read_file(own / "stats.cpp")}});
    REQUIRE(mutant);
    CHECK(std::count(mutant->files.begin(), mutant->files.end(), "libstats.so") == 1);
    CHECK(shop.find_clean("tree")->time == found->time);
  }
  SECTION("what a build took for old is not judged") {
    clean.time = kAhead;  // as of a process that had found it before
    const auto refused = grade::judge(shop, clean, own, judged.catalog.tree.not_sources());
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Exit::io);
    CHECK(refused.error().message.find("stats.cpp, which was edited") != std::string::npos);
    CHECK_FALSE(shop.mutant(clean, {{"stats.cpp", *read_file(own / "stats.cpp")}}));
    edit(own / "stats.cpp", kWrong, kRight);  // nothing is edited, and nothing need be built
    CHECK(judged.judge(shop, clean, own).solved);
  }
}

TEST_CASE("what is behind a link is judged, however old it is and wherever it lies", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean), there = judged.path / "elsewhere";
  fs::create_directories(there / "inner");
  const auto lead_away = [&](const char* file, const fs::path& place, const fs::path& link) {
    fs::rename(own / file, place);
    fs::create_symlink(link, own / file);
    REQUIRE(set_time(place, clean.time - 100));
  };
  SECTION("a source by its whole path") {
    edit(own / "stats.cpp", kRight, kWrong);
    lead_away("stats.cpp", there / "stats.cpp", there / "stats.cpp");
    CHECK_FALSE(judged.judge(shop, clean, own).solved);
  }
  SECTION("a source by a path that leads out of the checkout") {
    edit(own / "stats.cpp", kRight, kWrong);
    lead_away("stats.cpp", there / "stats.cpp", "../elsewhere/stats.cpp");
    CHECK_FALSE(judged.judge(shop, clean, own).solved);
    edit(there / "stats.cpp", kWrong, kRight);
    CHECK(judged.judge(shop, clean, own).solved);
  }
  SECTION("another source of the tree, as old as what was built") {
    fs::copy_file(own / "stats.cpp", own / "other.cpp");
    edit(own / "other.cpp", kRight, kWrong);
    REQUIRE(set_time(own / "other.cpp", clean.time));
    fs::remove(own / "stats.cpp");
    fs::create_symlink("other.cpp", own / "stats.cpp");
    CHECK_FALSE(judged.judge(shop, clean, own).solved);
  }
  SECTION("a header in a directory, with links that go round") {
    lead_away("stats.h", there / "inner/stats.h", "inner/stats.h");
    fs::create_symlink("..", there / "inner/back");
    fs::create_symlink(there / "inner", own / "inner");
    fs::create_symlink(".", own / "round");
    fs::create_symlink(judged.path, own / "above");
    CHECK(judged.judge(shop, clean, own).solved);
    edit(there / "inner/stats.h", "#pragma once", "#pragma once\n#error");
    CHECK_FALSE(judged.judge(shop, clean, own).builds);
  }
}

TEST_CASE("what nobody may read is left out of what is judged, and named", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  fs::create_directories(own / "theirs/deep");
  REQUIRE(write_unsynced(own / "log", "theirs"));
  fs::permissions(own / "log", fs::perms::none);
  fs::permissions(own / "theirs/deep", fs::perms::none);
  fs::permissions(judged.path, fs::perms::all);
  fs::permissions(judged.path.parent_path(), fs::perms::others_exec, fs::perm_options::add);
  const pid_t user = ::fork();
  if (user == 0) {  // nothing is closed to root
    const auto give = [](const fs::path& path) { return ::chown(path.c_str(), 65534, 65534); };
    if (::geteuid() == 0) {
      (void)give(judged.path / "cache");
      for (fs::recursive_directory_iterator it(judged.path / "cache"), end; it != end; ++it)
        (void)give(it->path());
      if (::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(9);
    }
    const auto place = Trial::of_checkout(shop, clean, own, judged.catalog.tree.not_sources());
    if (!place) ::_exit(1);
    if (place->unread() != std::vector<std::string>{"log", "theirs/deep"}) ::_exit(2);
    ::_exit(place->built().good ? 0 : 3);
  }
  int status = -1;
  REQUIRE(::waitpid(user, &status, 0) == user);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("what nobody has touched since a checkout began is not compiled again", "[workshop]") {
  const Judged judged;
  Workshop shop = judged.shop();
  const Clean clean = judged.clean(shop);
  const fs::path own = judged.checkout(shop, clean);
  edit(own / "stats.cpp", kRight, kWrong);
  const Overlay began = {{"stats.cpp", *read_file(own / "stats.cpp")}};
  CHECK_FALSE(*shop.find_mutant(clean, began));
  const auto judge = [&] {
    return *grade::judge(shop, clean, own, judged.catalog.tree.not_sources(), {}, {}, began);
  };
  CHECK_FALSE(judge().solved);  // nobody has built it yet: it is compiled now
  REQUIRE(shop.mutant(clean, began));
  const Begun begun{began, **shop.find_mutant(clean, began)};
  const auto built = [&] {
    const auto place = Trial::of_checkout(shop, clean, own, judged.catalog.tree.not_sources(), {}, &begun);
    REQUIRE(place);
    return std::pair(place->changed(), place->built().output);
  };
  SECTION("nothing") {
    const auto [changed, output] = built();
    CHECK(changed.empty());
    CHECK(output.find("no work to do") != std::string::npos);
    const grade::Verdict verdict = judge();
    CHECK(verdict.builds);
    CHECK(verdict.wrong == std::vector<std::string>{"the numbers that come out"});
  }
  SECTION("the fix, which is the clean tree's file again") {
    edit(own / "stats.cpp", kWrong, kRight);
    REQUIRE(set_time(own / "stats.cpp", clean.time));
    const auto [changed, output] = built();
    CHECK(changed == std::vector<std::string>{"stats.cpp"});
    CHECK(output.find("stats.cpp.o") != std::string::npos);
    CHECK(output.find("descend.cpp.o") == std::string::npos);
    CHECK(judge().solved);
  }
  SECTION("another file") {
    edit(own / "descend.cpp", "double x = 0;", "double x = 1;");
    const auto [changed, output] = built();
    CHECK(changed == std::vector<std::string>{"descend.cpp"});
    CHECK(output.find("stats.cpp.o") == std::string::npos);
    CHECK(judge().wrong.size() == 2);
  }
  SECTION("the build is configured again") {
    REQUIRE(write_unsynced(own / "more.cpp", "int more() { return 1; }\n"));
    edit(own / "CMakeLists.txt", "stats.cpp)", "stats.cpp more.cpp)");
    CHECK(judge().wrong == std::vector<std::string>{"the numbers that come out"});
    edit(own / "stats.cpp", kWrong, kRight);
    CHECK(judge().solved);
  }
}
