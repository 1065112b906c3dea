// sealed_file: what is in it comes back, and nothing else about it can be seen.
#include "mutator/base/sealed_file.h"

#include <sys/stat.h>

#include "tests/probes/catch.h"

using namespace nanobug;

namespace {

struct Scratch {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-sealed");
  ~Scratch() { (void)remove_tree(path); }
};

}  // namespace

TEST_CASE("a sealed file gives back its bytes, and hides them", "[base]") {
  const Scratch scratch;
  const fs::path file = scratch.path / "deep" / "file";
  CHECK_FALSE(read_sealed(file));
  for (const std::string& bytes :
       {std::string(), std::string("softmax.cpp:17"), std::string(1000, '\0'), std::string(5000, 'x')}) {
    REQUIRE(write_sealed(file, bytes, 512));
    CHECK(read_sealed(file) == bytes);
    const std::string seen = *read_file(file);
    CHECK(seen.size() % 512 == 0);
    if (bytes.size() > 8) CHECK(seen.find(bytes.substr(0, 8)) == std::string::npos);
    REQUIRE(write_sealed(file, bytes, 512));
    CHECK(*read_file(file) != seen);  // never twice the same
  }
  // Nothing is left beside it.
  CHECK(std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()) == 1);
}

TEST_CASE("size and time of a sealed file tell nothing", "[base]") {
  const Scratch scratch;
  REQUIRE(write_sealed(scratch.path / "a", "x", 4096));
  REQUIRE(write_sealed(scratch.path / "b", std::string(4000, 'x'), 4096));
  struct stat a{}, b{};
  REQUIRE(::stat((scratch.path / "a").c_str(), &a) == 0);
  REQUIRE(::stat((scratch.path / "b").c_str(), &b) == 0);
  CHECK(a.st_size == 4096);
  CHECK(b.st_size == 4096);
  CHECK(a.st_mtim.tv_sec == b.st_mtim.tv_sec);
  CHECK(a.st_mtim.tv_nsec == b.st_mtim.tv_nsec);
  // The length itself decides, to the byte: head 32, length 8.
  REQUIRE(write_sealed(scratch.path / "c", std::string(4096 - 40, 'x'), 4096));
  CHECK(fs::file_size(scratch.path / "c") == 4096);
  REQUIRE(write_sealed(scratch.path / "c", std::string(4096 - 39, 'x'), 4096));
  CHECK(fs::file_size(scratch.path / "c") == 8192);
}

TEST_CASE("a sealed file that was cut, changed or never sealed is none", "[base]") {
  const Scratch scratch;
  const fs::path file = scratch.path / "file";
  REQUIRE(write_sealed(file, "the answer", 64));
  const std::string whole = *read_file(file);
  for (size_t i = 0; i < whole.size(); ++i) {
    REQUIRE(write_unsynced(file, whole.substr(0, i)));
    CHECK_FALSE(read_sealed(file));
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    REQUIRE(write_unsynced(file, changed));
    CHECK_FALSE(read_sealed(file));
  }
  REQUIRE(write_unsynced(file, whole));
  CHECK(read_sealed(file) == "the answer");
}

TEST_CASE("a sealed file that cannot be written says so and leaves the old one", "[base]") {
  const Scratch scratch;
  REQUIRE(write_unsynced(scratch.path / "file", ""));
  const auto written = write_sealed(scratch.path / "file" / "below", "x", 64);
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Exit::io);
  CHECK(written.error().message.find((scratch.path / "file").string()) != std::string::npos);
}
