// vault: what it keeps is what git finds there; what a checkout's own repository holds is the mutated tree
// and no more.
#include "mutator/vault/vault.h"

#include <sys/wait.h>
#include <unistd.h>

#include <sstream>

#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;
using vault::Mode;
using vault::Tree;
using vault::Vault;

// libgit2 1.5 loses PCRE2's match data whenever a repository's configuration has a line that is no extension.
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpcre2\n";
}

namespace {

constexpr std::int64_t kTime = 1735689600;

fs::path make_checkout(const Scratch& scratch) {
  const fs::path directory = scratch / "checkout";
  fs::create_directory(directory);
  REQUIRE(vault::write_tree(mutated_tree(), directory));
  REQUIRE(set_times(directory, kTime));
  REQUIRE(vault::make_repository(directory, mutated_tree(), "session/x", "Start", kTime, {"build"}));
  REQUIRE(set_times(directory, kTime));
  return directory;
}

}  // namespace

TEST_CASE("the vault keeps trees and branches that git can read", "[vault]") {
  Scratch scratch;
  const fs::path path = scratch / "deep" / "vault.git";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  const std::string id = vault.put(clean_tree()).value();
  CHECK(vault.get(id).value() == clean_tree());
  const std::string first = vault.commit("session/a", id, "clean", kTime).value();
  const Tree mutated = mutated_tree();
  const std::string second =
      vault.record("session/a", {{&mutated, "start", kTime}, {&mutated, "end", kTime}}).value();

  CHECK(vault.branches().value() == std::vector<std::string>{"session/a"});
  const auto history = vault.history("session/a").value();
  REQUIRE(history.size() == 3);
  CHECK(history[0].commit == second);
  CHECK(history[0].message == "end");
  CHECK(history[2].commit == first);
  CHECK(history[2].tree == id);
  CHECK(vault.history("session/none").value().empty());

  CHECK(git_out(path, {"fsck", "--strict"}).empty());
  CHECK(git_out(path, {"rev-parse", "session/a~2^{tree}"}) == id);
  CHECK(git_out(path, {"log", "--format=%an %ae %at %s", "-1", "session/a"}) ==
        "nanobug nanobug@localhost 1735689600 end");

  REQUIRE(vault.drop("session/a"));
  REQUIRE(vault.drop("session/a"));
  CHECK(vault.branches().value().empty());
}

TEST_CASE("a vault opens again, half-made ones are completed, other things are explained", "[vault]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  std::string id;
  {
    const auto opened = Vault::open(path).value();
    Vault& vault = *opened;
    id = vault.put(clean_tree()).value();
  }
  fs::remove(path / "HEAD");
  CHECK(Vault::open(path).value()->get(id).value() == clean_tree());

  fs::remove_all(path / "objects");
  put(path / "objects", "not a directory");
  const auto broken = Vault::open(path);
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == Exit::io);
  CHECK_THAT(broken.error().message, Catch::Contains("objects"));
}

TEST_CASE("what a killed writer left in the vault is in nobody's way", "[vault]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  put(path / "refs/heads/session/a.lock", "");
  put(path / "packed-refs.lock", "");
  put(path / "objects/incoming/pack_git2_half", "PACK");
  const std::string id = vault.put(clean_tree()).value();
  REQUIRE(vault.commit("session/a", id, "clean", kTime));
  put(path / "refs/heads/session/a.lock", "");
  REQUIRE(vault.drop("session/a"));
  CHECK_FALSE(fs::exists(path / "objects/incoming"));
}

TEST_CASE("names that git's own builders refuse are kept", "[vault]") {
  Scratch scratch;
  const auto opened = Vault::open(scratch / "vault.git").value();
  Vault& vault = *opened;
  const Tree tree = {
      {"git~1", {"a", Mode::regular}}, {"con", {"b", Mode::regular}}, {"x\\y", {"c", Mode::regular}}};
  CHECK(vault.get(vault.put(tree).value()).value() == tree);
}

TEST_CASE("a checkout's repository works like any other and is clean from the first moment", "[vault]") {
  Scratch scratch;
  const fs::path directory = make_checkout(scratch);
  put(directory / "build" / "object.o", "x");
  // diff-files does not refresh: the index's stat data must be right as written.
  CHECK(git_out(directory, {"diff-files", "--name-only"}).empty());
  CHECK(git_out(directory, {"status", "--porcelain"}).empty());
  CHECK(git_out(directory, {"-c", "core.autocrlf=true", "status", "--porcelain"}).empty());
  const std::string checked = git(directory, {"fsck", "--strict", "--lost-found"}).out;
  CHECK(checked.empty());
  CHECK(git_out(directory, {"branch", "--show-current"}) == "session/x");
  CHECK(git_out(directory, {"rev-list", "--all", "--count"}) == "1");
  CHECK(git_out(directory, {"rev-parse", "HEAD^{tree}"}) == vault::tree_id(mutated_tree()).value());
  CHECK(git_out(directory, {"reflog", "--format=%gs"}) == "commit (initial): Start");

  put(directory / "optim.cpp", "step += 2;\n");
  CHECK(git_out(directory, {"status", "--porcelain"}) == " M optim.cpp");
  git_out(directory, {"stash"});
  git_out(directory, {"stash", "pop"});
  git_out(directory, {"commit", "-qam", "mine"});
  git_out(directory, {"gc", "-q"});
  CHECK(git(directory, {"fsck", "--strict"}).good());
}

TEST_CASE("no object but the mutated tree's is in a checkout", "[vault]") {
  Scratch scratch;
  const fs::path directory = make_checkout(scratch);
  const std::string present =
      git_out(directory, {"cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered"});
  const std::string reachable = git_out(directory, {"rev-list", "--objects", "--all", "--no-object-names"});
  CHECK(std::count(present.begin(), present.end(), '\n') ==
        std::count(reachable.begin(), reachable.end(), '\n'));
  CHECK_THAT(git_out(directory, {"log", "-p", "--all", "-g"}), !Catch::Contains(kPristineLine));
}

TEST_CASE("strict turns git diff off and on again", "[vault]") {
  Scratch scratch;
  const fs::path directory = make_checkout(scratch);
  put(directory / "optim.cpp", "step += 2;\n");
  put(directory / ".git/info/attributes", "*.cu text\n");
  CHECK_FALSE(git_out(directory, {"diff"}).empty());
  REQUIRE(vault::set_strict(directory, true));
  REQUIRE(vault::set_strict(directory, true));
  CHECK(git_out(directory, {"diff"}).empty());
  REQUIRE(vault::set_strict(directory, false));
  CHECK_THAT(git_out(directory, {"diff"}), Catch::Contains("+step += 2;"));
  CHECK(bytes_of(directory / ".git/info/attributes") == "*.cu text\n");
}

TEST_CASE("everything a learner committed is fetched", "[vault]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  const fs::path directory = make_checkout(scratch);
  put(directory / "optim.cpp", "step += 2;\n");
  git_out(directory, {"commit", "-qam", "two"});
  git_out(directory, {"tag", "-a", "-m", "annotated", "v1"});
  git_out(directory, {"switch", "-qc", "other"});
  put(directory / "optim.cpp", "step += 3;\n");
  git_out(directory, {"commit", "-qam", "three"});
  git_out(directory, {"checkout", "-q", "--detach"});
  git_out(directory, {"commit", "-q", "--allow-empty", "-m", "detached"});
  put(directory / "optim.cpp", "step += 4;\n");
  git_out(directory, {"stash"});
  CHECK(vault.fetch(directory, "x").value());
  for (const char* name : {"HEAD", "heads/other", "heads/session/x", "tags/v1", "stash"})
    CHECK(
        git_out(path, {"rev-parse", std::string("refs/attempts/x/") + name}) ==
        git_out(directory, {"rev-parse", std::string(name) == "HEAD" ? name : std::string("refs/") + name}));
  CHECK(git(path, {"fsck", "--strict"}).good());
  CHECK(git_out(path, {"show", "refs/attempts/x/stash:optim.cpp"}) == "step += 4;");
  CHECK(vault.fetch(directory, "x").value());  // a second time changes nothing
}

TEST_CASE("a repository that is gone or broken is explained and never an error", "[vault]") {
  Scratch scratch;
  const auto opened = Vault::open(scratch / "vault.git").value();
  Vault& vault = *opened;
  const fs::path directory = make_checkout(scratch);
  std::string why;
  const auto broken = [&] { return !vault.fetch(directory, "x", &why).value(); };

  SECTION("gone") {
    fs::remove_all(directory / ".git");
    CHECK(broken());
    CHECK_THAT(why, Catch::Contains("no git repository"));
  }
  SECTION("SHA-256") {
    fs::remove_all(directory / ".git");
    git_out(directory, {"init", "-q", "--object-format=sha256"});
    CHECK(broken());
    CHECK_THAT(why, Catch::Contains("cannot be read"));
  }
  SECTION("HEAD is rubbish") {
    put(directory / ".git/HEAD", "rubbish");
    CHECK(broken());
  }
  SECTION("an object is missing: the other branch is kept") {
    git_out(directory, {"switch", "-qc", "lost"});
    put(directory / "optim.cpp", "lost\n");
    git_out(directory, {"commit", "-qam", "lost"});
    const std::string blob = git_out(directory, {"rev-parse", "HEAD:optim.cpp"});
    fs::remove(directory / ".git/objects" / blob.substr(0, 2) / blob.substr(2));
    CHECK(broken());
    CHECK_THAT(why, Catch::Contains("missing, damaged"));
    CHECK(git(scratch / "vault.git", {"rev-parse", "--verify", "refs/attempts/x/heads/session/x"}).good());
    CHECK(git(scratch / "vault.git", {"fsck"}).good());
  }
  SECTION("sparse checkout is read") {
    git_out(directory, {"sparse-checkout", "set", "data"});
    CHECK_FALSE(broken());
  }
}

TEST_CASE("branches whose names exclude each other are all kept", "[vault]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  const fs::path directory = make_checkout(scratch);
  const auto commit_on = [&](const std::string& branch, const std::string& text) {
    git_out(directory, {"switch", "-qc", branch});
    put(directory / "optim.cpp", text);
    git_out(directory, {"commit", "-qam", branch});
    return git_out(directory, {"rev-parse", "HEAD"});
  };
  std::vector<std::string> tips = {commit_on("fix", "one\n")};
  REQUIRE(vault.fetch(directory, "x").value());
  git_out(directory, {"switch", "-q", "session/x"});
  git_out(directory, {"branch", "-qD", "fix"});
  tips.push_back(commit_on("fix/softmax", "two\n"));
  REQUIRE(vault.fetch(directory, "x").value());
  REQUIRE(vault.fetch(directory, "x").value());
  // And back again, a branch of the first name that knows nothing of the first.
  git_out(directory, {"switch", "-q", "session/x"});
  git_out(directory, {"branch", "-qD", "fix/softmax"});
  tips.push_back(commit_on("fix", "three\n"));
  REQUIRE(vault.fetch(directory, "x").value());
  const std::string kept = git_out(path, {"for-each-ref", "--format=%(objectname)", "refs/attempts"});
  for (const std::string& tip : tips) CHECK_THAT(kept, Catch::Contains(tip));
  CHECK(git(path, {"fsck", "--strict"}).good());
}

namespace {

size_t packs_in(const fs::path& vault) {
  size_t packs = 0;
  for (const auto& entry : fs::directory_iterator(vault / "objects/pack"))
    packs += entry.path().extension() == ".pack";
  return packs;
}

std::string all_objects(const fs::path& vault) {
  return git_out(
      vault, {"cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", "--batch-all-objects"});
}

}  // namespace

TEST_CASE("many snapshots leave few packs and lose nothing, reachable or not", "[vault]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  Tree tree = clean_tree();
  std::vector<std::string> ids;
  std::string early;
  size_t most = 0;
  for (int i = 0; i < 60; ++i) {
    tree["optim.cpp"].bytes = std::string(20'000, 'x') + std::to_string(i);
    // Every other is named by a commit, the others by nothing.
    if (i % 2 == 0) REQUIRE(vault.record("session/x", {{&tree, "step " + std::to_string(i), i}}));
    ids.push_back(vault.put(tree).value());
    most = std::max(most, packs_in(path));
    if (i == 20) early = all_objects(path);
  }
  std::istringstream objects(early);
  const std::string late = all_objects(path);
  for (std::string object; std::getline(objects, object);) CHECK_THAT(late, Catch::Contains(object));
  CHECK(most <= 25);
  CHECK(git(path, {"fsck", "--strict", "--full"}).good());
  for (int i = 0; i < 60; ++i) {
    INFO(i);
    CHECK(vault.get(ids[i]).value().at("optim.cpp").bytes == std::string(20'000, 'x') + std::to_string(i));
  }
  CHECK(vault.history("session/x").value().size() == 30);
  CHECK_FALSE(fs::exists(path / "objects/incoming"));
  // Sixty trees of 20 kB that differ in a word: packed together they take little more than one.
  std::uintmax_t size = 0;
  for (const auto& entry : fs::directory_iterator(path / "objects/pack")) size += entry.file_size();
  CHECK(size < 200'000);
}

TEST_CASE("a vault is consolidated under the hands of others", "[vault]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  std::vector<std::string> ids;
  {
    const auto opened = Vault::open(path).value();
    Vault& vault = *opened;
    for (int i = 0; i < 20; ++i) {
      Tree tree = clean_tree();
      tree["optim.cpp"].bytes = "before " + std::to_string(i);
      ids.push_back(vault.put(tree).value());
    }
  }
  // One that has seen the packs, and opened none of them, before they go.
  const auto opened_reader = Vault::open(path).value();
  Vault& reader = *opened_reader;
  REQUIRE(reader.get(ids[0]));
  std::vector<pid_t> writers;
  for (int w = 0; w < 4; ++w) {
    const pid_t child = ::fork();
    if (child == 0) {
      const std::string worker = std::string(NANOBUG_TEST_BIN_DIR) + "/session_worker";
      ::execl(worker.c_str(), "session_worker", "put", path.c_str(), std::to_string(w * 100).c_str(),
              nullptr);
      ::_exit(127);
    }
    writers.push_back(child);
  }
  for (int round = 0; round < 10; ++round)
    for (const std::string& id : ids) REQUIRE(reader.get(id));
  for (const pid_t writer : writers) {
    int status = -1;
    ::waitpid(writer, &status, 0);
    CHECK(status == 0);
  }
  for (const std::string& id : ids) CHECK(reader.get(id));
  CHECK(packs_in(path) <= 25);
  CHECK(git(path, {"fsck", "--strict", "--full"}).good());
  const auto opened = Vault::open(path).value();
  Vault& vault = *opened;
  for (int w = 0; w < 4; ++w)
    for (int i = 0; i < 30; ++i) {
      Tree tree = clean_tree();
      tree["optim.cpp"].bytes = "worker " + std::to_string(w * 100 + i);
      CHECK(vault.get(vault::tree_id(tree).value()));
    }
}

TEST_CASE("a history is read on though its packs have gone meanwhile", "[vault]") {
  Scratch scratch;
  const fs::path path = scratch / "vault.git";
  const auto keep = [](Vault& vault, int i) {
    Tree tree = clean_tree();
    tree["optim.cpp"].bytes = "attempt " + std::to_string(i);
    REQUIRE(vault.commit("session/x", vault.put(tree).value(), std::to_string(i), 1000 + i));
  };
  const auto opened_writer = Vault::open(path).value();
  Vault& writer = *opened_writer;
  for (int i = 0; i < 5; ++i) keep(writer, i);
  // Knows the packs by name, and has opened none of them.
  const auto opened_reader = Vault::open(path).value();
  const Vault& reader = *opened_reader;
  const size_t before = packs_in(path);
  for (int i = 5; i < 60; ++i) keep(writer, i);
  REQUIRE(packs_in(path) < before + 55);
  CHECK(reader.history("session/x").value().size() == 60);
}

TEST_CASE("a file too large for a tree is left out unread, and named", "[vault]") {
  Scratch scratch;
  put(scratch / "t/small", "x");
  put(scratch / "t/sub/huge", "");
  REQUIRE(::truncate((scratch / "t/sub/huge").c_str(), off_t{4} << 40) == 0);
  vault::LeftOut left_out;
  const auto tree = vault::read_tree(scratch / "t", {}, &left_out);
  REQUIRE(tree);
  CHECK(left_out.too_large == std::vector<std::string>{"sub/huge"});
  CHECK(tree->size() == 1);
  const auto refused = vault::read_tree(scratch / "t", {});
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message, Catch::Contains("sub/huge is too large"));
  CHECK_FALSE(vault::verify(scratch / "t", vault::manifest(*tree), {}));
}
