// line_diff: which lines two texts have in common. The one line diff of the house: patches, the edits of a
// site, the lines a bug changed, and a learner's claim that has moved with their own edits all ask it.
#pragma once

#include <limits>
#include <string_view>
#include <vector>

namespace nanobug {

// Lines [before, before + removed) of the one text became lines [after, after + added) of the other. Lines
// count from 0, as lines_of() gives them.
struct LineChange {
  size_t before = 0, removed = 0;
  size_t after = 0, added = 0;

  bool operator==(const LineChange&) const = default;
};

// In order, with at least one common line between two changes. A change of a few thousand lines is the
// smallest there is; a larger one is first cut at the lines that both texts have exactly once (Bram Cohen's
// patience diff), so that time and memory stay bounded. Of two equal lines in a row either may be the one
// that was taken out: no more than `head` lines from the top count as untouched.
std::vector<LineChange> line_changes(const std::vector<std::string_view>& before,
                                     const std::vector<std::string_view>& after,
                                     size_t head = std::numeric_limits<size_t>::max());
std::vector<LineChange> line_changes(std::string_view before, std::string_view after);

}  // namespace nanobug
