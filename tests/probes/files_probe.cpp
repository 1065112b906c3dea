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

TEST_CASE("files.round_trip", "[saved]") {
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

TEST_CASE("files.link", "[saved]") {
  // A link stays one, and what it leads to is written.
  const TemporaryDirectory directory;
  fs::create_directories(directory / "deep");
  put_content(directory / "deep/real", "old");
  fs::create_symlink(directory / "deep/real", directory / "link");
  nanochat::write_file(directory / "link", "new");
  CHECK(fs::is_symlink(directory / "link"));
  CHECK(content_of(directory / "deep/real") == "new");
}

TEST_CASE("files.old_stays", "[saved]") {
  // Where the new file cannot be written the old one is left, and nothing beside it.
  const TemporaryDirectory directory;
  put_content(directory / "out", "old");
  fs::create_directories(directory / "out.partial/in-the-way");
  CHECK(complaint([&] { nanochat::write_file(directory / "out", "new"); }) != "");
  CHECK(complaint([&] { nanochat::check_writable(directory / "out"); }) != "");
  CHECK(content_of(directory / "out") == "old");
  fs::remove_all(directory / "out.partial");
  for (const rlim_t room : {0, 2, 4095}) {
    {
      const FullDisk full(room);
      CHECK(complaint([&] { nanochat::write_file(directory / "out", std::string(5000, 'n')); }) != "");
    }
    CHECK(content_of(directory / "out") == "old");
    CHECK(entries(directory.path()) == 1);
  }
}

TEST_CASE("files.check_writable", "[saved]") {
  const TemporaryDirectory directory;
  put_content(directory / "out", "old");
  nanochat::check_writable(directory / "out");
  nanochat::check_writable(directory / "new/out");
  CHECK(content_of(directory / "out") == "old");
  CHECK_FALSE(fs::exists(directory / "new/out"));
  // No file is left; the directory may have been made already.
  fs::remove(directory / "new");
  CHECK(entries(directory.path()) == 1);
}

TEST_CASE("files.bad_input", "[errors]") {
  const TemporaryDirectory directory;
  put_content(directory / "file", "content");
  const std::string below = directory / "file/out";
  CHECK_THAT(complaint([&] { nanochat::read_file(directory / "none"); }), Contains("none"));
  CHECK_THAT(complaint([&] { nanochat::read_file(directory.path().string()); }), Contains("probe-"));
  CHECK(complaint([&] { nanochat::write_file(below, "x"); }) != "");
  CHECK(complaint([&] { nanochat::check_writable(below); }) != "");
  for (const std::string& there : {directory.path().string(), std::string("/dev/null")}) {
    CHECK(complaint([&] { nanochat::write_file(there, "x"); }) != "");
    CHECK(complaint([&] { nanochat::check_writable(there); }) != "");
  }
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(content_of(directory / "file") == "content");
}
