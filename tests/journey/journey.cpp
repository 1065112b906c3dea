// journey: see journey.h.
#include "tests/journey/journey.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <sstream>
#include <thread>

#include "mutator/base/paths.h"
#include "tests/probes/catch.h"

namespace nanobug::journey {

User::User(fs::path catalog, bool shared_cache)
    : home(*make_temporary_directory(fs::temp_directory_path(), "nanobug-home")),
      catalog_(std::move(catalog)) {
  live_in(shared_cache ? cache_home().parent_path() : home / ".cache");
}

User::User(fs::path catalog, const std::string& home_name, const std::string& cache_name)
    : catalog_(std::move(catalog)),
      above_(*make_temporary_directory(fs::temp_directory_path(), "nanobug-home")) {
  home = above_ / home_name;
  fs::create_directory(home);
  live_in(above_ / cache_name);
}

void User::live_in(const fs::path& cache) {
  environment_ = {{"HOME", home.string()},
                  {"XDG_CACHE_HOME", cache.string()},
                  {"XDG_DATA_HOME", (home / ".local/share").string()},
                  {"XDG_STATE_HOME", (home / ".local/state").string()},
                  {"NO_COLOR", "1"},
                  {"PAGER", "cat"},
                  {"GIT_CONFIG_NOSYSTEM", "1"},
                  {"GIT_AUTHOR_NAME", "Learner"},
                  {"GIT_AUTHOR_EMAIL", "learner@example.org"},
                  {"GIT_COMMITTER_NAME", "Learner"},
                  {"GIT_COMMITTER_EMAIL", "learner@example.org"}};
  if (!catalog_.empty()) environment_["NANOBUG_CATALOG"] = catalog_.string();
}

User::~User() {
  (void)remove_tree(above_.empty() ? home : above_);
}

Finished User::command(std::vector<std::string> argv, const fs::path& directory) const {
  auto finished = run({.argv = std::move(argv),
                       .directory = directory.empty() ? home : directory,
                       .environment = environment_,
                       .time_limit = patience});
  REQUIRE(finished);
  return *finished;
}

Finished User::nanobug(std::vector<std::string> words) const {
  words.insert(words.begin(), program.string());
  return command(std::move(words));
}

bool User::killed_after(std::vector<std::string> words, std::chrono::microseconds time) const {
  words.insert(words.begin(), program.string());
  std::vector<char*> argv, envp;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::vector<std::string> environment = {"PATH=" + std::string(std::getenv("PATH"))};
  for (const auto& [name, value] : environment_) environment.push_back(name + '=' + value);
  for (std::string& entry : environment) envp.push_back(entry.data());
  envp.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDOUT_FILENO), ::dup2(null, STDERR_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  std::this_thread::sleep_for(time);
  ::kill(pid, SIGKILL);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status);
}

json User::ask(std::vector<std::string> words, int expected_exit) const {
  words.push_back("--json");
  const Finished finished = nanobug(words);
  INFO("nanobug " << words[0] << "\n" << finished.err << finished.out);
  REQUIRE(finished.exit_code == expected_exit);
  auto answer = json::parse(finished.out, nullptr, false);
  REQUIRE_FALSE(answer.is_discarded());
  return answer;
}

fs::path copy_of_tiny(const fs::path& to) {
  fs::copy(fs::path(NANOBUG_PROJECT) / "tests/mutator/tiny", to, fs::copy_options::recursive);
  return to / "catalog.yaml";
}

Tiny::~Tiny() {
  (void)remove_tree(place);
}

fs::path Tiny::start(std::vector<std::string> more) const {
  more.insert(more.begin(), "start");
  return user.ask(more)["dir"].get<std::string>();
}

Finished tried(const Tiny& tiny, const std::string& lines, const std::string& options) {
  const fs::path script = tiny.place / "lines";
  REQUIRE(write_unsynced(script, lines));
  return tiny.user.command({"sh", "-c",
                            "'" NANOBUG_PROGRAM "' --catalog '" + tiny.catalog.string() + "' " + options +
                                " rule try stats.cpp < '" + script.string() + "'"},
                           tiny.place);
}

std::string Tiny::refused(const std::vector<std::string>& words, int exit) const {
  const Finished finished = user.nanobug(words);
  INFO(words[0] << "\n" << finished.out << finished.err);
  CHECK(finished.exit_code == exit);
  CHECK(finished.out.empty());
  CHECK(finished.err.starts_with("nanobug: "));
  CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
  return finished.err;
}

TinyWithDecoy::TinyWithDecoy() {
  constexpr char kDecoy[] = R"(
  - code: N02
    id: one-times-each
    title: Another mean
    pack: [tiny]
    category: numerics
    decoy: true
    in: tree/stats.cpp
    match: |
      binaryOperator(hasOperatorName("+="), hasRHS(expr().bind("value")))
    edits:
      - replace: node("value")
        with: "1.0 * {{value}}"
    terms: [one, product]
    brief: The mean looks wrong.
    hints: ["Compute it.", "Look at the product.", "Look at mean()."]
    cause: Nothing is wrong. A product with one is the number itself.
    questions:
      - question: Of a float too?
        answer: Of a float too.
)";
  REQUIRE(write_unsynced(catalog, *read_file(catalog) + kDecoy));
  replace_in(catalog, "    seen_by: [step.direction]",
             "    terms: [sign, gradient]\n    seen_by: [step.direction]");
}

Finished at_terminal(const Tiny& tiny, const std::string& words, const std::string& keys) {
  REQUIRE(write_unsynced(tiny.place / "keys", keys));
  return tiny.user.command({"sh", "-c",
                            "TERM=xterm script -qec \"'" NANOBUG_PROGRAM "' --catalog '" +
                                tiny.catalog.string() + "' " + words + "\" /dev/null < '" +
                                (tiny.place / "keys").string() + "'"});
}

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; !from.empty() && (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

std::string text_of(const fs::path& file) {
  const auto bytes = read_file(file);
  INFO(file.string());
  REQUIRE(bytes);
  return *bytes;
}

json score_line(const json& debrief, const std::string& name) {
  for (const json& line : debrief["score"]["lines"])
    if (line["name"] == name) return line;
  return {};
}

void add_run_of_words(const Tiny& tiny) {
  replace_in(tiny.tree / "descend.cpp", "  std::fclose(metrics);",
             "  std::fclose(metrics);\n  std::printf(\"to\\n%.3f\\n\", x);");
  replace_in(
      tiny.catalog, "series: [loss]}",
      "series: [loss]}\n    words: {program: descend, args: [\"{scratch}/m.jsonl\", \"5\"], time_limit: 5}");
}

void replace_in(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = text_of(file);
  const size_t at = text.find(from);
  INFO("'" << from << "' in\n" << text);
  REQUIRE(at != std::string::npos);
  REQUIRE(text.find(from, at + 1) == std::string::npos);
  REQUIRE(write_unsynced(file, text.replace(at, from.size(), to)));
}

bool solved(const User& user) {
  const Finished finished = user.nanobug({"check", "--json"});
  const auto answer = json::parse(finished.out, nullptr, false);
  INFO(finished.err << finished.out);
  REQUIRE(answer.is_object());
  CHECK((finished.exit_code == 0) == answer["solved"].get<bool>());
  if (!answer["solved"].get<bool>()) CHECK((answer["builds"] == false || !answer["wrong"].empty()));
  return answer["solved"].get<bool>();
}

std::string git_tree(const User& user, const fs::path& directory) {
  const fs::path ids = *make_temporary_directory(user.home, "ids");
  user.command({"git", "init", "-q", ids.string()});
  user.command({"git", "--work-tree", directory.string(), "add", "-A", "-f", ".", ":!build"}, ids);
  const std::string id = user.command({"git", "write-tree"}, ids).out;
  return id.substr(0, id.find('\n'));
}

std::map<std::string, std::string> mutated_files(const fs::path& checkout) {
  const fs::path reference = fs::path(NANOBUG_PROJECT) / "reference_model";
  std::map<std::string, std::string> changed;
  for (const auto& entry : fs::recursive_directory_iterator(reference)) {
    const fs::path file = fs::relative(entry.path(), reference);
    if (!entry.is_regular_file() || *file.begin() == "build") continue;
    if (std::string clean = text_of(entry.path()); clean != text_of(checkout / file))
      changed[file.string()] = std::move(clean);
  }
  return changed;
}

unsigned long test_seed() {
  const char* given = std::getenv("NANOBUG_TEST_SEED");
  return given ? std::strtoul(given, nullptr, 10) : 1;
}

std::vector<std::string> leaks(const User& user, const fs::path& checkout, const std::string& pristine,
                               const std::string& mutated) {
  std::set<std::string> kept;
  std::istringstream of_mutated(mutated), of_pristine(pristine);
  for (std::string line; std::getline(of_mutated, line);) kept.insert(line);
  std::vector<std::string> secret;
  for (std::string line; std::getline(of_pristine, line);)
    if (const size_t at = line.find_first_not_of(" ");
        at != std::string::npos && line.size() - at > 3 && !kept.contains(line))
      secret.push_back(line.substr(at));
  // What the checkout itself says elsewhere is no secret.
  for (const auto& entry : fs::recursive_directory_iterator(checkout)) {
    const std::string within = fs::relative(entry.path(), checkout).string();
    if (!entry.is_regular_file() || within.starts_with("build/") || within.starts_with(".git/")) continue;
    const std::string text = text_of(entry.path());
    std::erase_if(secret, [&](const std::string& line) { return text.find(line) != std::string::npos; });
  }
  // The id git would give the pristine file.
  const fs::path probe = user.home / "pristine-file";
  (void)write_unsynced(probe, pristine);
  std::string id = user.command({"git", "hash-object", "--no-filters", probe.string()}).out;
  secret.push_back(id.substr(0, id.find('\n')));
  fs::remove(probe);

  std::vector<std::string> found;
  const auto sweep = [&](const std::string& where, const std::string& text) {
    for (const std::string& line : secret)
      if (text.find(line) != std::string::npos) found.push_back(where + ": " + line);
  };
  for (const std::vector<std::string>& verb : std::vector<std::vector<std::string>>{
           {"diff"}, {"diff", "HEAD"}, {"diff", "--cached"}, {"status", "--porcelain"}, {"stash", "list"}}) {
    std::vector<std::string> argv = {"git"};
    argv.insert(argv.end(), verb.begin(), verb.end());
    if (const Finished finished = user.command(argv, checkout); !finished.out.empty() || !finished.good())
      found.push_back("git " + verb[0] + " says: " + finished.out + finished.err);
  }
  for (const std::vector<std::string>& verb :
       std::vector<std::vector<std::string>>{{"log", "-p", "--all", "-g"},
                                             {"log", "-p", "--all"},
                                             {"show"},
                                             {"reflog", "--all"},
                                             {"fsck", "--lost-found"},
                                             {"cat-file", "--batch-all-objects", "--batch"},
                                             {"for-each-ref"},
                                             {"count-objects", "-v"}}) {
    std::vector<std::string> argv = {"git"};
    argv.insert(argv.end(), verb.begin(), verb.end());
    const Finished finished = user.command(argv, checkout);
    sweep("git " + verb[0], finished.out + finished.err);
    if (verb[0] == "fsck" && finished.out.find("dangling") != std::string::npos)
      found.push_back("fsck: " + finished.out);
  }
  std::set<std::int64_t> times;
  for (const auto& entry : fs::recursive_directory_iterator(checkout)) {
    struct stat info{};
    ::lstat(entry.path().c_str(), &info);
    // What git itself writes while it is asked (lost-found, a refreshed index) is not nanobug's.
    const std::string relative = entry.path().lexically_relative(checkout).string();
    if (!relative.starts_with(".git"))
      times.insert(info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec);
    if (entry.is_regular_file()) sweep(relative, text_of(entry.path()));
  }
  if (times.size() != 1) found.push_back("there are " + std::to_string(times.size()) + " modification times");
  return found;
}

}  // namespace nanobug::journey
