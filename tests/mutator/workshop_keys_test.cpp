// workshop keys: what the clean build and the probe program are made from, each part by itself; who waits for
// whom; what a build's words become. The builds are shell scripts, which write down that they ran.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <optional>
#include <set>
#include <sstream>

#include "mutator/base/files.h"
#include "mutator/base/process.h"
#include "mutator/workshop/probes.h"
#include "mutator/workshop/workshop.h"
#include "tests/mutator/variable.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::workshop;

using test::Variable;

namespace {

using Words = std::vector<std::string>;

// A project whose tree is one file, "built" by copying it, and whose probe program is a script.
struct Small {
  fs::path path = fs::canonical(*make_temporary_directory(fs::temp_directory_path(), "nanobug-keys"));
  fs::path project = path / "project", tree = project / "tree", log = path / "log";
  catalog::Tree spec;

  Small() {
    REQUIRE(write_file(tree / "a.cpp", "one\n"));
    REQUIRE(write_file(tree / "a.h", "header\n"));
    REQUIRE(write_file(tree / "inner/b.h", "inner\n"));
    REQUIRE(
        write_file(project / "probes/probe.sh",
                   "#!/bin/sh\necho list >>" + log.string() +
                       "\necho '{\"probe\": \"one\", \"observable\": \"values\"}' >&3\necho 'not JSON' >&3\n"
                       "echo '{\"probe\": 7}' >&3\necho '{\"probe\": \"two\"}' >&3\n"));
    spec.root = "tree";
    // It names a compiler, as CMake is told one.
    spec.build.configure = {"sh", "-c", "mkdir -p \"$0\" && echo configure >>" + log.string(), "{build}",
                            "-DCMAKE_CXX_COMPILER=clang++-19"};
    spec.build.compile = {"sh", "-c", "cp \"$0/a.cpp\" \"$1/out\" && echo build >>" + log.string(),
                          "{source}", "{build}"};
    spec.build.library = "out";
    spec.probes.source = "probes";
    spec.probes.compile = {
        "sh", "-c",
        "cp \"$0/probes/probe.sh\" \"$1/probe\" && chmod +x \"$1/probe\" && echo probes >>" + log.string(),
        "{project}", "{probes_build}"};
    spec.probes.program = "probe";
    spec.probes.headers = {"*.h"};
  }
  ~Small() { (void)remove_tree(path); }

  Clean clean(const catalog::Tree& other, const std::string& id = "id", const fs::path& cache = {}) const {
    Workshop shop(other, project, cache.empty() ? path / "cache" : cache);
    const auto made = shop.clean(tree, id, {});
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    return *made;
  }

  // How often it was done since the last time this was asked.
  int count(const std::string& what) const {
    int times = 0;
    const auto text = read_file(log);
    std::istringstream lines(text ? *text : "");
    for (std::string line; std::getline(lines, line);) times += line == what;
    return times;
  }
};

// Three processes do it; does it hold in each?
bool three_at_once(const std::function<bool()>& holds) {
  std::vector<pid_t> children;
  for (int i = 0; i < 3; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(holds() ? 0 : 1);
    children.push_back(child);
  }
  bool all = true;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    all = all && status == 0;
  }
  return all;
}

}  // namespace

TEST_CASE("each part of what a clean build is made from is in its key", "[workshop][keys]") {
  const Small small;
  std::set<std::string> keys = {small.clean(small.spec).key};
  const auto is_new = [&](const catalog::Tree& spec, const std::string& id = "id") {
    const int before = small.count("build");
    const bool fresh = keys.insert(small.clean(spec, id).key).second;
    CHECK(small.count("build") == before + 1);
    return fresh;
  };
  CHECK(is_new(small.spec, "other id"));
  catalog::Tree spec = small.spec;
  spec.build.configure.push_back("more");
  CHECK(is_new(spec));
  spec = small.spec;
  spec.build.compile.push_back("more");
  CHECK(is_new(spec));
  spec = small.spec;
  spec.build.directory = "elsewhere";
  CHECK(is_new(spec));
  {
    const Variable torch("NANOBUG_TORCH_DIR", "/another/libtorch");
    CHECK(is_new(small.spec));
  }
  {
    // Another compiler of the same name.
    REQUIRE(write_file(small.path / "bin/clang++-19", "#!/bin/sh\n", 0755));
    const Variable path("PATH", (small.path / "bin").string() + ":" + std::getenv("PATH"));
    CHECK(is_new(small.spec));
    REQUIRE(write_file(small.path / "bin/clang++-19", "#!/bin/sh\n# upgraded\n", 0755));
    CHECK(is_new(small.spec));
  }
  // What does not go into the build is not in the key, and what is there is not built again.
  const int before = small.count("build");
  spec = small.spec;
  spec.probes.time_limit_s = 99;
  spec.runs.emplace_back().series = {"loss"};
  CHECK(small.clean(spec).key == small.clean(small.spec).key);
  CHECK(small.count("build") == before);
}

TEST_CASE("the toolchain's key is the compiler's and LibTorch's", "[workshop][keys]") {
  const Small small;
  const Workshop shop(small.spec, small.project, small.path / "cache");
  const std::string key = shop.toolchain();
  CHECK(key == Workshop(small.spec, small.path, small.path / "other").toolchain());
  {
    const Variable torch("NANOBUG_TORCH_DIR", "/another/libtorch");
    CHECK(shop.toolchain() != key);
  }
  REQUIRE(write_file(small.path / "bin/clang++-19", "#!/bin/sh\n", 0755));
  const Variable path("PATH", (small.path / "bin").string() + ":" + std::getenv("PATH"));
  CHECK(shop.toolchain() != key);
}

TEST_CASE("a clean build is made once, whoever asks", "[workshop][keys]") {
  Small small;
  small.spec.build.compile[2] = "sleep 0.5; " + small.spec.build.compile[2];
  CHECK(three_at_once([&] {
    Workshop shop(small.spec, small.project, small.path / "cache");
    const auto made = shop.clean(small.tree, "id", {});
    return made && fs::exists(made->build / "out");
  }));
  CHECK(small.count("configure") == 1);
  CHECK(small.count("build") == 1);
}

TEST_CASE("a clean build that failed, or was cut short, is none", "[workshop][keys]") {
  const Small small;
  catalog::Tree spec = small.spec;
  spec.build.compile = {"sh", "-c", "echo 'x.cpp:1: error: no'; exit 1"};
  Workshop failing(spec, small.project, small.path / "cache");
  const auto failed = failing.clean(small.tree, "id", {});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Exit::io);
  CHECK(failed.error().message ==
        "the clean tree does not build (exit code 1); nanobug doctor says what is missing\nx.cpp:1: error: "
        "no\n");
  CHECK_FALSE(failing.find_clean("id"));
  spec.build.configure = {"sh", "-c", "echo 'CMake Error: none'; exit 2"};
  const auto unconfigured = Workshop(spec, small.project, small.path / "cache").clean(small.tree, "id", {});
  REQUIRE_FALSE(unconfigured);
  CHECK(unconfigured.error().message.find("(exit code 2)") != std::string::npos);
  // What a killed one left is taken away and made again.
  const Clean clean = small.clean(small.spec);
  fs::remove(clean.tree.parent_path() / "complete");
  REQUIRE(write_file(clean.tree / "rubbish", "x"));
  Workshop shop(small.spec, small.project, small.path / "cache");
  CHECK_FALSE(shop.find_clean("id"));
  const Clean again = small.clean(small.spec);
  CHECK_FALSE(fs::exists(again.tree / "rubbish"));
  CHECK(shop.find_clean("id")->time == again.time);
  CHECK(shop.find_clean("id")->build == again.tree / "build");
}

TEST_CASE("the probe program is kept by its sources", "[workshop][keys]") {
  const Small small;
  const Clean clean = small.clean(small.spec);
  const Workshop shop(small.spec, small.project, small.path / "cache");
  const auto first = clean_probes(shop, clean);
  REQUIRE(first);
  CHECK(clean_probes(shop, clean).value() == *first);
  CHECK(small.count("probes") == 1);
  const fs::path source = small.project / "probes/probe.sh";
  const std::string text = *read_file(source);
  REQUIRE(write_file(source, text + "# more\n"));
  const auto second = clean_probes(shop, clean);
  REQUIRE(second);
  CHECK(*second != *first);
  CHECK(small.count("probes") == 2);
  REQUIRE(write_file(small.project / "probes/more.sh", "x"));
  CHECK(clean_probes(shop, clean).value() != *second);
  CHECK(small.count("probes") == 3);
  // As it was: what was built is still there.
  fs::remove(small.project / "probes/more.sh");
  REQUIRE(write_file(source, text));
  CHECK(clean_probes(shop, clean).value() == *first);
  CHECK(small.count("probes") == 3);
}

TEST_CASE("the probe program is built once, whoever asks", "[workshop][keys]") {
  Small small;
  small.spec.probes.compile[2] = "sleep 0.5; " + small.spec.probes.compile[2];
  const Clean clean = small.clean(small.spec);
  CHECK(three_at_once([&] {
    const auto program = clean_probes(Workshop(small.spec, small.project, small.path / "cache"), clean);
    return program && fs::is_regular_file(*program);
  }));
  CHECK(small.count("probes") == 1);
}

TEST_CASE("probes are listed once, what is no probe passed over", "[workshop][keys]") {
  const Small small;
  const Clean clean = small.clean(small.spec);
  const Workshop shop(small.spec, small.project, small.path / "cache");
  const std::vector<ProbeInfo> expected = {{"one", "values"}, {"two", ""}};
  for (int time = 0; time < 2; ++time) {
    const auto listed = list_probes(shop, clean);
    INFO((listed ? "" : listed.error().message));
    REQUIRE(listed);
    REQUIRE(listed->size() == 2);
    for (size_t i = 0; i < 2; ++i) {
      CHECK((*listed)[i].probe == expected[i].probe);
      CHECK((*listed)[i].observable == expected[i].observable);
    }
  }
  CHECK(small.count("list") == 1);
  REQUIRE(write_file(small.project / "probes/probe.sh", "#!/bin/sh\necho sorry >&2; exit 4\n"));
  const auto refused = list_probes(shop, clean);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::io);
  CHECK(refused.error().message == "the probe program cannot list its probes: exit code 4; sorry\n");
}

TEST_CASE("probes are built again where a public header differs, and nowhere else", "[workshop][keys]") {
  const Small small;
  const Clean clean = small.clean(small.spec);
  const Workshop shop(small.spec, small.project, small.path / "cache");
  const auto pristine = clean_probes(shop, clean);
  REQUIRE(pristine);
  const fs::path own = small.path / "checkout";
  REQUIRE(copy_directory(clean.tree, own, Links::none));
  const auto program = [&] {
    const auto made = probes_for(shop, clean, own);
    INFO((made ? "" : made.error().message));
    REQUIRE(made);
    return *made;
  };
  CHECK(program() == *pristine);
  REQUIRE(write_file(own / "a.cpp", "two\n"));
  REQUIRE(write_file(own / "inner/b.h", "not public: the glob has no directory\n"));
  CHECK(program() == *pristine);
  CHECK(small.count("probes") == 1);
  REQUIRE(write_file(own / "a.h", "other\n"));
  const fs::path first = program();
  CHECK(first != *pristine);
  CHECK(small.count("probes") == 2);
  CHECK(program() == first);
  CHECK(small.count("probes") == 2);
  REQUIRE(write_file(own / "a.h", "another\n"));
  CHECK(program() != first);
  CHECK(small.count("probes") == 3);
}

// As CMake's cache does, a configured build names the sources that it was given.
TEST_CASE("probes are built again where another clone, or this one before it was moved, built them",
          "[workshop][keys]") {
  Small small;
  small.spec.probes.configure = {"sh", "-c", "mkdir -p \"$1\" && echo \"$0/probes\" >\"$1/sources\"",
                                 "{project}", "{probes_build}"};
  small.spec.probes.compile = {"sh", "-c", "cp \"$(cat \"$0/sources\")/probe.sh\" \"$0/probe\"",
                               "{probes_build}"};
  const Clean clean = small.clean(small.spec);
  REQUIRE(clean_probes(Workshop(small.spec, small.project, small.path / "cache"), clean));
  const fs::path own = small.path / "checkout", moved = small.path / "moved";
  REQUIRE(copy_directory(clean.tree, own, Links::none));
  REQUIRE(write_file(own / "a.h", "other\n"));
  fs::rename(small.project, moved);
  const auto made = probes_for(Workshop(small.spec, moved, small.path / "cache"), clean, own);
  INFO((made ? "" : made.error().message));
  REQUIRE(made);
  CHECK(read_file(*made).value() == read_file(moved / "probes/probe.sh").value());
}

TEST_CASE("probes that do not build say so, and whose trouble it is", "[workshop][keys]") {
  Small small;
  const Clean clean = small.clean(small.spec);
  small.spec.probes.compile = {"sh", "-c", "echo 'p.cpp:1: error: no'; exit 1"};
  const auto refused = clean_probes(Workshop(small.spec, small.project, small.path / "cache"), clean);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Exit::io);
  CHECK(refused.error().message == "the probes do not build against this tree: p.cpp:1: error: no\n");
  small.spec.probes.compile = {"true"};
  small.spec.place = {"c.yaml", 3, 4};
  const auto nothing = clean_probes(Workshop(small.spec, small.project, small.path / "cache"), clean);
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().code == Exit::catalog);
  CHECK(nothing.error().text() ==
        "c.yaml:3:4: probes.program names probe, which the build of the probes does not make");
}

TEST_CASE("a failed build's reason is its first error and eleven lines more", "[workshop][keys]") {
  const auto reason = [](const std::string& out, const std::string& err = "") {
    Finished finished;
    finished.out = out;
    finished.err = err;
    return reason_of(finished);
  };
  std::string lines;
  for (int i = 1; i <= 20; ++i) lines += "line " + std::to_string(i) + "\n";
  CHECK(reason("[1/2] Building\na.cpp:1: error: x\nnote\n") == "a.cpp:1: error: x\nnote\n");
  CHECK(reason("first\nerror: a\n" + lines) == "error: a\n" + lines.substr(0, lines.find("line 12")));
  CHECK(reason("warm\nCMake Error at x\n") == "CMake Error at x\n");
  CHECK(reason("an Error here\nb.cpp: error: y\n") == "b.cpp: error: y\n");
  CHECK(reason("out\n", "x: error: in err") == "x: error: in err");
  CHECK(reason("nothing said") == "nothing said");
  const std::string long_one = std::string(900, 'a') + "\n" + std::string(700, 'b') + "\n";
  CHECK(reason(long_one) == std::string(900, 'a') + "\n" + std::string(700, 'b') + "\n");
}

TEST_CASE("ninja's counts become progress, its words are kept", "[workshop][keys]") {
  std::vector<std::tuple<std::string, int, int>> told;
  const auto finished =
      run_build({"printf", "[1/3] a\\nwords\\n[3/3] c\\n"}, "/", "building",
                [&](const std::string& what, int done, int total) { told.emplace_back(what, done, total); });
  REQUIRE(finished);
  CHECK(finished->good());
  CHECK(finished->out == "[1/3] a\nwords\n[3/3] c\n");
  CHECK(told == std::vector<std::tuple<std::string, int, int>>{
                    {"building", 0, 0}, {"building", 1, 3}, {"building", 3, 3}});
  const auto quiet = run_build({"sh", "-c", "pwd; exit 3"}, "/usr", "x", {});
  REQUIRE(quiet);
  CHECK(quiet->out == "/usr\n");
  CHECK(quiet->exit_code == 3);
}

TEST_CASE("words of a command are filled in wherever they stand", "[workshop][keys]") {
  CHECK(Workshop::substitute({"{a}", "x{a}y{b}{a}", "{c}", "{a"}, {{"a", "1"}, {"b", "{a}"}}) ==
        Words{"1", "x1y{a}1", "{c}", "{a"});
  CHECK(Workshop::substitute({"{a}"}, {{"a", "{a}"}}) == Words{"{a}"});
}
