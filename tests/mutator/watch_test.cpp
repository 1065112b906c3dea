// watch: how often a file was written, against a hand that counts.
#include "mutator/workshop/watch.h"

#include <fcntl.h>
#include <unistd.h>

#include "mutator/base/files.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

// Opens it, writes the text, if any, and closes it.
void touch(const fs::path& file, const std::string& text, int flags = O_WRONLY | O_CREAT) {
  const int fd = ::open(file.c_str(), flags, 0644);
  REQUIRE(fd >= 0);
  if (!text.empty()) CHECK(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(fd);
}

}  // namespace

TEST_CASE("a file is written as often as it is put there whole, or changed and closed", "[workshop]") {
  const fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-watch");
  {
    const auto watch = Watch::start(place, {"renamed", "in-place", "read", "opened", "never"});
    REQUIRE(watch);
    for (int i = 0; i < 3; ++i) {
      touch(place / "new", "whole");
      fs::rename(place / "new", place / "renamed");
    }
    for (int i = 0; i < 2; ++i) touch(place / "in-place", "more", O_WRONLY | O_CREAT | O_APPEND);
    touch(place / "somebody's", "other");
    fs::rename(place / "somebody's", place / "not asked for");
    touch(place / "read", "once");
    touch(place / "read", "", O_RDONLY);
    touch(place / "opened", "");  // and closed, with nothing written
    CHECK(watch->writes() == std::map<std::string, int>{
                                 {"renamed", 3}, {"in-place", 2}, {"read", 1}, {"opened", 0}, {"never", 0}});
  }
  (void)remove_tree(place);
}
