// setup: what tools/setup says when the download fails, and that it keeps nothing of it. No network is
// touched: pip is pointed at a directory.
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const std::string kSetup = std::string(NANOBUG_PROJECT) + "/tools/setup";

Finished set_up(const User& user, const fs::path& wheels) {
  return user.command(
      {"env", "-u", "NANOBUG_TORCH_DIR", "PIP_NO_INDEX=1", "PIP_FIND_LINKS=" + wheels.string(), kSetup});
}

}  // namespace

TEST_CASE("set-up says what went wrong in a sentence and keeps nothing", "[setup]") {
  const User user("");
  const fs::path wheels = user.home / "wheels", cache = user.home / ".cache/nanobug";
  fs::create_directory(wheels);
  SECTION("nothing can be downloaded") {
    const Finished finished = set_up(user, wheels);
    INFO(finished.err);
    CHECK(finished.exit_code == 6);
    CHECK(finished.err.find("LibTorch could not be downloaded; is the network there?") != std::string::npos);
  }
  SECTION("a wheel is cut short") {
    REQUIRE(write_unsynced(wheels / "torch-2.15.0-cp311-cp311-manylinux_2_28_x86_64.whl",
                           "PK\x03\x04 cut short"));
    const Finished finished = set_up(user, wheels);
    INFO(finished.err);
    CHECK(finished.exit_code == 6);
    CHECK(finished.err.find("is not the one that is pinned") != std::string::npos);
  }
  SECTION("the disk is full") {
    // A file system of a megabyte, in a namespace of its own, where the machine lets a user make one.
    if (!user.command({"unshare", "-rm", "true"}).good()) return;
    fs::create_directories(cache.parent_path());
    const Finished finished =
        user.command({"env", "-u", "NANOBUG_TORCH_DIR", "unshare", "-rm", "sh", "-c",
                      "mount -t tmpfs -o size=1m tmpfs \"$XDG_CACHE_HOME\" && exec \"$0\"", kSetup});
    INFO(finished.err);
    CHECK(finished.exit_code == 6);
    CHECK(finished.err.find("LibTorch needs 1659 MB") != std::string::npos);
    CHECK(finished.err.find("make room") != std::string::npos);
  }
  SECTION("the cache cannot be made") {
    REQUIRE(write_unsynced(user.home / ".cache", "a file"));
    const Finished finished = set_up(user, wheels);
    INFO(finished.err);
    CHECK(finished.exit_code == 6);
    CHECK(finished.err.find("cannot be made; set XDG_CACHE_HOME") != std::string::npos);
    return;
  }
  std::error_code error;
  CHECK((!fs::exists(cache, error) || fs::is_empty(cache)));
}

TEST_CASE("set-up takes a user's own LibTorch and refuses what it does not know", "[setup]") {
  const User user("");
  CHECK(user.command({"env", "NANOBUG_TORCH_DIR=/opt/libtorch", kSetup}).good());
  const Finished wrong = user.command({kSetup, "--fast"});
  CHECK(wrong.exit_code == 2);
  CHECK(wrong.err.find("unknown option '--fast'") != std::string::npos);
}
