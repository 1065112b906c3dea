// line_diff: see line_diff.h.
#include "mutator/base/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "mutator/base/files.h"

namespace nanobug {
namespace {

using Lines = std::vector<std::string_view>;

// Cells of the table of common subsequences (Hunt and McIlroy 1976); four bytes each.
constexpr size_t kLargestTable = 4'000'000;

struct Part {
  size_t a, a_end, b, b_end;
};

struct Pair {
  size_t a, b;
};

class Matcher {
 public:
  Matcher(const Lines& a, const Lines& b) : a_(a), b_(b) {}

  void match(Part part, size_t head) {
    size_t untouched = 0;
    while (part.a < part.a_end && part.b < part.b_end && untouched < head && a_[part.a] == b_[part.b]) {
      kept.push_back({part.a++, part.b++});
      ++untouched;
    }
    size_t tail = 0;
    while (part.a < part.a_end && part.b < part.b_end && a_[part.a_end - 1] == b_[part.b_end - 1])
      --part.a_end, --part.b_end, ++tail;
    const size_t rows = part.a_end - part.a, columns = part.b_end - part.b;
    if (rows > 0 && columns > 0) {
      if (rows <= kLargestTable / columns)
        match_by_table(part);
      else
        match_by_anchors(part);
    }
    for (size_t i = 0; i < tail; ++i) kept.push_back({part.a_end + i, part.b_end + i});
  }

  std::vector<Pair> kept;

 private:
  void match_by_table(const Part& part) {
    const size_t rows = part.a_end - part.a, columns = part.b_end - part.b;
    std::vector<uint32_t> table((rows + 1) * (columns + 1), 0);
    const auto at = [&](size_t i, size_t j) -> uint32_t& { return table[i * (columns + 1) + j]; };
    const auto same = [&](size_t i, size_t j) { return a_[part.a + i] == b_[part.b + j]; };
    for (size_t i = rows; i-- > 0;)
      for (size_t j = columns; j-- > 0;)
        at(i, j) = same(i, j) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    for (size_t i = 0, j = 0; i < rows && j < columns;) {
      if (same(i, j))
        kept.push_back({part.a + i++, part.b + j++});
      else if (at(i + 1, j) >= at(i, j + 1))
        ++i;
      else
        ++j;
    }
  }

  // The parts between lines that are unique on both sides are matched by themselves. Without such a line the
  // whole part has changed.
  void match_by_anchors(Part part) {
    const std::vector<Pair> cuts = anchors(part);
    for (const Pair& cut : cuts) {
      match({part.a, cut.a, part.b, cut.b}, kEverything);
      kept.push_back(cut);
      part.a = cut.a + 1, part.b = cut.b + 1;
    }
    if (!cuts.empty()) match(part, kEverything);
  }

  // Of the lines that are unique on both sides, the longest run that is in order on both.
  std::vector<Pair> anchors(const Part& part) const {
    struct Seen {
      size_t in_a = 0, in_b = 0, at_b = 0;
    };
    std::unordered_map<std::string_view, Seen> seen;
    for (size_t i = part.a; i < part.a_end; ++i) ++seen[a_[i]].in_a;
    for (size_t j = part.b; j < part.b_end; ++j)
      if (const auto it = seen.find(b_[j]); it != seen.end()) ++it->second.in_b, it->second.at_b = j;
    std::vector<Pair> unique;
    for (size_t i = part.a; i < part.a_end; ++i)
      if (const Seen& s = seen.at(a_[i]); s.in_a == 1 && s.in_b == 1) unique.push_back({i, s.at_b});
    return increasing(unique);
  }

  // Longest increasing subsequence of `b`, by patience sorting.
  static std::vector<Pair> increasing(const std::vector<Pair>& pairs) {
    std::vector<size_t> tops, below(pairs.size());
    for (size_t k = 0; k < pairs.size(); ++k) {
      const auto pile = std::lower_bound(tops.begin(), tops.end(), pairs[k].b,
                                         [&](size_t top, size_t b) { return pairs[top].b < b; });
      below[k] = pile == tops.begin() ? pairs.size() : *(pile - 1);
      if (pile == tops.end())
        tops.push_back(k);
      else
        *pile = k;
    }
    std::vector<Pair> run;
    for (size_t k = tops.empty() ? pairs.size() : tops.back(); k < pairs.size(); k = below[k])
      run.push_back(pairs[k]);
    std::reverse(run.begin(), run.end());
    return run;
  }

  static constexpr size_t kEverything = std::numeric_limits<size_t>::max();
  const Lines &a_, &b_;
};

}  // namespace

std::vector<LineChange> line_changes(const Lines& before, const Lines& after, size_t head) {
  Matcher matcher(before, after);
  matcher.match({0, before.size(), 0, after.size()}, head);
  matcher.kept.push_back({before.size(), after.size()});
  std::vector<LineChange> changes;
  size_t i = 0, j = 0;
  for (const Pair& kept : matcher.kept) {
    if (kept.a > i || kept.b > j) changes.push_back({i, kept.a - i, j, kept.b - j});
    i = kept.a + 1, j = kept.b + 1;
  }
  return changes;
}

std::vector<LineChange> line_changes(std::string_view before, std::string_view after) {
  return line_changes(lines_of(before), lines_of(after));
}

}  // namespace nanobug
