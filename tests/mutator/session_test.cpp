// session: one practice session from start to stop, and everything a learner may do to it in between.
#include "mutator/session/session.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <set>

#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;
using session::Desk;
using session::Session;
using vault::Mode;
using vault::Tree;

namespace {

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

void check_clean(const fs::path& directory) {
  const auto verified = vault::verify(directory, vault::manifest(clean_tree()), {"build"});
  INFO((verified ? "" : verified.error().text()));
  CHECK(verified);
  CHECK_FALSE(fs::exists(directory / ".git"));
}

}  // namespace

TEST_CASE("what the learner's programs wrote is kept with their work", "[session]") {
  Scratch scratch;
  auto request = furnished_request(scratch / "work");
  request.exclude = {"build", "runs"};
  REQUIRE(desk_in(scratch).start(request));
  put(scratch / "work/runs/model.pt", "three hours");
  put(scratch / "work/build/mine.o", "made again");
  const auto stopped = stop_in(scratch);
  CHECK(bytes_of(stopped.attempt / "runs/model.pt") == "three hours");
  CHECK_FALSE(fs::exists(stopped.attempt / "build"));
}

TEST_CASE("what the learner may not read keeps no session open", "[session]") {
  Scratch scratch;
  const auto as_somebody = [&](const std::function<int()>& act) {
    const pid_t user = ::fork();
    if (user == 0) {  // nothing is closed to root
      if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(9);
      ::_exit(act());
    }
    int status = -1;
    REQUIRE(::waitpid(user, &status, 0) == user);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
  };
  if (::geteuid() == 0) REQUIRE(::chown(scratch.path().c_str(), 65534, 65534) == 0);
  fs::permissions(scratch.path().parent_path(), fs::perms::others_exec, fs::perm_options::add);
  as_somebody([&] { return desk_in(scratch).start(furnished_request(scratch / "work")) ? 0 : 1; });
  put(scratch / "work/theirs/log", "a service's");
  put(scratch / "work/listed/log", "names alone may be read");
  put(scratch / "work/mine.txt", "mine");
  REQUIRE(::chmod((scratch / "work/theirs").c_str(), 0) == 0);
  REQUIRE(::chmod((scratch / "work/listed").c_str(), 0444) == 0);
  as_somebody([&] {
    auto desk = desk_in(scratch);
    if (!desk.snapshot("check")) return 1;
    if (!desk.reset() || fs::exists(scratch / "work/mine.txt")) return 2;
    const auto stopped = desk.stop("stopped");
    if (!stopped) return 3;
    return stopped->note == "could not be read, kept only in the directory itself: listed/log, theirs" ? 0
                                                                                                       : 4;
  });
  REQUIRE(::chmod((scratch / "work").c_str(), 0755) == 0);
  check_clean(scratch / "work");
}

TEST_CASE("a session goes from start to stop and the clean tree is back", "[session]") {
  Scratch scratch;
  const Session session = start_in(scratch);
  CHECK(session.directory == fs::canonical(scratch / "work"));
  CHECK(vault::read_tree(scratch / "work", {"build"}).value() == mutated_tree());
  CHECK(bytes_of(scratch / "work/build/main.o") == "object");
  CHECK(git_out(scratch / "work", {"status", "--porcelain"}).empty());
  CHECK(git_out(scratch / "work", {"branch", "--show-current"}) == session.branch());
  CHECK(names_in(scratch.path()) == std::set<std::string>{"data", "state", "work"});
  CHECK(names_in(scratch / "state") == std::set<std::string>{"in-use", "lock", "session.json"});

  put(scratch / "work/optim.cpp", "step += 2;\n");
  git_out(scratch / "work", {"commit", "-qam", "mine"});
  const std::string mine = git_out(scratch / "work", {"rev-parse", "HEAD"});
  put(scratch / "work/notes.txt", "uncommitted\n");

  const auto stopped = stop_in(scratch, "solved");
  check_clean(scratch / "work");
  CHECK(stopped.note.empty());
  CHECK(stopped.attempt == scratch / "data/attempts" / session.name);
  CHECK(bytes_of(stopped.attempt / "notes.txt") == "uncommitted\n");
  CHECK_FALSE(fs::exists(stopped.attempt / "build"));
  CHECK(names_in(scratch / "state") == std::set<std::string>{"in-use", "ledger.jsonl", "lock"});

  const fs::path vault = scratch / "data/vault.git";
  CHECK(git_out(vault, {"log", "--format=%s", session.branch()}) == "end: solved\nstart\nclean");
  CHECK(git_out(vault, {"rev-parse", session.branch()}) == stopped.snapshot);
  CHECK(git_out(vault, {"show", stopped.snapshot + ":notes.txt"}) == "uncommitted");
  CHECK(git_out(vault, {"rev-parse", session.branch() + "~2^{tree}"}) ==
        vault::tree_id(clean_tree()).value());
  CHECK(git_out(vault, {"rev-parse", "refs/attempts/" + session.name + "/heads/" + session.branch()}) ==
        mine);
  CHECK(git(vault, {"fsck", "--strict"}).good());

  const auto ledger = Desk::ledger(places_in(scratch.path())).value();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].outcome == "solved");
  CHECK(ledger[0].attempt == stopped.attempt);
  CHECK(ledger[0].session.injected == furnished_request("x").injected);
}

TEST_CASE("the next session goes where the clean tree was put back", "[session]") {
  Scratch scratch;
  start_in(scratch);
  stop_in(scratch);
  const Session second = start_in(scratch);
  CHECK(vault::read_tree(scratch / "work", {"build"}).value() == mutated_tree());
  CHECK(names_in(scratch.path()) == std::set<std::string>{"data", "state", "work"});
  stop_in(scratch);
  // Not when the learner has put something there, were it only a repository.
  SECTION("a file") {
    put(scratch / "work/own.txt", "x");
  }
  SECTION("a repository") {
    git_out(scratch / "work", {"init", "-q"});
  }
  auto third = desk_in(scratch).start(furnished_request(scratch / "work"));
  REQUIRE_FALSE(third);
  CHECK(third.error().code == Exit::session);
  CHECK_THAT(third.error().message, Catch::Contains("is not empty; choose another place"));
}

TEST_CASE("nothing in the checkout or the state gives the answer away", "[session]") {
  Scratch scratch;
  auto request = furnished_request(scratch / "work");
  SECTION("plain") {}
  SECTION("strict") {
    request.strict = true;
  }
  SECTION("another time") {
    request.time = 1'800'000'000;
  }
  REQUIRE(desk_in(scratch).start(request));
  for (const auto& entry : fs::recursive_directory_iterator(scratch / "work")) {
    struct stat info{};
    REQUIRE(::lstat(entry.path().c_str(), &info) == 0);
    INFO(entry.path());
    CHECK(info.st_mtim.tv_sec == request.time);
    CHECK(info.st_mtim.tv_nsec == 0);
    if (entry.is_regular_file()) CHECK_THAT(bytes_of(entry.path()), !Catch::Contains(kPristineLine));
  }
  struct stat info{};
  ::lstat((scratch / "work").c_str(), &info);
  CHECK(info.st_mtim.tv_sec == request.time);
  const std::string clean_id = vault::tree_id(clean_tree()).value();
  const std::string objects =
      git_out(scratch / "work", {"cat-file", "--batch-all-objects", "--batch", "--unordered"});
  CHECK_THAT(objects, !Catch::Contains(kPristineLine) && !Catch::Contains(clean_id));
  CHECK(git_out(scratch / "work", {"status", "--porcelain"}).empty());

  REQUIRE(desk_in(scratch).update([](Session& session) { session.solved = true; }));
  REQUIRE(desk_in(scratch).stop("solved"));
  for (const auto& entry : fs::directory_iterator(scratch / "state"))
    CHECK_THAT(bytes_of(entry.path()), !Catch::Contains("scale") && !Catch::Contains("attention"));
}

TEST_CASE("whatever state the learner's tree is in, all of it is kept", "[session]") {
  Scratch scratch;
  const Session session = start_in(scratch);
  const fs::path work = scratch / "work";
  put(work / "optim.cpp", "staged\n");
  git_out(work, {"add", "optim.cpp"});
  put(work / "optim.cpp", "staged and changed\n");
  put(work / "attention.cpp", "unstaged\r\nwith CRLF\r\n");
  put(work / "untracked/deep/file", "untracked\n");
  put(work / ".gitignore", "*.log\n");
  put(work / "ignored.log", "ignored\n");
  fs::remove(work / "data/lines.txt");
  fs::remove(work / "latest");
  fs::create_symlink("/somewhere/else", work / "latest");
  fs::permissions(work / "build.sh", fs::perms::owner_exec, fs::perm_options::remove);
  fs::permissions(work / "kernels/softmax.cu", fs::perms::owner_exec, fs::perm_options::add);
  fs::create_directory(work / "empty");
  put(work / "caf\xe9 \xff.txt", "not UTF-8\n");
  git_out(work, {"init", "-q", "nested"});
  put(work / "nested/inner.txt", "inner\n");
  fs::create_directory(work / "shut");
  put(work / "shut/file", "x");
  fs::permissions(work / "shut", fs::perms::owner_read | fs::perms::owner_exec);
  const Tree tree = vault::read_tree(work, {"build"}).value();
  CHECK(tree.size() == 11);

  const auto stopped = stop_in(scratch);
  check_clean(work);
  CHECK(vault::verify(stopped.attempt, vault::manifest(tree), {"build"}));
  CHECK(fs::is_directory(stopped.attempt / "empty"));
  CHECK(fs::is_directory(stopped.attempt / "nested/.git"));
  CHECK(git_out(stopped.attempt, {"show", ":optim.cpp"}) == "staged");
  const auto opened = vault::Vault::open(scratch / "data/vault.git").value();
  vault::Vault& vault = *opened;
  CHECK(vault.get(vault.history(session.branch()).value()[0].tree).value() == tree);
  CHECK(git(scratch / "data/vault.git", {"fsck"}).good());
}

TEST_CASE("a stop in the middle of a merge keeps both sides", "[session]") {
  Scratch scratch;
  start_in(scratch);
  const fs::path work = scratch / "work";
  git_out(work, {"switch", "-qc", "side"});
  put(work / "optim.cpp", "side\n");
  git_out(work, {"commit", "-qam", "side"});
  git_out(work, {"switch", "-q", "-"});
  put(work / "optim.cpp", "main\n");
  git_out(work, {"commit", "-qam", "main"});
  CHECK_FALSE(git(work, {"merge", "side"}).good());
  put(work / ".git/index.lock", "");  // of a git that was killed
  const auto stopped = stop_in(scratch);
  check_clean(work);
  CHECK(stopped.note.empty());
  CHECK(fs::exists(stopped.attempt / ".git/MERGE_HEAD"));
  CHECK_THAT(git_out(scratch / "data/vault.git", {"show", stopped.snapshot + ":optim.cpp"}),
             Catch::Contains("<<<<<<<") && Catch::Contains("side"));
}

TEST_CASE("a checkout that lost its repository, or has a strange one, still ends", "[session]") {
  Scratch scratch;
  start_in(scratch);
  const fs::path work = scratch / "work";
  put(work / "mine.txt", "mine");
  fs::remove_all(work / ".git");
  SECTION("none") {}
  SECTION("SHA-256") {
    git_out(work, {"init", "-q", "--object-format=sha256"});
  }
  SECTION("a file") {
    put(work / ".git", "gitdir: /nowhere");
  }
  const auto stopped = stop_in(scratch);
  CHECK_THAT(stopped.note, Catch::Contains("the commits made in the checkout were not all fetched"));
  CHECK(bytes_of(stopped.attempt / "mine.txt") == "mine");
  check_clean(work);
}

TEST_CASE("a checkout that is gone or replaced ends the session and is left alone", "[session]") {
  Scratch scratch;
  start_in(scratch);
  const fs::path work = scratch / "work";
  std::string why = "is gone";
  SECTION("deleted") {
    fs::remove_all(work);
  }
  SECTION("moved") {
    fs::rename(work, scratch / "elsewhere");
  }
  SECTION("a file") {
    fs::rename(work, scratch / "elsewhere");
    put(work, "a file");
    why = "no longer the checkout";
  }
  SECTION("another directory") {
    fs::rename(work, scratch / "elsewhere");
    put(work / "theirs", "x");
    why = "no longer the checkout";
  }
  SECTION("a symlink") {
    fs::rename(work, scratch / "elsewhere");
    fs::create_directory_symlink(scratch / "elsewhere", work);
    why = "no longer the checkout";
  }
  const auto before = fs::exists(fs::symlink_status(work));
  {
    Desk desk = desk_in(scratch);
    const auto snapshot = desk.snapshot("check");
    REQUIRE_FALSE(snapshot);
    CHECK(snapshot.error().code == Exit::session);
    CHECK_THAT(snapshot.error().message, Catch::Contains(why) && Catch::Contains("nanobug stop"));
  }
  const auto stopped = stop_in(scratch);
  CHECK_THAT(stopped.note, Catch::Contains(why));
  CHECK(stopped.attempt.empty());
  CHECK(fs::exists(fs::symlink_status(work)) == before);
  if (fs::is_regular_file(work)) CHECK(bytes_of(work) == "a file");
  if (fs::is_directory(scratch / "elsewhere"))
    CHECK(vault::read_tree(scratch / "elsewhere", {"build"}).value() == mutated_tree());
  const auto ledger = Desk::ledger(places_in(scratch.path())).value();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].gone);
  CHECK_FALSE(desk_in(scratch).current());
}

TEST_CASE("a checkout restored from a copy is still the checkout", "[session]") {
  Scratch scratch;
  start_in(scratch);
  fs::rename(scratch / "work", scratch / "backup");
  fs::copy(scratch / "backup", scratch / "work",
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  git_out(scratch / "work", {"gc", "-q"});
  git_out(scratch / "work", {"pack-refs", "--all"});
  CHECK_FALSE(stop_in(scratch).attempt.empty());
  check_clean(scratch / "work");
}

TEST_CASE("a place that is taken is refused and left as it is", "[session]") {
  Scratch scratch;
  Desk desk = desk_in(scratch);
  const auto refused = [&](const fs::path& directory, Exit code) {
    auto started = desk.start(request_for(directory));
    REQUIRE_FALSE(started);
    INFO(started.error().text());
    CHECK(started.error().code == code);
    CHECK_FALSE(desk.current());
    CHECK_FALSE(fs::exists(scratch / "state/journal"));
  };
  put(scratch / "file", "x");
  refused(scratch / "file", Exit::session);
  put(scratch / "full/file", "x");
  refused(scratch / "full", Exit::session);
  refused(scratch / "file/below", Exit::io);
  refused("/", Exit::session);
  refused("", Exit::session);
  CHECK(bytes_of(scratch / "full/file") == "x");

  fs::create_directory(scratch / "empty");
  REQUIRE(desk.start(request_for(scratch / "empty/")));
  const auto second = desk.start(request_for(scratch / "other"));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == Exit::session);
  CHECK_THAT(second.error().message, Catch::Contains("nanobug stop"));
}

TEST_CASE("a start whose build fails leaves nothing behind", "[session]") {
  Scratch scratch;
  Desk desk = desk_in(scratch);
  auto request = request_for(scratch / "work");
  request.furnish = [](const fs::path&, const fs::path&) -> Status {
    return fail(Exit::io, "does not build");
  };
  const auto started = desk.start(request);
  REQUIRE_FALSE(started);
  CHECK(started.error().message == "does not build");
  CHECK(names_in(scratch.path()) == std::set<std::string>{"data", "state"});
  CHECK(names_in(scratch / "state") == std::set<std::string>{"in-use", "lock"});
  CHECK(vault::Vault::open(scratch / "data/vault.git").value()->branches().value().empty());
}

TEST_CASE("a stop whose furnishing fails leaves the session open and the work where it was", "[session]") {
  Scratch scratch;
  start_in(scratch);
  put(scratch / "work/mine.txt", "mine");
  Desk desk = desk_in(scratch);
  REQUIRE_FALSE(desk.stop("stopped", [](const fs::path&) -> Status { return fail(Exit::io, "no room"); }));
  CHECK(desk.current());
  CHECK(bytes_of(scratch / "work/mine.txt") == "mine");
  CHECK(names_in(scratch.path()) == std::set<std::string>{"data", "state", "work"});
  REQUIRE(desk.stop("stopped"));
}

TEST_CASE("an attempt that cannot go to the other file system stays beside", "[session]") {
  // A bind mount is not to be had in a test; /dev/shm and the temporary directory are two file systems nearly
  // anywhere.
  struct stat one{}, other{};
  if (::stat("/dev/shm", &one) != 0 || ::access("/dev/shm", W_OK) != 0) return;
  Scratch scratch;
  ::stat(scratch.path().c_str(), &other);
  const fs::path root = one.st_dev == other.st_dev ? "/var/tmp" : "/dev/shm";
  const fs::path attempts = make_temporary_directory(root, "nanobug-attempts").value();
  auto places = places_in(scratch.path());
  places.attempts = attempts;
  {
    Desk desk = Desk::open(places).value();
    const Session session = desk.start(request_for(scratch / "work")).value();
    put(scratch / "work/mine.txt", "mine");
    const auto stopped = desk.stop("stopped").value();
    CHECK(stopped.attempt == fs::canonical(scratch.path()) / ("work.attempt-" + session.name));
    CHECK(bytes_of(stopped.attempt / "mine.txt") == "mine");
    check_clean(scratch / "work");
  }
  (void)remove_tree(attempts);
}

TEST_CASE("a stop from inside the checkout works", "[session]") {
  Scratch scratch;
  start_in(scratch);
  const fs::path before = fs::current_path();
  fs::current_path(scratch / "work/kernels");
  const auto stopped = stop_in(scratch);
  fs::current_path(before);
  CHECK(fs::exists(stopped.attempt / "optim.cpp"));
  check_clean(scratch / "work");
}

TEST_CASE("a vault that was moved away does not keep the session open", "[session]") {
  Scratch scratch;
  start_in(scratch);
  put(scratch / "work/mine.txt", "mine");
  fs::rename(scratch / "data/vault.git", scratch / "data/old.git");
  const auto stopped = stop_in(scratch);
  CHECK_THAT(stopped.note, Catch::Contains("was left as it is"));
  CHECK(bytes_of(scratch / "work/mine.txt") == "mine");
  CHECK(stopped.attempt == fs::canonical(scratch / "work"));
  CHECK_FALSE(desk_in(scratch).current());
}

TEST_CASE("a vault that is damaged does not keep the session open", "[session]") {
  Scratch scratch;
  start_in(scratch);
  put(scratch / "work/mine.txt", "mine");
  for (const auto& each : fs::recursive_directory_iterator(scratch / "data/vault.git/objects"))
    if (each.is_regular_file()) fs::permissions(each, fs::perms::owner_all), put(each.path(), "damaged");
  const auto stopped = stop_in(scratch);
  CHECK_THAT(stopped.note, Catch::Contains("was left as it is"));
  CHECK(bytes_of(scratch / "work/mine.txt") == "mine");
  CHECK_FALSE(desk_in(scratch).current());
}

TEST_CASE("snapshots go on the branch, the same tree only once", "[session]") {
  Scratch scratch;
  const Session session = start_in(scratch);
  Desk desk = desk_in(scratch);
  put(scratch / "work/optim.cpp", "one\n");
  put(scratch / "work/build/main.o", "rebuilt");
  const std::string first = desk.snapshot("check 1").value();
  CHECK(desk.snapshot("check 2").value() == first);
  put(scratch / "work/optim.cpp", "two\n");
  CHECK(desk.snapshot("check 3").value() != first);
  const fs::path vault = scratch / "data/vault.git";
  CHECK(git_out(vault, {"log", "--format=%s", session.branch()}) == "check 3\ncheck 1\nstart\nclean");
  CHECK(git_out(vault, {"ls-tree", session.branch(), "build"}).empty());
}

TEST_CASE("a sparse file of terabytes in the checkout ends no session early and is not lost", "[session]") {
  Scratch scratch;
  const Session session = start_in(scratch);
  const fs::path huge = scratch / "work/data/huge";
  put(huge, "begin");
  REQUIRE(::truncate(huge.c_str(), off_t{4} << 40) == 0);
  const std::string commit = desk_in(scratch).snapshot("check").value();
  const fs::path vault = scratch / "data/vault.git";
  CHECK_THAT(git_out(vault, {"log", "-1", "--format=%B", commit}), Catch::Contains("data/huge"));
  CHECK(git_out(vault, {"ls-tree", "-r", "--name-only", commit}).find("huge") == std::string::npos);
  const auto stopped = stop_in(scratch);
  CHECK_THAT(stopped.note, Catch::Contains("data/huge"));
  CHECK(fs::file_size(stopped.attempt / "data/huge") == std::uintmax_t{4} << 40);
  check_clean(scratch / "work");
}

TEST_CASE("nothing moves the checkout away under a program that runs in it", "[session]") {
  Scratch scratch;
  start_in(scratch);
  const auto refused = [&] {
    const auto stopped = desk_in(scratch).stop("stopped");
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().code == Exit::locked);
    CHECK(stopped.error().message.find("process ") != std::string::npos);
    CHECK(fs::exists(scratch / "work/optim.cpp"));
    CHECK(desk_in(scratch).current());
  };
  SECTION("of this process, and another's beside it") {
    const auto first = Desk::use_checkout(places_in(scratch.path())).value();
    const auto second = Desk::use_checkout(places_in(scratch.path())).value();
    refused();
  }
  SECTION("of another process, until it is killed") {
    Command command;
    command.argv = {std::string(NANOBUG_TEST_BIN_DIR) + "/session_worker", "use", scratch.path().string()};
    bool held = false;
    command.on_line = [&](std::string_view) { refused(), held = true, throw 0; };  // which ends it
    CHECK_THROWS_AS(run(command), int);
    CHECK(held);
  }
  CHECK_FALSE(stop_in(scratch).attempt.empty());
  const auto in_use = Desk::use_checkout(places_in(scratch.path())).value();
  const auto started = desk_in(scratch).start(furnished_request(scratch / "other"));
  REQUIRE_FALSE(started);
  CHECK(started.error().code == Exit::locked);
}
