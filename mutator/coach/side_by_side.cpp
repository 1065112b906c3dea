// side_by_side: see side_by_side.h.
#include "mutator/coach/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>

#include "mutator/base/files.h"
#include "mutator/base/line_diff.h"
#include "mutator/coach/words.h"

namespace nanobug::coach {
namespace {

constexpr size_t kAround = 3;  // lines that are the same
constexpr size_t kMostRows = 300;
constexpr size_t kMostCharacters = 400;  // of a line

// A line of one version, or nothing.
struct Cell {
  size_t number = 0;  // from 1; 0: nothing
  std::string_view line = {};
};

std::string shown(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line.substr(0, kMostCharacters)) + (line.size() > kMostCharacters ? " …" : "");
}

void cell(Html& html, const Cell& cell, const std::string& kind, const char* side, const char* sign) {
  const std::string classes = (cell.number == 0 ? std::string("none ") : kind + " ") + side;
  html.element("td", {{"class", "at " + classes}}, cell.number == 0 ? "" : std::to_string(cell.number));
  html.element("td", {{"class", "sign " + classes}}, cell.number == 0 ? "" : sign);
  html.element("td", {{"class", "code " + classes}}, cell.number == 0 ? "" : shown(cell.line));
}

void row(Html& html, const Cell& left, const Cell& right, bool same) {
  html.in("tr", {{"class", same ? "same" : "changed"}}, [&] {
    cell(html, left, same ? "kept" : "removed", "left", same ? "" : "-");
    cell(html, right, same ? "kept" : "added", "right", same ? "" : "+");
  });
}

class Rows {
 public:
  Rows(Html& html, const TwoVersions& versions)
      : html_(html), left_(lines_of(versions.left)), right_(lines_of(versions.right)) {}

  void all() {
    const auto changes = line_changes(left_, right_);
    size_t at = 0;          // of the left version: what has been shown
    std::ptrdiff_t by = 0;  // the right version's line is so much further
    for (size_t i = 0; i < changes.size() && !full(); ++i) {
      const LineChange& change = changes[i];
      const size_t begin = std::max(at, change.before > kAround ? change.before - kAround : 0);
      if (begin > at) skip(begin - at);
      same(begin, change.before, by);
      changed(change);
      at = change.before + change.removed;
      by = static_cast<std::ptrdiff_t>(change.after + change.added) - static_cast<std::ptrdiff_t>(at);
      const size_t next = i + 1 < changes.size() ? changes[i + 1].before : left_.size(),
                   end = std::min(next, at + kAround);
      same(at, end, by);
      at = end;
    }
    if (full())
      note("… and more, which is not shown here");
    else if (at < left_.size())
      skip(left_.size() - at);
  }

 private:
  bool full() const { return rows_ >= kMostRows; }
  void note(const std::string& words) {
    html_.in("tr", {{"class", "skip"}}, [&] { html_.element("td", {{"colspan", "6"}}, words); });
  }
  void skip(size_t lines) { note(count(static_cast<std::int64_t>(lines), "line") + " the same"); }
  void same(size_t begin, size_t end, std::ptrdiff_t by) {
    for (size_t i = begin; i < end && !full(); ++i, ++rows_) {
      const auto other = static_cast<size_t>(static_cast<std::ptrdiff_t>(i) + by);
      row(html_, {i + 1, left_[i]}, {other + 1, right_[other]}, true);
    }
  }
  void changed(const LineChange& change) {
    for (size_t i = 0; i < std::max(change.removed, change.added) && !full(); ++i, ++rows_)
      row(html_, i < change.removed ? Cell{change.before + i + 1, left_[change.before + i]} : Cell{},
          i < change.added ? Cell{change.after + i + 1, right_[change.after + i]} : Cell{}, false);
  }

  Html& html_;
  std::vector<std::string_view> left_, right_;
  size_t rows_ = 0;
};

}  // namespace

void side_by_side(Html& html, const TwoVersions& versions) {
  html.in("table", {{"class", "diff"}}, [&] {
    html.in("caption", {}, [&] { html.element("code", versions.caption); });
    html.in("colgroup", {}, [&] {
      for (const char* column : {"at", "sign", "code", "at", "sign", "code"})
        html.empty("col", {{"class", std::string("col-") + column}});
    });
    html.in("thead", {}, [&] {
      html.in("tr", {}, [&] {
        for (const std::string& name : {"- " + versions.left_name, "+ " + versions.right_name}) {
          html.element("th", {{"scope", "colgroup"}, {"colspan", "3"}}, name);
        }
      });
    });
    html.in("tbody", {}, [&] { Rows(html, versions).all(); });
  });
}

}  // namespace nanobug::coach
