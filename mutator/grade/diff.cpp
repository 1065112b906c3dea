// diff: a unified diff for the patches, in the form that `git apply` and `patch -p1` take.
//
// The differences of a bug are a line or two, so the plain dynamic program over the lines between the common
// prefix and suffix is enough (Hunt and McIlroy 1976).
#include <algorithm>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/grade/mutants.h"

namespace nanobug::grade {
namespace {

constexpr size_t kContext = 3;

struct Line {
  char mark;  // ' ', '-' or '+'
  std::string_view text;
};

// The longest common subsequence decides which lines stay.
std::vector<Line> edit_script(const std::vector<std::string_view>& a,
                              const std::vector<std::string_view>& b) {
  size_t prefix = 0, suffix = 0;
  while (prefix < std::min(a.size(), b.size()) && a[prefix] == b[prefix]) ++prefix;
  while (suffix < std::min(a.size(), b.size()) - prefix &&
         a[a.size() - 1 - suffix] == b[b.size() - 1 - suffix])
    ++suffix;
  const size_t n = a.size() - prefix - suffix, m = b.size() - prefix - suffix;
  std::vector<std::vector<size_t>> longest(n + 1, std::vector<size_t>(m + 1));
  for (size_t i = n; i-- > 0;)
    for (size_t j = m; j-- > 0;)
      longest[i][j] = a[prefix + i] == b[prefix + j] ? longest[i + 1][j + 1] + 1
                                                     : std::max(longest[i + 1][j], longest[i][j + 1]);
  std::vector<Line> script;
  for (size_t i = 0; i < prefix; ++i) script.push_back({' ', a[i]});
  size_t i = 0, j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && a[prefix + i] == b[prefix + j]) {
      script.push_back({' ', a[prefix + i]});
      ++i, ++j;
    } else if (j == m || (i < n && longest[i + 1][j] >= longest[i][j + 1])) {
      script.push_back({'-', a[prefix + i++]});
    } else {
      script.push_back({'+', b[prefix + j++]});
    }
  }
  for (size_t k = a.size() - suffix; k < a.size(); ++k) script.push_back({' ', a[k]});
  return script;
}

std::string range(size_t begin, size_t count) {
  return std::to_string(count == 0 ? begin : begin + 1) + (count == 1 ? "" : ',' + std::to_string(count));
}

}  // namespace

std::string unified_diff(const std::string& path, const std::string& before, const std::string& after) {
  const std::vector<Line> script = edit_script(lines_of(before), lines_of(after));
  std::string out;
  size_t old_line = 0, new_line = 0;
  for (size_t at = 0; at < script.size();) {
    if (script[at].mark == ' ') {
      ++at, ++old_line, ++new_line;
      continue;
    }
    // A hunk: changes whose contexts touch.
    const size_t lead = std::min(kContext, at);
    size_t end = at, quiet = 0;
    for (size_t k = at; k < script.size() && quiet <= 2 * kContext; ++k) {
      quiet = script[k].mark == ' ' ? quiet + 1 : 0;
      if (quiet == 0) end = k + 1;
    }
    const size_t stop = std::min(script.size(), end + kContext);
    const size_t old_begin = old_line - lead, new_begin = new_line - lead;
    size_t old_count = 0, new_count = 0;
    std::string body;
    for (size_t k = at - lead; k < stop; ++k) {
      old_count += script[k].mark != '+';
      new_count += script[k].mark != '-';
      body += script[k].mark;
      body += script[k].text;
      if (!script[k].text.ends_with('\n')) body += "\n\\ No newline at end of file\n";
    }
    out += "@@ -" + range(old_begin, old_count) + " +" + range(new_begin, new_count) + " @@\n" + body;
    old_line = old_begin + old_count, new_line = new_begin + new_count;
    at = stop;
  }
  if (out.empty()) return out;
  return "diff --git a/" + path + " b/" + path + "\n--- a/" + path + "\n+++ b/" + path + "\n" + out;
}

}  // namespace nanobug::grade
