// kill: the command dies by SIGKILL at a hundred random points of start and stop; nothing of the learner's is
// lost and the next command goes on as if nothing had been. (mutator/session_kill_test dies at every single
// system call.)
#include <random>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

// Is the text in a file of the checkout or of an attempt, or in a commit of the vault?
bool kept(const User& user, const fs::path& checkout, const std::string& text) {
  const fs::path data = user.home / ".local/share/nanobug";
  if (user.command({"grep", "-rqF", text, checkout.string(), (data / "attempts").string()}).exit_code == 0)
    return true;
  const std::string vault = (data / "vault.git").string();
  std::istringstream commits(user.command({"git", "--git-dir", vault, "rev-list", "--all"}).out);
  for (std::string commit; std::getline(commits, commit);)
    if (user.command({"git", "--git-dir", vault, "grep", "-qF", text, commit}).good()) return true;
  return false;
}

}  // namespace

TEST_CASE("killed at a hundred random points, nothing is lost", "[kill]") {
  const fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-tiny");
  const User user(copy_of_tiny(place / "project"));
  const std::string clean = text_of(place / "project/tree/stats.cpp");
  const fs::path dir = place / "work";
  const std::vector<std::string> start = {"start", "descent-goes-uphill", "--dir", dir.string()};
  REQUIRE(user.nanobug(start).exit_code == 0);  // warm from here on
  REQUIRE(user.nanobug({"stop"}).exit_code == 0);
  const Finished started = user.nanobug(start), stopped = user.nanobug({"stop"});
  REQUIRE((started.good() && stopped.good()));
  std::mt19937 random(20261121);
  // Some moment of the time that the command takes on this machine.
  const auto moment = [&](const Finished& whole) {
    return std::chrono::microseconds(random() % static_cast<unsigned>(1e6 * whole.seconds + 1));
  };
  int killed = 0;
  for (int round = 0; killed < 100; ++round) {
    REQUIRE(round < 1000);
    INFO("round " << round);
    // Dead somewhere in start: no session and nothing half made, or a whole one.
    killed += user.killed_after(start, moment(started));
    user.nanobug({"hint"});  // the next command, whichever, recovers
    if (user.ask({"status"})["open"] == false) REQUIRE(user.nanobug(start).exit_code == 0);
    REQUIRE(text_of(dir / "stats.cpp").find("x += rate") != std::string::npos);
    REQUIRE(user.command({"git", "status", "--porcelain"}, dir).out.empty());
    REQUIRE(user.command({"ninja", "-C", (dir / "build").string(), "-n"}).out.find("no work to do") !=
            std::string::npos);

    // The learner works; then dead somewhere in stop.
    const std::string work = "the learner's own words " + std::to_string(round);
    REQUIRE(write_unsynced(dir / "notes.txt", work));
    killed += user.killed_after({"stop"}, moment(stopped));
    user.nanobug({"hint"});
    REQUIRE(kept(user, dir, work));
    if (user.ask({"status"})["open"] == true) REQUIRE(user.nanobug({"restore"}).exit_code == 0);
    REQUIRE(kept(user, dir, work));
    REQUIRE(text_of(dir / "stats.cpp") == clean);
    REQUIRE_FALSE(fs::exists(dir / "notes.txt"));
    // Nothing is left lying beside the checkout.
    REQUIRE(std::distance(fs::directory_iterator(place), {}) == 2);
  }
  (void)remove_tree(place);
}
