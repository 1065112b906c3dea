// workshop: a build that is moved is up to date and tells nothing of where it was; records; links.
#include <sys/stat.h>

#include <cmath>
#include <ctime>
#include <set>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "mutator/catalog/catalog.h"
#include "mutator/workshop/copy.h"
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
  const auto built = shop.build(home);
  REQUIRE(built);
  INFO(built->message);
  CHECK(built->good);
  const auto report = run_program(shop, catalog->tree.run.program, home, 1);
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
    const auto report = run_program(shop, program, home, 1);
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
  // One that fails ends it there.
  program.before.insert(program.before.begin() + 1, catalog::Step{"fail", {}});
  const auto report = run_program(shop, program, home, 1);
  REQUIRE(report);
  CHECK(report->program == "fail");
  CHECK(report->finished.exit_code == 3);
  CHECK(report->records.empty());
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
