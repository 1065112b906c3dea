// session places: the checkout seen from outside: names, where it may go, whether it is still that one, and
// how directories move.
#include "mutator/session/checkout.h"

#include <sys/stat.h>
#include <unistd.h>

#include "mutator/session/name.h"
#include "mutator/session/saved.h"
#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::session;
using nanobug::test::bytes_of;
using nanobug::test::put;
using nanobug::test::Scratch;

TEST_CASE("names beside and names that are free", "[session][parts]") {
  Scratch scratch;
  const fs::path path = scratch / "work";
  CHECK(free_name(path) == path);
  put(path, "x");
  CHECK(free_name(path) == path.string() + "-2");
  fs::create_symlink("/nowhere", path.string() + "-2");  // dangling, and there all the same
  CHECK(free_name(path) == path.string() + "-3");
  const fs::path staging = staging_beside(path);
  CHECK(staging.parent_path() == scratch.path());
  CHECK(staging.filename().string().starts_with(".work."));
  CHECK(staging.filename().string().size() == 6 + 8);
  CHECK(staging != staging_beside(path));
  CHECK(is_there(path.string() + "-2"));
  CHECK_FALSE(is_there(path.string() + "-4"));
  CHECK(identity(path) != identity(path.string() + "-2"));
  CHECK(identity(path) == identity(path));
  CHECK(identity(scratch / "none") == Identity{});
}

TEST_CASE("a place is one path for good", "[session][parts]") {
  Scratch scratch;
  const fs::path real = fs::canonical(scratch.path());
  fs::create_directory(scratch / "real");
  fs::create_directory_symlink(scratch / "real", scratch / "link");
  CHECK(place_of(scratch / "work/").value() == real / "work");
  CHECK(place_of(scratch / "link/work").value() == real / "real/work");
  CHECK(place_of(scratch / "x/../work").value() == real / "work");
  for (const char* wrong : {"/", ""}) {
    const auto place = place_of(wrong);
    REQUIRE_FALSE(place);
    CHECK(place.error().code == Exit::session);
    CHECK(place.error().message == "\"" + std::string(wrong) + "\" cannot be the place of a checkout");
  }
}

TEST_CASE("where a checkout may go", "[session][parts]") {
  Scratch scratch;
  const vault::Tree clean = nanobug::test::clean_tree();
  const auto refused = [&](const fs::path& place) {
    const auto spot = spot_at(place, clean, {"build"});
    REQUIRE_FALSE(spot);
    CHECK(spot.error().code == Exit::session);
    return spot.error().message;
  };
  CHECK(spot_at(scratch / "none", clean, {}).value() == Spot::free);
  fs::create_directory(scratch / "empty");
  CHECK(spot_at(scratch / "empty", clean, {}).value() == Spot::free);
  put(scratch / "file", "x");
  CHECK(refused(scratch / "file") ==
        (scratch / "file").string() + " is there and is no directory; choose another place with --dir");
  const std::string unseen = "cannot look at " + (scratch / "file/x").string() +
                             ": Not a directory; choose another place with --dir";
  CHECK(spot_at(scratch / "file/x", clean, {}).error().message == unseen);
  CHECK(spot_at(scratch / "file/x", clean, {}).error().code == Exit::io);
  // No number behind the name helps there; where a place is only taken, the next one is looked at.
  CHECK(free_place(scratch / "file/x", clean, {}).error().message == unseen);
  CHECK(free_place(scratch / std::string(300, 'x'), clean, {}).error().code == Exit::io);
  put(scratch / "file-2/x", "x");
  CHECK(free_place(scratch / "file", clean, {}).value() == scratch / "file-3");
  fs::create_directory(scratch / "clean");
  REQUIRE(vault::write_tree(clean, scratch / "clean"));
  CHECK(spot_at(scratch / "clean", clean, {"build"}).value() == Spot::clean);
  put(scratch / "clean/build/x", "x");
  CHECK(spot_at(scratch / "clean", clean, {"build"}).value() == Spot::clean);
  // A build can be made again, and what programs wrote cannot.
  const std::vector<std::string> names = {"build", "runs"};
  fs::create_directory(scratch / "clean/runs");
  CHECK(spot_at(scratch / "clean", clean, names).value() == Spot::clean);
  put(scratch / "clean/runs/model.pt", "x");
  const auto taken = spot_at(scratch / "clean", clean, names);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == Exit::session);
  CHECK(taken.error().message ==
        (scratch / "clean").string() + " has something in runs; choose another place with --dir");
  CHECK(free_place(scratch / "clean", clean, names).value() == scratch / "clean-2");
  REQUIRE(remove_tree(scratch / "clean/runs"));
  fs::create_directories(scratch / "clean/data/.git");
  const std::string full = (scratch / "clean").string() + " is not empty; choose another place with --dir";
  CHECK(refused(scratch / "clean") == full);
  fs::remove(scratch / "clean/data/.git");
  put(scratch / "clean/optim.cpp", "mine");
  CHECK(refused(scratch / "clean") == full);
}

TEST_CASE("a checkout is known by itself or by its branch", "[session][parts]") {
  Scratch scratch;
  Saved one;
  one.session.name = "quiet-heron";
  one.session.directory = scratch / "work";
  CHECK(look(one) == Presence::gone);
  CHECK(sentence(Presence::gone, one) == (scratch / "work").string() + " is gone");
  CHECK(sentence(Presence::replaced, one) ==
        (scratch / "work").string() + " is no longer the checkout of this session");
  put(scratch / "work", "file");
  CHECK(look(one) == Presence::replaced);
  fs::remove(scratch / "work");
  fs::create_directory(scratch / "work");
  CHECK(look(one) == Presence::replaced);
  one.checkout = identity(scratch / "work");
  CHECK(look(one) == Presence::here);
  one.checkout = {};
  put(scratch / "work/.git/packed-refs", "# pack-refs\nabc refs/heads/session/quiet-heron-2\n");
  CHECK(look(one) == Presence::replaced);
  put(scratch / "work/.git/packed-refs", "# pack-refs\nabc refs/heads/session/quiet-heron\n");
  CHECK(look(one) == Presence::here);
  fs::remove(scratch / "work/.git/packed-refs");
  put(scratch / "work/.git/refs/heads/session/quiet-heron", "abc\n");
  CHECK(look(one) == Presence::here);
}

TEST_CASE("directories move, change places and go aside", "[session][parts]") {
  Scratch scratch;
  put(scratch / "a/file", "a");
  put(scratch / "b/file", "b");
  REQUIRE(put_in_place(scratch / "a", scratch / "b"));
  CHECK(bytes_of(scratch / "a/file") == "b");
  CHECK(bytes_of(scratch / "b/file") == "a");
  REQUIRE(move(scratch / "a", scratch / "c"));
  CHECK_FALSE(fs::exists(scratch / "a"));
  const auto full = move(scratch / "c", scratch / "b");
  REQUIRE_FALSE(full);
  CHECK(full.error().code == Exit::io);
  CHECK(full.error().message == "cannot rename " + (scratch / "c").string() + " to " +
                                    (scratch / "b").string() + ": Directory not empty");
  CHECK_FALSE(put_in_place(scratch / "c", scratch / "none"));
  CHECK(put_aside(scratch / "c", scratch / "deep/er/attempt", scratch / "beside").value() ==
        scratch / "deep/er/attempt");
  CHECK(bytes_of(scratch / "deep/er/attempt/file") == "b");
  CHECK_FALSE(put_aside(scratch / "none", scratch / "deep/er/other", scratch / "beside"));
}

TEST_CASE("a clean tree that is not what was kept is not put back", "[session][parts]") {
  Scratch scratch;
  nanobug::test::start_in(scratch);
  put(scratch / "work/mine.txt", "mine");
  auto desk = nanobug::test::desk_in(scratch);
  for (const char* damage : {"changed", "missing", "more"}) {
    INFO(damage);
    const std::string how = damage;
    const auto stopped = desk.stop("stopped", [&](const fs::path& staging) -> Status {
      if (how == "changed") put(staging / "optim.cpp", "else\n");
      if (how == "missing") fs::remove(staging / "optim.cpp");
      if (how == "more") put(staging / "zzz", "");
      return {};
    });
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().code == Exit::io);
    CHECK_THAT(stopped.error().message, Catch::Contains(" is not what it should be: ") &&
                                            Catch::Contains(how == "changed"   ? "optim.cpp differs"
                                                            : how == "missing" ? "optim.cpp is missing"
                                                                               : "zzz should not be there"));
    CHECK(desk.current());
    CHECK(bytes_of(scratch / "work/mine.txt") == "mine");
  }
  REQUIRE(desk.stop("stopped"));
}
