// Files that are written whole or not at all.

#include "nanochat/files.h"

#include "probe.h"
#include "temporary.h"

using namespace probe;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

size_t entries(const fs::path& directory) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(directory), {}));
}

}  // namespace

TEST_CASE("files.round_trip", "[state]") {
  const TemporaryDirectory directory;
  const std::string path = directory / "a/b/c.bin";
  std::string content = "one\r\ntwo\n";
  for (int i = 0; i < 3000; ++i) content += static_cast<char>(i * i);
  content += '\0';
  for (const std::string& text : {content, std::string("x"), std::string(), content}) {
    nanochat::write_file(path, text);
    CHECK(content_of(path) == text);
    CHECK(nanochat::read_file(path) == text);
    CHECK(entries(directory.path() / "a/b") == 1);
  }
}

TEST_CASE("files.link", "[state]") {
  // A link stays one, and what it leads to is written.
  const TemporaryDirectory directory;
  fs::create_directories(directory / "deep");
  put_content(directory / "deep/real", "old");
  fs::create_symlink(directory / "deep/real", directory / "link");
  nanochat::write_file(directory / "link", "new");
  CHECK(fs::is_symlink(directory / "link"));
  CHECK(content_of(directory / "deep/real") == "new");
}

TEST_CASE("files.old_stays", "[state]") {
  // Where the new file cannot be written the old one is left, and nothing beside it.
  const TemporaryDirectory directory;
  put_content(directory / "out", "old");
  fs::create_directories(directory / "out.partial/in-the-way");
  CHECK_THAT(complaint([&] { nanochat::write_file(directory / "out", "new"); }), Contains("out"));
  CHECK_THAT(complaint([&] { nanochat::check_writable(directory / "out"); }), Contains("out"));
  CHECK(content_of(directory / "out") == "old");
  fs::remove_all(directory / "out.partial");
  fs::create_symlink("/dev/full", directory / "out.partial");  // opens, and has no room
  CHECK_THAT(complaint([&] { nanochat::write_file(directory / "out", "new"); }), Contains("out"));
  CHECK(content_of(directory / "out") == "old");
  CHECK(entries(directory.path()) == 1);
}

TEST_CASE("files.check_writable", "[state]") {
  const TemporaryDirectory directory;
  put_content(directory / "out", "old");
  nanochat::check_writable(directory / "out");
  nanochat::check_writable(directory / "new/out");
  CHECK(content_of(directory / "out") == "old");
  CHECK(entries(directory.path()) == 2);
  CHECK(entries(directory.path() / "new") == 0);
}

TEST_CASE("files.bad_input", "[errors]") {
  const TemporaryDirectory directory;
  put_content(directory / "file", "content");
  const std::string below = directory / "file/out";
  CHECK_THAT(complaint([&] { nanochat::read_file(directory / "none"); }), Contains("none"));
  CHECK_THAT(complaint([&] { nanochat::read_file(directory.path().string()); }), Contains("probe-"));
  CHECK_THAT(complaint([&] { nanochat::write_file(below, "x"); }), Contains("file"));
  CHECK_THAT(complaint([&] { nanochat::check_writable(below); }), Contains("file"));
  for (const std::string& there : {directory.path().string(), std::string("/dev/null")}) {
    CHECK_THAT(complaint([&] { nanochat::write_file(there, "x"); }), Contains(there));
    CHECK_THAT(complaint([&] { nanochat::check_writable(there); }), Contains(there));
  }
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(content_of(directory / "file") == "content");
}
