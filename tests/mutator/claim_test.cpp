// claim: the changed statement is the place and nothing else is, wherever the learner's edits have moved it.
#include <random>
#include <set>

#include "mutator/coach/claim.h"
#include "mutator/session/lines.h"
#include "tests/probes/catch.h"

using namespace nanobug;
using namespace nanobug::coach;
using session::Lines;

namespace {

constexpr char kMutated[] =
    "int sum(const V& v) {\n"       // 1
    "  int total = 1;\n"            // 2  changed
    "  for (int x : v) {\n"         // 3
    "    total += x;\n"             // 4
    "  }\n"                         // 5
    "  log(total);\n"               // 6
    "  const int mean = divide(\n"  // 7
    "      total,\n"                // 8
    "      count(v) + 1);\n"        // 9  changed
    "  return mean;\n"              // 10
    "}\n";                          // 11

std::vector<session::Injected> bug_at(std::vector<Lines> changed) {
  return {{.rule = "r", .site = 0, .file = "f.cpp", .function = "sum", .changed = std::move(changed)}};
}

// The lines of `present` that are right.
std::vector<int> right_lines(const std::vector<session::Injected>& bugs,
                             const std::string& present = kMutated) {
  std::vector<int> right;
  const auto lines = std::count(present.begin(), present.end(), '\n');
  for (int line = 1; line <= lines; ++line)
    if (judge_claim({"f.cpp", line}, bugs, kMutated, present) == Answer::right) right.push_back(line);
  return right;
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = kMutated;
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

using Places = std::vector<int>;

}  // namespace

TEST_CASE("a claim is FILE:LINE", "[coach][claim]") {
  CHECK(parse_claim("a/b.cpp:12")->line == 12);
  CHECK(parse_claim("a/b.cpp:12")->file == "a/b.cpp");
  CHECK(parse_claim("a/b.cpp:12:7")->line == 12);
  CHECK(parse_claim("a/b.cpp:12:7")->file == "a/b.cpp");
  CHECK(parse_claim("a:x/b.cpp:12")->file == "a:x/b.cpp");
  for (const char* wrong :
       {"a.cpp", "a.cpp:", ":3", "a.cpp:0", "a.cpp:-1", "a.cpp:3x", "", "a.cpp:99999999999"}) {
    const auto claim = parse_claim(wrong);
    REQUIRE_FALSE(claim);
    CHECK(claim.error().code == Exit::usage);
  }
}

TEST_CASE("a file may be called by the end of its path", "[coach][claim]") {
  const std::vector<std::string> files = {"CMakeLists.txt", "nanochat/gpt.cpp", "programs/a/main.cpp",
                                          "programs/b/main.cpp"};
  CHECK(*file_meant("nanochat/gpt.cpp", files) == "nanochat/gpt.cpp");
  CHECK(*file_meant("gpt.cpp", files) == "nanochat/gpt.cpp");
  CHECK(*file_meant("b/main.cpp", files) == "programs/b/main.cpp");
  const auto several = file_meant("main.cpp", files);
  REQUIRE_FALSE(several);
  CHECK(several.error().code == Exit::usage);
  CHECK(several.error().message ==
        "the claim is not counted: 'main.cpp' may be programs/a/main.cpp or programs/b/main.cpp");
  const auto none = file_meant("nanochat/gtp.cpp", files);
  REQUIRE_FALSE(none);
  CHECK(none.error().message ==
        "the claim is not counted: the checkout has no file nanochat/gtp.cpp; did you mean 'gpt.cpp'?");
  CHECK_FALSE(file_meant("pt.cpp", files));
}

TEST_CASE("the changed statement is right, what stands around it is not", "[coach][claim]") {
  CHECK(right_lines(bug_at({{2, 2}})) == Places{2});
  // Two edits: not what lies between them.
  CHECK(right_lines(bug_at({{2, 2}, {6, 6}})) == Places{2, 6});
  CHECK(right_lines(bug_at({{3, 5}})) == Places{3, 4, 5});
  // A statement of several lines is called by its first line too, as a debugger does.
  CHECK(right_lines(bug_at({{9, 9}})) == Places{7, 9});
  // What was taken out has no line: the two around it.
  CHECK(right_lines(bug_at({{4, 3}})) == Places{3, 4});
  CHECK(right_lines(bug_at({{1, 0}})) == Places{1});
}

TEST_CASE("around a gap the nearest statements are right, brackets passed over", "[coach][claim]") {
  CHECK(right_lines(bug_at({{6, 5}})) == Places{4, 5, 6});
  CHECK(right_lines(bug_at({{10, 9}})) == Places{7, 8, 9, 10});
  CHECK(right_lines(bug_at({{2, 1}})) == Places{1, 2});
}

TEST_CASE("of what was moved both ends are right, and what it was moved past", "[coach][claim]") {
  CHECK(right_lines(bug_at({{2, 2}, {7, 6}})) == Places{2, 3, 4, 5, 6, 7});
  CHECK(right_lines(bug_at({{3, 2}, {6, 6}})) == Places{2, 3, 4, 5, 6});
  // Two changes that are no move.
  CHECK(right_lines(bug_at({{2, 2}, {6, 6}})) == Places{2, 6});
}

TEST_CASE("the right file is told apart from the right line", "[coach][claim]") {
  CHECK(judge_claim({"f.cpp", 3}, bug_at({{2, 2}}), kMutated, kMutated) == Answer::right_file);
  CHECK(judge_claim({"g.cpp", 2}, bug_at({{2, 2}}), kMutated, kMutated) == Answer::wrong);
  // Two bugs in two files: each is its own.
  auto two = bug_at({{2, 2}});
  two.push_back({.rule = "s", .site = 0, .file = "g.cpp", .function = "", .changed = {{4, 4}}});
  CHECK(judge_claim({"g.cpp", 4}, two, kMutated, kMutated) == Answer::right);
  CHECK(judge_claim({"g.cpp", 2}, two, kMutated, kMutated) == Answer::right_file);
}

TEST_CASE("a claim follows the line through the learner's edits", "[coach][claim]") {
  const auto two_and_six = bug_at({{2, 2}, {6, 6}});
  // Two edits far apart, one above each place.
  std::string present = with("int sum(", "// one\n// two\nint sum(");
  CHECK(right_lines(two_and_six, present) == Places{4, 8});
  present.replace(present.find("    total += x;\n"), 0, "    print(x);\n");
  CHECK(right_lines(two_and_six, present) == Places{4, 9});
  // Lines taken out above it.
  CHECK(right_lines(two_and_six, with("    total += x;\n", "")) == Places{2, 5});
  // The bug itself fixed: its line is still the place, its neighbours are not.
  CHECK(right_lines(two_and_six, with("total = 1", "total = 0")) == Places{2, 6});
  // The statement became two lines.
  CHECK(right_lines(bug_at({{2, 2}}), with("  int total = 1;\n", "  int total;\n  total = 0;\n")) ==
        Places{2, 3});
  // A block rewritten around it: what lies as far from the top, or from the end.
  CHECK(right_lines(bug_at({{4, 4}}), with("  for (int x : v) {\n    total += x;\n  }\n",
                                           "  for (size_t i = 0; i < v.size(); ++i) {\n    total += v[i];\n "
                                           "   print();\n  } // end\n")) == Places{4, 5});
  // What was taken out and put back in by the learner is the place; the two beside it are too.
  CHECK(right_lines(bug_at({{6, 5}}), with("  log(total);\n", "  total /= 2;\n  log(total);\n")) ==
        Places{4, 5, 6, 7});
  // Something put in elsewhere is no place.
  CHECK(judge_claim({"f.cpp", 5}, bug_at({{6, 5}}), kMutated,
                    with("    total += x;\n", "    total += x;\n    y();\n")) == Answer::right_file);
}

TEST_CASE("lines that the learner put in never count, those that were there always do", "[coach][claim]") {
  // Each line of the mutated file has a text of its own, so where it went can be looked up.
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> was;
    for (int i = 1; i <= 12; ++i) was.push_back("line" + std::to_string(i) + ";");
    std::string mutated, present;
    for (const std::string& line : was) mutated += line + '\n';
    const int bug = 1 + static_cast<int>(random() % 12);
    int expected = 0, at = 0, added = 0;
    std::set<int> foreign;
    for (int i = 1; i <= 12; ++i) {
      for (auto n = random() % 3; n > 0 && random() % 3 == 0; --n) {
        present += "added" + std::to_string(++added) + ";\n";
        foreign.insert(++at);
      }
      if (i != bug && random() % 5 == 0) continue;
      present += was[static_cast<size_t>(i) - 1] + '\n';
      if (++at; i == bug) expected = at;
    }
    INFO("bug " << bug << "\n" << present);
    const auto bugs = bug_at({{bug, bug}});
    CHECK(judge_claim({"f.cpp", expected}, bugs, mutated, present) == Answer::right);
    for (const int line : foreign)
      CHECK(judge_claim({"f.cpp", line}, bugs, mutated, present) == Answer::right_file);
  }
}

TEST_CASE("which lines a bug is on", "[session][lines]") {
  const std::string pristine =
      "#include <a>\n#include <b>\nint f() {\n  int x = 1;\n  g(x);\n  h();\n  return x;\n}\n";
  const auto changed = [&](const std::string& from, const std::string& to, Lines own) {
    std::string mutated = pristine;
    mutated.replace(mutated.find(from), from.size(), to);
    return session::changed_lines(pristine, mutated, own);
  };
  using All = std::vector<Lines>;
  CHECK(changed("x = 1", "x = 2", {4, 4}) == All{{4, 4}});
  CHECK(changed("  h();\n", "", {6, 6}) == All{{6, 5}});
  CHECK(changed("  g(x);\n", "  g(x);\n  g(x);\n", {5, 5}) == All{{6, 6}});
  CHECK(changed("  h();\n", "  i();\n  j();\n", {6, 6}) == All{{6, 7}});
  // Moved: where it went and where it was.
  CHECK(changed("  int x = 1;\n  g(x);\n", "  g(x);\n  int x = 1;\n", {4, 5}).size() == 2);
  // What went with it is not the place.
  std::string mutated = pristine;
  mutated.replace(mutated.find("#include <b>\n"), 13, "");
  mutated.replace(mutated.find("g(x)"), 4, "g(0)");
  CHECK(session::changed_lines(pristine, mutated, {5, 5}) == All{{4, 4}});
  CHECK(session::changed_lines(pristine, mutated, {8, 8}) == All{{2, 1}, {4, 4}});
}
