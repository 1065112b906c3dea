// The report of tools/probe-strength: what is read of certify's answer, and what is counted.
#include "tools/strength/report.h"

#include "mutator/base/files.h"
#include "tests/probes/catch.h"

namespace nanobug::strength {
namespace {

using Catch::Contains;

struct Folder {
  fs::path path = *make_temporary_directory(fs::temp_directory_path(), "nanobug-strength");
  ~Folder() { (void)remove_tree(path); }

  std::vector<Equivalent> equivalents(const std::string& yaml) const {
    REQUIRE(write_file(path / "equivalent.yaml", yaml));
    const auto read = read_equivalents(path / "equivalent.yaml");
    if (!read) FAIL(read.error().text());
    return *read;
  }
};

// An entry as certify prints it, of the file a.cpp.
std::string entry(const std::string& id, const std::string& fate, const std::string& failing,
                  const std::string& op = "relation") {
  return R"({"id": ")" + id + R"(", "operator": ")" + op +
         R"x(", "file": "a.cpp", "line": 3, "column": 7, "before": "if (a < b)", "after": "if (a <= b)", )x" +
         R"("fate": ")" + fate + R"(", "failing": [)" + failing + "]}";
}

const std::string kEntry =
    "- file: a.cpp\n  line: \"if (a < b)\"\n  mutant: \"if (a <= b)\"\n  reason: They are never equal.\n";

std::vector<Change> changes_of(const std::string& json) {
  const auto changes = read_changes(json, {"parity.descent"});
  if (!changes) FAIL(changes.error().text());
  return *changes;
}

}  // namespace

TEST_CASE("who sees a change is a probe or a run", "[strength]") {
  const auto changes = changes_of(
      "[" + entry("1", "no mutant", "") + "," + entry("2", "seen", R"("parity.descent", "step.sign")") + "," +
      entry("3", "seen", R"("parity.descent")") + "," + entry("4", "not seen", "") + "]");
  REQUIRE(changes.size() == 4);
  CHECK(changes[0].fate == Fate::no_mutant);
  CHECK(changes[1].fate == Fate::probe);
  CHECK(changes[2].fate == Fate::run);
  CHECK(changes[3].fate == Fate::not_seen);
  CHECK(changes[3].op == "relation");
  CHECK(changes[3].line == 3);
  CHECK(changes[3].before == "if (a < b)");
  CHECK(changes[3].after == "if (a <= b)");
}

TEST_CASE("what certify did not print is refused", "[strength]") {
  for (const std::string& text : {std::string(), std::string("{}x"), std::string(R"([{"id": "1"}])"),
                                  "[" + entry("1", "perhaps", "") + "]"}) {
    const auto changes = read_changes(text, {});
    REQUIRE_FALSE(changes);
    CHECK(changes.error().code == Exit::usage);
  }
}

TEST_CASE("shares are of the mutants that are not explained", "[strength]") {
  const Folder folder;
  const auto equivalents = folder.equivalents(kEntry);
  const auto changes =
      changes_of("[" + entry("a-1", "no mutant", "") + "," + entry("a-2", "seen", R"("step.sign")") + "," +
                 entry("a-3", "seen", R"("parity.descent")", "sign") + "," +
                 entry("a-4", "not seen", "", "sign") + "," + entry("a-5", "not seen", "", "sign") + "]");
  std::vector<Found> all;
  for (const Change& change : changes)
    all.push_back({change, change.id == "a-5" ? explained(equivalents, change) : nullptr});
  const std::string text = as_text(all);
  // Three are judged: of five one is no mutant, and one explained.
  CHECK_THAT(text,
             Contains("a.cpp        5          1           1          1          1         1    67 %"));
  CHECK_THAT(text,
             Contains("sign            3          0           1          0          1         1    50 %"));
  CHECK_THAT(text, Contains("\na-4\n  - if (a < b)\n  + if (a <= b)\n"));
  CHECK_THAT(text, !Contains("a-5"));
  const std::string page = as_markdown(all, "tools/probe-strength 5");
  CHECK_THAT(page, Contains("`tools/probe-strength 5`"));
  CHECK_THAT(page, Contains("`a-5`: They are never equal."));
}

TEST_CASE("an entry explains the change whose lines it has, as long as the tree has them", "[strength]") {
  const Folder folder;
  const auto equivalents = folder.equivalents(kEntry);
  Change change = changes_of("[" + entry("1", "not seen", "") + "]").front();
  REQUIRE(explained(equivalents, change) != nullptr);
  change.after = "if (a > b)";
  CHECK(explained(equivalents, change) == nullptr);

  CHECK_THAT(none_is_stale(equivalents, folder.path).error().text(),
             Contains("the tree has no file 'a.cpp'"));
  REQUIRE(write_file(folder.path / "a.cpp", "int f() {\n  if (a <\n      b) return 1;\n}\n"));
  CHECK(none_is_stale(equivalents, folder.path));
  REQUIRE(write_file(folder.path / "a.cpp", "int f() {\n  if (b < a) return 1;\n}\n"));
  const auto stale = none_is_stale(equivalents, folder.path);
  REQUIRE_FALSE(stale);
  CHECK(stale.error().code == Exit::catalog);
  CHECK_THAT(stale.error().text(), Contains("equivalent.yaml:1"));
}

}  // namespace nanobug::strength
