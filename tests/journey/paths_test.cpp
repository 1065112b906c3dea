// paths: a whole session where home, cache, project and checkout have names that tools trip over.
#include <set>

#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

struct Names {
  std::string home, cache, project, checkout;
};

std::ostream& operator<<(std::ostream& out, const Names& names) {
  return out << names.home << " | " << names.cache << " | " << names.project << " | " << names.checkout;
}

// A user of a copy of the tiny tree at places of these names.
struct Odd {
  explicit Odd(const Names& names)
      : place(*make_temporary_directory(fs::temp_directory_path(), "nanobug-paths")),
        catalog(copy_of_tiny(place / names.project)),
        tree(place / names.project / "tree"),
        checkout(place / names.checkout),
        user(catalog, names.home, names.cache) {}
  ~Odd() { (void)remove_tree(place); }

  fs::path place, catalog, tree, checkout;
  User user;
};

}  // namespace

TEST_CASE("a whole session in places with odd names", "[paths]") {
  const Names names = GENERATE(values<Names>({
      {"with space", "co:lon", "o'neil \"x\"", "$HOME (x) Übung"},
      {"semi;colon|bar", "back\\slash Ü", "$(id) `id` [x]{y}", "a:b 'q' \"r\" ;|"},
      {"\xff\xfe home", "\xff cache", "\xe9 project", "check \xff out"},
  }));
  INFO(names);
  const Odd odd(names);
  const User& user = odd.user;
  const std::string clean = text_of(odd.tree / "stats.cpp");

  const json rules = user.ask({"rule", "check"});
  for (const json& rule : rules) CHECK(rule["ok"] == true);
  const json certificates = user.ask({"certify"});
  REQUIRE(certificates.size() == 2);
  for (const json& one : certificates) CHECK(one["holds"] == true);

  user.ask({"start", "mean-divides-by-one-less", "--dir", odd.checkout.string()});
  const fs::path source = odd.checkout / "stats.cpp";
  const std::string mutated = text_of(source);
  CHECK(mutated != clean);
  CHECK(user.command({"ninja", "-C", (odd.checkout / "build").string(), "-n"}).out.find("no work to do") !=
        std::string::npos);
  CHECK(user.ask({"run"})["yours"]["loss"].size() == 30);
  CHECK(user.ask({"check"}, 1)["solved"] == false);
  user.ask({"hint"});
  CHECK(user.ask({"locate", "stats.cpp:10"})["right"] == true);

  // The learner's own edits are built, by nanobug and by hand; a new source needs CMake to run again.
  REQUIRE(write_unsynced(source, clean));
  replace_in(odd.checkout / "CMakeLists.txt", "SHARED stats.cpp", "SHARED stats.cpp more.cpp");
  REQUIRE(write_unsynced(odd.checkout / "more.cpp", "int more() { return 1; }\n"));
  const Finished built = user.command({"ninja", "-C", "build"}, odd.checkout);
  INFO(built.out << built.err);
  CHECK(built.good());
  CHECK(built.out.find("more.cpp.o") != std::string::npos);
  CHECK(user.ask({"check"})["solved"] == true);
  user.ask({"stop"});
  CHECK(text_of(source) == clean);

  CHECK(user.nanobug({"patch", "apply", "descent-goes-uphill"}).exit_code == 0);
  CHECK(text_of(odd.tree / "stats.cpp") != clean);
  CHECK(user.nanobug({"patch", "restore"}).exit_code == 0);
  CHECK(text_of(odd.tree / "stats.cpp") == clean);
}

TEST_CASE("a newline in a path is refused at once", "[paths]") {
  const std::string odd = "new\nline";
  const auto refused = [](const Finished& finished, int code) {
    INFO(finished.err << finished.out);
    CHECK(finished.exit_code == code);
    CHECK(finished.err.find("newline") != std::string::npos);
    CHECK(finished.out.empty());
  };
  SECTION("home") {
    refused(Odd({odd, "c", "p", "w"}).user.nanobug({"start"}), 6);
  }
  SECTION("cache") {
    refused(Odd({"h", odd, "p", "w"}).user.nanobug({"certify"}), 6);
  }
  SECTION("project") {
    refused(Odd({"h", "c", odd, "w"}).user.nanobug({"list"}), 6);
  }
  SECTION("checkout") {
    const Odd user({"h", "c", "p", odd});
    refused(user.user.nanobug({"start", "--dir", user.checkout.string()}), 2);
    CHECK_FALSE(fs::exists(user.checkout));
  }
}

TEST_CASE("a backslash in the checkout's path is refused at once", "[paths]") {
  const Odd odd({"h", "c", "p", "back\\slash"});
  const Finished refused = odd.user.nanobug({"start", "--dir", odd.checkout.string()});
  CHECK(refused.exit_code == 2);
  CHECK(refused.err.find("backslash") != std::string::npos);
  CHECK_FALSE(fs::exists(odd.checkout));
}

TEST_CASE("no file of nanobug's names the answer", "[paths]") {
  const Odd odd({"h", "c", "p", "w"});
  const json certificates = odd.user.ask({"certify"});
  odd.user.ask({"start", "--seed", "3", "--dir", odd.checkout.string()});
  odd.user.ask({"hint"});
  odd.user.ask({"check"}, 1);
  std::vector<std::string> answers = {"stats.cpp"};
  for (const json& one : certificates) {
    answers.push_back(one["id"]);
    answers.push_back(one["function"]);
  }
  REQUIRE(answers.size() == 5);
  std::set<std::uintmax_t> sizes;
  std::set<fs::file_time_type> times;
  int files = 0;
  for (const fs::path& place : {odd.user.home, odd.user.home.parent_path() / "c"})
    for (const auto& entry : fs::recursive_directory_iterator(place)) {
      const std::string path = entry.path().string();
      // The clean tree, its list of units, the probes and the project, which hold everything, are the same
      // for every bug.
      if (!entry.is_regular_file() || path.find("/tree/") != std::string::npos ||
          path.find("/probes/") != std::string::npos || path.find("/projects/") != std::string::npos ||
          entry.path().filename() == "units.json")
        continue;
      ++files;
      INFO(path);
      const std::string text = text_of(entry.path());
      for (const std::string& answer : answers) {
        CHECK(text.find(answer) == std::string::npos);
        CHECK(path.find(answer) == std::string::npos);
      }
      for (const char* kept : {"/mutants/", "/sites/", "/certificates/"})
        if (path.find(kept) != std::string::npos) times.insert(entry.last_write_time());
      if (path.find("/mutants/") != std::string::npos) sizes.insert(entry.file_size());
    }
  CHECK(files > 10);
  CHECK(times.size() == 1);
  CHECK(sizes.size() == 1);
}
