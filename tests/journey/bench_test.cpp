// bench: the maintainer's bench through the command, on the tiny tree.
#include "tests/journey/journey.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::journey;

TEST_CASE("rule explain --at says why a rule does not match a line", "[bench]") {
  const Tiny tiny;
  const auto explain = [&](const std::string& at) {
    return tiny.user.nanobug({"rule", "explain", "mean-divides-by-one-less", "--at", at});
  };
  const std::string nearest =
      "nearest  stats.cpp:16:3  binaryOperator  x -= rate * gradient\n"
      "passes   binaryOperator().bind(\"quotient\")\n"
      "refused  hasOperatorName(\"/\")\n"
      "because  its operator is '-='\n";
  // The file as the tree, as the catalog and as the disk name it, and by its name alone.
  for (const std::string& file : {std::string("stats.cpp"), std::string("tree/stats.cpp"),
                                  (tiny.tree / "stats.cpp").string(), std::string("./stats.cpp")})
    CHECK(explain(file + ":16").out == nearest);
  CHECK(explain("stats.cpp:10").out ==
        "matches  stats.cpp:10:10  binaryOperator  sum / static_cast<double>(values.size())\n");
  const json answer =
      tiny.user.ask({"rule", "explain", "mean-divides-by-one-less", "--at", "stats.cpp:16"})[0];
  CHECK(answer["matches"] == false);
  CHECK(answer["nearest"]["kind"] == "binaryOperator");
  CHECK(answer["nearest"]["line"] == 16);
  CHECK(answer["refused_by"] == "hasOperatorName(\"/\")");
  CHECK(answer["answer"] == "its operator is '-='");
  struct Wrong {
    std::string at, sentence;
  };
  for (const Wrong& wrong :
       {Wrong{"stats.cpp:1", "line 1 of 'stats.cpp' holds no code"},
        Wrong{"stats.cpp:2", "nothing that a matcher sees begins on line 2"},
        Wrong{"stats.cpp:999", "'stats.cpp' has 19 lines, so there is no line 999"},
        Wrong{"stats.cpp:0", "is not FILE:LINE"},
        Wrong{"stast.cpp:3", "the tree has no file 'stast.cpp'; did you mean 'stats.cpp'?"},
        Wrong{"descend.cpp:3", "looks in stats.cpp, not in descend.cpp"}}) {
    const Finished refused = explain(wrong.at);
    INFO(wrong.at << '\n' << refused.out << refused.err);
    CHECK(refused.exit_code == 2);
    CHECK(refused.out.empty());
    CHECK(refused.err.find(wrong.sentence) != std::string::npos);
    CHECK(std::count(refused.err.begin(), refused.err.end(), '\n') ==
          1 + (refused.err.find("is built once") != std::string::npos));
  }
}

TEST_CASE("rule explain tells of every part of a rule, each with its place in the catalog", "[bench]") {
  const Tiny tiny;
  replace_in(tiny.catalog, "        with: \"({{count}} - 1)\"\n",
             "        with: \"({{count}} - 1)\"\n"
             "    also:\n"
             "      - match: binaryOperator(hasOperatorName(\"-=\")).bind(\"update\")\n"
             "        edits: [{replace: node(update), with: \"x += rate * gradient\"}]\n");
  const std::string told = tiny.user.nanobug({"rule", "explain", "mean-divides-by-one-less"}).out;
  INFO(told);
  const size_t second = told.find("\nstats.cpp, by the matcher in line ");
  REQUIRE(second != std::string::npos);
  CHECK(told.starts_with("stats.cpp, by the matcher in line "));
  CHECK(told.substr(0, second).find("hasOperatorName(\"/\")") != std::string::npos);
  CHECK(told.substr(second).find("     1  hasOperatorName(\"-=\")\n") != std::string::npos);
  const std::string at =
      tiny.user.nanobug({"rule", "explain", "mean-divides-by-one-less", "--at", "stats.cpp:16"}).out;
  CHECK(at.find("its operator is '-='") != std::string::npos);
  CHECK(at.find("matches  stats.cpp:16:3  binaryOperator  x -= rate * gradient\n") != std::string::npos);
  replace_in(
      tiny.catalog, "    seen_by: [mean.value]\n",
      "    seen_by: [mean.value]\n\n"
      "  - {code: N09, id: all-is-well, title: A statistic, category: numerics, decoy: true, brief: It looks "
      "wrong., hints: [a, b, c], cause: Nothing is.}\n");
  const Finished decoy = tiny.user.nanobug({"rule", "explain", "all-is-well"});
  CHECK(decoy.exit_code == 2);
  CHECK(decoy.err == "nanobug: rule 'all-is-well' changes nothing, so it has no matcher to explain\n");
}

namespace {

// nanobug rule try stats.cpp, with these lines on stdin.
Finished tried(const Tiny& tiny, const std::string& lines, const std::string& options = "--no-input") {
  const fs::path script = tiny.place / "lines";
  REQUIRE(write_unsynced(script, lines));
  return tiny.user.command({"sh", "-c",
                            "'" NANOBUG_PROGRAM "' --catalog '" + tiny.catalog.string() + "' " + options +
                                " rule try stats.cpp < '" + script.string() + "'"},
                           tiny.place);
}

const std::string kQuotient =
    "match binaryOperator(\n"
    "  hasOperatorName(\"/\"),  # a quotient\n"
    "  hasRHS(expr().bind(\"count\")),\n"
    "  hasAncestor(functionDecl(hasName(\"mean\")))).bind(\"quotient\")\n";

const std::string kDiff =
    "diff --git a/tree/stats.cpp b/tree/stats.cpp\n"
    "--- a/tree/stats.cpp\n"
    "+++ b/tree/stats.cpp\n"
    "@@ -7,7 +7,7 @@\n"
    "   if (values.empty()) return 0;\n"
    "   double sum = 0;\n"
    "   for (double value : values) sum += value;\n"
    "-  return sum / static_cast<double>(values.size());\n"
    "+  return sum / (static_cast<double>(values.size()) - 1);\n"
    " }\n"
    " \n"
    " void step(double& x, double target, double rate) {\n";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("rule try: matches, near misses, edits with their diff", "[bench]") {
  const Tiny tiny;
  tiny.user.ask({"rule", "check"});  // the tree is built
  const std::string match =
      "stats.cpp:10:10  sum / static_cast<double>(values.size())\n"
      "  count  10:16  static_cast<double>(values.size())\n"
      "  quotient  10:10  sum / static_cast<double>(values.size())\n"
      "1 match\n"
      "near misses, refused by hasOperatorName(\"/\")\n"
      "  9:31  for (double value : values) sum += value;\n"
      "  16:3  x -= rate * gradient;\n";
  // as one goes.
  {
    const Finished finished =
        tried(tiny, kQuotient + "edit replace: node(\"count\"), with: \"{{count}} - 1\"\n");
    INFO(finished.out << finished.err);
    CHECK(finished.exit_code == 0);
    CHECK(finished.err.empty());
    CHECK(finished.out.starts_with(match));
    CHECK(finished.out.ends_with(kDiff));
  }
  // names stand for what they were given, and the edits may come first.
  {
    const Finished finished = tried(tiny,
                                    "edit {replace: node(count), with: '{{count}} - 1'}\n"
                                    "let name \"mean\"\nlet around hasAncestor(functionDecl(hasName(name)))\n"
                                    "m binaryOperator(hasOperatorName(\"/\"), "
                                    "hasRHS(expr().bind(\"count\")), around).bind(\"quotient\")\n");
    INFO(finished.out << finished.err);
    CHECK(finished.exit_code == 0);
    CHECK(finished.out == "kept; 'match MATCHER' shows what it does\n" + tried(tiny, kQuotient).out + kDiff);
  }
  // undo takes an edit back, edits and diff show what there is.
  {
    const Finished finished = tried(tiny, kQuotient +
                                              "edit replace: node(count), with: \"{{count}} - 1\"\n"
                                              "edit insert: \"sum += 1;\", before: statement(quotient)\n"
                                              "undo\nedits\ndiff\nu\nedits\nquit\nnonsense\n");
    INFO(finished.out << finished.err);
    CHECK(finished.exit_code == 3);  // the second edit: no statement is bound to 'quotient'
    CHECK(has(finished.err, "stdin:6:"));
  }
  // the same, where each edit is right.
  {
    const Finished finished = tried(tiny, kQuotient +
                                              "edit replace: node(count), with: \"{{count}} - 1\"\n"
                                              "edit swap: node(quotient), with: node(quotient)\n");
    CHECK(finished.exit_code == 3);
    CHECK(has(finished.err, "nanobug: stdin:6:"));
    const Finished good = tried(tiny,
                                "match returnStmt(hasReturnValue(binaryOperator().bind(\"q\"))).bind(\"r\")\n"
                                "edit replace: node(q), with: \"2 * {{q}}\"\n"
                                "edit insert: \"sum += 1;\", before: statement(r)\n"
                                "undo\nedits\nu\nedits\nquit\nnonsense\n");
    INFO(good.out << good.err);
    CHECK(good.exit_code == 0);
    CHECK(has(good.out, "+  sum += 1;\n+  return 2 * (sum / static_cast<double>(values.size()));\n"));
    CHECK(good.out.ends_with("{replace: node(q), with: \"2 * {{q}}\"}\nno edit is left\nno edit yet\n"));
  }
  // what nodes are.
  {
    const Finished finished = tried(tiny, kQuotient +
                                              "bindings\noutput dump count\noutput print quotient\n"
                                              "set output print\nb\nexplain\nexplain 16\n");
    INFO(finished.out << finished.err);
    CHECK(finished.exit_code == 0);
    CHECK(has(finished.out,
              "match 1\n  root  10:10  binaryOperator  sum / static_cast<double>(values.size())\n"
              "  count  10:16  cxxStaticCastExpr  static_cast<double>(values.size())\n"));
    CHECK(has(finished.out, "10:16\nCXXStaticCastExpr 0x"));
    CHECK(has(finished.out, "`-DeclRefExpr"));
    CHECK(has(finished.out, "10:10\nsum / static_cast<double>(values.size())\n"));
    CHECK(has(finished.out, "     1  hasOperatorName(\"/\")\n"));
    CHECK(finished.out.ends_with("refused  hasOperatorName(\"/\")\nbecause  its operator is '-='\n"));
  }
  // several matches are several sites; none says where the last went.
  {
    const Finished finished = tried(tiny,
                                    "match binaryOperator(hasOperatorName(\"*\"), "
                                    "hasLHS(expr().bind(\"l\")), hasRHS(expr().bind(\"r\")))\n"
                                    "edit swap: node(l), with: node(r)\n"
                                    "match binaryOperator(hasOperatorName(\"%\"))\nmatch forStmt()\n");
    INFO(finished.out << finished.err);
    CHECK(finished.exit_code == 0);
    CHECK(has(finished.out, "2 matches\n"));
    CHECK(has(finished.out, "site 1 of 2\n"));
    CHECK(has(finished.out, "+  const double gradient = (x - target) * 2;\n"));
    CHECK(has(finished.out, "site 2 of 2\n"));
    CHECK(has(finished.out, "+  x -= gradient * rate;\n"));
    CHECK(has(finished.out, "no match\nthe last candidates are refused by hasOperatorName(\"%\")\n"));
    CHECK(finished.out.ends_with("no match\nthere is no forStmt() in this file\n"));
  }
}

TEST_CASE("rule try: the first wrong line ends a script, with its number and the exit code", "[bench]") {
  const Tiny tiny;
  tiny.user.ask({"rule", "check"});
  struct Wrong {
    std::string lines, sentence;
    int exit;
  };
  const std::vector<Wrong> all = {
      {"mtach expr()\n", "stdin:1:1: there is no 'mtach' here; did you mean 'match'?", 2},
      {"\n# nothing\nfly\n", "stdin:3:1: there is no 'fly' here; 'help' lists what there is", 2},
      {"match\n", "stdin:1:1: match what? 'match MATCHER'", 2},
      {"match binaryOperator(\n  hasOperatorNam(\"/\"))\n",
       "stdin:2:3: there is no matcher 'hasOperatorNam'; did you mean 'hasOperatorName'?", 3},
      {"let f functionDecl(isNice())\n", "stdin:1:20: there is no matcher 'isNice'", 3},
      {"let op hasOperatorName(\"/\")\nmatch binaryOperator(op,\n     op, isNice())\n",
       "stdin:3:10: there is no matcher 'isNice'", 3},
      {"match expr(hasType(\n", "stdin:1:1: a bracket of this statement is still open at the end", 2},
      {"let 7 expr()\n", "stdin:1:1: 'let' takes a name and a value", 2},
      {"let f\n", "stdin:1:1: 'let f' has no value", 2},
      {"let abc expr()\nunlet abd\n", "stdin:2:1: there is no name 'abd'; did you mean 'abc'?", 2},
      {"let f expr()\nunlet f\nmatch f\n", "stdin:3:", 3},
      {"edit\n", "stdin:1:1: an edit is replace, remove, insert, move or swap", 2},
      {"edit replace: node(x)\n", "stdin:1:5: an edit lacks the field 'with'", 3},
      {"edit replcae: node(x), with: y\n", "stdin:1:", 3},
      {"edit remove: node(x\n", "stdin:1:", 2},
      {"edit remove: \"node(x\"\n" + kQuotient,
       "stdin:2:1: with this matcher the edit {remove: node(x} is wrong: the range selector does not parse",
       3},
      {kQuotient + "edit replace: node(cuont), with: 0\n",
       "stdin:5:20: the matcher binds no 'cuont'; did you mean 'count'?", 3},
      {kQuotient + "edit replace: node(count), with: \"{{cuont}}\"\n", "did you mean 'count'?", 3},
      {kQuotient + "edit replace: node(count), with: nonsense\n", "with this edit it does not compile", 3},
      {kQuotient + "edit replace: node(count), with: \"{{count}} - 1\"\nmatch expr()\n",
       "stdin:6:1: with this matcher the edit {replace: node(count), with: \"{{count}} - 1\"} is wrong: the "
       "matcher binds no 'count'",
       3},
      {"diff\n", "stdin:1:1: there is no matcher yet", 2},
      {kQuotient + "diff\n", "stdin:5:1: there is no edit yet", 2},
      {kQuotient + "undo\n", "stdin:5:1: there is no edit to take back", 2},
      {kQuotient + "output tree\n", "stdin:5:1: 'output' takes text, dump or print", 2},
      {kQuotient + "output dump cuont\n", "stdin:5:1: the matcher binds no 'cuont'; did you mean 'count'?",
       2},
      {kQuotient + "explain here\n", "stdin:5:1: 'explain' takes a line's number", 2},
      {kQuotient + "explain 99\n", "'stats.cpp' has 19 lines, so there is no line 99", 2},
      {kQuotient + "save Bad_Id\n", "stdin:5:1: 'Bad_Id' is no id", 2},
      {kQuotient + "save nowhere\n", "stdin:5:1: there is no edit yet", 2},
      {kQuotient + "edit replace: node(count), with: \"{{count}} - 1\"\nsave lines/mine.yaml\n", "stdin:6",
       6},
      {kQuotient + "edit replace: node(count), with: \"{{count}} - 1\"\nsave lines.yaml\nsave lines.yaml\n"
                   "save taken.yaml\n",
       "stdin:8:1: 'taken.yaml' is there already; save under another name", 6},
  };
  REQUIRE(write_unsynced(tiny.place / "taken.yaml", "mine\n"));
  for (const Wrong& wrong : all) {
    const Finished finished = tried(tiny, wrong.lines);
    INFO(wrong.lines << finished.out << finished.err);
    CHECK(finished.exit_code == wrong.exit);
    CHECK(finished.err.starts_with("nanobug: stdin:"));
    CHECK(std::count(finished.err.begin(), finished.err.end(), '\n') == 1);
    CHECK(has(finished.err, wrong.sentence));
  }
  CHECK(text_of(tiny.place / "taken.yaml") == "mine\n");
  CHECK(tiny.user.nanobug({"rule", "try", "stast.cpp"}).err ==
        "nanobug: the tree has no file 'stast.cpp'; did you mean 'stats.cpp'?\n");
}

TEST_CASE("rule try: answers as JSON, a line each", "[bench]") {
  const Tiny tiny;
  tiny.user.ask({"rule", "check"});
  const Finished finished =
      tried(tiny, kQuotient + "edit replace: node(count), with: \"{{count}} - 1\"\nsave my-rule\n", "--json");
  INFO(finished.out << finished.err);
  REQUIRE(finished.exit_code == 0);
  std::vector<json> answers;
  for (const std::string_view line : lines_of(finished.out)) answers.push_back(json::parse(line));
  REQUIRE(answers.size() == 3);
  CHECK(answers[0]["matches"][0]["bound"][0]["id"] == "count");
  CHECK(answers[0]["matches"][0]["root"]["line"] == 10);
  CHECK(answers[0]["near_misses"].size() == 5);
  CHECK(answers[1]["sites"][0]["diff"] == kDiff);
  CHECK(answers[2]["saved"] == "my-rule.yaml");
}

TEST_CASE("rule try: what is saved is what a catalog takes", "[bench]") {
  const Tiny tiny;
  tiny.user.ask({"rule", "check"});
  const Finished finished =
      tried(tiny,
            "let division hasOperatorName(\"/\")\n"
            "match binaryOperator(division,\n"
            "    hasRHS(expr().bind(\"count\")),\n"
            "    hasAncestor(functionDecl(hasName(\"mean\"))))\n"
            "edit replace: node(\"count\"), with: \"({{count}} - 1)\"\nsave mean-again\n");
  REQUIRE(finished.exit_code == 0);
  CHECK(text_of(tiny.place / "mean-again.yaml") ==
        "# from 'nanobug rule try'; 'nanobug rule new --from' makes a rule of it\n"
        "- id: mean-again\n"
        "  in: tree/stats.cpp\n"
        "  match: |\n"
        "    binaryOperator(hasOperatorName(\"/\"),\n"
        "      hasRHS(expr().bind(\"count\")),\n"
        "      hasAncestor(functionDecl(hasName(\"mean\"))))\n"
        "  edits:\n"
        "    - {replace: node(\"count\"), with: \"({{count}} - 1)\"}\n");
}

TEST_CASE("rule try at a terminal: a prompt, completion in place, a history, and it goes on after an error",
          "[bench]") {
  const Tiny tiny;
  tiny.user.ask({"rule", "check"});
  // Tab completes hasOperatorName( and then, where several go on, shows them.
  REQUIRE(write_unsynced(tiny.place / "keys",
                         "match binaryOperator(hasOperatorN\t/\"))\n"
                         "match nonsense()\n"
                         "match functionDecl(isDef\t)\n"
                         "\n"
                         "unl\tdivision\n"
                         "quit\n"));
  const Finished finished = tiny.user.command(
      {"sh", "-c",
       "TERM=xterm script -qec \"'" NANOBUG_PROGRAM "' --catalog '" + tiny.catalog.string() +
           "' rule try stats.cpp\" /dev/null < '" + (tiny.place / "keys").string() + "'"});
  INFO(finished.out);
  CHECK(finished.exit_code == 0);
  CHECK(has(finished.out, "'help' lists what can be said here"));
  CHECK(has(finished.out, "rule> "));
  CHECK(has(finished.out, "stats.cpp:10:10  sum / static_cast<double>(values.size())"));
  CHECK(has(finished.out, "nanobug: there is no matcher 'nonsense'"));
  CHECK(has(finished.out, "Matcher<FunctionDecl> isDefinition()"));
  CHECK(has(finished.out, "there is no name 'division'"));
  const std::string history = text_of(tiny.user.home / ".local/state/nanobug/rule-history");
  CHECK(has(history, "match\\040binaryOperator(hasOperatorName(\"/\"))"));
}

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
  // Until then it is refused, each of the words at its place.
  const Finished unwritten = tiny.user.nanobug({"rule", "check", "mean-of-none"});
  CHECK(unwritten.exit_code == 3);
  CHECK(has(unwritten.err, "'brief' is empty"));
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
  CHECK(tiny.user.nanobug({"rule", "check", "N01"}).exit_code == 0);
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
      {with(kNew, "--code", "T07"), "the code 'T07' is not of numerics", 3},
      {with(kNew, "--code", "seven"), "'seven' is no code", 3},
      {with(kNew, "--id", "Mean"), "--id: 'Mean' is no id", 2},
      {with(kNew, "--id", "descent-goes-uphill"), "--id: there is a rule 'descent-goes-uphill' already", 2},
      {with(kNew, "--in", "stast.cpp"), "--in: the tree has no file 'stast.cpp'; did you mean 'stats.cpp'?",
       2},
      {with(kNew, "--edit", "replcae: node(zero)"), "--edit: an edit needs one of replace", 2},
      {with(kNew, "--difficulty", "4"), "--difficulty: a whole number from 1 to 3, not '4'", 2},
      {with(kNew, "--minutes", "soon"), "--minutes: a whole number from 1 to 240, not 'soon'", 2},
      {with(kNew, "--expect", "two"), "'expect' must be", 3},
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

TEST_CASE("rule check warns of what its author will regret", "[bench]") {
  const Tiny tiny;
  CHECK(tiny.user.ask({"rule", "check", "N01"})[0]["warnings"].empty());
  replace_in(tiny.catalog, "brief: The mean of a list is a little larger than it should be.",
             "brief: The mean is too large. By 3.5 per cent. Or 4? Look! Again.");
  replace_in(tiny.catalog, "hints: [\"It is a division.\", ", "hints: [");
  const Finished warned = tiny.user.nanobug({"rule", "check", "N01"});
  INFO(warned.err);
  CHECK(warned.exit_code == 0);
  CHECK(has(warned.err, ": warning: rule 'mean-divides-by-one-less': its brief has 5 sentences"));
  CHECK(has(warned.err, ": warning: rule 'mean-divides-by-one-less': it has 2 hints"));
  CHECK(tiny.user.ask({"rule", "check", "N01"})[0]["warnings"].size() == 2);
}

TEST_CASE("rule new asks at a terminal, and again where an answer is wrong", "[bench]") {
  const Tiny tiny;
  const std::string before = text_of(tiny.catalog);
  tiny.user.ask({"rule", "check"});
  REQUIRE(write_unsynced(tiny.place / "keys",
                         "numeric\nnumerics\n\nmean-of-none\nA statistic of nothing\nstast.cpp\nstats.cpp\n"
                         "forStmt()\nreturnStmt(hasReturnValue(integerLiteral(equals(0)).bind(\"zero\")))\n"
                         "replace: node(zreo), with: 1\nreplace: node(zero), with: \"1\"\n\n"
                         "mean.emtpy\nmean.empty\n\n\n5\n\n\n"));
  const Finished asked = tiny.user.command({"sh", "-c",
                                            "TERM=xterm script -qec \"'" NANOBUG_PROGRAM "' --catalog '" +
                                                tiny.catalog.string() + "' rule new\" /dev/null < '" +
                                                (tiny.place / "keys").string() + "'"});
  INFO(asked.out);
  CHECK(asked.exit_code == 0);
  for (const char* said :
       {"there is no category 'numeric'; did you mean 'numerics'?",
        "stays for ever [N02]: ", "the tree has no file 'stast.cpp'; did you mean 'stats.cpp'?",
        "it matches nothing there; 'nanobug rule try stats.cpp' shows what comes near",
        "the matcher binds no 'zreo'; did you mean 'zero'?",
        "there is no probe or parity run 'mean.emtpy'; did you mean", "a whole number from 1 to 3, not '5'",
        "Minutes an interviewer gives [15]: "})
    CHECK(has(asked.out, said));
  CHECK(text_of(tiny.catalog) == before + kEntry);
  CHECK_FALSE(fs::exists(tiny.user.home / ".local/state/nanobug/rule-history"));
}
