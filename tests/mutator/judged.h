// judged: a tiny project of a test's own, built clean, and checkouts of it to be spoiled and judged.
#pragma once

#include <string>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/catalog/catalog.h"
#include "mutator/grade/verdict.h"
#include "mutator/workshop/copy.h"
#include "mutator/workshop/trial.h"
#include "mutator/workshop/probe_run.h"
#include "mutator/workshop/workshop.h"
#include "tests/probes/catch.h"

namespace nanobug {

// Replaces the one place in the file where `from` stands.
inline void edit(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = *read_file(file);
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(text.find(from, at + 1) == std::string::npos);
  REQUIRE(write_unsynced(file, text.replace(at, from.size(), to)));
}

// The tiny tree, its probes and its catalog in a directory that goes with the object.
struct Judged {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-judged");
  fs::path project = path / "project";
  catalog::Catalog catalog;

  Judged() {
    REQUIRE(workshop::copy_directory(fs::path(NANOBUG_TEST_DATA).parent_path() / "tiny", project,
                                     workshop::Links::none));
    catalog = *catalog::load(project / "catalog.yaml");
  }
  ~Judged() { (void)remove_tree(path); }

  workshop::Workshop shop() const { return {catalog.tree, project, path / "cache"}; }

  workshop::Clean clean(workshop::Workshop& shop) const {
    auto made = shop.clean(project / "tree", "tree", {});
    if (!made) FAIL(made.error().message);
    return *made;
  }

  // A learner's copy, built as a session's is.
  fs::path checkout(const workshop::Workshop& shop, const workshop::Clean& clean,
                    const std::string& name = "checkout") const {
    const fs::path place = path / name;
    REQUIRE(workshop::copy_directory(clean.tree, place, workshop::Links::none,
                                     [](const std::string& file) { return file == "build"; }));
    REQUIRE(shop.furnish(clean, nullptr, place, place));
    REQUIRE(set_times(place, clean.time));
    return place;
  }

  grade::Verdict judge(const workshop::Workshop& shop, const workshop::Clean& clean,
                       const fs::path& checkout) const {
    auto verdict = grade::judge(shop, clean, checkout, catalog.tree.not_sources());
    if (!verdict) FAIL(verdict.error().text());
    INFO(verdict->build_message);
    return *verdict;
  }
};

}  // namespace nanobug
