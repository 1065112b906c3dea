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
  const Finished finished = at_terminal(tiny, "rule try stats.cpp",
                                        "match binaryOperator(hasOperatorN\t/\"))\n"
                                        "match nonsense()\n"
                                        "match functionDecl(isDef\t)\n"
                                        "\n"
                                        "unl\tdivision\n"
                                        "quit\n");
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
