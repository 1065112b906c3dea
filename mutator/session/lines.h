// lines: which lines of a mutated file a bug is on: what a learner's claim is compared with.
#pragma once

#include <string>
#include <vector>

#include "mutator/session/session.h"

namespace nanobug::session {

// Of the lines in which `mutated` differs from `pristine`, those that replace something in lines [own.first,
// own.last] of the pristine file, where the rule itself edits: an include or a variable that went with the
// edit is not where anybody would look. All of them when none is in there.
std::vector<Lines> changed_lines(const std::string& pristine, const std::string& mutated, Lines own);

}  // namespace nanobug::session
