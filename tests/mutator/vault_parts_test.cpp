// vault parts: each refusal in its words, who waits for whom, and the small files that make a directory a
// repository, with git as the judge.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mutator/vault/head.h"
#include "mutator/vault/names.h"
#include "mutator/vault/objects.h"
#include "mutator/vault/vault.h"
#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;
using vault::Mode;
using vault::Tree;
using vault::Vault;

namespace {

constexpr std::int64_t kTime = 1735689600;

template <class T>
std::string why(const Result<T>& result) {
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Exit::io);
  return result.error().message;
}

}  // namespace

TEST_CASE("four processes commit to one branch and none is lost", "[vault][parts]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  constexpr int kProcesses = 4, kEach = 12;
  REQUIRE(Vault::open(path));
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto vault = Vault::open(path);
      for (int i = 0; vault && i < kEach; ++i) {
        const Tree tree = {{"file", {std::to_string(process) + "/" + std::to_string(i), Mode::regular}}};
        if (!(*vault)->record("session/a", {{&tree, "one", kTime}})) ::_exit(1);
      }
      ::_exit(vault ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
  }
  CHECK(Vault::open(path).value()->history("session/a").value().size() == kProcesses * kEach);
  CHECK(git_out(path, {"rev-list", "--count", "session/a"}) == std::to_string(kProcesses * kEach));
  CHECK(git(path, {"fsck", "--strict"}).good());
  CHECK_FALSE(fs::exists(path / "objects/incoming"));
}

TEST_CASE("what a killed write left is no part of the next one", "[vault][parts]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  for (const char* left : {"pack-0000.pack", "pack-0000.idx"}) put(path / "objects/incoming" / left, "half");
  const Tree tree = {{"file", {"text", Mode::regular}}};
  REQUIRE(vault.record("session/a", {{&tree, "one", kTime}}));
  for (const fs::directory_entry& entry : fs::directory_iterator(path / "objects/pack"))
    CHECK(entry.path().stem() != "pack-0000");
  CHECK_FALSE(fs::exists(path / "objects/incoming"));
  CHECK(git(path, {"fsck", "--strict"}).good());
}

TEST_CASE("what the vault does not have, and what it will not take", "[vault][parts]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  const std::string id = vault.put(clean_tree()).value(), none(40, 'a');
  CHECK(why(vault.get("abc")) == "\"abc\" is not an object id of git's");
  CHECK(why(vault.get(std::string(40, 'z'))) ==
        "\"" + std::string(40, 'z') + "\" is not an object id of git's");
  CHECK_THAT(why(vault.get(none)),
             Catch::Contains(" is damaged or another one: cannot read the tree " + none + ": "));
  CHECK(why(vault.commit("session/a", none, "m", kTime)) ==
        "the tree " + none + " is not in the vault " + path.string());
  CHECK(why(vault.commit("session/a", "abc", "m", kTime)) == "\"abc\" is not an object id of git's");
  CHECK(why(vault.commit("a..b", id, "m", kTime)) == "\"a..b\" cannot be the name of a branch");
  CHECK(vault.branches().value().empty());
  for (const char* wrong : {"../x", "/x", "a//b", "a/./b", "a/.git", "", "a/", ".."}) {
    INFO(wrong);
    CHECK(why(vault.put({{wrong, {"x", Mode::regular}}})) ==
          "the path \"" + std::string(wrong) + "\" cannot stand in a git tree");
  }
  CHECK(why(vault.put({{"a", {"x", Mode::regular}}, {"a/b", {"x", Mode::regular}}})) ==
        "the path \"a/b\" cannot stand in a git tree");
}

TEST_CASE("commits keep their message, time, parents and modes", "[vault][parts]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  const Tree tree = clean_tree();
  const std::string id = vault.put(tree).value();
  CHECK(vault.put(tree).value() == id);
  const std::string first = vault.commit("session/b", id, "first\n\nbody\n\n", 5).value();
  const std::string second = vault.commit("session/b", id, "second", 6).value();
  REQUIRE(vault.commit("session/a", id, "other", 7));
  CHECK(vault.branches().value() == std::vector<std::string>{"session/a", "session/b"});
  const auto history = vault.history("session/b").value();
  REQUIRE(history.size() == 2);
  CHECK(history[0].commit == second);
  CHECK(history[0].message == "second");
  CHECK(history[1].commit == first);
  CHECK(history[1].message == "first\n\nbody");
  CHECK(git_out(path, {"log", "--format=%at %ct %ai %cn", "session/b"}) ==
        "6 6 1970-01-01 00:00:06 +0000 nanobug\n5 5 1970-01-01 00:00:05 +0000 nanobug");
  CHECK(git_out(path, {"rev-list", "--parents", "-1", first}) == first);
  CHECK(git_out(path, {"ls-tree", "-r", "--format=%(objectmode) %(path)", id}) ==
        "100644 attention.cpp\n100755 build.sh\n100644 data/lines.txt\n100644 kernels/softmax.cu\n120000 "
        "latest\n100644 optim.cpp");
  CHECK(vault.get(id).value().at("build.sh").mode == Mode::executable);
  CHECK(vault.get(id).value().at("latest").mode == Mode::symlink);
  CHECK(vault.get(id).value().at("optim.cpp").mode == Mode::regular);
  // A second vault object sees what the first wrote, and the other way round.
  const auto opened_other = Vault::open(path).value();
  Vault& other = *opened_other;
  const Tree more = {{"x", {"new", Mode::regular}}};
  const std::string new_id = other.put(more).value();
  CHECK(vault.commit("session/a", new_id, "seen", 8));
  CHECK(vault.get(new_id).value() == more);
}

TEST_CASE("a vault is a repository that is never collected, a checkout one like any other",
          "[vault][parts]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git", work = scratch / "work";
  REQUIRE(Vault::open(path));
  const auto setting = [](const fs::path& directory, const std::string& name) {
    return git(directory, {"config", "--local", name}).out;
  };
  CHECK(setting(path, "core.bare") == "true\n");
  CHECK(setting(path, "gc.auto") == "0\n");
  CHECK(setting(path, "core.repositoryformatversion") == "0\n");
  fs::create_directory(work);
  REQUIRE(vault::write_tree(mutated_tree(), work));
  REQUIRE(vault::make_repository(work, mutated_tree(), "session/x", "Start", kTime, {"build", "runs"}));
  CHECK(setting(work, "core.bare") == "false\n");
  CHECK(setting(work, "gc.auto") == "");
  CHECK(setting(work, "core.filemode") == "true\n");
  CHECK(setting(work, "core.logallrefupdates") == "true\n");
  CHECK(setting(work, "core.autocrlf") == "false\n");
  CHECK(bytes_of(work / ".git/info/exclude") == "/build\n/runs\n");
  const std::string head = git_out(work, {"rev-parse", "HEAD"});
  const std::string line = std::string(40, '0') + " " + head +
                           " nanobug <nanobug@localhost> 1735689600 +0000\tcommit (initial): Start\n";
  CHECK(bytes_of(work / ".git/logs/HEAD") == line);
  CHECK(bytes_of(work / ".git/logs/refs/heads/session/x") == line);
  CHECK(bytes_of(work / ".git/HEAD") == "ref: refs/heads/session/x\n");
  CHECK(bytes_of(work / ".git/refs/heads/session/x") == head + "\n");
  for (const char* none : {"hooks", "description", "branches"}) CHECK_FALSE(fs::exists(work / ".git" / none));
  // What stands there already is left as it is.
  put(path / "config", "[core]\n\tbare = true\n[mine]\n\tx = y\n");
  REQUIRE(Vault::open(path));
  CHECK(setting(path, "mine.x") == "y\n");
  // The index remembers what lstat says, to the nanosecond.
  CHECK(git_out(work, {"diff-files", "--name-only"}).empty());
  struct stat info{};
  ::lstat((work / "optim.cpp").c_str(), &info);
  const std::string debug = git_out(work, {"ls-files", "--debug", "optim.cpp"});
  CHECK_THAT(debug, Catch::Contains("mtime: " + std::to_string(info.st_mtim.tv_sec) + ":" +
                                    std::to_string(info.st_mtim.tv_nsec)));
  CHECK_THAT(debug, Catch::Contains("ctime: " + std::to_string(info.st_ctim.tv_sec) + ":" +
                                    std::to_string(info.st_ctim.tv_nsec)));
  CHECK_THAT(debug, Catch::Contains("dev: " + std::to_string(static_cast<std::uint32_t>(info.st_dev)) +
                                    "\tino: " + std::to_string(static_cast<std::uint32_t>(info.st_ino))));
  CHECK_THAT(debug, Catch::Contains("uid: " + std::to_string(info.st_uid) +
                                    "\tgid: " + std::to_string(info.st_gid)));
  CHECK_THAT(debug, Catch::Contains("size: " + std::to_string(info.st_size)));
  CHECK(git_out(work, {"ls-files", "--stage", "build.sh", "latest"}).starts_with("100755 "));
}

TEST_CASE("strict wants a repository, and lines of its own", "[vault][parts]") {
  Scratch scratch;
  const auto refused = vault::set_strict(scratch.path(), true);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::session);
  CHECK(refused.error().message == scratch.path().string() + " has no git repository of its own any more");
  put(scratch / ".git/config", "[core]");
  REQUIRE(vault::set_strict(scratch.path(), true));
  CHECK(bytes_of(scratch / ".git/config") == "[core]\n[diff]\n\texternal = true\n");
  CHECK(bytes_of(scratch / ".git/info/attributes") == "* -diff\n");
  REQUIRE(vault::set_strict(scratch.path(), false));
  REQUIRE(vault::set_strict(scratch.path(), false));
  CHECK(bytes_of(scratch / ".git/config") == "[core]\n");
  CHECK(bytes_of(scratch / ".git/info/attributes").empty());
}

TEST_CASE("trees on the disk, refused in words", "[vault][parts]") {
  Scratch scratch;
  const std::string at = scratch.path().string();
  put(scratch / "file", "x");
  CHECK(why(vault::read_tree(scratch / "file", {})) == "cannot read " + at + "/file: Not a directory");
  CHECK_THAT(why(vault::read_tree(scratch / "none", {})), Catch::StartsWith("cannot read " + at + "/none: "));
  CHECK(why(vault::write_tree({{"file", {"y", Mode::regular}}}, scratch.path())) ==
        "cannot write " + at + "/file: File exists");
  CHECK(why(vault::write_tree({{"file", {"y", Mode::symlink}}}, scratch.path())) ==
        "cannot make the symlink " + at + "/file: File exists");
  CHECK(why(vault::write_tree({{"file/x", {"y", Mode::regular}}}, scratch.path())) ==
        "cannot make the directory " + at + "/file: File exists");
  CHECK(bytes_of(scratch / "file") == "x");
  const auto verified = vault::verify(scratch.path(), {}, {});
  REQUIRE_FALSE(verified);
  CHECK(verified.error().code == Exit::io);
  CHECK(verified.error().message ==
        "the tree in " + at + " is not what it should be: file should not be there");
  CHECK(vault::verify(scratch.path(), {}, {"file"}));
  const auto manifest = vault::manifest({{"a", {"x", Mode::executable}}});
  CHECK(manifest.at("a").sha256 == sha256("x"));
  CHECK(manifest.at("a").mode == Mode::executable);
  // git's two modes, as the umask leaves them.
  const mode_t before = ::umask(027);
  REQUIRE(vault::write_tree({{"m/plain", {"", Mode::regular}}, {"m/run", {"", Mode::executable}}},
                            scratch.path()));
  ::umask(before);
  struct stat info{};
  ::stat((scratch / "m/plain").c_str(), &info);
  CHECK((info.st_mode & 0777) == 0640);
  ::stat((scratch / "m/run").c_str(), &info);
  CHECK((info.st_mode & 0777) == 0750);
  ::stat((scratch / "m").c_str(), &info);
  CHECK((info.st_mode & 0777) == 0750);
  // x for the group alone is no executable to git.
  ::chmod((scratch / "m/plain").c_str(), 0670);
  CHECK(vault::read_tree(scratch / "m", {}).value().at("plain").mode == Mode::regular);
  CHECK(vault::read_tree(scratch / "m", {}).value().at("run").mode == Mode::executable);
  const std::string large(100'000, 'l');
  REQUIRE(vault::write_tree({{"large", {large, Mode::regular}}}, scratch.path()));
  CHECK(vault::read_tree(scratch.path(), {"m", "file"}).value().at("large").bytes == large);
}

TEST_CASE("odd references and objects of a learner's repository", "[vault][parts]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git", work = scratch / "work";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  fs::create_directory(work);
  put(work / "file", "x");
  git_out(work, {"init", "-q", "-b", "main"});
  std::string reason;
  SECTION("nothing is committed yet") {
    CHECK(vault.fetch(work, "s", &reason).value());
    CHECK(reason.empty());
    CHECK_FALSE(git(path, {"rev-parse", "--verify", "-q", "refs/attempts/s/HEAD"}).good());
  }
  SECTION("a submodule, whose commit is elsewhere") {
    git_out(work, {"update-index", "--add", "--cacheinfo", "160000," + std::string(40, 'a') + ",sub"});
    git_out(work, {"add", "file"});
    git_out(work, {"commit", "-qm", "one"});
    CHECK(vault.fetch(work, "s", &reason).value());
    CHECK(git_out(path, {"rev-parse", "refs/attempts/s/heads/main"}) == git_out(work, {"rev-parse", "HEAD"}));
  }
  SECTION("a merge has both its parents") {
    git_out(work, {"add", "file"});
    git_out(work, {"commit", "-qm", "one"});
    git_out(work, {"switch", "-qc", "side"});
    git_out(work, {"commit", "-q", "--allow-empty", "-m", "two"});
    git_out(work, {"switch", "-q", "main"});
    git_out(work, {"commit", "-q", "--allow-empty", "-m", "three"});
    git_out(work, {"merge", "-q", "-m", "four", "side"});
    git_out(work, {"branch", "-qD", "side"});
    CHECK(vault.fetch(work, "s").value());
    CHECK(git_out(path, {"rev-list", "--count", "refs/attempts/s/heads/main"}) == "4");
    CHECK(git(path, {"fsck", "--strict"}).good());
  }
  SECTION("a reference that leads nowhere, beside one that does not") {
    git_out(work, {"add", "file"});
    git_out(work, {"commit", "-qm", "one"});
    put(work / ".git/refs/heads/broken", std::string(40, 'b') + "\n");
    CHECK_FALSE(vault.fetch(work, "s", &reason).value());
    CHECK(reason ==
          "heads/broken of its git repository leads to an object that is missing, damaged or too large");
    CHECK(git_out(path, {"rev-parse", "refs/attempts/s/heads/main"}) == git_out(work, {"rev-parse", "HEAD"}));
  }
  SECTION("a repository above is not this one's") {
    fs::create_directory(work / "inner");
    CHECK_FALSE(vault.fetch(work / "inner", "s", &reason).value());
    CHECK(reason == "it has no git repository of its own any more");
  }
}

TEST_CASE("a learner's large files are taken in parts, none of which lacks what it names", "[vault][parts]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git", work = scratch / "work";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  fs::create_directory(work);
  git_out(work, {"init", "-q", "-b", "main"});
  git_out(work, {"config", "core.compression", "0"});
  for (int i = 0; i < 5; ++i) {
    const std::string name = "data" + std::to_string(i);
    put(work / name, name + std::string(30 << 20, static_cast<char>('a' + i)));
    git_out(work, {"add", name});
    git_out(work, {"commit", "-qm", name});
  }
  std::string reason;
  SECTION("all of it") {
    CHECK(vault.fetch(work, "s", &reason).value());
    CHECK(reason.empty());
    CHECK(git_out(path, {"rev-list", "--objects", "--all"}) ==
          git_out(work, {"rev-list", "--objects", "--all"}));
  }
  SECTION("what comes before a damaged object is whole") {
    const std::string bad = git_out(work, {"rev-parse", "HEAD:data4"});
    fs::remove(work / ".git/objects" / bad.substr(0, 2) / bad.substr(2));
    CHECK_FALSE(vault.fetch(work, "s", &reason).value());
    CHECK_FALSE(git(path, {"rev-parse", "--verify", "-q", "refs/attempts/s/heads/main"}).good());
    git_out(work, {"branch", "-f", "older", "HEAD~1"});
    CHECK_FALSE(vault.fetch(work, "s", &reason).value());
    CHECK(git_out(path, {"rev-list", "--objects", "refs/attempts/s/heads/older"}) ==
          git_out(work, {"rev-list", "--objects", "older"}));
  }
  size_t packs = 0;
  for (const auto& entry : fs::directory_iterator(path / "objects/pack"))
    packs += entry.path().extension() == ".pack";
  CHECK(packs >= 2);
  CHECK(git(path, {"fsck", "--strict"}).good());
}

TEST_CASE("a remote's owner and name, without who asks and how", "[vault][parts]") {
  for (const char* url :
       {"https://example.org/owner/name", "https://example.org/owner/name.git",
        "https://example.org/owner/name/", "https://somebody:secret@example.org:8080/owner/name.git",
        "git@example.org:owner/name.git", "ssh://git@example.org:22/owner/name.git",
        "https://example.org/group/owner/name.git"}) {
    INFO(url);
    CHECK(vault::owner_and_name(url) == "owner/name");
  }
  for (const char* none : {"", "/home/somebody/name.git", "../name", "file:///home/somebody/name", "name",
                           "https://example.org", "https://example.org/", "https://example.org/name.git"}) {
    INFO(none);
    CHECK(vault::owner_and_name(none).empty());
  }
}

TEST_CASE("the commit that a tree is at", "[vault][parts]") {
  Scratch scratch;
  const fs::path top = scratch / "a project";
  const Tree tree = {{"one.cpp", {"int x;\n", Mode::regular}}, {"in/two.h", {"int y;\n", Mode::regular}}};
  REQUIRE(write_unsynced(top / "deep/tree/one.cpp", "int x;\n"));
  REQUIRE(write_unsynced(top / "deep/tree/in/two.h", "int y;\n"));
  REQUIRE(write_unsynced(top / "beside", "\n"));
  const auto message = [&](const Tree& of) {
    const auto head = vault::head_of(top / "deep/tree", of);
    REQUIRE_FALSE(head);
    CHECK(head.error().code == Exit::usage);
    return head.error().message;
  };
  CHECK(message(tree).find("is in no git repository") != std::string::npos);
  REQUIRE(git(top, {"init", "-q"}).good());
  CHECK(message(tree).find("has no commit yet") != std::string::npos);
  REQUIRE(git(top, {"add", "-A"}).good());
  REQUIRE(git(top, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one"}).good());
  const auto head = vault::head_of(top / "deep/tree", tree);
  REQUIRE(head);
  CHECK(head->commit == git_out(top, {"rev-parse", "HEAD"}));
  CHECK(std::to_string(head->time) == git_out(top, {"log", "-1", "--format=%ct"}));
  CHECK(head->repository == "a project");
  CHECK(head->directory == "deep/tree");
  // What is not in the index counts no more than what is: the commit does.
  for (const auto& [path, text] : std::map<std::string, std::string>{{"one.cpp", "int z;\n"}, {"new", ""}}) {
    Tree other = tree;
    other[path] = {text, Mode::regular};
    CHECK(message(other) ==
          "deep/tree/" + path + " is not as the last commit has it; commit it first, or restore it");
  }
  const auto whole = vault::head_of(top, {{"beside", {"\n", Mode::regular}}});
  REQUIRE(whole);
  CHECK(whole->directory.empty());
}
