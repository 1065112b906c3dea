// export: certified bugs as tasks for programs, each played through from its line alone with git, a clone and
// `nanobug judge`.
#include <set>
#include <sstream>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

using Words = std::vector<std::string>;

// The tiny tree in a repository with a commit and an origin.
struct Committed : Tiny {
  fs::path project = place / "project";

  Committed() {
    git({"init", "-q", "-b", "main"});
    git({"remote", "add", "origin", "https://somebody:secret@example.org/owner/tiny.git"});
    git({"add", "-A"});
    git({"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one"});
  }
  std::string git(Words words, const fs::path& directory = {}) const {
    words.insert(words.begin(), "git");
    const Finished finished = user.command(words, directory.empty() ? project : directory);
    INFO(finished.err);
    REQUIRE(finished.good());
    return finished.out;
  }
  std::vector<json> tasks(Words more) const {
    more.insert(more.begin(), "export");
    const Finished finished = user.nanobug(more);
    INFO(finished.err);
    REQUIRE(finished.exit_code == 0);
    std::vector<json> all;
    std::istringstream lines(finished.out);
    for (std::string line; std::getline(lines, line);) all.push_back(json::parse(line));
    return all;
  }
};

std::set<std::string> names(const json& task, const char* field) {
  return json::parse(task[field].get<std::string>()).get<std::set<std::string>>();
}

// What `judge` says -> the tests that passed, those that failed.
std::pair<std::set<std::string>, std::set<std::string>> judged(const User& user, const fs::path& directory) {
  const Finished finished = user.nanobug({"judge", directory});
  std::pair<std::set<std::string>, std::set<std::string>> tests;
  std::istringstream words(finished.out);
  for (std::string how, name; words >> how >> name;) {
    CHECK((how == "PASSED" || how == "FAILED"));
    CHECK((how == "PASSED" ? tests.first : tests.second).insert(name).second);
  }
  CHECK(finished.exit_code == (tests.second.empty() ? 0 : 1));
  return tests;
}

// In a clone that knows the task's line and nothing else.
void play(const Committed& from, const json& task) {
  INFO(task.dump(2));
  const fs::path clone = from.place / ("clone-" + task["instance_id"].get<std::string>());
  from.git({"clone", "-q", from.project, clone});
  from.git({"checkout", "-q", task["base_commit"]}, clone);
  const fs::path tree = clone / task["directory"].get<std::string>();
  const fs::path patch = from.place / "task.patch";
  const std::set<std::string> fail = names(task, "FAIL_TO_PASS"), pass = names(task, "PASS_TO_PASS");
  REQUIRE_FALSE(fail.empty());

  REQUIRE(write_unsynced(patch, task["mutation_patch"].get<std::string>()));
  from.git({"apply", patch}, clone);
  const auto broken = judged(from.user, tree);
  for (const std::string& name : fail) CHECK(broken.second.contains(name));
  for (const std::string& name : pass) CHECK(broken.first.contains(name));

  REQUIRE(write_unsynced(patch, task["patch"].get<std::string>()));
  from.git({"apply", patch}, clone);
  const auto mended = judged(from.user, tree);
  CHECK(mended.second.empty());
  for (const std::string& name : fail) CHECK(mended.first.contains(name));
  CHECK(from.git({"status", "--porcelain"}, clone).empty());
}

}  // namespace

TEST_CASE("every bug is a task that can be played from its line alone", "[export]") {
  const Committed project;
  const std::vector<json> tasks = project.tasks({});
  const json certificates = project.user.ask({"certify"});
  REQUIRE(tasks.size() == certificates.size());  // it has no decoy
  const std::string commit = project.git({"rev-parse", "HEAD"});
  const std::string made = project.user
                               .command({"env", "TZ=UTC", "git", "log", "-1", "--format=%cd",
                                         "--date=format-local:%Y-%m-%dT%H:%M:%SZ"},
                                        project.project)
                               .out;
  std::set<std::string> ids;
  for (const json& task : tasks) {
    CHECK(ids.insert(task["instance_id"]).second);
    CHECK(task["repo"] == "owner/tiny");
    CHECK(task["base_commit"].get<std::string>() + "\n" == commit);
    CHECK(task["created_at"].get<std::string>() + "\n" == made);
    CHECK(task["directory"] == "tree");
    CHECK_FALSE(has(task.dump(), "secret"));
    CHECK_FALSE(has(task.dump(), project.place.string()));
    play(project, task);
  }
  CHECK(ids.contains("owner__tiny-N01"));
  CHECK(tasks[0]["problem_statement"] == "The mean of a list is a little larger than it should be.");
}

TEST_CASE("the parity runs that a bug leaves alone are in its task with --all", "[export]") {
  const Committed project;
  const json few = project.tasks({"N01"}).at(0), all = project.tasks({"N01", "--all"}).at(0);
  CHECK_FALSE(names(few, "PASS_TO_PASS").contains("parity.descent"));
  CHECK(names(all, "PASS_TO_PASS").contains("parity.descent"));
  CHECK(names(few, "FAIL_TO_PASS") == names(all, "FAIL_TO_PASS"));
}

TEST_CASE("changes that operators make are tasks whose names tell nothing", "[export]") {
  const Committed project;
  const std::vector<json> tasks = project.tasks({"--operators", "12"});
  std::set<std::string> seen;
  for (const json& one : project.user.ask({"certify", "--operators", "12"}))
    if (one["fate"] == "seen" && one["holds"] == true) seen.insert(one["id"]);
  REQUIRE_FALSE(tasks.empty());
  CHECK(tasks.size() <= seen.size());
  for (const json& task : tasks) {
    CHECK(task["instance_id"].get<std::string>().starts_with("owner__tiny-op-"));
    CHECK(has(task["problem_statement"], "What is not as it should be:\n- "));
    for (const char* file : {"stats", "descend"}) CHECK_FALSE(has(task["instance_id"], file));
  }
  play(project, tasks.front());
  play(project, tasks.back());

  std::set<std::string> in_parts;
  for (const char* shard : {"1/2", "2/2"})
    for (const json& task : project.tasks({"--operators", "12", "--shard", shard}))
      in_parts.insert(task["instance_id"]);
  CHECK(in_parts.size() == tasks.size());
}

TEST_CASE("tasks in a file are those on standard output", "[export]") {
  const Committed project;
  const fs::path file = project.place / "a place/tasks.jsonl";
  const Finished written = project.user.nanobug({"export", "--output", file});
  CHECK(written.exit_code == 0);
  CHECK(written.out.empty());
  CHECK(has(written.err, "2 tasks in "));
  CHECK(text_of(file) == project.user.nanobug({"export"}).out);
}

TEST_CASE("what cannot be exported is said in a sentence", "[export]") {
  {
    const Tiny tiny;
    CHECK(has(tiny.refused({"export"}, 2), "is in no git repository, and a task names its tree by a commit"));
    CHECK(tiny.user.command({"git", "init", "-q"}, tiny.place / "project").good());
    CHECK(has(tiny.refused({"export"}, 2), "has no commit yet; commit the tree first"));
  }
  const Committed project;
  CHECK(has(project.refused({"export", "N99"}, 2), "N99"));
  CHECK(has(project.refused({"export", "--format", "csv"}, 2), "--format"));
  CHECK(has(project.refused({"export", "--shard", "3/2"}, 2), "--shard is K/N"));
  CHECK(has(project.refused({"export", "N01", "--operators", "5"}, 2), "it takes no bug; leave one out"));
  CHECK(has(project.refused({"export", "--output", "/proc/none/tasks"}, 6), "/proc/none"));
  const fs::path pipe = project.place / "pipe";
  REQUIRE(project.user.command({"mkfifo", pipe}).good());
  CHECK(has(project.refused({"export", "--output", pipe}, 6), "is no regular file; name another one"));
  CHECK(fs::is_fifo(pipe));
  const fs::path file = project.place / "tasks.jsonl", link = project.place / "link";
  REQUIRE(write_unsynced(file, "old"));
  fs::create_symlink(file, link);
  CHECK(project.user.nanobug({"export", "--output", link}).exit_code == 0);
  CHECK(fs::is_symlink(link));
  CHECK(text_of(file) == project.user.nanobug({"export"}).out);
  const std::string clean = text_of(project.tree / "stats.cpp");
  REQUIRE(write_unsynced(project.tree / "stats.cpp", clean + "\n"));
  CHECK(has(project.refused({"export"}, 2),
            "tree/stats.cpp is not as the last commit has it; commit it first, or restore it"));
}

TEST_CASE("judge knows no session, and is no way around one", "[export]") {
  const Tiny tiny;
  const json right = tiny.user.ask({"judge", tiny.tree});
  CHECK(right["solved"] == true);
  CHECK(right["wrong"].empty());
  std::set<std::string> tests;
  for (const json& test : right["tests"]) {
    CHECK(test["passed"] == true);
    tests.insert(test["name"]);
  }
  CHECK(tests == judged(tiny.user, tiny.tree).first);
  CHECK(tests.contains("mean.value"));
  CHECK(tests.contains("parity.descent"));

  const fs::path checkout = tiny.start({"N01"});
  CHECK(
      has(tiny.refused({"judge", checkout}, 4), "is the open session's checkout; 'nanobug check' judges it"));
  CHECK(tiny.user.ask({"judge", tiny.tree})["solved"] == true);
  REQUIRE(write_unsynced(tiny.place / "broken/stats.cpp", "int x = \n"));
  const json broken = tiny.user.ask({"judge", tiny.place / "broken"}, 1);
  CHECK(broken["builds"] == false);
  CHECK(broken["tests"].empty());
  CHECK(has(tiny.refused({"judge", tiny.place / "nowhere"}, 2),
            "is no directory; name the one that has the tree"));
  CHECK(has(tiny.refused({"judge", tiny.catalog}, 2), "is no directory"));
  // Nothing is copied of what is no tree.
  CHECK(has(tiny.refused({"judge", tiny.place}, 2), "does not have the tree's files"));
  CHECK(has(tiny.refused({"judge", "/"}, 2), "does not have the tree's files"));
  CHECK(has(tiny.refused({"judge"}, 2), "name a directory"));
}
