// trial: sources are judged, over the clean build, and nothing that lies in a learner's build directory.
#include "mutator/workshop/trial.h"

#include <sys/stat.h>

#include "tests/mutator/judged.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

constexpr char kRight[] = "return sum / static_cast<double>(values.size());";
constexpr char kWrong[] = "return sum / (static_cast<double>(values.size()) - 1);";

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
    REQUIRE(shop.build(own)->good);
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
