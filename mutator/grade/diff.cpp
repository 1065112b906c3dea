// diff: a unified diff for the patches, in the form that `git apply` and `patch -p1` take.
#include <algorithm>
#include <vector>

#include "mutator/base/files.h"
#include "mutator/base/line_diff.h"
#include "mutator/grade/mutants.h"

namespace nanobug::grade {
namespace {

constexpr size_t kContext = 3;

struct Line {
  char mark;  // ' ', '-' or '+'
  std::string_view text;
};

std::vector<Line> edit_script(const std::string& before, const std::string& after) {
  const auto a = lines_of(before), b = lines_of(after);
  std::vector<Line> script;
  size_t i = 0;
  const auto keep_until = [&](size_t end) {
    while (i < end) script.push_back({' ', a[i++]});
  };
  for (const LineChange& change : line_changes(a, b)) {
    keep_until(change.before);
    for (size_t k = 0; k < change.removed; ++k) script.push_back({'-', a[i++]});
    for (size_t k = 0; k < change.added; ++k) script.push_back({'+', b[change.after + k]});
  }
  keep_until(a.size());
  return script;
}

std::string range(size_t begin, size_t count) {
  return std::to_string(count == 0 ? begin : begin + 1) + (count == 1 ? "" : ',' + std::to_string(count));
}

}  // namespace

std::string unified_diff(const std::string& path, const std::string& before, const std::string& after) {
  const std::vector<Line> script = edit_script(before, after);
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
