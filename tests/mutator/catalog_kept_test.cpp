// catalog kept: a catalog as bytes and back, and when what was kept of it holds.
#include "mutator/catalog/kept.h"

#include <unistd.h>

#include <atomic>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "mutator/base/files.h"
#include "mutator/catalog/record.h"
#include "mutator/catalog/table.h"
#include "tests/mutator/broken_catalogs.h"
#include "tests/mutator/full_catalog.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::catalog;

namespace {

std::string bytes_of(const Catalog& catalog) {
  Writer write;
  write(catalog);
  return write.bytes;
}

std::optional<Catalog> read_back(std::string_view bytes) {
  Reader read(bytes);
  std::optional<Catalog> catalog(std::in_place);
  read(*catalog);
  if (!read.good() || !read.at_end()) catalog.reset();
  return catalog;
}

// What the text says, whatever is wrong with it.
std::string bytes_of_text(const std::string& yaml, Errors& errors) {
  errors.clear();
  Catalog catalog;
  const auto root = read_yaml(yaml, "c.yaml", errors);
  REQUIRE(root);
  catalog::Context context{errors, catalog.tree};
  Fields fields(*root, "the catalog", context);
  read_table(fields, catalog_table(), catalog);
  return bytes_of(catalog);
}

// Fields of the schema: what each is called and is for -> whether one of these values has it.
using Known = std::map<std::pair<std::string, std::string>, bool>;

void look_for(const Json& schema, const std::vector<const Node*>& nodes, Known& known) {
  const auto children = [&](const std::function<bool(const std::string&)>& wanted) {
    std::vector<const Node*> found;
    for (const Node* node : nodes)
      for (const Field& field : node->fields)
        if (wanted(field.key.value)) found.push_back(&field.value);
    return found;
  };
  if (schema.contains("properties"))
    for (const auto& [name, one] : schema["properties"].items()) {
      const auto found = children([&, &name = name](const std::string& key) { return key == name; });
      bool& there = known[{name, one.value("description", "")}];
      there = there || !found.empty();
      look_for(one, found, known);
    }
  if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object())
    look_for(schema["additionalProperties"], children([](const std::string&) { return true; }), known);
  if (schema.contains("items")) {
    std::vector<const Node*> items;
    for (const Node* node : nodes)
      for (const Node& item : node->items) items.push_back(&item);
    look_for(schema["items"], items, known);
  }
  for (const char* choice : {"anyOf", "oneOf"})
    if (schema.contains(choice))
      for (const Json& one : schema[choice]) look_for(one, nodes, known);
}

// The line with another value: as long as it is, so that nothing moves; or none.
std::vector<std::string> others(const std::string& line) {
  const size_t colon = line.find(':'), end = line.find("  #");
  const size_t last = line.substr(0, end).find_last_not_of(" ]}\"");
  std::vector<std::string> all;
  for (const char c : {'1', '2', 'q'}) {
    if (last <= colon || line[last] == c) continue;
    all.push_back(line);
    all.back()[last] = c;
  }
  for (const char* word : {"true", "seed", "all"})
    if (last > colon && line.find(word, colon) == std::string::npos)
      all.push_back(line.substr(0, colon + 1) + " " + word);
  if (line[line.find_first_not_of(' ')] != '-') all.push_back("");
  return all;
}

// A catalog on the disk with a page, a test and a file that its rule changes.
struct OnDisk {
  fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-kept");
  fs::path file = directory / "catalog.yaml";
  Keep keep{.directory = directory / "kept", .maker = "this", .settled = std::chrono::seconds(-60)};

  OnDisk() {
    put("tree/code.cpp", "int x;\n");
    put("docs/bugs/D04.md",
        "# D04\n\n## Brief\n\nIt.\n\n## Hints\n\n1. One.\n2. Two.\n3. Three.\n\n## Cause\n\nBecause.\n\n"
        "## Questions\n\n### Why?\n\nSo.\n");
    put("tests/rules/D04.cpp", "// ---- no match\nint f();\n");
    put("catalog.yaml", R"(tree:
  root: tree
  build: {compile: [make]}
  probes: {source: probes, compile: [make], program: probes}
  runs: {first: {program: train, series: [loss]}}
  categories: {D: data}
  pages: docs/bugs
  tests: tests/rules
rules:
  - code: D04
    id: a-rule
    title: t
    category: data
    in: tree/code.cpp
    match: returnStmt().bind("r")
    edits: [{remove: statement(r)}]
    seen_by: [p]
)");
  }
  ~OnDisk() { (void)remove_tree(directory); }

  void put(const std::string& name, const std::string& text) const {
    REQUIRE(write_file(directory / name, text));
  }
  std::string text(const std::string& name) const { return *read_file(directory / name); }

  // What load() says with what is kept, and without: the same, whatever was done before.
  bool right() const {
    const auto kept = load(file, keep), fresh = load(file);
    if (kept && fresh) return bytes_of(*kept) == bytes_of(*fresh);
    if (kept || fresh) return false;
    std::string a, b;
    for (const Error& error : kept.error()) a += error.text() + '\n';
    for (const Error& error : fresh.error()) b += error.text() + '\n';
    return a == b;
  }
  bool holds() const { return find_kept(file, keep).has_value(); }
  fs::path kept_file() const { return fs::directory_iterator(keep.directory)->path(); }
};

const fs::path kProject = fs::path(NANOBUG_TEST_DATA).parent_path().parent_path().parent_path();

}  // namespace

TEST_CASE("what any field says is in the bytes of a catalog", "[catalog][kept]") {
  Errors errors;
  const auto root = read_yaml(test::kFull, "c.yaml", errors);
  REQUIRE(root);
  Known known;
  look_for(Json::parse(schema()), {&*root}, known);
  CHECK(known.size() > 60);
  for (const auto& [field, there] : known) {
    INFO(field.first << ": " << field.second);
    CHECK(there);  // full_catalog.h has to have it
  }

  const std::string whole = bytes_of_text(test::kFull, errors);
  const std::vector<std::string_view> lines = lines_of(test::kFull);
  int tried = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string line(lines[i].substr(0, lines[i].size() - 1));
    const size_t value = line.find_first_not_of(' ', line.find(':') + 1);
    if (value == std::string::npos || line[value] == '#' || value >= line.find(")\"")) continue;
    INFO(line);
    bool told = false;
    for (const std::string& other : others(line)) {
      std::string text;
      for (size_t k = 0; k < lines.size(); ++k) text += k == i ? other + '\n' : std::string(lines[k]);
      const bool differs = bytes_of_text(text, errors) != whole;
      told = told || differs;
      if (!errors.empty() || other.empty()) continue;
      told = differs;  // a catalog that is right, and says this otherwise: no better witness
      break;
    }
    CHECK(told);
    ++tried;
  }
  CHECK(tried > 80);
}

TEST_CASE("a catalog comes back from its bytes as it was, with its places", "[catalog][kept]") {
  std::vector<Catalog> all = {*parse(test::kGood, "c.yaml"), *parse(test::kFull, "c.yaml")};
  for (const fs::path& file : {kProject / "catalog.yaml", kProject / "tests/mutator/tiny/catalog.yaml",
                               fs::path(NANOBUG_TEST_DATA) / "catalog/catalog.yaml"})
    all.push_back(*load(file));
  for (Catalog& catalog : all) {
    INFO(catalog.file);
    catalog.rules.front().unwritten = {{Exit::catalog, "this is empty", Place{"page", 3, 4}},
                                       {Exit::io, "and this", std::nullopt}};
    const std::string bytes = bytes_of(catalog);
    const auto back = read_back(bytes);
    REQUIRE(back);
    CHECK(bytes_of(*back) == bytes);
    CHECK(back->file == catalog.file);
    CHECK(back->rules.front().unwritten.at(0).text() == "page:3:4: this is empty");
    CHECK(back->rules.front().unwritten.at(1).text() == "and this");
    REQUIRE(back->rules.size() == catalog.rules.size());
    for (size_t i = 0; i < catalog.rules.size(); ++i) {
      const Rule &is = back->rules[i], &was = catalog.rules[i];
      CHECK(is.place == was.place);
      CHECK(is.in.value == was.in.value);
      CHECK(is.in.place == was.in.place);
      CHECK(is.id.place == was.id.place);
      CHECK(is.match.place == was.match.place);
      CHECK(is.match.value == was.match.value);
      REQUIRE(is.edits.size() == was.edits.size());
      for (size_t k = 0; k < was.edits.size(); ++k) {
        CHECK(is.edits[k].kind == was.edits[k].kind);
        CHECK(is.edits[k].target.value == was.edits[k].target.value);
        CHECK(is.edits[k].with.place == was.edits[k].with.place);
      }
      CHECK(is.questions.size() == was.questions.size());
      for (size_t k = 0; k < was.hints.size(); ++k) CHECK(is.hints.at(k).place == was.hints[k].place);
      for (size_t k = 0; k < was.matches.size(); ++k)
        CHECK(is.matches.at(k).after.place == was.matches[k].after.place);
    }
  }
}

TEST_CASE("catalogs of this project are kept as they are read", "[catalog][kept]") {
  const fs::path directory = *make_temporary_directory(fs::temp_directory_path(), "nanobug-kept");
  const Keep keep{.directory = directory, .maker = "this", .settled = std::chrono::seconds(-60)};
  for (const fs::path& file : {kProject / "catalog.yaml", kProject / "tests/mutator/tiny/catalog.yaml",
                               fs::path(NANOBUG_TEST_DATA) / "catalog/catalog.yaml"}) {
    INFO(file);
    const std::string bytes = bytes_of(*load(file));
    CHECK(bytes_of(*load(file, keep)) == bytes);
    const auto kept = find_kept(file, keep);
    REQUIRE(kept);
    CHECK(bytes_of(*kept) == bytes);
  }
  (void)remove_tree(directory);
}

TEST_CASE("many may keep one catalog at once", "[catalog][kept]") {
  const OnDisk disk;
  const std::string bytes = bytes_of(*load(disk.file));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> all;
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&, i] {
      Keep mine = disk.keep;
      mine.maker = std::to_string(i % 2);  // two programs, in turn
      for (int k = 0; k < 25; ++k) {
        const auto loaded = load(disk.file, mine);
        if (!loaded || bytes_of(*loaded) != bytes) ++wrong;
      }
    });
  for (std::thread& one : all) one.join();
  CHECK(wrong == 0);
  CHECK(std::distance(fs::directory_iterator(disk.keep.directory), fs::directory_iterator()) == 1);
}

TEST_CASE("bytes that are not whole are no catalog", "[catalog][kept]") {
  const std::string bytes = bytes_of(*parse(test::kFull, "c.yaml"));
  for (size_t size = 0; size < bytes.size(); ++size)
    if (read_back(std::string_view(bytes).substr(0, size))) FAIL("cut behind byte " << size);
  CHECK_FALSE(read_back(bytes + '\0'));
  for (size_t at = 0; at < bytes.size(); at += 3) {  // whatever it says now, it ends
    std::string wrong = bytes;
    wrong[at] = static_cast<char>(~wrong[at]);
    (void)read_back(wrong);
  }
  CHECK(read_back(bytes));
}

TEST_CASE("a catalog is kept, and read back", "[catalog][kept]") {
  OnDisk disk;
  CHECK_FALSE(disk.holds());
  CHECK(disk.right());
  REQUIRE(disk.holds());
  CHECK(disk.right());
  const std::string kept = *read_file(disk.kept_file());
  // Sealed bytes are as good as random: three letters would be found in them now and then.
  for (const char* word : {"a-rule", "returnStmt", "code.cpp", "catalog.yaml"})
    CHECK(kept.find(word) == std::string::npos);
  CHECK(kept.size() % 1024 == 0);

  SECTION("another program reads it anew") {
    disk.keep.maker = "another";
    CHECK_FALSE(disk.holds());
    CHECK(disk.right());
    CHECK(disk.holds());
  }
  SECTION("one of no name keeps nothing") {
    disk.keep.maker = "";
    CHECK_FALSE(disk.holds());
    CHECK(disk.right());
  }
  SECTION("another catalog is another") {
    fs::copy_file(disk.file, disk.directory / "other.yaml");
    disk.file = disk.directory / "other.yaml";
    CHECK_FALSE(disk.holds());
    CHECK(disk.right());
    CHECK(disk.holds());
  }
  SECTION("one that stands in another's place") {
    const fs::path first = disk.kept_file();
    fs::copy_file(disk.file, disk.directory / "other.yaml");
    disk.file = disk.directory / "other.yaml";
    REQUIRE(disk.right());
    for (const auto& entry : fs::directory_iterator(disk.keep.directory))
      if (entry.path() != first) fs::copy_file(first, entry.path(), fs::copy_options::overwrite_existing);
    CHECK_FALSE(disk.holds());
    CHECK(disk.right());
  }
  SECTION("a damaged one is as good as none") {
    const fs::path place = disk.kept_file();
    for (const std::string& damaged : {std::string(), kept.substr(0, 100), kept.substr(0, kept.size() / 2),
                                       kept + "x", std::string(kept.size(), 'x')}) {
      REQUIRE(write_file(place, damaged));
      CHECK_FALSE(disk.holds());
    }
    std::string flipped = kept;
    flipped[kept.size() / 2] ^= 1;
    REQUIRE(write_file(place, flipped));
    CHECK_FALSE(disk.holds());
    CHECK(disk.right());
    CHECK(disk.holds());
  }
  SECTION("what cannot be kept is read all the same") {
    (void)remove_tree(disk.keep.directory);
    REQUIRE(write_file(disk.keep.directory, "no directory"));
    CHECK(disk.right());
    CHECK_FALSE(disk.holds());
  }
}

TEST_CASE("whatever a catalog was made of: where it changes, it is read anew", "[catalog][kept]") {
  OnDisk disk;
  REQUIRE(disk.right());
  REQUIRE(disk.holds());
  const std::string page = disk.text("docs/bugs/D04.md");
  const fs::path code = disk.directory / "tree/code.cpp";
  bool is_right = true;  // then
  SECTION("the catalog") {
    disk.put("catalog.yaml", disk.text("catalog.yaml") + "# more\n");
  }
  SECTION("the catalog, by something of its size") {
    std::string text = disk.text("catalog.yaml");
    text.replace(text.find("title: t"), 8, "title: u");
    disk.put("catalog.yaml", text);
  }
  SECTION("the catalog, in its place, with its time") {
    std::string text = disk.text("catalog.yaml");
    text.replace(text.find("title: t"), 8, "title: u");
    const auto time = fs::last_write_time(disk.file);
    ::usleep(20'000);  // longer than a tick: what changes within one is not kept, see below
    REQUIRE(write_unsynced(disk.file, text));
    fs::last_write_time(disk.file, time);
  }
  SECTION("it is gone") {
    fs::remove(disk.file);
    is_right = false;
  }
  SECTION("a page") {
    disk.put("docs/bugs/D04.md", page + "\n### And?\n\nSo.\n");
  }
  SECTION("a page that is wrong now") {
    disk.put("docs/bugs/D04.md", "# D05\n");
    is_right = false;
  }
  SECTION("a page that is gone") {
    fs::remove(disk.directory / "docs/bugs/D04.md");
    is_right = false;
  }
  SECTION("a page that may not be read") {
    fs::permissions(disk.directory / "docs/bugs/D04.md", fs::perms::none);
    is_right = ::geteuid() == 0;
  }
  SECTION("a page of no rule") {
    disk.put("docs/bugs/D05.md", page);
    is_right = false;
  }
  SECTION("all pages are gone") {
    (void)remove_tree(disk.directory / "docs");
    is_right = false;
  }
  SECTION("pages behind a link") {
    fs::rename(disk.directory / "docs", disk.directory / "moved");
    fs::create_directory_symlink("moved", disk.directory / "docs");
    is_right = false;
  }
  SECTION("a test") {
    disk.put("tests/rules/D04.cpp", "// ---- no match\nint g();\n");
  }
  SECTION("a test that is gone") {
    fs::remove(disk.directory / "tests/rules/D04.cpp");
  }
  SECTION("a test of no rule") {
    disk.put("tests/rules/D05.cpp", "");
    is_right = false;
  }
  SECTION("a rule's file that is gone") {
    fs::remove(code);
    is_right = false;
  }
  SECTION("a rule's file that is a directory") {
    fs::remove(code);
    fs::create_directory(code);
    is_right = false;
  }
  SECTION("a rule's file behind a link") {
    fs::rename(code, disk.directory / "code.cpp");
    fs::create_symlink("../code.cpp", code);
    is_right = false;
  }
  SECTION("the tree behind a link") {
    fs::rename(disk.directory / "tree", disk.directory / "moved");
    fs::create_directory_symlink("moved", disk.directory / "tree");
    is_right = false;
  }
  SECTION("probes behind a link, where there were none") {
    fs::create_directory_symlink("tree", disk.directory / "probes");
    is_right = false;
  }
  CHECK_FALSE(disk.holds());
  CHECK(load(disk.file).has_value() == is_right);
  CHECK(disk.right());
  CHECK(disk.holds() == is_right);
}

TEST_CASE("what a catalog was not made of may change", "[catalog][kept]") {
  OnDisk disk;
  REQUIRE(disk.right());
  disk.put("tree/code.cpp", "int y;\n");
  disk.put("tree/other.cpp", "int y;\n");
  disk.put("probes/a.cpp", "int y;\n");
  CHECK(disk.holds());
  CHECK(disk.right());
}

TEST_CASE("a directory that is not there is kept as that, until it comes", "[catalog][kept]") {
  OnDisk disk;
  (void)remove_tree(disk.directory / "tests");
  CHECK(disk.right());
  REQUIRE(disk.holds());
  CHECK(disk.right());
  disk.put("tests/rules/D04.cpp", "// ---- no match\nint g();\n");
  CHECK_FALSE(disk.holds());
  CHECK(disk.right());
  CHECK(disk.holds());
}

TEST_CASE("a page that is a link to nothing is looked for each time", "[catalog][kept]") {
  OnDisk disk;
  std::string text = disk.text("catalog.yaml");
  disk.put("catalog.yaml", text + "    brief: b\n    hints: [h]\n    cause: c\n");
  fs::remove(disk.directory / "docs/bugs/D04.md");
  fs::create_symlink("../later.md", disk.directory / "docs/bugs/D04.md");
  CHECK(load(disk.file));
  CHECK(disk.right());
  disk.put("docs/later.md", "# D04\n");
  CHECK_FALSE(load(disk.file));
  CHECK(disk.right());
}

TEST_CASE("what changed a moment ago is not kept", "[catalog][kept]") {
  OnDisk disk;
  disk.keep.settled = std::chrono::seconds(60);
  CHECK(disk.right());
  CHECK_FALSE(disk.holds());
  CHECK(Keep{}.settled >= std::chrono::seconds(2));  // FAT's clock ticks so seldom
}
