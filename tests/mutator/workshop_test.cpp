// workshop: a build that is moved is up to date and tells nothing of where it was; records; links.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <set>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "mutator/catalog/catalog.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/programs.h"
#include "mutator/workshop/workshop.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::workshop;

namespace {

struct Scratch {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-shop");
  ~Scratch() { (void)remove_tree(path); }
};

const fs::path kTiny = fs::path(NANOBUG_TEST_DATA).parent_path() / "tiny";

}  // namespace

TEST_CASE("a checkout's build is up to date wherever it stands", "[workshop]") {
  const Scratch scratch;
  const auto catalog = catalog::load(kTiny / "catalog.yaml");
  REQUIRE(catalog);
  Workshop shop(catalog->tree, kTiny, scratch.path / "cache");
  CHECK_FALSE(shop.find_clean("id"));
  const auto clean = shop.clean(kTiny / "tree", "id", {});
  if (!clean) FAIL(clean.error().message);
  CHECK(shop.find_clean("id")->key == clean->key);

  std::string text = *read_file(kTiny / "tree/stats.cpp");
  text.replace(text.find("x -= rate"), 9, "x += rate");
  const auto mutant = shop.mutant(*clean, {{"stats.cpp", text}});
  REQUIRE(mutant);
  // Only what holds the bug was made anew: the object and the library.
  CHECK(mutant->files == std::vector<std::string>{"CMakeFiles/stats.dir/stats.cpp.o", "libstats.so"});
  CHECK(mutant->diagnostics.find("warning") == std::string::npos);
  CHECK(shop.mutant(*clean, {{"stats.cpp", text}})->seconds == 0);

  const fs::path home = scratch.path / "elsewhere" / "checkout";
  REQUIRE(copy_directory(clean->tree, home, Links::large,
                         [](const std::string& path) { return path == "build"; }));
  REQUIRE(write_file(home / "stats.cpp", text));
  REQUIRE(shop.furnish(*clean, &*mutant, home, home));
  REQUIRE(set_times(home, clean->time));
  const auto asked = run({.argv = {"ninja", "-C", (home / "build").string(), "-n", "-d", "explain"}});
  INFO(asked->out << asked->err);
  CHECK(asked->out.find("no work to do") != std::string::npos);

  // The logs are the clean build's, byte for byte; no file names the cache.
  for (const char* log : {".ninja_log", ".ninja_deps"})
    CHECK(*read_file(home / "build" / log) == *read_file(clean->build / log));
  const auto files = list_files(home);
  REQUIRE(files);
  for (const std::string& file : *files) {
    INFO(file);
    CHECK(read_file(home / file)->find((scratch.path / "cache").string()) == std::string::npos);
  }

  // A learner's edit is built here, and the checkout does not lean on the cache.
  fs::rename(clean->tree, scratch.path / "gone");
  REQUIRE(write_file(home / "stats.cpp", *read_file(kTiny / "tree/stats.cpp")));
  const auto built = shop.build(*clean, home);
  REQUIRE(built);
  INFO(built->message);
  CHECK(built->good);
  const auto report = run_program(shop, catalog->tree.runs.front().program, home, {.threads = 1});
  REQUIRE(report);
  CHECK(report->series("loss").size() == 30);
  CHECK(report->series("loss").back() < 1e-3);
}

TEST_CASE("what a program needs is made first, in a directory of the run's own", "[workshop]") {
  const Scratch scratch;
  catalog::Tree spec;
  const Workshop shop(spec, kTiny, scratch.path / "cache");
  const fs::path home = scratch.path / "home", log = scratch.path / "log";
  const auto script = [&](const char* name, const std::string& text) {
    REQUIRE(write_file(home / spec.build.directory / name, "#!/bin/sh\n" + text, 0755));
  };
  script("make", "echo \"$2\" >>\"$1/made\"; pwd >\"$1/where\"");
  script("show", "echo \"$1\" >>" + log.string() + "; sed 's/.*/{\"n\": &}/' \"$1/made\" >\"$2\"");
  script("fail", "echo no >&2; exit 3");
  catalog::Program program;
  program.program = "show";
  program.args = {"{scratch}", "{metrics}"};
  program.before = {{"make", {"{scratch}", "5"}}, {"make", {"{scratch}", "7"}}};
  for (int time = 0; time < 2; ++time) {
    const auto report = run_program(shop, program, home, {.threads = 1});
    REQUIRE(report);
    CHECK(report->program == "show");
    CHECK(report->finished.good());
    CHECK(report->series("n") == std::vector<double>{5, 7});
  }
  // Two runs, two directories, and both are gone.
  std::istringstream lines(*read_file(log));
  std::set<std::string> used;
  for (std::string line; std::getline(lines, line);) used.insert(line);
  CHECK(used.size() == 2);
  for (const std::string& directory : used) CHECK_FALSE(fs::exists(directory));
  // Each has the whole of the limits, and the processor time of all is told.
  script("make", "while :; do :; done");
  const auto stopped = run_program(shop, program, home, {.limits = Limits{.processor_s = 0.3, .wall_s = 60}});
  REQUIRE(stopped);
  CHECK(stopped->program == "make");
  CHECK(stopped->finished.timed_out);
  CHECK(stopped->processor_s >= 0.3);
  script("make", "n=0; while [ $n -lt 20000 ]; do n=$((n + 1)); done; echo \"$2\" >>\"$1/made\"");
  const auto busy = run_program(shop, program, home, {});
  REQUIRE(busy);
  CHECK(busy->processor_s > busy->finished.processor_s);
  script("make", "echo \"$2\" >>\"$1/made\"");
  // One that fails ends it there.
  program.before.insert(program.before.begin() + 1, catalog::Step{"fail", {}});
  const auto report = run_program(shop, program, home, {.threads = 1});
  REQUIRE(report);
  CHECK(report->program == "fail");
  CHECK(report->finished.exit_code == 3);
  CHECK(report->records.empty());
}

TEST_CASE("another version of a tree is made from the one that is there", "[workshop]") {
  const Scratch scratch;
  const auto catalog = catalog::load(kTiny / "catalog.yaml");
  REQUIRE(catalog);
  // The reference: the same version, made from nothing.
  const auto build = [&](const char* cache, const char* version, int& compiled) {
    Workshop shop(catalog->tree, kTiny, scratch.path / cache);
    compiled = 0;
    const auto clean = shop.clean(scratch.path / version, version, [&](const std::string&, int, int total) {
      compiled = std::max(compiled, total);
    });
    if (!clean) FAIL(clean.error().message);
    return *clean;
  };
  const auto version = [&](const char* name, const std::string& file, const std::string& old_text,
                           const std::string& new_text) {
    REQUIRE(copy_directory(kTiny / "tree", scratch.path / name, Links::none));
    std::string text = *read_file(kTiny / "tree" / file);
    text.replace(text.find(old_text), old_text.size(), new_text);
    REQUIRE(write_file(scratch.path / name / file, text));
  };
  version("one", "stats.cpp", "x -= rate", "x -= rate");
  int all = 0, some = 0, reference = 0;
  const Clean one = build("cache", "one", all);
  std::string library;
  SECTION("only what differs is compiled") {
    version("two", "stats.cpp", "x -= rate", "x -= 0.5 * rate");
    const Clean two = build("cache", "two", some), nothing = build("fresh", "two", reference);
    CHECK(some == 2);  // an object and the library
    CHECK(reference == all);
    CHECK(two.key == nothing.key);
    CHECK(two.time == one.time);
    for (const char* file : {"libstats.so", "descend", "compile_commands.json"}) {
      INFO(file);
      std::string is = *read_file(two.build / file), wanted = *read_file(nothing.build / file);
      const auto plain = [&](std::string text, const Clean& clean) {
        const std::string home = clean.tree.string();
        for (size_t at; (at = text.find(home)) != std::string::npos;) text.replace(at, home.size(), "HOME");
        return text;
      };
      CHECK(plain(is, two) == plain(wanted, nothing));
    }
    // A checkout of it has nothing to build, and no file names the tree that it was made from.
    const fs::path home = scratch.path / "checkout";
    REQUIRE(copy_directory(two.tree, home, Links::large,
                           [](const std::string& path) { return path == "build"; }));
    const Workshop shop(catalog->tree, kTiny, scratch.path / "cache");
    REQUIRE(shop.furnish(two, nullptr, home, home));
    REQUIRE(set_times(home, two.time));
    CHECK(run({.argv = {"ninja", "-C", (home / "build").string(), "-n"}})->out.find("no work to do") !=
          std::string::npos);
    const auto files = list_files(home);
    for (const std::string& file : *files) {
      INFO(file);
      CHECK(read_file(home / file)->find(one.key) == std::string::npos);
    }
    CHECK(shop.before(two)->key == one.key);
    CHECK_FALSE(shop.before(one));
  }
  SECTION("the probes are taken over, their answers are not") {
    const Workshop shop(catalog->tree, kTiny, scratch.path / "cache");
    REQUIRE(askable(shop, one));
    const bool header = GENERATE(false, true);
    if (header)
      version("two", "stats.h", "#pragma once", "#pragma once\n// a line more");
    else
      version("two", "stats.cpp", "x -= rate", "x -= 1.0 * rate");
    const Clean two = build("cache", "two", some);
    int compiled = 0;
    const auto program = clean_probes(
        shop, two, [&](const std::string&, int, int total) { compiled = std::max(compiled, total); });
    REQUIRE(program);
    CHECK((compiled > 0) == header);
    CHECK_FALSE(fs::exists(program->parent_path() / kAnswers));
    const auto asked = askable(shop, two);
    REQUIRE(asked);
    CHECK(asked->excluded.empty());
    CHECK_FALSE(asked->probes.empty());
  }
  SECTION("a header that others include") {
    version("two", "stats.h", "#pragma once", "#pragma once\n// a line more");
    build("cache", "two", some);
    CHECK(some >= 3);  // both objects that include it
  }
  SECTION("another plan is made from nothing") {
    version("two", "CMakeLists.txt", "cmake_minimum_required", "# a comment\ncmake_minimum_required");
    const Clean two = build("cache", "two", some);
    CHECK(some == all);
    CHECK_FALSE(Workshop(catalog->tree, kTiny, scratch.path / "cache").before(two));
  }
  SECTION("what does not compile says why, and leaves the other alone") {
    version("two", "stats.cpp", "x -= rate", "x -= no_such_name");
    Workshop shop(catalog->tree, kTiny, scratch.path / "cache");
    const auto broken = shop.clean(scratch.path / "two", "two", {});
    REQUIRE_FALSE(broken);
    CHECK(broken.error().message.find("no_such_name") != std::string::npos);
    CHECK_FALSE(shop.find_clean("two"));
    CHECK(shop.find_clean("one"));
  }
}

TEST_CASE("a tree that does not build says why", "[workshop]") {
  const Scratch scratch;
  const auto catalog = catalog::load(kTiny / "catalog.yaml");
  Workshop shop(catalog->tree, kTiny, scratch.path / "cache");
  REQUIRE(copy_directory(kTiny / "tree", scratch.path / "tree", Links::large));
  REQUIRE(write_file(scratch.path / "tree/stats.cpp", "int broken\n"));
  const auto clean = shop.clean(scratch.path / "tree", "broken", {});
  REQUIRE_FALSE(clean);
  CHECK(clean.error().message.find("error: expected ';'") != std::string::npos);
  // A build that failed leaves nothing that looks finished.
  CHECK_FALSE(shop.find_clean("broken"));
}

TEST_CASE("records are JSON lines, NaN and infinity included", "[workshop]") {
  const auto record = parse_record(R"({"step": 3, "loss": "nan", "norm": "-inf", "name": "x"})");
  REQUIRE(record);
  CHECK(record->at("step") == 3);
  CHECK(std::isnan(record->at("loss")));
  CHECK(record->at("norm") == -std::numeric_limits<double>::infinity());
  CHECK_FALSE(record->contains("name"));
  CHECK_FALSE(parse_record("not json"));
  CHECK_FALSE(parse_record("[1]"));
}

TEST_CASE("large files are links, small ones copies, symlinks symlinks", "[workshop]") {
  const Scratch scratch;
  REQUIRE(write_file(scratch.path / "from/small", "s"));
  REQUIRE(write_file(scratch.path / "from/deep/large", std::string(kLinkFrom, 'l')));
  fs::create_symlink("small", scratch.path / "from/link");
  REQUIRE(copy_directory(scratch.path / "from", scratch.path / "to", Links::large));
  CHECK_FALSE(same_file(scratch.path / "from/small", scratch.path / "to/small"));
  CHECK(same_file(scratch.path / "from/deep/large", scratch.path / "to/deep/large"));
  CHECK(fs::read_symlink(scratch.path / "to/link") == "small");
  REQUIRE(set_times(scratch.path / "to", 1000));
  struct stat info{};
  for (const char* name : {"to", "to/small", "to/link", "to/deep", "to/deep/large"}) {
    REQUIRE(::lstat((scratch.path / name).c_str(), &info) == 0);
    CHECK(info.st_mtim.tv_sec == 1000);
  }
}

TEST_CASE("what is laid out from two places is laid out in one go", "[workshop]") {
  const Scratch scratch;
  const std::string large(4 << 20, 'x');
  std::map<std::string, fs::path> others;
  for (int i = 0; i < 24; ++i) {
    const std::string name = "inner" + std::to_string(i % 4) + "/file" + std::to_string(i);
    REQUIRE(write_unsynced(scratch.path / "from" / name, large));
    if (i % 2) continue;
    others[name] = scratch.path / "other" / name;
    REQUIRE(write_unsynced(others[name], "other" + large));
  }
  others["new/one"] = scratch.path / "one";
  REQUIRE(write_unsynced(others["new/one"], "new"));
  const fs::path to = scratch.path / "to";
  REQUIRE(copy_directory(scratch.path / "from", to, Links::none, {}, std::nullopt, nullptr, &others));
  // A file system remembers when each was made: what came after all the rest would be told from it.
  struct statx info{};
  std::pair<std::int64_t, std::uint32_t> last{}, first_other{INT64_MAX, 0};
  const auto files = list_files(to);
  REQUIRE(files);
  CHECK(files->size() == 25);
  for (const std::string& file : *files) {
    const bool is_other = others.contains(file);
    CHECK(*read_file(to / file) == *read_file(is_other ? others[file] : scratch.path / "from" / file));
    REQUIRE(::statx(AT_FDCWD, (to / file).c_str(), 0, STATX_BTIME, &info) == 0);
    const std::pair<std::int64_t, std::uint32_t> born(info.stx_btime.tv_sec, info.stx_btime.tv_nsec);
    (is_other ? first_other : last) = is_other ? std::min(first_other, born) : std::max(last, born);
  }
  if (info.stx_mask & STATX_BTIME) CHECK(first_other < last);
}
