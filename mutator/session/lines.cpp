// lines: see lines.h.
#include "mutator/session/lines.h"

#include "mutator/base/line_diff.h"

namespace nanobug::session {

std::vector<Lines> changed_lines(const std::string& pristine, const std::string& mutated, Lines own) {
  std::vector<Lines> all, of_the_rule;
  for (const LineChange& change : line_changes(pristine, mutated)) {
    const Lines was{static_cast<int>(change.before) + 1, static_cast<int>(change.before + change.removed)};
    const Lines is{static_cast<int>(change.after) + 1, static_cast<int>(change.after + change.added)};
    const bool where_it_edits = change.removed > 0 ? was.first <= own.last && was.last >= own.first
                                                   : was.last >= own.first - 1 && was.last <= own.last;
    all.push_back(is);
    if (where_it_edits) of_the_rule.push_back(is);
  }
  return of_the_rule.empty() ? all : of_the_rule;
}

}  // namespace nanobug::session
