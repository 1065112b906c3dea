// began: a session is judged by what it began with, whatever becomes of the project meanwhile.
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

struct Begun {
  fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-began");
  fs::path catalog = copy_of_tiny(place / "project");
  User user{catalog};
  fs::path work = user.ask({"start", "mean-divides-by-one-less"})["dir"].get<std::string>();

  ~Begun() { (void)remove_tree(place); }
  void fix() const {
    replace_in(work / "stats.cpp", "(static_cast<double>(values.size()) - 1)",
               "static_cast<double>(values.size())");
  }
};

}  // namespace

TEST_CASE("what changes in the project changes nothing for the session", "[tiny]") {
  const Begun begun;
  SECTION("the clean tree") {
    replace_in(begun.place / "project/tree/stats.cpp", "double sum = 0;", "double sum = 1;");
  }
  SECTION("the probes") {
    replace_in(begun.place / "project/probes/probes.cpp", "tiny::mean({}) == 0", "tiny::mean({}) == 7");
  }
  SECTION("the catalog, which has lost the rule") {
    replace_in(begun.catalog, "id: mean-divides-by-one-less", "id: another");
    replace_in(begun.catalog, "args: [\"{metrics}\", \"20\"]", "args: [\"{metrics}\"]");
  }
  SECTION("the whole project, which is gone") {
    REQUIRE(remove_tree(begun.place / "project"));
  }
  SECTION("the cache, which is gone") {
    REQUIRE(remove_tree(begun.user.home / ".cache"));
  }
  SECTION("a part of what was laid out of it, which is gone") {
    CHECK(begun.user.ask({"check"}, 1)["solved"] == false);
    REQUIRE(remove_tree(begun.user.home / ".cache/nanobug/trees"));
    for (const auto& entry : fs::directory_iterator(begun.user.home / ".cache/nanobug/projects")) {
      fs::remove(entry.path() / "tree/descend.cpp");
      replace_in(entry.path() / "tree/stats.cpp", "double sum = 0;", "double sum = 1;");
      const std::string text = text_of(entry.path() / "catalog.yaml");
      REQUIRE(write_unsynced(entry.path() / "catalog.yaml", text.substr(0, text.size() / 2)));
    }
  }
  SECTION("the name of the build directory") {
    replace_in(begun.catalog, "directory: build", "directory: out");
  }
  CHECK(begun.user.ask({"check"}, 1)["wrong"] == json{"the numbers that come out"});
  CHECK(begun.user.ask({"hint"})["hint"] == "It is a division.");
  begun.fix();
  CHECK(begun.user.ask({"check"})["solved"] == true);
  CHECK(begun.user.ask({"stop"})["outcome"] == "solved");
  CHECK_FALSE(fs::exists(begun.work / "out"));
}

TEST_CASE("what cannot be had any more is said in one sentence", "[tiny]") {
  const Begun begun;
  REQUIRE(remove_tree(begun.user.home / ".cache"));
  REQUIRE(remove_tree(begun.user.home / ".local/share/nanobug/vault.git"));
  const Finished check = begun.user.nanobug({"check"});
  CHECK(check.exit_code == 4);
  CHECK(check.err.find("what this session began with cannot be had any more") != std::string::npos);
  CHECK(check.err.find("nanobug stop") != std::string::npos);
  CHECK(begun.user.nanobug({"stop"}).good());
}

TEST_CASE("the words of a page are the session's, whatever becomes of the page", "[tiny]") {
  const fs::path place = *make_temporary_directory(fs::temp_directory_path(), "nanobug-began");
  const fs::path catalog = copy_of_tiny(place / "project");
  const User user(catalog);
  replace_in(catalog, "  categories: {N: numerics, T: training}\n",
             "  categories: {N: numerics, T: training}\n  pages: pages\n");
  std::string text = text_of(catalog);
  const size_t brief = text.rfind("    brief:"), seen_by = text.rfind("    seen_by:");
  REQUIRE(brief < seen_by);
  REQUIRE(write_unsynced(catalog, text.erase(brief, seen_by - brief)));
  const fs::path page = catalog.parent_path() / "pages/T01.md";
  const std::string words =
      "# T01\n\n## Brief\n\nIt goes\nup.\n\n## Hints\n\n1. First.\n2. Second.\n3. Third.\n\n## Cause\n\n"
      "Along\nthe gradient.\n\n## Questions\n\n### Why?\n\nA sign.\n\n## Read next\n\nThe paper.\n";

  const Finished without = user.nanobug({"start", "T01"});
  CHECK(without.exit_code == 3);
  CHECK(without.err.find("rule 'descent-goes-uphill' has no page; write 'pages/T01.md'") !=
        std::string::npos);

  REQUIRE(write_file(page, words));
  CHECK(user.ask({"start", "T01"})["brief"] == "It goes up.");
  SECTION("changed") {
    REQUIRE(write_unsynced(page, "# T01\n"));
  }
  SECTION("gone") {
    fs::remove(page);
  }
  SECTION("as it was") {}
  CHECK(user.ask({"hint"})["hint"] == "First.");
  const Finished answer = user.nanobug({"reveal"});
  CHECK(answer.good());
  CHECK(answer.out.find("  Along the gradient.\n\nWhat an interviewer asks next:\n  - Why?\n      A sign.\n\n"
                        "Where to read on:\n  The paper.\n") != std::string::npos);
  CHECK(user.nanobug({"stop"}).good());
  (void)remove_tree(place);
}
