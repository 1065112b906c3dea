// line_diff: the changes make the one text of the other, keep as many lines as can be kept, and stay cheap.
#include <map>
#include <random>

#include "mutator/base/files.h"
#include "mutator/base/line_diff.h"
#include "tests/probes/catch.h"

using namespace nanobug;

namespace {

using Changes = std::vector<LineChange>;

std::string patched(const std::string& before, const std::string& after, const Changes& changes) {
  const auto a = lines_of(before), b = lines_of(after);
  std::string text;
  size_t at = 0;
  for (const LineChange& change : changes) {
    CHECK(change.removed + change.added > 0);
    REQUIRE(change.before >= at);
    while (at < change.before) text += a[at++];
    CHECK(std::string(text) == [&] {  // what was kept so far is what stands before the change in `after`
      std::string head;
      for (size_t j = 0; j < change.after; ++j) head += b[j];
      return head;
    }());
    for (size_t j = 0; j < change.added; ++j) text += b[change.after + j];
    at += change.removed;
  }
  while (at < a.size()) text += a[at++];
  return text;
}

// The length of the longest common subsequence, by its definition.
size_t longest(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b, size_t i,
               size_t j, std::map<std::pair<size_t, size_t>, size_t>& known) {
  if (i == a.size() || j == b.size()) return 0;
  if (const auto it = known.find({i, j}); it != known.end()) return it->second;
  const size_t answer = a[i] == b[j]
                            ? 1 + longest(a, b, i + 1, j + 1, known)
                            : std::max(longest(a, b, i + 1, j, known), longest(a, b, i, j + 1, known));
  return known[{i, j}] = answer;
}

}  // namespace

TEST_CASE("the changes of two texts are where they differ", "[base][line_diff]") {
  CHECK(line_changes("", "").empty());
  CHECK(line_changes("a\nb\n", "a\nb\n").empty());
  CHECK(line_changes("", "a\n") == Changes{{0, 0, 0, 1}});
  CHECK(line_changes("a\nb\nc\n", "a\nc\n") == Changes{{1, 1, 1, 0}});
  CHECK(line_changes("1\n2\n3\n4\n5\n", "1\nx\n3\ny\nz\n5\n") == Changes{{1, 1, 1, 1}, {3, 1, 3, 2}});
  CHECK(line_changes("a", "a\n") == Changes{{0, 1, 0, 1}});
  // Which of two equal lines went is the caller's to say.
  const auto two = lines_of("f\nf\n"), one = lines_of("f\n");
  CHECK(line_changes(two, one) == Changes{{1, 1, 1, 0}});
  CHECK(line_changes(two, one, 0) == Changes{{0, 1, 0, 0}});
}

TEST_CASE("as many lines stay as can", "[base][line_diff]") {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const auto text = [&] {
      std::string lines;
      for (size_t n = random() % 12; n > 0; --n) lines += std::string(1, "abcd"[random() % 4]) + '\n';
      return lines;
    };
    const std::string before = text(), after = text();
    INFO(before << "->\n" << after);
    const Changes changes = line_changes(before, after);
    CHECK(patched(before, after, changes) == after);
    size_t kept = lines_of(before).size();
    for (const LineChange& change : changes) kept -= change.removed;
    std::map<std::pair<size_t, size_t>, size_t> known;
    CHECK(kept == longest(lines_of(before), lines_of(after), 0, 0, known));
  }
}

TEST_CASE("a long text with edits far apart costs neither time nor memory", "[base][line_diff]") {
  // A table of common subsequences over all of it would take 14 GB.
  std::string before, after;
  for (int line = 0; line < 60'000; ++line) {
    const std::string text = line % 3 == 0 ? "}\n" : "line " + std::to_string(line) + '\n';
    before += text;
    after += line == 10 || line == 59'990 ? "changed\n" : text;
  }
  CHECK(line_changes(before, after) == Changes{{10, 1, 10, 1}, {59'990, 1, 59'990, 1}});
  // Nothing in common: one change.
  std::string other;
  for (int line = 0; line < 60'000; ++line) other += "other " + std::to_string(line) + '\n';
  CHECK(line_changes(before, other) == Changes{{0, 60'000, 0, 60'000}});
  // Many lines on both sides, none of them unique.
  std::string ab, ba;
  for (int line = 0; line < 5'000; ++line) ab += "a\nb\n", ba += "b\na\n";
  CHECK(patched(ab, ba, line_changes(ab, ba)) == ba);
}
