// session_order: a power cut keeps only what was synced, so the order of write, sync and rename is what start
// and stop promise. A kill cannot show it: the kernel keeps its pages. So the calls are recorded (fault.cpp,
// FAULT_LOG) and each rename is held against this rule:
//
//   - what gets its name by it is on the disk: a file synced since it was last written, of a directory all
//   files
//     synced and then the directory itself;
//   - the directories it changes are synced before anything else gets or loses a name elsewhere, and at the
//   end;
//   - a directory made on the way to its name is in a parent that was synced since;
//   - nothing that was written to the state is unsynced when a file there goes.
//
// What lies in a staging directory is synced as a whole before that is renamed, and not apart. That the rule
// sees each sync is tried by leaving each one out of the record.
#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "mutator/base/for_loader.h"
#include "tests/mutator/session_bench.h"

using namespace nanobug;
using namespace nanobug::test;

namespace {

struct Call {
  std::string name;
  fs::path path, other;
};

std::vector<Call> record_of(const std::string& verb, const fs::path& root, const fs::path& log, bool named) {
  Command command;
  command.argv = {std::string(NANOBUG_TEST_BIN_DIR) + "/session_worker", verb, root.string()};
  const ForLoader fault(NANOBUG_TEST_BIN_DIR "/libfault.so");
  command.environment = {{"LD_PRELOAD", fault.name()},
                         {"FAULT_UNDER", root.string()},
                         {"FAULT_AT", "0"},
                         {"FAULT_LOG", log.string()}};
  // Whoever has no name in git gets one in the checkout, which is one file more.
  const fs::path home = root.parent_path() / "home";
  fs::create_directory(home);
  if (named) put(home / ".gitconfig", "[user]\n\temail = ada@example.org\n");
  for (const char* variable : {"HOME", "XDG_CONFIG_HOME"}) command.environment[variable] = home.string();
  command.environment["GIT_CONFIG_GLOBAL"] = (home / ".gitconfig").string();
  const Finished finished = run(command).value();
  INFO(finished.how() << ' ' << finished.err);
  REQUIRE(finished.good());
  std::vector<Call> calls;
  std::istringstream lines(bytes_of(log));
  for (std::string line; std::getline(lines, line);) {
    const size_t one = line.find('\t'), two = line.find('\t', one + 1);
    const fs::path path = line.substr(one + 1, two - one - 1), other = line.substr(two + 1);
    calls.push_back({line.substr(0, one), path.lexically_normal(), other.lexically_normal()});
  }
  return calls;
}

bool is_below(const fs::path& path, const fs::path& directory) {
  return path.string().starts_with(directory.string() + '/');
}

// Walks through a record; `faults` names each call that broke the rule.
class Rule {
 public:
  explicit Rule(fs::path root) : root_(std::move(root)) {}

  std::vector<std::string> faults;

  void take(const Call& call) {
    if (call.name == "open" || call.name == "write" || call.name == "ftruncate") written(call);
    if (call.name == "mkdir") {
      // A staging directory that no journal knows would stay for ever.
      if (call.path.string().starts_with((root_ / ".work.").string()) && call.path.parent_path() == root_)
        before_names_change(call, {});
      made_.insert(call.path), changed(call.path);
    }
    if (call.name == "symlink") changed(call.path);
    if (call.name == "fsync" || call.name == "fdatasync" || call.name == "sync_file_range") synced(call);
    if (call.name.starts_with("rename") || call.name == "exchange" || call.name == "link") renamed(call);
    if (call.name == "unlink" || call.name == "remove" || call.name == "rmdir") gone(call);
  }

  void end() {
    for (const fs::path& directory : waiting_) fault("at the end " + directory.string() + " is not synced");
    for (const fs::path& file : unsynced_)
      if (!in_staging(file)) fault("at the end " + file.string() + " is not synced");
  }

 private:
  void fault(const std::string& text) { faults.push_back(text); }

  bool in_staging(const fs::path& path) const {
    const std::string text = path.string();
    return (text.starts_with((root_ / ".work.").string()) && is_below(path.parent_path(), root_)) ||
           text.find("/objects/incoming/") != std::string::npos;
  }

  void changed(const fs::path& path) {
    for (fs::path at = path.parent_path(); at != root_ && is_below(at, root_); at = at.parent_path())
      unsettled_.insert(at);
    new_names_[path.parent_path()].insert(path);
  }

  // What a build made is nobody's work.
  bool can_be_made_again(const fs::path& path) const {
    return path.string().find("/build/") != std::string::npos;
  }

  void written(const Call& call) {
    if (can_be_made_again(call.path)) return;
    if (call.name == "open" && !unsynced_.contains(call.path)) changed(call.path);
    if (call.path.filename() == "lock" || call.path.filename() == "in-use" ||
        call.path.filename() == "nanobug.lock")
      return;  // their content says nothing
    unsynced_.insert(call.path);
    for (fs::path at = call.path.parent_path(); is_below(at, root_); at = at.parent_path())
      unsettled_.insert(at);
  }

  void synced(const Call& call) {
    unsynced_.erase(call.path);
    if (call.name == "sync_file_range") return;
    waiting_.erase(call.path), unsettled_.erase(call.path), new_names_.erase(call.path);
  }

  // The directories that wait may only be those that this call changes too: a pack's two files go in one by
  // one.
  void before_names_change(const Call& call, const std::set<fs::path>& changes) {
    for (const fs::path& directory : waiting_)
      if (!changes.contains(directory))
        fault(call.name + ' ' + call.path.string() + " while " + directory.string() + " is not synced");
  }

  void renamed(const Call& call) {
    if (in_staging(call.other)) {
      if (unsynced_.erase(call.path) > 0) unsynced_.insert(call.other);
      return;
    }
    std::set<fs::path> changes = {call.other.parent_path()};
    if (!in_staging(call.path)) changes.insert(call.path.parent_path());
    before_names_change(call, changes);
    if (unsynced_.contains(call.path)) fault(call.path.string() + " is not synced before it is renamed");
    for (const fs::path& file : unsynced_)
      if (is_below(file, call.path)) fault(file.string() + " is not synced before the directory is renamed");
    if (unsettled_.contains(call.path)) fault(call.path.string() + " is not synced before it is renamed");
    for (fs::path at = call.other.parent_path(); is_below(at, root_); at = at.parent_path())
      if (made_.contains(at) && new_names_[at.parent_path()].contains(at))
        fault(call.other.string() + " lies in " + at.string() + ", whose own name is not synced");
    for (const fs::path& directory : changes) waiting_.insert(directory);
    std::erase_if(unsynced_, [&](const fs::path& file) { return is_below(file, call.path); });
    std::erase_if(unsettled_, [&](const fs::path& file) { return is_below(file, call.path); });
  }

  void gone(const Call& call) {
    std::erase_if(unsynced_, [&](const fs::path& file) { return file == call.path; });
    for (auto& [directory, names] : new_names_) names.erase(call.path);
    waiting_.erase(call.path);
    if (in_staging(call.path) || in_staging(call.path / "x") || can_be_made_again(call.path / "x")) return;
    const fs::path state = root_ / "state";
    const bool of_state = call.path.parent_path() == state && !call.path.filename().string().starts_with(".");
    if (!of_state) return before_names_change(call, {call.path.parent_path()});
    // What goes from the state ends something: all that was done before must be there.
    before_names_change(call, {});
    for (const fs::path& file : unsynced_)
      if (is_below(file, state))
        fault(file.string() + " is not synced before " + call.path.string() + " goes");
    for (const fs::path& name : new_names_[state])
      if (name.extension() == ".jsonl") fault(name.string() + " is new, and its name is not synced");
    waiting_.insert(state);
  }

  fs::path root_;
  std::set<fs::path> unsynced_;   // files with bytes that are not on the disk
  std::set<fs::path> unsettled_;  // directories with anything new at any depth since they were synced
  std::set<fs::path> waiting_;    // directories with renames that are not on the disk
  std::set<fs::path> made_;
  std::map<fs::path, std::set<fs::path>> new_names_;
};

std::vector<std::string> faults_of(const std::vector<Call>& calls, const fs::path& root, size_t without) {
  Rule rule(root);
  for (size_t i = 0; i < calls.size(); ++i)
    if (i != without) rule.take(calls[i]);
  rule.end();
  return rule.faults;
}

// A directory of the skeleton that stays empty is made again when it is gone.
bool stays_empty(const std::vector<Call>& calls, const fs::path& directory) {
  return std::none_of(calls.begin(), calls.end(), [&](const Call& call) {
    return is_below(call.path, directory) || is_below(call.other, directory);
  });
}

// A sync of what has not changed since it was synced before adds nothing, nor one of a directory that changes
// again, and is synced again, before anything changes elsewhere.
bool adds_nothing(const std::vector<Call>& calls, size_t at) {
  for (size_t i = at + 1; i < calls.size(); ++i) {
    if (calls[i].name == "fsync" && calls[i].path == calls[at].path) return true;
    if (calls[i].name == "unlink") break;
    const bool names = calls[i].name == "rename" || calls[i].name == "link";
    if (names && calls[i].path.parent_path() != calls[at].path) break;
  }
  for (size_t i = at; i-- > 0;) {
    const Call& call = calls[i];
    if (call.name == "mkdir" && stays_empty(calls, call.path)) continue;
    const bool is_sync = call.name == "fsync" || call.name == "sync_file_range";
    if (is_sync && call.path == calls[at].path) return true;
    if (call.path == calls[at].path || is_below(call.path, calls[at].path) || call.other == calls[at].path ||
        is_below(call.other, calls[at].path))
      return false;
  }
  return false;
}

}  // namespace

TEST_CASE("what a rename names is on the disk before it, and the name after", "[session][order]") {
  Scratch scratch;
  const fs::path root = fs::canonical(scratch.path()) / "root";
  fs::create_directory(root);
  const std::string verb = GENERATE("start", "stop");
  const bool named = GENERATE(false, true);
  if (verb == "stop") {
    REQUIRE(record_of("start", root, scratch / "begun", named).size() > 20);
    put(root / "work/optim.cpp", "step += 2;\n");
    git_out(root / "work", {"commit", "-qam", "mine"});
  }
  const std::vector<Call> calls = record_of(verb, root, scratch / "log", named);
  std::vector<std::string> faults = faults_of(calls, root, calls.size());
  for (const std::string& fault : faults) UNSCOPED_INFO(fault);
  CHECK(faults.empty());

  int syncs = 0;
  std::vector<std::string> unseen;
  for (size_t i = 0; i < calls.size(); ++i) {
    // libgit2 syncs the directory of a pack too, which is moved out of it.
    const bool of_incoming = calls[i].path.filename() == "incoming";
    if (calls[i].name != "fsync" || of_incoming || adds_nothing(calls, i)) continue;
    ++syncs;
    if (faults_of(calls, root, i).empty()) unseen.push_back(calls[i].path.string());
  }
  for (const std::string& path : unseen) UNSCOPED_INFO("a dropped fsync of " + path + " is not seen");
  CHECK(unseen.empty());
  CHECK(syncs > 8);
}
