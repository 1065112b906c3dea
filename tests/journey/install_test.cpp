// install: what `cmake --install` puts somewhere works from there, also under a name with a space in it, and
// asks nothing of the place that it was built in.
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

struct Installed {
  fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-install");
  fs::path prefix = place / "a place";
  Installed() {
    const auto finished = run({.argv = {"cmake", "--install", NANOBUG_BUILD, "--prefix", prefix.string()},
                               .directory = place,
                               .environment = {},
                               .time_limit = std::chrono::minutes(2)});
    REQUIRE(finished);
    INFO(finished->err);
    REQUIRE(finished->good());
  }
  ~Installed() { (void)remove_tree(place); }

  fs::path program() const { return prefix / "bin/nanobug"; }
};

}  // namespace

TEST_CASE("an installed nanobug plays a whole session", "[install]") {
  const Installed installed;
  User user(copy_of_tiny(installed.place / "project"));
  user.program = installed.program();
  const fs::path dir = user.ask({"start", "mean-divides-by-one-less"})["dir"].get<std::string>();
  CHECK(user.ask({"check"}, 1)["solved"] == false);
  replace_in(dir / "stats.cpp", "(static_cast<double>(values.size()) - 1)",
             "static_cast<double>(values.size())");
  CHECK(user.ask({"check"})["solved"] == true);
  CHECK(user.nanobug({"stop"}).good());
  CHECK(text_of(dir / "stats.cpp") == text_of(installed.place / "project/tree/stats.cpp"));
}

TEST_CASE("an installed nanobug finds its own catalog", "[install]") {
  const Installed installed;
  User user("");
  user.program = installed.program();
  CHECK(user.ask({"list"}) == User("").ask({"list"}));
  // The rewriter is the installed one, and the tree is that beside the catalog.
  const fs::path tree = installed.prefix / "share/nanobug/reference_model";
  fs::remove_all(tree);
  const Finished finished = user.nanobug({"doctor"});
  INFO(finished.out << finished.err);
  CHECK(finished.exit_code == 1);
  CHECK(finished.out.find("Clang's libraries load") != std::string::npos);
  CHECK(finished.out.find((installed.prefix / "share/nanobug/catalog.yaml").string()) != std::string::npos);
}

TEST_CASE("an installed nanobug makes the patches of the project", "[installed-tree]") {
  const Installed installed;
  User user("", /*shared_cache=*/true);
  user.program = installed.program();
  const fs::path patches = fs::path(NANOBUG_PROJECT) / "patches";
  const std::string id = fs::directory_iterator(patches)->path().stem().string();
  CHECK(user.nanobug({"patch", "show", id}).out == text_of(patches / (id + ".patch")));
  const Finished stale = user.nanobug({"patch", "export", "--check"});
  INFO(stale.out << stale.err);
  CHECK(stale.good());
}
