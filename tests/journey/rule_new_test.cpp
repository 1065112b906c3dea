// rule new: from nothing to an entry, its page and its test, through the command, on the tiny tree.
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

namespace {

const std::vector<std::string> kNew = {
    "rule",       "new",
    "--category", "numerics",
    "--id",       "mean-of-none",
    "--title",    "A statistic of nothing",
    "--in",       "stats.cpp",
    "--match",    "returnStmt(hasReturnValue(integerLiteral(equals(0)).bind(\"zero\")))",
    "--edit",     "replace: node(zero), with: \"1\"",
    "--seen-by",  "mean.empty"};

std::vector<std::string> without(const std::vector<std::string>& words, const std::string& option) {
  std::vector<std::string> rest = words;
  const auto at = std::find(rest.begin(), rest.end(), option);
  if (at != rest.end()) rest.erase(at, at + 2);
  return rest;
}

std::vector<std::string> with(std::vector<std::string> words, const std::string& option,
                              const std::string& value) {
  words = without(words, option);
  words.insert(words.end(), {option, value});
  return words;
}

const std::string kEntry =
    "\n  - code: N02\n"
    "    id: mean-of-none\n"
    "    title: A statistic of nothing\n"
    "    category: numerics\n"
    "    priority: 2\n"
    "    difficulty: 2\n"
    "    minutes: 15\n"
    "    in: tree/stats.cpp\n"
    "    match: returnStmt(hasReturnValue(integerLiteral(equals(0)).bind(\"zero\")))\n"
    "    edits:\n"
    "      - {replace: node(zero), with: \"1\"}\n"
    "    brief: \"\"\n"
    "    hints: [\"\", \"\", \"\"]\n"
    "    cause: \"\"\n"
    "    seen_by: [mean.empty]\n";

// What a person writes into it then.
void write_the_words(const fs::path& catalog) {
  replace_in(catalog, "brief: \"\"", "brief: The mean of nothing is one.");
  replace_in(catalog, "hints: [\"\", \"\", \"\"]",
             "hints: [It is a number., Ask for the mean of an empty list., Look at mean().]");
  replace_in(catalog, "cause: \"\"",
             "cause: The mean of an empty list is defined as 0 here, and 1 is returned.");
}

}  // namespace

TEST_CASE("rule new writes an entry behind the others, which is proved once its words are written",
          "[bench]") {
  const Tiny tiny;
  const std::string before = text_of(tiny.catalog);
  const Finished made = tiny.user.nanobug(kNew);
  INFO(made.out << made.err);
  REQUIRE(made.exit_code == 0);
  CHECK(made.out.starts_with("N02, mean-of-none: stats.cpp:7 in tiny::mean\n"));
  for (const char* next : {"nanobug rule check N02", "nanobug certify N02", "nanobug start N02"})
    CHECK(has(made.out, next));
  CHECK(text_of(tiny.catalog) == before + kEntry);
  // Until then it is asked for, each of the words at its place; proved, and given to nobody. The others are
  // as ever.
  const Finished unwritten = tiny.user.nanobug({"rule", "check", "mean-of-none"});
  CHECK(unwritten.exit_code == 3);
  for (const char* words : {"'brief' is empty", "'an entry of hints' is empty", "'cause' is empty"})
    CHECK(has(unwritten.err, words));
  const json proof = tiny.user.ask({"certify", "mean-of-none"}, 1)[0];
  CHECK(proof["failing"] == json{"mean.empty"});
  CHECK(tiny.user.nanobug({"start", "mean-of-none"}).exit_code == 3);
  CHECK(tiny.user.nanobug({"rule", "check", "descent-goes-uphill"}).exit_code == 0);
  write_the_words(tiny.catalog);
  CHECK(tiny.user.ask({"rule", "check", "mean-of-none"})[0]["ok"] == true);
  CHECK(tiny.user.ask({"certify", "mean-of-none"})[0]["holds"] == true);
  tiny.start({"mean-of-none"});
  // The next one has the next code; a category without rules begins with 01.
  const json next =
      tiny.user.ask(with(with(kNew, "--id", "mean-of-nobody"), "--edit", "replace: node(zero), with: \"2\""));
  CHECK(next["code"] == "N03");
  CHECK(next["sites"][0]["line"] == 7);
}

TEST_CASE("rule new writes a page and a test where the catalog has places for them, and they are asked for",
          "[bench]") {
  const Tiny tiny;
  replace_in(tiny.catalog, "  categories:", "  pages: pages\n  tests: rules\n  categories:");
  const std::string before = text_of(tiny.catalog);
  const json made = tiny.user.ask(kNew);
  const fs::path page = tiny.catalog.parent_path() / "pages/N02.md",
                 test = tiny.catalog.parent_path() / "rules/N02.cpp";
  CHECK(made["files"] == json{page.string(), test.string()});
  CHECK(text_of(tiny.catalog).starts_with(before));
  CHECK_FALSE(has(text_of(tiny.catalog).substr(before.size()), "brief"));
  CHECK(text_of(page) == "# N02\n\n## Brief\n\n## Hints\n\n1.\n2.\n3.\n\n## Cause\n\n## Questions\n");
  const std::string body =
      "  double sum = 0;\n  for (double value : values) sum += value;\n"
      "  return sum / static_cast<double>(values.size());\n}\n";
  CHECK(text_of(test) ==
        "// ---- match\ndouble mean(const std::vector<double>& values) {\n  if (values.empty()) return 0;\n" +
            body +
            "\n// ---- becomes\ndouble mean(const std::vector<double>& values) {\n  if (values.empty()) "
            "return 1;\n" +
            body + "\n// ---- no match\n");
  // Each place that is empty is asked for; until then the rule is proved, and given to nobody.
  const Finished asked = tiny.user.nanobug({"rule", "check", "N02"});
  CHECK(asked.exit_code == 3);
  for (const char* place :
       {"N02.md:3:1: '## Brief' is empty", "N02.md:7:1: this hint is empty", "N02.md:9:1: this hint is empty",
        "N02.md:11:1: '## Cause' is empty", "N02.md:13:1: there is no question here",
        "this snippet should match: 'snippet.cpp' does not", "this snippet is empty"})
    CHECK(has(asked.err, place));
  const json proof = tiny.user.ask({"certify", "N02"}, 1)[0];
  CHECK(proof["failing"] == json{"mean.empty"});
  CHECK(proof["refusals"] == json{"not written yet, N02.md:3: '## Brief' is empty"});
  const Finished start = tiny.user.nanobug({"start", "N02"});
  CHECK(start.exit_code == 3);
  CHECK(has(start.err, "'## Brief' is empty"));
  // Where tests have a place every rule has one, with code that it must not change.
  CHECK(
      has(tiny.user.nanobug({"rule", "check", "N01"}).err,
          "rule 'mean-divides-by-one-less' has no test; write 'rules/N01.cpp', with code that it changes and "
          "code that it must not"));
  // Nothing is overwritten.
  const Finished again = tiny.user.nanobug(with(with(kNew, "--id", "mean-of-nobody"), "--code", "N04"));
  CHECK(again.exit_code == 0);
  REQUIRE(write_unsynced(tiny.catalog, before));
  REQUIRE(write_unsynced(test, "mine\n"));
  fs::remove(tiny.catalog.parent_path() / "pages/N04.md");
  fs::remove(tiny.catalog.parent_path() / "rules/N04.cpp");
  fs::remove(page);
  fs::rename(test, tiny.place / "aside");
  fs::create_directories(page);  // a directory where the page belongs
  const Finished refused = tiny.user.nanobug(kNew);
  CHECK(refused.exit_code != 0);
  CHECK(text_of(tiny.catalog) == before);
  CHECK_FALSE(fs::exists(test));
  // Written, it is whole.
  fs::remove(page);
  REQUIRE(tiny.user.nanobug(kNew).exit_code == 0);
  REQUIRE(write_unsynced(
      page,
      "# N02\n\n## Brief\n\nThe mean of nothing is one.\n\n## Hints\n\n1. A number.\n2. Ask for "
      "the mean of nothing.\n3. Look at mean().\n\n## Cause\n\nIt is 0 here.\n\n## "
      "Questions\n\n### Why 0?\n\nIt is what the header says.\n"));
  REQUIRE(write_unsynced(
      test,
      "// ---- match\nint f() { return 0; }\n\n// ---- becomes\nint f() { return 1; }\n\n// ---- no "
      "match\nint f() { return 2; }\n"));
  CHECK(tiny.user.ask({"rule", "check", "N02"})[0]["ok"] == true);
  CHECK(tiny.user.ask({"certify", "N02"})[0]["holds"] == true);
}

TEST_CASE("rule new: the catalog stays as it is, byte for byte, whatever stands behind its rules",
          "[bench]") {
  const Tiny tiny;
  std::string text = text_of(tiny.catalog);
  const auto written = [&](const std::string& catalog) {
    REQUIRE(write_unsynced(tiny.catalog, catalog));
    const Finished made = tiny.user.nanobug(kNew);
    INFO(made.out << made.err);
    REQUIRE(made.exit_code == 0);
    return text_of(tiny.catalog);
  };
  // No line end at the end; comments there; the head behind the rules, with a comment of its own.
  CHECK(written(text.substr(0, text.size() - 1)) == text + kEntry);
  CHECK(written(text + "# the end\n") == text + "# the end\n" + kEntry);
  const size_t rules = text.find("\nrules:\n") + 1;
  const std::string head = text.substr(0, rules), body = text.substr(rules);
  CHECK(written(body + "\n# the head\n" + head) == body + kEntry + "\n# the head\n" + head);
  // Lines that end as on Windows.
  const auto crlf = [](std::string lines) {
    for (size_t at = 0; (at = lines.find('\n', at)) != std::string::npos; at += 2) lines.insert(at, "\r");
    return lines;
  };
  CHECK(written(crlf(text)) == crlf(text + kEntry));
}

TEST_CASE("rule new: what is missing or wrong is one sentence, and nothing is written", "[bench]") {
  const Tiny tiny;
  const std::string before = text_of(tiny.catalog);
  tiny.user.ask({"rule", "check"});
  struct Wrong {
    std::vector<std::string> words;
    std::string sentence;
    int exit;
  };
  const std::vector<Wrong> all = {
      {{"rule", "new"}, "'nanobug rule new' needs --category: category (numerics or training)", 2},
      {without(kNew, "--id"), "needs --id: id, which says what the bug is", 2},
      {without(kNew, "--title"), "needs --title: title", 2},
      {without(kNew, "--in"), "needs --in: file of the tree", 2},
      {without(kNew, "--match"), "needs --match: matcher", 2},
      {without(kNew, "--edit"), "needs --edit: edit", 2},
      {without(kNew, "--seen-by"), "needs --seen-by: a probe or parity run", 2},
      {with(kNew, "--category", "numeric"),
       "--category: there is no category 'numeric'; did you mean 'numerics'?", 2},
      {with(kNew, "--code", "N01"), "--code: there is a rule 'N01' already; give this one another code", 2},
      {with(kNew, "--code", "T07"), "--code: the code 'T07' is not of numerics", 2},
      {with(kNew, "--code", "seven"), "--code: 'seven' is no code", 2},
      {with(kNew, "--id", "Mean"), "--id: 'Mean' is no id", 2},
      {with(kNew, "--id", "descent-goes-uphill"), "--id: there is a rule 'descent-goes-uphill' already", 2},
      {with(kNew, "--in", "stast.cpp"), "--in: the tree has no file 'stast.cpp'; did you mean 'stats.cpp'?",
       2},
      {with(kNew, "--edit", "replcae: node(zero)"), "--edit: an edit needs one of replace", 2},
      {with(kNew, "--difficulty", "4"), "--difficulty: a whole number from 1 to 3, not '4'", 2},
      {with(kNew, "--minutes", "soon"), "--minutes takes a whole number from 1 to 240, not 'soon'", 2},
      {with(kNew, "--expect", "two"), "--expect takes a whole number, not 'two'", 2},
      {with(kNew, "--expect", "2"), "matches 1 site in 'stats.cpp', not 2", 3},
      {with(kNew, "--run", "walk"), "'run'", 3},
      {with(kNew, "--seen-by", "mean.emtpy"), "did you mean 'mean.empty'?", 3},
      {with(kNew, "--match", "returnStmt(hasReturnValu(expr().bind(\"zero\")))"),
       "nothing is written: there is no matcher 'hasReturnValu'", 3},
      {with(kNew, "--match", "forStmt().bind(\"zero\")"), "matches nothing in 'stats.cpp'", 3},
      {with(kNew, "--edit", "replace: node(zreo), with: 1"),
       "the matcher binds no 'zreo'; did you mean 'zero'?", 3},
      {with(kNew, "--edit", "replace: node(zero), with: nonsense"), "with this edit it does not compile", 3},
      {with(kNew, "--from", "/nowhere.yaml"), "/nowhere.yaml", 6},
      {with(kNew, "--from", tiny.catalog.string()), "this is not one entry", 3},
  };
  for (const Wrong& wrong : all) {
    std::vector<std::string> words = wrong.words;
    words.push_back("--no-input");
    const Finished refused = tiny.user.nanobug(words);
    INFO(wrong.sentence << '\n' << refused.out << refused.err);
    CHECK(refused.exit_code == wrong.exit);
    CHECK(refused.out.empty());
    CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') == 1);
    CHECK(has(refused.err, wrong.sentence));
  }
  CHECK(text_of(tiny.catalog) == before);
}

TEST_CASE("rule new takes what rule try has saved", "[bench]") {
  const Tiny tiny;
  const std::string before = text_of(tiny.catalog);
  tiny.user.ask({"rule", "check"});
  REQUIRE(tried(tiny,
                "match returnStmt(hasReturnValue(\n  integerLiteral(equals(0)).bind(\"zero\")))\n"
                "edit replace: node(zero), with: \"1\"\nsave mean-of-none\n")
              .exit_code == 0);
  const Finished made =
      tiny.user.nanobug({"rule", "new", "--from", (tiny.place / "mean-of-none.yaml").string(), "--category",
                         "numerics", "--title", "A statistic of nothing", "--seen-by", "mean.empty"});
  INFO(made.out << made.err);
  REQUIRE(made.exit_code == 0);
  std::string entry = kEntry;
  const std::string on_one_line = "returnStmt(hasReturnValue(integerLiteral(";
  entry.replace(entry.find(on_one_line), on_one_line.size(),
                "|\n      returnStmt(hasReturnValue(\n        integerLiteral(");
  CHECK(text_of(tiny.catalog) == before + entry);
}

TEST_CASE("rule new asks at a terminal, and again where an answer is wrong", "[bench]") {
  const Tiny tiny;
  const std::string before = text_of(tiny.catalog);
  tiny.user.ask({"rule", "check"});
  const Finished asked = at_terminal(
      tiny, "rule new",
      "numeric\nnumerics\nThe mean\nT09\n\nmean-of-none\nA statistic of nothing\nstast.cpp\nstats.cpp\n"
      "forStmt()\nreturnStmt(hasReturnValue(integerLiteral(equals(0)).bind(\"zero\")))\n"
      "replace: node(zreo), with: 1\nreplace: node(zero), with: \"1\"\n\n"
      "mean.emtpy\nmean.empty\n\n\n5\n\n\n");
  INFO(asked.out);
  CHECK(asked.exit_code == 0);
  for (const char* said : {"there is no category 'numeric'; did you mean 'numerics'?",
                           "stays for ever [N02]: ", "'The mean' is no code; use the category's letter",
                           "the code 'T09' is not of numerics, whose codes begin with N",
                           "the tree has no file 'stast.cpp'; did you mean 'stats.cpp'?",
                           "it matches nothing there; 'nanobug rule try stats.cpp' shows what comes near",
                           "the matcher binds no 'zreo'; did you mean 'zero'?",
                           "there is no probe, test or parity run 'mean.emtpy'; did you mean",
                           "a whole number from 1 to 3, not '5'", "Minutes an interviewer gives [15]: "})
    CHECK(has(asked.out, said));
  CHECK(text_of(tiny.catalog) == before + kEntry);
  CHECK_FALSE(fs::exists(tiny.user.home / ".local/state/nanobug/rule-history"));
}
