// catalog fields: every field of every mapping, misspelt, emptied, left out, and of another kind, one at a
// time.
//
// The catalog of full_catalog.h has every mapping, one field a line. What must be said is known from three
// lists alone: which fields are required, which may not be text, and where the mappings begin; so a mapping
// that swallows what it does not know, a field that is read under another name, or a limit that is not looked
// at cannot pass.
#include <set>
#include <sstream>
#include "tests/probes/catch.h"

#include "mutator/catalog/catalog.h"
#include "tests/mutator/full_catalog.h"

using namespace nanobug;
using test::kFull;

namespace {

struct Field {
  int line;
  size_t indent;  // of its name
  std::string name, value, rest;
  bool required, no_text;
};

std::vector<std::string> lines() {
  std::vector<std::string> all;
  std::istringstream in(kFull);
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}

std::vector<Field> fields() {
  std::vector<Field> all;
  int number = 0;
  for (const std::string& line : lines()) {
    ++number;
    const size_t name = line.find_first_not_of(" -"), colon = line.find(':', name),
                 comment = line.find("  #");
    const std::string marks = comment == std::string::npos ? "" : line.substr(comment + 3);
    const size_t value = line.find_first_not_of(' ', colon + 1);
    all.push_back(
        {number, name, line.substr(name, colon - name),
         value == std::string::npos || line[value] == '#' ? "" : line.substr(value, comment - value), marks,
         marks.find('!') != std::string::npos, marks.find('*') != std::string::npos});
  }
  return all;
}

std::string with_line(int number, const std::string& text) {
  std::string all;
  int at = 0;
  for (const std::string& line : lines()) all += (++at == number ? text : line) + "\n";
  return all;
}

std::vector<std::string> errors_of(const std::string& text) {
  std::vector<std::string> all;
  const auto catalog = catalog::parse(text, "c.yaml");
  if (catalog) return all;
  for (const Error& error : catalog.error())
    all.push_back(std::to_string(error.place->line) + ":" + std::to_string(error.place->column) + ": " +
                  error.message);
  return all;
}

bool any(const std::vector<std::string>& errors, const std::string& start, const std::string& part) {
  return std::any_of(errors.begin(), errors.end(), [&](const std::string& error) {
    return error.starts_with(start) && error.find(part) != std::string::npos;
  });
}

std::string listed(const std::vector<std::string>& errors) {
  std::string all;
  for (const std::string& error : errors) all += error + "\n";
  return all;
}

// The line of the n-th field of that name.
int line_of(const std::string& name, int n = 0) {
  for (const Field& field : fields())
    if (field.name == name && n-- == 0) return field.line;
  FAIL("there is no field " << name);
  return 0;
}

bool is_action(const std::string& name) {
  return std::set<std::string>{"replace", "insert", "move", "swap", "remove"}.contains(name);
}

// Names of its own: any are welcome.
bool is_free(const std::string& name) {
  return std::set<std::string>{"sums",   "loss",  "first", "N",     "D",   "talk.txt",
                               "basics", "curve", "units", "daily", "once"}
      .contains(name);
}

}  // namespace

TEST_CASE("the catalog whose fields are broken is right, and all of it arrives", "[catalog][fields]") {
  const auto catalog = catalog::parse(kFull, "c.yaml");
  INFO(listed(errors_of(kFull)));
  REQUIRE(catalog);
  using Words = std::vector<std::string>;
  const catalog::Tree& tree = catalog->tree;
  CHECK(tree.place == Place{"c.yaml", 2, 3});
  CHECK(tree.outputs == Words{"runs"});
  CHECK(tree.build.configure == Words{"cmake"});
  CHECK(tree.build.directory == "out");
  CHECK(tree.build.library == "libx.so");
  CHECK(tree.probes.source == "probes");
  CHECK(tree.probes.configure == Words{"cmake", "{project}"});
  CHECK(tree.probes.compile == Words{"make"});
  CHECK(tree.probes.time_limit_s == 7);
  REQUIRE(tree.parity.size() == 1);
  CHECK(tree.parity[0].steps.at(0).args == Words{"{build}"});
  CHECK(tree.parity[0].time_limit_s == 1.5);
  CHECK(tree.parity[0].place == Place{"c.yaml", line_of("id"), 7});
  REQUIRE(tree.parity[0].before.size() == 1);
  CHECK(tree.parity[0].before[0].program == "bin/prepare");
  CHECK(tree.parity[0].before[0].args == Words{"{source}"});
  CHECK(tree.runs.at(0).program.args == Words{"{scratch}"});
  CHECK(tree.runs.at(0).program.time_limit_s == 2.5);
  CHECK(tree.runs.at(0).program.before.at(0).args == Words{"{scratch}"});
  CHECK(tree.runs.at(0).series == Words{"loss"});
  REQUIRE(tree.plans.size() == 2);
  CHECK(tree.plans[0].name == "daily");
  CHECK(tree.plans[0].part == "month");
  CHECK(tree.plans[0].parts.at(0).about == "the first of them");
  CHECK(tree.plans[0].parts.at(0).days.at(0).at(0).value == "N01");
  CHECK(tree.plans[1].part == "week");
  CHECK(tree.plans[1].parts.at(0).days.at(0).at(0).value == "N01");
  CHECK(tree.build.debug == Words{"-g"});
  CHECK(tree.packs == std::vector<catalog::Pack>{{"basics", "what comes first", 2, 3}});
  const catalog::Rule& rule = catalog->rules.at(0);
  CHECK(rule.title.value == "A title");
  CHECK(rule.cause == "The cause.");
  CHECK(rule.brief == "The symptom.");
  CHECK(rule.expect == 4);
  CHECK(rule.minutes == 15);
  CHECK(rule.edits.at(2).with.value == "node(y)");
  CHECK(rule.edits.at(2).place == Place{"c.yaml", line_of("move"), 9});
  CHECK(rule.hints.at(1).value == "two");
}

TEST_CASE("a field that nobody knows is refused in every mapping", "[catalog][fields]") {
  int tried = 0;
  for (const Field& field : fields()) {
    if (is_free(field.name)) continue;
    INFO(field.name << " in line " << field.line);
    const std::string line = lines()[static_cast<size_t>(field.line) - 1];
    const auto errors = errors_of(with_line(
        field.line, line.substr(0, field.indent) + "zzzz" + line.substr(field.indent + field.name.size())));
    INFO(listed(errors));
    const std::string start = std::to_string(field.line) + ":" + std::to_string(field.indent + 1) + ": ";
    CHECK(any(errors, start, " has no field 'zzzz'"));
    if (field.required && !is_action(field.name) && field.name != "before" && field.name != "after")
      CHECK(any(errors, "", " lacks the field '" + field.name + "'"));
    ++tried;
  }
  CHECK(tried > 55);
}

TEST_CASE("one more field is refused in every mapping, and nothing else is said", "[catalog][fields]") {
  std::set<size_t> begun;
  for (const Field& field : fields()) {
    if (is_free(field.name)) continue;
    INFO("beside " << field.name << " in line " << field.line);
    const std::string line = lines()[static_cast<size_t>(field.line) - 1];
    // In front of the field, which keeps its place below.
    std::string below = line;
    std::replace(below.begin(), below.begin() + static_cast<std::ptrdiff_t>(field.indent), '-', ' ');
    const auto errors = errors_of(with_line(field.line, line.substr(0, field.indent) + "zzzz: 1\n" + below));
    INFO(listed(errors));
    REQUIRE(errors.size() == 1);
    CHECK(any(errors, std::to_string(field.line) + ":" + std::to_string(field.indent + 1) + ": ",
              " has no field 'zzzz'"));
  }
}

TEST_CASE("a field without a value is refused wherever it stands", "[catalog][fields]") {
  for (const Field& field : fields()) {
    if (field.value.empty()) continue;
    INFO(field.name << " in line " << field.line);
    const std::string line = lines()[static_cast<size_t>(field.line) - 1];
    const auto errors = errors_of(with_line(field.line, line.substr(0, field.indent) + field.name + ":"));
    INFO(listed(errors));
    REQUIRE(!errors.empty());
    CHECK(any(errors, std::to_string(field.line) + ":" + std::to_string(field.indent + 1) + ": ",
              " has nothing in the field '" + field.name + "'; give it a value or remove it"));
  }
}

TEST_CASE("a field of another kind is refused wherever it stands", "[catalog][fields]") {
  for (const Field& field : fields()) {
    if (field.value.empty()) continue;
    INFO(field.name << " in line " << field.line);
    const std::string line = lines()[static_cast<size_t>(field.line) - 1];
    const size_t value = line.find(field.value, field.indent + field.name.size());
    const std::string start =
        std::to_string(field.line) + ":" + std::to_string(value + 1) + ": '" + field.name + "' must be ";
    const auto errors =
        errors_of(with_line(field.line, line.substr(0, field.indent) + field.name + ": {a: b}"));
    INFO(listed(errors));
    CHECK(any(errors, start, ", not a mapping"));
    if (!field.no_text) continue;
    const auto text = errors_of(with_line(field.line, line.substr(0, field.indent) + field.name + ": words"));
    INFO(listed(text));
    CHECK(any(text, start, ", not "));
  }
}

TEST_CASE("each whole number has its range and no more", "[catalog][fields]") {
  struct Range {
    const char* name;
    int low, high;
  };
  for (const Range& range : std::vector<Range>{{"priority", 1, 3},
                                               {"difficulty", 1, 3},
                                               {"minutes", 1, 240},
                                               {"price", 0, 60},
                                               {"expect", 1, 1000},
                                               {"ranks", 1, 8}}) {
    for (const Field& field : fields()) {
      if (field.name != range.name) continue;
      const auto with = [&](const std::string& value) {
        auto errors =
            errors_of(with_line(field.line, std::string(field.indent, ' ') + field.name + ": " + value));
        std::erase_if(errors,
                      [](const std::string& e) { return e.find("'choose' says") != std::string::npos; });
        return errors;
      };
      INFO(field.name);
      CHECK(with(std::to_string(range.low)).empty());
      CHECK(with(std::to_string(range.high)).empty());
      const std::string wrong = ": '" + field.name + "' must be a whole number from " +
                                std::to_string(range.low) + " to " + std::to_string(range.high) +
                                (field.name == "expect" ? " or 'any', not '" : ", not '");
      for (const std::string& value :
           {std::to_string(range.low - 1), std::to_string(range.high + 1), std::string("-1"),
            std::string("2x"), std::string("99999999999"), std::string("1e0")})
        CHECK(listed(with(value)).find(wrong + value + "'") != std::string::npos);
    }
  }
}

TEST_CASE("seconds and tolerances have their ranges", "[catalog][fields]") {
  for (const Field& field : fields()) {
    if (field.name != "time_limit" && field.name != "loss") continue;
    INFO(field.name << " in line " << field.line);
    const auto with = [&](const std::string& value) {
      return listed(
          errors_of(with_line(field.line, std::string(field.indent, ' ') + field.name + ": " + value)));
    };
    const bool time = field.name == "time_limit";
    for (const char* right :
         time ? std::vector<const char*>{"0.001", "86400"} : std::vector<const char*>{"0", "1", "0.5"})
      CHECK(with(right) == "");
    for (const char* wrong : time
                                 ? std::vector<const char*>{"0", "-1", "86400.5", "nan", "inf", "\"5\"", "5s"}
                                 : std::vector<const char*>{"-0.1", "1.001", "nan", "inf", "\"0\"", "1e-6x"})
      CHECK(with(wrong).find(time ? "must be a number of seconds above 0 and at most 86400, not '"
                                  : "must be a relative difference from 0 to 1, not '") != std::string::npos);
  }
}

TEST_CASE("every path stays below its directory", "[catalog][fields]") {
  for (const Field& field : fields()) {
    if (!std::set<std::string>{"root", "directory", "library", "source", "program", "in", "pages", "snippets",
                               "guide"}
             .contains(field.name))
      continue;
    const std::string line = lines()[static_cast<size_t>(field.line) - 1];
    const auto with = [&](const std::string& value) {
      return listed(
          errors_of(with_line(field.line, line.substr(0, field.indent) + field.name + ": " + value)));
    };
    INFO(field.name << " in line " << field.line);
    CHECK(with("/x").find("'" + field.name + "' must be a relative path, not '/x'") != std::string::npos);
    CHECK(with("a/../../x").find("'" + field.name + "' may not leave its directory with '..': 'a/../../x'") !=
          std::string::npos);
    if (field.name != "in" && field.name != "root") CHECK(with("a..b/c") == "");
  }
  const auto outputs = [&](const std::string& value) {
    return listed(errors_of(with_line(3, "  outputs: [" + value + "]")));
  };
  for (const char* wrong : {"a/b", ".", "..", "a/"})
    CHECK(outputs(wrong) == "3:13: 'outputs' must be names of directories at the top of the tree, not '" +
                                std::string(wrong) + "'\n");
  CHECK(outputs("a.b, ..c") == "");
}

TEST_CASE("each command knows its own placeholders", "[catalog][fields]") {
  // field, its line -> what it may say
  const std::set<std::string> build = {"source", "build", "project"}, step = {"source", "build", "scratch"};
  std::set<std::string> probes = build, run = step;
  probes.insert("probes_build");
  run.insert("metrics");
  const std::vector<std::pair<int, std::set<std::string>>> rows = {
      {line_of("configure"), build},   {line_of("compile"), build}, {line_of("configure", 1), probes},
      {line_of("compile", 1), probes}, {line_of("debug"), build},   {line_of("args"), run},
      {line_of("args", 1), step},      {line_of("args", 2), run},   {line_of("args", 3), step}};
  for (const auto& [number, known] : rows)
    for (const char* word : {"source", "build", "project", "probes_build", "scratch", "metrics"}) {
      const std::string line = lines()[static_cast<size_t>(number) - 1];
      INFO(line << " with " << word);
      const auto errors =
          errors_of(with_line(number, line.substr(0, line.find('[')) + "[a, \"-x={" + word + "}\"]"));
      INFO(listed(errors));
      if (known.contains(word)) {
        CHECK(errors.empty());
      } else {
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].find("has no placeholder {" + std::string(word) + "} (there are {") !=
              std::string::npos);
        for (const std::string& other : known) CHECK(errors[0].find("{" + other + "}") != std::string::npos);
      }
    }
  // Other braces are the program's own.
  CHECK(errors_of(with_line(line_of("compile"),
                            "    compile: [make, \"{}\", \"{A}\", \"{a b}\", \"${x\", \"{{source}}\"]"))
            .empty());
}

TEST_CASE("ids are small words with single hyphens", "[catalog][fields]") {
  for (const char* right : {"a", "a1", "a-b-c", "a-1"})
    CHECK(errors_of(with_line(line_of("id", 2), std::string("    id: ") + right)).empty());
  for (const char* wrong : {"-a", "a-", "a--b", "A", "a_b", "1a", "a.b", "ä", "a b"}) {
    INFO(wrong);
    CHECK(listed(errors_of(with_line(line_of("id", 2), std::string("    id: \"") + wrong + "\""))) ==
          std::to_string(line_of("id", 2)) + ":10: \'" + std::string(wrong) +
              "' is no id; use small letters, digits and single hyphens, a letter first\n");
  }
}

TEST_CASE("a code is the letter of its category and a number", "[catalog][fields]") {
  const auto with = [](const std::string& value) {
    std::string text = with_line(line_of("code"), "  - code: \"" + value + "\"");
    const std::string tutorial = "  tutorial: N01";  // it would have no rule
    text.replace(text.find(tutorial), tutorial.size(), "  #");
    const size_t plans = text.find("  plans:"), end = text.find("  patterns:");  // nor would they
    for (size_t at = plans; at < end; ++at)
      if (text[at] != '\n') text[at] = ' ';
    return listed(errors_of(text));
  };
  const std::string start = std::to_string(line_of("code")) + ":12: ";
  for (const char* right : {"N00", "N07", "N165"}) CHECK(with(right) == "");
  for (const std::string wrong : {"N1", "N1234", "n01", "NN1", "N0a", "01N", "N 01"})
    CHECK(with(wrong) == start + "'" + wrong +
                             "' is no code; use the category's letter and two or three digits, as in A03\n");
  for (const std::string wrong : {"D01", "X01"})
    CHECK(with(wrong) == start + "the code '" + wrong + "' is not of numerics, whose codes begin with N\n");
}

TEST_CASE("the tutorial is a bug of the catalog, named by its code", "[catalog][fields]") {
  const std::string start = std::to_string(line_of("tutorial")) + ":13: ";
  const auto with = [](const std::string& value) {
    return listed(errors_of(with_line(line_of("tutorial"), "  tutorial: " + value)));
  };
  CHECK(catalog::parse(kFull, "c.yaml")->tree.tutorial.value == "N01");
  CHECK(with("N01") == "");
  for (const std::string wrong : {"N02", "first-rule", "n01"})
    CHECK(with(wrong) == start + "there is no rule '" + wrong + "' for the tutorial; name one by its code\n");
  const std::string decoy = with_line(line_of("decoy"), "    decoy: true");
  CHECK(
      listed(errors_of(decoy)).find(start + "'N01' is a decoy; the tutorial needs a bug that can be found") !=
      std::string::npos);
}

TEST_CASE("what an empty list, a wrong list and a wrong mapping are told", "[catalog][fields]") {
  const std::vector<std::tuple<int, std::string, std::string>> rows = {
      {line_of("parity"), "  parity: []\n  xx:", ":11: 'parity' is an empty list\n"},
      {line_of("rules"), "rules: []\nxx:", ":8: 'rules' is an empty list\n"},
      {line_of("rules"), "rules: words\nxx:", ":8: 'rules' must be a list of mappings, not text\n"}};
  for (const auto& [number, text, expected] : rows) {
    const std::string errors = listed(errors_of(with_line(number, text)));
    INFO(errors);
    CHECK(errors.find(std::to_string(number) + expected) != std::string::npos);
  }
  for (const Field& field : fields()) {
    if (!field.value.starts_with("[")) continue;
    INFO(field.name << " in line " << field.line);
    const std::string line = lines()[static_cast<size_t>(field.line) - 1];
    const auto with = [&](const std::string& value) {
      return listed(errors_of(with_line(field.line, line.substr(0, line.find('[')) + value)));
    };
    // Arguments and tests may be none; a list that says nothing elsewhere is forgotten, not meant.
    if (field.name == "args" || field.name == "no_match")
      CHECK(with("[]") == "");
    else
      CHECK(with("[]").find("'" + field.name + "' is an empty list") != std::string::npos);
    // What a learner reads may still have to be written, which is said of the rule.
    if (field.name == "hints")
      CHECK(with("[\" \"]") == "");
    else
      CHECK(with(field.name == "days" ? "[[\" \"]]" : "[\" \"]").find("' is empty\n") != std::string::npos);
  }
}
