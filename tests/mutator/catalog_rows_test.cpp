// catalog_rows: the project's own catalog answers for every bug that its sources ask for.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "mutator/base/files.h"
#include "mutator/catalog/catalog.h"
#include "tests/probes/catch.h"

using namespace nanobug;

namespace {

const fs::path kCatalog =
    fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path() / "catalog.yaml";

// The names in source_rows.txt: the first column, behind comments and blank lines.
std::vector<std::string> rows() {
  std::vector<std::string> names;
  std::istringstream lines(*read_file(fs::path(NANOBUG_TEST_DATA) / "source_rows.txt"));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && line[0] != '#') names.push_back(line.substr(0, line.find('\t')));
  return names;
}

std::string joined(const std::vector<std::string>& words, const char* by = ", ") {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : by) + word;
  return all;
}

// "| B4 | causal mask off by one | [A06](bugs/A06.md) in nanochat/attention.cpp | attention.causality |"
std::string row_of(const catalog::Catalog& catalog, const std::string& line) {
  const size_t tab = line.find('\t');
  const std::string name = line.substr(0, tab);
  std::vector<std::string> places, observers;
  for (const catalog::Rule& rule : catalog.rules) {
    if (std::count(rule.refs.begin(), rule.refs.end(), name) == 0) continue;
    const std::string code = rule.code.value, files = joined(rule.files());
    places.push_back("[" + code + "](bugs/" + code + ".md)" + (files.empty() ? "" : " in " + files) +
                     (rule.decoy ? " (decoy)" : ""));
    for (const catalog::Text& one : rule.seen_by)
      if (std::count(observers.begin(), observers.end(), one.value) == 0) observers.push_back(one.value);
  }
  return "| " + name + " | " + (tab == std::string::npos ? "" : line.substr(tab + 1)) + " | " +
         joined(places, "; ") + " | " + joined(observers) + " |\n";
}

// A section of the rows' file is a comment and what follows it.
std::string places(const catalog::Catalog& catalog) {
  std::string page =
      "# Where each bug lives\n\n"
      "Every row of the source documents, the rules that answer for it, the files that they change, and what "
      "has to "
      "see them:\nprobes, and parity runs of `catalog.yaml`. A decoy changes nothing that can be observed in "
      "this "
      "tree; its page says why.\nThe pages have each bug whole; `nanobug certify` names function and "
      "line.\n\n"
      "Made from `catalog.yaml` and `tests/mutator/data/source_rows.txt` by `NANOBUG_ACCEPT=1 mutator_tests "
      "\"[places]\"`, and held by it.\n";
  std::istringstream lines(*read_file(fs::path(NANOBUG_TEST_DATA) / "source_rows.txt"));
  std::string heading;
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) {
      in_table = false;
    } else if (line.starts_with("# ")) {
      heading = line.substr(2);
    } else {
      if (!in_table)
        page += "\n## " + heading + "\n\n| row | bug | rules | seen by |\n| --- | --- | --- | --- |\n";
      in_table = true;
      page += row_of(catalog, line);
    }
  }
  return page;
}

}  // namespace

TEST_CASE("the page of places is what the catalog says", "[catalog][rows][places]") {
  const auto catalog = catalog::load(kCatalog);
  REQUIRE(catalog);
  const fs::path page = kCatalog.parent_path() / "docs/places.md";
  if (std::getenv("NANOBUG_ACCEPT")) REQUIRE(write_unsynced(page, places(*catalog)));
  CHECK(*read_file(page) == places(*catalog));
}

TEST_CASE("every row of the sources has a rule, or a decoy, that names it", "[catalog][rows]") {
  const auto catalog = catalog::load(kCatalog);
  REQUIRE(catalog);
  std::set<std::string> named;
  for (const catalog::Rule& rule : catalog->rules) named.insert(rule.refs.begin(), rule.refs.end());
  const std::vector<std::string> all = rows();
  CHECK(all.size() == std::set<std::string>(all.begin(), all.end()).size());
  // The five sources number 8, 54 and 12 of theirs; the others are named by what they are.
  const auto beginning = [&](const std::string& with) {
    return std::count_if(all.begin(), all.end(), [&](const auto& row) { return row.starts_with(with); });
  };
  CHECK(beginning("cs336-") == 8);
  CHECK(beginning("B") == 54);
  CHECK(beginning("C") == 12);
  CHECK(beginning("P") + beginning("S") == 17);
  for (const std::string& row : all) {
    CAPTURE(row);
    CHECK(named.contains(row));
  }
}

TEST_CASE("the collections are there, each with enough to draw from", "[catalog][rows]") {
  const auto catalog = catalog::load(kCatalog);
  REQUIRE(catalog);
  for (const char* name : {"cs336", "nanochat", "hunt-1", "hunt-2", "hunt-3", "troubleshooting", "reversal",
                           "field", "cpp", "libtorch", "ranks", "numerics", "tier-1", "tier-2", "tier-3"}) {
    CAPTURE(name);
    const catalog::Pack* pack = catalog->tree.find_pack(name);
    REQUIRE(pack);
    const auto bugs = std::count_if(catalog->rules.begin(), catalog->rules.end(), [&](const auto& rule) {
      return !rule.decoy && std::count(rule.pack.begin(), rule.pack.end(), pack->name) == 1;
    });
    CHECK(bugs >= 2 * pack->bugs);  // a second draw can be another one
  }
  // The sources' levels have three, four and five bugs at once.
  for (const auto& [name, bugs] : {std::pair("hunt-1", 3), {"hunt-2", 4}, {"hunt-3", 5}})
    CHECK(catalog->tree.find_pack(name)->bugs == bugs);
}

TEST_CASE("the catalog is as large as it says", "[catalog][rows]") {
  const auto catalog = catalog::load(kCatalog);
  REQUIRE(catalog);
  size_t decoys = 0, beyond = 0;
  for (const catalog::Rule& rule : catalog->rules) {
    CAPTURE(rule.code.value);
    decoys += rule.decoy;
    beyond += std::any_of(rule.refs.begin(), rule.refs.end(),
                          [](const auto& ref) { return ref.starts_with("beyond: "); });
    CHECK(rule.hints.size() == 3);
    CHECK(rule.questions.size() >= 3);
    CHECK(rule.unwritten.empty());
    // A title is for those who have not found it yet.
    CHECK(rule.title.value.size() <= 30);
    for (const catalog::Question& question : rule.questions) CHECK_FALSE(question.answer.empty());
  }
  CHECK(catalog->rules.size() - decoys >= 150);
  CHECK(decoys >= 15);
  CHECK(beyond >= 60);
}

// "A reviewer writes" and "is there a bug?" once stood in decoys' briefs and in no other: a learner who reads
// the brief should not know from its words that nothing is wrong.
TEST_CASE("no word of a brief tells a decoy", "[catalog][rows]") {
  const auto catalog = catalog::load(kCatalog);
  REQUIRE(catalog);
  std::map<std::string, int> of_bugs, of_decoys;
  for (const catalog::Rule& rule : catalog->rules) {
    std::set<std::string> words;
    std::string word;
    for (const char c : rule.brief + ' ') {
      if (std::isalpha(static_cast<unsigned char>(c))) {
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      } else if (!word.empty()) {
        words.insert(std::exchange(word, {}));
      }
    }
    for (const std::string& one : words) ++(rule.decoy ? of_decoys : of_bugs)[one];
    CHECK(rule.brief.find("s there a bug") == std::string::npos);
  }
  for (const auto& [word, decoys] : of_decoys) {
    CAPTURE(word, decoys, of_bugs[word]);
    if (decoys >= 4) CHECK(of_bugs[word] >= decoys);
  }
}

// README counts the bugs by hand, so that its table reads well; they are these.
TEST_CASE("README counts the bugs as the catalog has them", "[catalog][rows]") {
  const auto catalog = catalog::load(kCatalog);
  REQUIRE(catalog);
  std::map<std::string, int> categories, packs;
  int bugs = 0, decoys = 0;
  for (const catalog::Rule& rule : catalog->rules) {
    if (rule.decoy) {
      ++decoys;
      continue;
    }
    ++bugs;
    ++categories[rule.category];
    for (const std::string& pack : rule.pack) ++packs[pack];
  }
  const std::string readme = *read_file(kCatalog.parent_path() / "README.md");
  const auto says = [&](const std::string& text) {
    CAPTURE(text);
    CHECK(readme.find(text) != std::string::npos);
  };
  says(std::to_string(bugs) + " of them, and " + std::to_string(decoys) + " decoys");
  for (const std::string category : {"training", "architecture", "data", "numerics", "distributed"})
    says("| " + category + " | " + std::to_string(categories[category]) + " |");
  says("| inference, evaluation | " + std::to_string(categories["inference"] + categories["evaluation"]) +
       " |");
  const auto count = [&](const std::string& pack) { return std::to_string(packs[pack]); };
  says("| " + count("cs336") + " |");
  says("| " + count("nanochat") + " |");
  says("| " + count("hunt-1") + ", " + count("hunt-2") + ", " + count("hunt-3") + " |");
  says("| " + count("troubleshooting") + ", " + count("reversal") + " |");
  says("| " + count("field") + " |");
  says("| " + count("cpp") + ", " + count("libtorch") + ", " + count("numerics") + ", " + count("ranks") +
       " |");
}
