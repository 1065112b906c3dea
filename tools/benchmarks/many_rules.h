// many rules: a catalog of as many rules as are wanted, for what is promised of so many.
#pragma once

#include "mutator/base/files.h"

namespace nanobug {

// Makes a project in `directory` whose catalog has exactly so many rules, all of them bugs: the project's own, again and again
// under other codes and ids where it has fewer, each with its page and its test. -> the catalog.
Result<fs::path> make_many_rules(const fs::path& project, size_t count, const fs::path& directory);

}  // namespace nanobug
